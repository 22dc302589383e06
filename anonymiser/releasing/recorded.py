"""The ledger of releases beside the audit trail: an older copy of the one contradicts the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from anonymiser.audit import TRAIL_FILE, Entry, Event, Scalar, Trail, public_hex, read_entries
from anonymiser.errors import InputError, OutputError
from anonymiser.release.ledger import Ledger
from anonymiser.release.ledger_book import Book

__all__ = ["accept", "check_recorded", "missing", "note_entered"]

_SERIALS: Final = (Event.ENTERED, Event.ACCEPTED)


def note_entered(trail: Trail, ledger: Ledger, release_id: str) -> None:
    """Write into the trail how far the ledger is now; the release stands whether or not that succeeds."""
    if ledger.memory is not None:
        with suppress(OutputError):
            serial = ledger.read().serial
            trail.append(Event.ENTERED, {"release": release_id, "ledger": ledger.memory.place, "serial": serial})


def check_recorded(trail: Trail, ledger: Ledger, book: Book) -> None:
    """Refuse a ledger that is older than the owner's entries in the trail say.

    Raises
    ------
    SealError
    """
    if book.serial < _serial(trail, ledger):
        raise ledger.rolled_back()


def missing(trail: Trail, book: Book) -> tuple[Entry, ...]:
    """The owner's releases in the trail that the ledger does not have."""
    known = {entry.release_id for entry in book.entries}
    made = {str(e.fields.get("release")): e for e in _genuine(trail, (Event.EXPORTED,))}
    return tuple(entry for release_id, entry in made.items() if release_id not in known)


def accept(trail: Trail, ledger: Ledger, *, reason: str, stated_by: str) -> tuple[Entry, ...]:
    """Go on with an older copy of the ledger, because there is no newer one; returns the releases that it lacks.

    Raises
    ------
    InputError
        Reason or name are missing.
    SealError
        The copy was changed.
    OutputError
        The trail or the ledger cannot be written.
    """
    if not (reason.strip() and stated_by.strip()):
        raise InputError("An older ledger is accepted with a reason and the name of who says so. Give both.")
    ledger.accept(_serial(trail, ledger))
    book = ledger.read()
    lost = missing(trail, book)
    place = "" if ledger.memory is None else ledger.memory.place
    said: dict[str, Scalar] = {"stated_by": stated_by.strip(), "reason": reason.strip(), "missing": len(lost)}
    trail.append(Event.ACCEPTED, {"ledger": place, "serial": book.serial, **said})
    return lost


def _serial(trail: Trail, ledger: Ledger) -> int:
    """How often the ledger was written, as the trail says."""
    if ledger.memory is None:
        return 0
    found = [e.fields.get("serial") for e in _genuine(trail, _SERIALS) if e.fields.get("ledger") == ledger.memory.place]
    return max((serial for serial in found if isinstance(serial, int)), default=0)


def _genuine(trail: Trail, events: tuple[Event, ...]) -> Iterator[Entry]:
    """Entries that the owner's key has signed."""
    try:
        content = (trail.folder / TRAIL_FILE).read_bytes()
    except OSError:
        return
    owner = None if trail.owner is None else public_hex(trail.owner.public_key())
    marks = tuple(f'"event":"{event.value}"'.encode() for event in events)
    lines = b"\n".join(line for line in content.splitlines() if any(mark in line for mark in marks))
    yield from (e for e in read_entries(lines) if e.event in events and e.key == owner and e.is_genuine)
