"""Whether a record is what was written: edits, deletions, a cut end, another order, a forgery that was chained anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from anonymiser.audit.entry import FIRST, Entry, Event, hash_of_line, parsed
from anonymiser.audit.head import Head, parse_head
from anonymiser.audit.keys import fingerprint_of_key

__all__ = ["Anchor", "Fault", "Kind", "Verdict", "verify"]

_MOST: Final = 20
"""Faults told; one change at the front may break every line after it."""


class Kind(Enum):
    """What is wrong."""

    EDITED = "edited"
    MISSING = "missing"
    ORDER = "order"
    CUT = "cut"
    FORGED = "forged"
    HEAD = "head"
    STRANGER = "stranger"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes
    ----------
    kind : Kind
    entry : int
        The number of the entry where it shows; 0 where it is about the whole.
    sentence : str
    """

    kind: Kind
    entry: int
    sentence: str


@dataclass(frozen=True)
class Anchor:
    """What something outside the record says of it.

    Attributes
    ----------
    where : str
        Such as "release 2026-001".
    entries : int
    head : str
        SHA-256 of the entry with that number.
    """

    where: str
    entries: int
    head: str


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    entries : int
    head : str
        SHA-256 of the last entry.
    faults : tuple of Fault
        None when the record is whole.
    notes : tuple of str
        What is odd and proves nothing, such as a clock that was set back.
    keys : tuple of str
        Public keys that signed, oldest first.
    proven : int
        Up to this entry the key that was asked for vouches; 0 where none was asked for.
    anchors : int
        How many statements from outside agree.
    """

    entries: int
    head: str
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]
    keys: tuple[str, ...]
    proven: int = 0
    anchors: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(
    lines: bytes, statement: bytes | None, *, fingerprint: str | None = None, anchors: Iterable[Anchor] = ()
) -> Verdict:
    """Check a record against its hashes, signatures, signed head, and what is known of it elsewhere.

    Parameters
    ----------
    lines : bytes
        The record.
    statement : bytes or None
        The signed head; None where there is none.
    fingerprint : str, optional
        Of a key that has to have signed: the owner's, or that of the installation.
    anchors : iterable of Anchor
    """
    found = [(parsed(line), hash_of_line(line)) for line in lines.splitlines() if line.strip()]
    unfinished = bool(lines) and not lines.endswith(b"\n")
    entries = [entry for entry, _ in found if entry is not None]
    hashes = [digest for _, digest in found]
    faults = list(_chain(found))
    if unfinished:
        faults.append(Fault(Kind.DAMAGED, len(found), "The last line is not finished: writing was interrupted."))
    head = parse_head(statement) if statement is not None else None
    keys = tuple(dict.fromkeys([*(entry.key for entry in entries), *([head.key] if head else [])]))
    if not faults:
        faults += _head_fits(head, hashes, absent=statement is None)
        faults += _known_keys(entries, head)
        faults += _mended(entries)
    met = 0
    for anchor in anchors:
        fault = _against(anchor, hashes)
        if fault is None:
            met += 1
        else:
            faults.append(fault)
    proven = _proven(fingerprint, entries, head, len(found)) if fingerprint else 0
    if fingerprint and not proven:
        faults.append(Fault(Kind.STRANGER, 0, "The key with the fingerprint that you gave signed nothing in it."))
    return Verdict(
        len(found), hashes[-1] if hashes else FIRST, tuple(faults[:_MOST]), tuple(_clock(entries)), keys, proven, met
    )


def _chain(found: Sequence[tuple[Entry | None, str]]) -> Iterator[Fault]:
    """Each line against itself and the one before it."""
    number, previous = 0, FIRST
    seen: set[int] = set()
    for place, (entry, digest) in enumerate(found, start=1):
        if entry is None:
            yield Fault(Kind.EDITED, place, f"Line {place} is not as Halftone wrote it: it was edited.")
        elif entry.sequence != number + 1:
            yield _out_of_line(entry.sequence, number, seen, found)
        elif not entry.is_genuine:
            yield Fault(Kind.EDITED, entry.sequence, f"Entry {entry.sequence} was edited: its signature does not fit.")
        elif entry.previous != previous:
            yield Fault(
                Kind.EDITED,
                number,
                f"Entry {number} was edited: entry {entry.sequence} carries the hash of another one."
                if number
                else f"Entries before entry {entry.sequence} are missing.",
            )
        number = entry.sequence if entry is not None else number + 1
        seen.add(number)
        previous = digest


def _out_of_line(sequence: int, number: int, seen: set[int], found: Sequence[tuple[Entry | None, str]]) -> Fault:
    there = {entry.sequence for entry, _ in found if entry is not None}
    if sequence in seen:
        return Fault(Kind.ORDER, sequence, f"Entry {sequence} stands after entry {number}: the order was changed.")
    gap = [missing for missing in range(number + 1, sequence) if missing not in there]
    if gap:
        many = f"Entries {gap[0]} to {gap[-1]} are" if len(gap) > 1 else f"Entry {gap[0]} is"
        return Fault(Kind.MISSING, gap[0], f"{many} missing: deleted.")
    return Fault(Kind.ORDER, sequence, f"Entry {sequence} stands after entry {number}: the order was changed.")


def _head_fits(head: Head | None, hashes: Sequence[str], *, absent: bool) -> Iterator[Fault]:
    """The chain against the signed head."""
    if head is None:
        what = "is missing" if absent else "is damaged"
        yield Fault(Kind.HEAD, 0, f"The signed head {what}: nothing says how many entries there were.")
    elif not head.is_genuine:
        yield Fault(Kind.HEAD, 0, "The signed head was changed: its signature does not fit.")
    elif head.entries > len(hashes):
        first, last = len(hashes) + 1, head.entries
        many = f"entries {first} to {last} are" if last > first else f"entry {first} is"
        yield Fault(Kind.CUT, first, f"The end was cut off: {many} missing ({head.entries} were signed).")
    elif head.entries < 1 or hashes[head.entries - 1] != head.head:
        yield Fault(
            Kind.FORGED,
            head.entries,
            f"It was written anew: entry {head.entries} is not the one that was signed as the last.",
        )


def _known_keys(entries: Sequence[Entry], head: Head | None) -> Iterator[Fault]:
    """Each key is the first one, or was introduced by an entry that a known key signed."""
    if not entries:
        return
    known = {entries[0].key}
    for entry in entries:
        if entry.key not in known:
            yield Fault(
                Kind.STRANGER, entry.sequence, f"Entry {entry.sequence} is signed by a key that nothing introduced."
            )
            return
        if entry.event is Event.VAULT:
            known.add(str(entry.fields.get("public_key")))
    if head is not None and head.key not in known:
        yield Fault(Kind.STRANGER, 0, "The head is signed by a key that nothing in the record introduced.")


def _mended(entries: Sequence[Entry]) -> Iterator[Fault]:
    """What a writer found wrong before it went on."""
    for entry in entries:
        if entry.event is not Event.RECOVERED or "expected" not in entry.fields:
            continue
        expected, there = entry.fields["expected"], entry.fields.get("found")
        what = "the signed head was missing" if expected is None else f"{expected} entries were signed, {there} there"
        yield Fault(Kind.CUT, entry.sequence, f"Entry {entry.sequence} notes damage that was there before it: {what}.")


def _against(anchor: Anchor, hashes: Sequence[str]) -> Fault | None:
    if anchor.entries > len(hashes):
        return Fault(
            Kind.CUT,
            len(hashes) + 1,
            f"The end was cut off: {anchor.where} knows {anchor.entries} entries, and {len(hashes)} are here.",
        )
    if anchor.entries < 1 or hashes[anchor.entries - 1] != anchor.head:
        return Fault(
            Kind.FORGED,
            anchor.entries,
            f"It was written anew: {anchor.where} knows another entry {anchor.entries}.",
        )
    return None


def _proven(fingerprint: str, entries: Sequence[Entry], head: Head | None, number: int) -> int:
    """The last entry for which a key vouches: everything before it is chained to it."""
    wanted = "".join(fingerprint.split()).lower()

    def fits(key: str) -> bool:
        return "".join(fingerprint_of_key(key).split()) == wanted

    if head is not None and head.is_genuine and fits(head.key):
        return min(head.entries, number)
    return max((entry.sequence for entry in entries if entry.is_genuine and fits(entry.key)), default=0)


def _clock(entries: Sequence[Entry]) -> Iterator[str]:
    for before, entry in pairwise(entries):
        if entry.time < before.time:
            back = before.time - entry.time
            yield (
                f"At entry {entry.sequence} the clock of the machine went back by {_span(back.total_seconds())}. "
                "The order is that of the numbers."
            )


def _span(seconds: float) -> str:
    for size, word in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {word}"
    return f"{max(1, round(seconds))} seconds"
