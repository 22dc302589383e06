"""How a text file's bytes become characters."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from anonymiser.errors import ReadError
from anonymiser.reading.given import CHUNK_BYTES, Given
from anonymiser.reading.scan import Scan

__all__ = ["Encoding", "decode", "find_encoding", "find_utf16"]

_BOMS: Final = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SHOWN: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252 (Western European)",
}
_SAMPLE: Final = 2**16
_UTF16_ZEROS: Final = 0.2
"""Share of zero bytes in every second place from which a file without a mark is taken for UTF-16."""
_UTF16_OTHER_ZEROS: Final = 0.05
"""Zero bytes in the other places, as a share of those."""
_MOST_ACCENTS: Final = 0.5
"""Share of letters beyond ASCII, among all letters, that no language in Latin letters reaches."""
_FEW_ACCENTS: Final = 12
"""Letters beyond ASCII that are too few to tell an alphabet by."""


@dataclass(frozen=True)
class Encoding:
    """An encoding and how sure it is.

    Attributes
    ----------
    codec : str
        Python's name of it, without a byte-order mark.
    mark : int
        Bytes of the byte-order mark at the start.
    note : str or None
        A sentence where it was not certain.
    """

    codec: str
    mark: int = 0
    note: str | None = None

    @property
    def shown(self) -> str:
        """The encoding's name in words."""
        return _SHOWN.get(self.codec, self.codec)


def find_encoding(given: Given, scanned: Scan, chosen: str | None) -> Encoding:
    """The encoding of a text file.

    UTF-8 when all bytes are; UTF-16 by its mark or its zero bytes; otherwise Windows-1252 (which
    Latin-1 text is, too), unless the letters show that it is something else.

    Raises
    ------
    ReadError
        An unknown encoding was chosen, the bytes contradict themselves, or there are NUL bytes.
    """
    codec = next((codec for mark, codec in _BOMS.items() if given.head.startswith(mark)), None)
    mark = 0 if codec is None else 3 if codec == "utf-8" else 2
    if chosen is not None:
        codec, marked = _known(chosen, given, codec), codec
        mark = mark if codec == marked else 0
    codec = codec or find_utf16(given.head)
    if codec is None and scanned.bad_line is not None and not scanned.some_utf8:
        found = _eight_bit(given)
    else:
        found = Encoding(codec or "utf-8", mark)
    if found.codec == "utf-8" and scanned.bad_line is not None:
        raise ReadError(
            f"{given.name}: line {scanned.bad_line:,} is not valid UTF-8, though the rest looks like it. "
            "Save the file again as UTF-8, or choose its encoding."
        )
    if scanned.nul_line is not None and not found.codec.startswith(("utf-16", "utf-32")):
        raise ReadError(
            f"{given.name}: line {scanned.nul_line:,} holds a NUL byte, which text never has. "
            "The file is damaged or no text table. Export it again."
        )
    return found


def find_utf16(head: bytes) -> str | None:
    """UTF-16 with or without a mark, told by the zero bytes of its commas, digits and line breaks.

    >>> find_utf16("a,b".encode("utf-16-be"))
    'utf-16-be'
    """
    for mark, codec in _BOMS.items():
        if head.startswith(mark):
            return None if codec == "utf-8" else codec
    sample = head[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    few = min(even, odd) <= _UTF16_OTHER_ZEROS * max(even, odd)
    if few and max(even, odd) > _UTF16_ZEROS * len(sample) / 2:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def decode(given: Given, encoding: Encoding) -> pa.NativeFile:
    """The file as UTF-8, for pyarrow; a UTF-8 file is not copied.

    Raises
    ------
    ReadError
        The bytes are not in this encoding.
    """
    if encoding.codec == "utf-8":
        return given.arrow()
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    out = pa.BufferOutputStream()
    line = 1
    try:
        with given.open() as file:
            file.seek(encoding.mark)
            while chunk := file.read(CHUNK_BYTES):
                text = decoder.decode(chunk)
                if "\0" in text:
                    raise ReadError(
                        f"{given.name}: line {line + text[: text.index(chr(0))].count(chr(10)):,} holds a NUL "
                        "character, which text never has. Export the file again."
                    )
                line += text.count("\n")
                out.write(text.encode())
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object[: error.start].decode(encoding.codec, "ignore").count("\n")
        raise ReadError(
            f"{given.name}: the characters of line {line:,} cannot be read as {encoding.shown}. "
            "Save the file again as UTF-8, or choose its encoding."
        ) from None
    return pa.BufferReader(out.getvalue())


def _known(chosen: str, given: Given, marked: str | None) -> str:
    try:
        b"ab".decode(chosen, "ignore")  # refuses codecs that are no text encoding
        codec = codecs.lookup(chosen).name
    except (LookupError, ValueError):
        raise ReadError(f"There is no encoding called '{chosen}'. Choose UTF-8, UTF-16 or Windows-1252.") from None
    if codec == "utf-8-sig":
        return "utf-8"
    if codec == "utf-16":
        return marked or find_utf16(given.head) or "utf-16-le"
    return codec


def _eight_bit(given: Given) -> Encoding:
    """Windows-1252, unless that gives words of nothing but accents or does not decode."""
    lines = b"\n".join(line for line in given.head.splitlines() if not line.isascii())[:_SAMPLE]
    if _in_latin_letters(lines):
        note = "Some characters are not UTF-8, so they were read as Windows-1252 (Western European). "
        return Encoding("cp1252", note=note + "If names with accents look wrong, choose the encoding.")
    import charset_normalizer  # no page waits for it

    guess = charset_normalizer.from_bytes(lines).best()
    if guess is None:
        raise ReadError(
            f"{given.name}: its characters are in no encoding that could be recognised. "
            "Save the file as UTF-8, or choose its encoding."
        )
    codec = codecs.lookup(guess.encoding).name
    return Encoding(codec, note=f"The characters were read as {codec}, which is a guess. Check names and places.")


def _in_latin_letters(lines: bytes) -> bool:
    try:
        letters = [c for c in lines.decode("cp1252") if c.isalpha()]
    except UnicodeDecodeError:
        return False
    accents = sum(not c.isascii() for c in letters)
    return accents <= max(_FEW_ACCENTS, _MOST_ACCENTS * len(letters))
