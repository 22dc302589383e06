"""Makes releases that are killed, one at each step: run by test_crash.py, as a process that can be forked.

``python crash.py TABLE FOLDER EVERY`` prints how each child ended. Child 0 is not killed, and counts the steps: each
thing told to the progress bar, each ``fsync`` and each renaming.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from anonymiser.audit import Event, Trail, folder_of
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.ledger import ledger_beside
from anonymiser.release.seal import SealToKey
from anonymiser.release.vault import create_vault
from anonymiser.releasing import draft, release, with_pseudonyms

WORDS = "words of the vault"


class Steps:
    """Counts what happens, and ends the process at one of them as a power cut would."""

    def __init__(self, last: int) -> None:
        self.count = 0
        self._last = last

    def __call__(self, *_: object) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self()
            return function(*given, **named)

        return counted


def make(project: Project, folder: Path, public: str, last: int) -> int:
    """One release; returns the steps that it took."""
    keys = KEYS[0]
    os.environ |= {"HALFTONE_HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    tempfile.tempdir = None
    steps = Steps(last)
    os.fsync = steps.before(os.fsync)
    Path.rename = steps.before(Path.rename)  # type: ignore[method-assign]
    Path.replace = steps.before(Path.replace)  # type: ignore[method-assign]
    begun = draft(project, date(2026, 11, 22), RESEARCHERS)
    words = type(begun)(**{**vars(begun), "release_id": "r1", "owner": "The insurer", "contact": "a@insurer.example"})
    ledger = ledger_beside(folder / "home" / "vault.json", keys)
    seal = SealToKey(public)
    release(project, words, seal, folder / "out", keys=keys, owner=seal, remembered=ledger, progress=steps)
    return steps.count


def forked(project: Project, folder: Path, public: str, last: int) -> tuple[int, int]:
    """How the child ended, and the steps that it counted."""
    (folder / "tmp").mkdir(parents=True)
    shutil.copytree(VAULT[0].parent, folder / "home")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, str(make(project, folder, public, last)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return status, int(told.read() or 0)


KEYS: list[Any] = []
VAULT: list[Path] = []


def main(table: str, place: str, public: str, every: str) -> None:
    """Fork once for each step."""
    folder = Path(place)
    VAULT.append(folder / "before" / "vault.json")
    KEYS.append(create_vault(VAULT[0], WORDS))
    Trail(folder=folder_of(folder / "before")).append(Event.VAULT, {"made": True})
    project = Project(read(Path(table)))
    project.choose_policy(RESEARCHERS.name, levels=True)
    project.change(with_pseudonyms(project.recipe, ["national_insurance_number"]))
    status, steps = forked(project, folder / "0", public, 0)
    ends = {"0": status}
    for last in sorted({*range(1, steps, int(every)), steps}):  # the last one comes when the output is there
        ends[str(last)] = forked(project, folder / str(last), public, last)[0]
    sys.stdout.write(json.dumps({"steps": steps, "ends": ends}))


if __name__ == "__main__":
    main(*sys.argv[1:])
