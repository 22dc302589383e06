"""Work in progress kept beside the vault: recipe, scenarios, recipients; never a row.

One file a table, named after the table's fingerprint, in ``~/.halftone`` (or ``HALFTONE_HOME``),
readable by its owner only.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from pathlib import Path
from typing import Final

from anonymiser.project import Project, Scenario
from anonymiser.recipe import Recipe
from anonymiser.recipients import Answers
from anonymiser.risk.attempt import Attempt

__all__ = ["find", "forget", "home", "later", "now"]

_WAIT: Final = 1.0
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_NO_FILE: Final = "0" * 64
_lock = threading.Lock()
_waiting: dict[str, threading.Timer] = {}
_seen: dict[str, tuple[Recipe, list[Scenario], list[Attempt], dict[str, Answers]]] = {}


def home() -> Path:
    """The owner's folder; made when something is first kept."""
    return Path(os.environ.get("HALFTONE_HOME") or Path.home() / ".halftone")


def find(fingerprint: str) -> bytes | None:
    """Work kept for the table with this fingerprint, as JSON; None where there is none."""
    path = _path(fingerprint)
    with contextlib.suppress(OSError):
        return path.read_bytes() if path else None
    return None


def forget(fingerprint: str) -> None:
    """Delete what is kept for a table."""
    path = _path(fingerprint)
    with contextlib.suppress(OSError):
        if path:
            path.unlink(missing_ok=True)


def now(project: Project) -> bool:
    """Write a project's file at once, whole or not at all.

    Returns
    -------
    bool
        False where nothing was written: a table without a file, or a folder that cannot be
        written. Losing the convenience must not stop the work.
    """
    return _write(_path(project.microdata.fingerprint), project)


def _write(path: Path | None, project: Project) -> bool:
    if path is None:
        return False
    try:
        for folder in (path.parents[1], path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".halftone-")  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(project.to_json())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError:
        return False
    return True


def later(project: Project) -> None:
    """Write a project's file in a second, in the background; a later call replaces an earlier one.

    A project in which nothing was done yet is not written, so that it cannot replace earlier work,
    nor is one that is as it was at the last call.
    """
    if not (project.can_undo or project.can_redo or project.scenarios or project.attempts or project.answers):
        return
    key = project.microdata.fingerprint
    work = (project.recipe, project.scenarios, project.attempts, project.answers)
    if all(old is new for old, new in zip(_seen.get(key, (None,) * len(work)), work, strict=True)):
        return
    _seen[key] = work
    timer = threading.Timer(_WAIT, _write, (_path(key), project))
    timer.daemon = True
    with _lock:
        earlier = _waiting.pop(key, None)
        if earlier is not None:
            earlier.cancel()
        _waiting[key] = timer
    timer.start()


def _path(fingerprint: str) -> Path | None:
    if fingerprint == _NO_FILE or not _FINGERPRINT.fullmatch(fingerprint):
        return None
    return home() / "projects" / f"{fingerprint}.json"
