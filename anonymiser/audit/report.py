"""The record as a page shows it: the verdict, and the newest entries in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anonymiser.audit.check import Anchor, Verdict, verify
from anonymiser.audit.entry import Entry
from anonymiser.audit.keys import fingerprint_of_key
from anonymiser.audit.places import anchors_in
from anonymiser.audit.trail import HEAD_FILE, TRAIL_FILE, Trail, read_entries
from anonymiser.audit.words import in_words, topic_of, verdict_in_words
from anonymiser.errors import InputError

__all__ = ["Line", "Report", "packed", "report"]

_MOST = 500
"""Entries on the page; the file has them all."""


@dataclass(frozen=True)
class Line:
    """One entry for a reader.

    Attributes
    ----------
    number : int
    when, who, what, topic : str
    """

    number: int
    when: str
    who: str
    what: str
    topic: str


@dataclass(frozen=True)
class Report:
    """What the page says.

    Attributes
    ----------
    verdict : Verdict
    headline, sentence : str
    lines : tuple of Line
        The newest first, at most 500.
    key : str
        Fingerprint of the key that signed last.
    """

    verdict: Verdict
    headline: str
    sentence: str
    lines: tuple[Line, ...]
    key: str


def report(trail: Trail, tables: Mapping[str, str] | None = None, anchors: Iterable[Anchor] = ()) -> Report:
    """Read and check the record.

    Parameters
    ----------
    trail : Trail
    tables : mapping of str to str, optional
        Names of tables by fingerprint.
    anchors : iterable of Anchor
        What is known of it elsewhere, beside the releases in the owner's folder.

    Raises
    ------
    InputError
        It cannot be read.
    """
    lines, statement = _read(trail.folder)
    found = verify(lines, statement, anchors=[*anchors_in(trail.folder.parent), *anchors])
    newest = read_entries(lines)[: -_MOST - 1 : -1]
    headline = "Nothing was changed in it." if found.whole else "It was changed: do not rely on it."
    return Report(
        found,
        headline,
        " ".join((verdict_in_words(found), *found.notes)),
        tuple(_line(entry, tables or {}) for entry in newest),
        fingerprint_of_key(found.keys[-1]) if found.keys else "",
    )


def packed(trail: Trail) -> bytes:
    """Record and signed head as one ``.zip``, to hand to somebody who checks them."""
    lines, statement = _read(trail.folder)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(TRAIL_FILE), lines)
        archive.writestr(zipfile.ZipInfo(HEAD_FILE), statement or b"")
    return made.getvalue()


def _line(entry: Entry, tables: Mapping[str, str]) -> Line:
    said = in_words(entry, tables)
    when = f"{entry.time:%Y-%m-%d %H:%M:%S}"
    return Line(entry.sequence, when, entry.actor, said[:1].upper() + said[1:], topic_of(entry.event))


def _read(folder: Path) -> tuple[bytes, bytes | None]:
    try:
        lines = (folder / TRAIL_FILE).read_bytes()
        head = folder / HEAD_FILE
        return lines, head.read_bytes() if head.is_file() else None
    except OSError:
        raise InputError("The audit trail cannot be read. See that Halftone's folder can be read.") from None
