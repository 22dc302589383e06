"""Sessions that the server can end: what a browser still carries afterwards opens nothing.

The identity cookie says who signed in and when, and would be good for a month. Here each sign-in is remembered by a
hash of the identity provider's statement, and is refused once it was ended: by signing out, by lying idle, or by age.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from anonymiser.access.roles import AccessRules

__all__ = ["Admission", "Sessions"]

_FILE: Final = "sessions.json"
_SAVE_EVERY: Final = 60.0
_CLOCKS_DIFFER: Final = 300.0
"""Seconds by which the identity provider's clock may be ahead of ours."""


class Admission(Enum):
    """What becomes of a sign-in that a browser shows."""

    NEW = "first seen now"
    OPEN = "goes on"
    ENDED = "has ended"
    IDLE = "ends now, after a time without use"
    OLD = "ended because it lasted long enough"
    UNUSABLE = "does not say when it began"

    @property
    def is_open(self) -> bool:
        """Whether it opens anything."""
        return self in (Admission.NEW, Admission.OPEN)


@dataclass
class _Session:
    """Times in seconds since 1970."""

    began: float
    seen: float
    ended: float | None = None


class Sessions:
    """The sign-ins of one installation, kept in memory and in a file, so that a restart revives none.

    Parameters
    ----------
    folder : Path
        Where the file is kept; made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._lock = threading.Lock()
        self._saved = 0.0
        self._known: dict[str, _Session] = self._read()

    def admit(self, claims: Mapping[str, Any], rules: AccessRules, now: float, *, touch: bool = True) -> Admission:
        """Whether a sign-in still opens anything.

        Parameters
        ----------
        claims : mapping
            The identity provider's statement.
        rules : AccessRules
        now : float
            Seconds since 1970.
        touch : bool
            Whether this counts as use.
        """
        began = _began(claims)
        if began is None or began > now + _CLOCKS_DIFFER:
            return Admission.UNUSABLE
        if now - began > 3600 * rules.longest_hours:
            return Admission.OLD
        with self._lock:
            key = key_of(claims)
            session = self._known.get(key)
            if session is None:
                self._known[key] = _Session(began, now)
                self._save(now, rules)
                return Admission.NEW
            if session.ended is not None:
                return Admission.ENDED
            if now - session.seen > 60 * rules.idle_minutes:
                session.ended = now
                self._save(now, rules)
                return Admission.IDLE
            if touch:
                session.seen = max(now, session.seen)
                if now - self._saved > _SAVE_EVERY:
                    self._save(now, rules)
            return Admission.OPEN

    def end(self, claims: Mapping[str, Any], rules: AccessRules, now: float) -> None:
        """End a sign-in: no copy of its cookie opens anything from now on."""
        with self._lock:
            session = self._known.setdefault(key_of(claims), _Session(_began(claims) or now, now))
            session.ended = now
            self._save(now, rules)

    def _read(self) -> dict[str, _Session]:
        try:
            content = json.loads(self._path.read_bytes())
            return {
                str(key): _Session(float(s["began"]), float(s["seen"]), _time(s["ended"])) for key, s in content.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _save(self, now: float, rules: AccessRules) -> None:
        """Keep the file; what is too old to be admitted anyway is forgotten."""
        oldest = now - 3600 * rules.longest_hours - _CLOCKS_DIFFER
        self._known = {key: session for key, session in self._known.items() if session.began >= oldest}
        self._saved = now
        content = json.dumps({key: vars(session) for key, session in self._known.items()})
        with contextlib.suppress(OSError):  # what is in memory holds all the same
            for folder in (self._path.parents[1], self._path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".sessions-")  # mode 0600
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(content)
                Path(name).replace(self._path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise


def key_of(claims: Mapping[str, Any]) -> str:
    """One sign-in, by provider, person, session and moment: a hash, so that the file names nobody."""
    parts = [str(claims.get(name, "")) for name in ("iss", "sub", "sid", "nonce", "auth_time", "iat")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _began(claims: Mapping[str, Any]) -> float | None:
    began = claims.get("auth_time") or claims.get("iat")
    return float(began) if isinstance(began, int | float) and not isinstance(began, bool) else None


def _time(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
