"""One pass over a file's bytes: its fingerprint, and what its encoding can be."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass

from anonymiser.reading.given import CHUNK_BYTES, Given

__all__ = ["Scan", "fingerprint", "scan"]


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a text file shows.

    Attributes
    ----------
    fingerprint : str
        SHA-256, hexadecimal.
    line_breaks : int
        Line feeds in the file.
    nul_line : int or None
        Line of the first NUL byte.
    bad_line : int or None
        Line of the first bytes that are not UTF-8; None when the whole file is UTF-8.
    some_utf8 : bool
        Whether characters beyond ASCII stand as valid UTF-8 before that line.
    """

    fingerprint: str
    line_breaks: int
    nul_line: int | None
    bad_line: int | None
    some_utf8: bool


def fingerprint(given: Given) -> str:
    """SHA-256 of the file's bytes, hexadecimal."""
    with given.open() as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scan(given: Given) -> Scan:
    """Pass over the bytes once."""
    digest = hashlib.sha256()
    utf8 = _Utf8()
    lines = 0
    nul_line = None
    with given.open() as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            utf8.feed(chunk, lines)
            if nul_line is None and (place := chunk.find(b"\0")) >= 0:
                nul_line = lines + chunk.count(b"\n", 0, place) + 1
            lines += chunk.count(b"\n")
    utf8.finish(lines)
    return Scan(digest.hexdigest(), lines, nul_line, utf8.bad_line, utf8.some)


class _Utf8:
    """Checks that pieces of bytes are UTF-8 together."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._pending = False
        self.bad_line: int | None = None
        self.some = False

    def feed(self, chunk: bytes, lines_before: int) -> None:
        if self.bad_line is not None or (chunk.isascii() and not self._pending):
            return
        try:
            self.some |= not self._decoder.decode(chunk).isascii()
        except UnicodeDecodeError as error:
            read = bytes(error.object[: error.start])  # begins with what was pending of the piece before
            self.some |= not read.isascii()
            self.bad_line = lines_before + read.count(b"\n") + 1
        else:
            self._pending = bool(self._decoder.getstate()[0])

    def finish(self, lines: int) -> None:
        if self._pending and self.bad_line is None:
            self.bad_line = lines + 1
