"""Writing the record: one entry at a time, by however many programs at once, whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anonymiser import autosave
from anonymiser.audit.entry import FIRST, Entry, Event, Scalar, clean, hash_of_line, parsed, signed_line
from anonymiser.audit.head import Head, parse_head, signed_head, write_head
from anonymiser.audit.keys import installation_key, public_hex
from anonymiser.audit.places import folder_of
from anonymiser.errors import OutputError

__all__ = ["HEAD_FILE", "TRAIL_FILE", "Actor", "Snapshot", "Trail", "Witness", "local_actor", "read_entries"]

TRAIL_FILE: Final = "audit.jsonl"
HEAD_FILE: Final = "audit.head.sig"
_LOCK_FILE: Final = "audit.lock"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_MODE: Final = 0o600


@dataclass(frozen=True)
class Actor:
    """Who does something.

    Attributes
    ----------
    name : str
    authenticated : bool
        Whether an identity provider vouches for the name.
    """

    name: str
    authenticated: bool = False

    @property
    def label(self) -> str:
        """The name as the record gives it."""
        return self.name if self.authenticated else f"{self.name} (not authenticated)"


def local_actor() -> Actor:
    """Whoever is signed in to this machine: their account's name, which nobody checked."""
    try:
        return Actor(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return Actor("somebody on this machine")


@dataclass(frozen=True)
class Witness:
    """What a release takes along of the record, and whom it tells when it is written.

    Attributes
    ----------
    snapshot : Snapshot
    written : callable
        Told the manifest's SHA-256 when everything is written and nothing can be seen yet; what it raises stops the
        release.
    """

    snapshot: Snapshot
    written: Callable[[str], None] = field(repr=False)


@dataclass(frozen=True)
class Snapshot:
    """The record as it was at one moment.

    Attributes
    ----------
    head : Head
    lines, statement : bytes
        Content of the record and of the signed head.
    """

    head: Head
    lines: bytes = field(repr=False)
    statement: bytes = field(repr=False)


def _now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Trail:
    """The record of one installation, as one person writes to it.

    Attributes
    ----------
    actor : Actor
    owner : Ed25519PrivateKey or None
        From the owner's vault while it is open; otherwise the key of the installation signs.
    folder : Path
    clock : callable
    """

    actor: Actor = field(default_factory=local_actor)
    owner: Ed25519PrivateKey | None = field(default=None, repr=False)
    folder: Path = field(default_factory=lambda: folder_of(autosave.home()))
    clock: Callable[[], datetime] = field(default=_now, repr=False)

    def signed_by(self, owner: Ed25519PrivateKey | None) -> Trail:
        """The same, signing with the owner's key where there is one."""
        return replace(self, owner=owner)

    def append(self, event: Event, fields: dict[str, Scalar] | None = None) -> Entry:
        """Write one entry and sign the new head; before the owner's first one, an entry that introduces her key.

        Raises
        ------
        OutputError
            It cannot be written; the record is as it was before.
        """
        with self._locked() as log:
            if event is Event.VAULT:  # a key that introduced itself would prove nothing
                return self.signed_by(None)._append(log, event, fields or {})  # noqa: SLF001  the same class
            if self.owner is not None:
                self._introduce(log, public_hex(self.owner.public_key()))
            return self._append(log, event, fields or {})

    def snapshot(self) -> Snapshot:
        """The record and its signed head, of the same moment; begun where there is none.

        Raises
        ------
        OutputError
            It cannot be read or begun.
        """
        with self._locked() as log:
            if self._head() is None:
                self._begin(log)
            head = self._head()
            if head is None:  # pragma: no cover  written a line above
                raise OutputError("The audit trail has no signed head. Look at the audit page.")
            return Snapshot(head, os.pread(log, os.fstat(log).st_size, 0), head.to_bytes())

    # --- one writer at a time ---

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The open record while nobody else writes to it."""
        try:
            for folder in (self.folder.parent, self.folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, _MODE)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX)
                log = os.open(self.folder / TRAIL_FILE, os.O_RDWR | os.O_CREAT, _MODE)
                try:
                    yield log
                finally:
                    os.close(log)
            finally:
                os.close(lock)
        except OSError as error:
            raise _in_words(error) from error

    def _head(self) -> Head | None:
        try:
            return parse_head((self.folder / HEAD_FILE).read_bytes())
        except FileNotFoundError:
            return None

    def _append(self, log: int, event: Event, fields: dict[str, Scalar]) -> Entry:
        size = os.fstat(log).st_size
        head = self._head()
        if head is None and size == 0:
            self._begin(log)
        else:
            self._mend(log, head, size)
        return self._write(log, event, fields)

    def _introduce(self, log: int, public: str) -> None:
        """Nobody could tell the owner's key from a stranger's unless a known key says that it is hers."""
        if f'"public_key":"{public}"'.encode() not in os.pread(log, os.fstat(log).st_size, 0):
            self.signed_by(None)._append(log, Event.VAULT, {"public_key": public})  # noqa: SLF001  the same class

    def _begin(self, log: int) -> None:
        self._write(log, Event.BEGUN, {"format": "halftone-audit-1"})

    def _mend(self, log: int, head: Head | None, size: int) -> None:
        """Where the record is not what its head says, say so in it: the next head must not hide it."""
        lines = os.pread(log, size, head.size if head is not None and head.size <= size else 0)
        torn = len(lines) - (lines.rfind(b"\n") + 1)
        if torn:
            os.ftruncate(log, size - torn)
            lines = lines[:-torn]
        found, last = _end_of(log)
        follows = head is not None and _continues(head, lines, log)
        if follows and not torn:
            return
        told: dict[str, Scalar] = {"found": found, "last": last, "unfinished_bytes": torn}
        if not follows:
            told |= {"expected": head.entries if head else None, "expected_last": head.head if head else None}
        self._write(log, Event.RECOVERED, told)

    def _write(self, log: int, event: Event, fields: dict[str, Scalar]) -> Entry:
        """One line and the head that goes with it: both or neither."""
        key = self.owner or installation_key(self.folder)
        if self.owner is not None:
            installation_key(self.folder)  # it has to be there when the vault is closed again
        size = os.fstat(log).st_size
        last, previous = _end_of(log)
        now = self.clock()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as it is written
        entry, line = signed_line(Entry(last + 1, now, self.actor.label, event, clean(fields), previous, ""), key)
        try:
            _write_all(log, line, size)
            write_head(
                self.folder / HEAD_FILE, signed_head(entry.sequence, size + len(line), hash_of_line(line), now, key)
            )
        except BaseException:
            os.ftruncate(log, size)
            raise
        return entry


def read_entries(content: bytes) -> tuple[Entry, ...]:
    """Every entry that can be read, in the order of the file; nothing is checked."""
    return tuple(entry for line in content.splitlines() if (entry := parsed(line)) is not None)


def _end_of(log: int) -> tuple[int, str]:
    """Number and hash of the last line; of none where the record is empty."""
    size = os.fstat(log).st_size
    block = 1 << 14
    tail = b""
    while True:
        start = max(0, size - block)
        tail = os.pread(log, size - start, start)
        lines = tail.rstrip(b"\n").split(b"\n")
        if start == 0 or len(lines) > 1:
            break
        block *= 4
    if not lines[-1]:
        return 0, FIRST
    entry = parsed(lines[-1])
    return (entry.sequence if entry else 0), hash_of_line(lines[-1])


def _continues(head: Head, lines: bytes, log: int) -> bool:
    """Whether the record is what the head says, or that and whole entries after it (the program was stopped)."""
    if os.fstat(log).st_size < head.size:
        return False
    if not lines:
        return head.is_genuine and _end_of(log) == (head.entries, head.head)
    number, previous = head.entries, head.head
    for line in lines.splitlines():
        entry = parsed(line)
        if entry is None or entry.sequence != number + 1 or entry.previous != previous or not entry.is_genuine:
            return False
        number, previous = entry.sequence, hash_of_line(line)
    return head.is_genuine


def _write_all(log: int, line: bytes, size: int) -> None:
    done = 0
    while done < len(line):
        done += os.pwrite(log, line[done:], size + done)
    os.fsync(log)


def _in_words(error: OSError) -> OutputError:
    if error.errno in _FULL:
        return OutputError(
            "The disk is full: the audit trail could not be written, so nothing was done. Free some space and repeat."
        )
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return OutputError(
        f"The audit trail could not be written ({reason}), so nothing was done. See that Halftone's folder can be "
        "written, and repeat."
    )
