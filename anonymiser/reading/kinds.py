"""Which kind of file it is: by its content; its name decides only in doubt."""

from __future__ import annotations

import json
import zipfile
from enum import Enum

from anonymiser.errors import ReadError
from anonymiser.reading.encoding import find_utf16
from anonymiser.reading.given import Given

__all__ = ["Kind", "recognise"]


class Kind(Enum):
    """A kind of file that can be read."""

    TEXT = "text table"
    EXCEL = "Excel workbook"
    PARQUET = "Parquet file"
    JSON_LINES = "JSON lines"


_NOT_TABLES = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a compressed file (gzip): unpack it first",
    b"BZh": "a compressed file (bzip2): unpack it first",
    b"\xfd7zXZ": "a compressed file (xz): unpack it first",
    b"7z\xbc\xaf": "an archive (7-Zip): unpack it first",
    b"\xd0\xcf\x11\xe0": "an old or password-protected Office file: save it as .xlsx without a password",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML document",
    b"{\\rtf": "a word processor's document",
}
_ENDINGS = {
    Kind.EXCEL: (".xlsx", ".xlsm"),
    Kind.PARQUET: (".parquet", ".pq"),
    Kind.JSON_LINES: (".jsonl", ".ndjson", ".json"),
}
_ADVICE = "Halftone reads CSV and other text tables, Excel (.xlsx), Parquet and JSON lines."
_CONTROL = bytes(c for c in range(32) if c not in b"\0\t\n\v\f\r\x1b\x1f")
_MOST_CONTROL = 0.01
"""Share of control characters above which a file is not text."""


def recognise(given: Given) -> tuple[Kind, str | None]:
    """The kind of a file, and a sentence where its name says something else.

    Raises
    ------
    ReadError
        It is nothing that Halftone reads.
    """
    kind = _by_content(given)
    claimed = next((k for k, endings in _ENDINGS.items() if given.ending in endings), Kind.TEXT)
    if kind is claimed or (given.ending == "" and kind is not Kind.TEXT):
        return kind, None
    if claimed is Kind.TEXT and kind is Kind.JSON_LINES:
        return kind, f"The content is {kind.value}, whatever the name says, and was read as that."
    return kind, f"The name ends in {given.ending}, but the content is a {kind.value}, and was read as that."


def _by_content(given: Given) -> Kind:
    head = given.head
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    if head.startswith(b"PK\x03\x04"):
        return _inside_zip(given)
    for start, what in _NOT_TABLES.items():
        if head.startswith(start) and not _is_text(head, start):
            raise ReadError(f"{given.name} is {what}. {_ADVICE}")
    if given.ending in _ENDINGS[Kind.PARQUET] or given.ending in _ENDINGS[Kind.EXCEL]:
        _refuse_unless_text(given, f"{given.name} is damaged, or not what its ending says. Fetch it again. {_ADVICE}")
    _refuse_unless_text(given, f"{given.name} is not a text table: it holds control characters. {_ADVICE}")
    return Kind.JSON_LINES if _is_json(given) else Kind.TEXT


def _is_text(head: bytes, start: bytes) -> bool:
    """Whether a file that begins like a program may be text all the same: a column called "MZ"."""
    return start.isalnum() and head == head.translate(None, _CONTROL + b"\0")


def _refuse_unless_text(given: Given, message: str) -> None:
    utf16 = find_utf16(given.head)
    head = given.head.decode(utf16, "ignore").encode() if utf16 else given.head
    if len(head.translate(None, _CONTROL)) < (1 - _MOST_CONTROL) * len(head):
        raise ReadError(message)


def _inside_zip(given: Given) -> Kind:
    try:
        with given.open() as file, zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        if given.ending in _ENDINGS[Kind.EXCEL]:
            raise ReadError(f"{given.name} is a damaged workbook. Fetch it again from its source.") from None
        raise ReadError(f"{given.name} is a damaged archive. {_ADVICE}") from None
    if "xl/workbook.xml" in members:
        return Kind.EXCEL
    if "xl/workbook.bin" in members or "content.xml" in members:
        raise ReadError(f"{given.name} is a spreadsheet in a form that Halftone does not read. Save it as .xlsx.")
    raise ReadError(f"{given.name} is an archive (zip): unpack it first. {_ADVICE}")


def _is_json(given: Given) -> bool:
    head = given.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if given.ending in _ENDINGS[Kind.JSON_LINES]:
        return True
    if not head.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(head.split(b"\n", 1)[0]), dict)
    except (ValueError, RecursionError):
        return False
