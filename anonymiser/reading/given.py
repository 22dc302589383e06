"""What was handed in: an uploaded file's bytes, or a file on this machine."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyarrow as pa

from anonymiser.errors import ReadError

__all__ = ["CHUNK_BYTES", "Given"]

CHUNK_BYTES = 2**20
"""Files are passed over in pieces of this size; the first piece is also what formats are recognised by."""


@dataclass(frozen=True)
class Given:
    """A file to read, wherever its bytes are.

    Attributes
    ----------
    name : str
        What messages call it: the file's name without its folder.
    content : Path or bytes
    size : int
        Bytes.
    head : bytes
        The first ``CHUNK_BYTES``.
    """

    name: str
    content: Path | bytes
    size: int
    head: bytes

    @classmethod
    def of(cls, source: str | Path | bytes, name: str | None) -> Given:
        """Look at what was handed in.

        Raises
        ------
        ReadError
            No such file, a folder, not readable, or empty.
        """
        if isinstance(source, bytes | bytearray | memoryview):
            data = bytes(source)
            given = cls(_base_name(name or "the uploaded file"), data, len(data), data[:CHUNK_BYTES])
        else:
            path = Path(source)
            shown = _base_name(name or path.name)
            given = cls(shown, path, *_look(path, shown))
        if not given.size:
            raise ReadError(f"{given.name} is empty: it holds no columns and no rows. Choose another file.")
        return given

    def open(self) -> io.BufferedReader | io.BytesIO:
        """The bytes from the start, to be closed by the caller."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def arrow(self) -> pa.NativeFile:
        """The same for pyarrow, which must not guess a compression from the name."""
        return pa.BufferReader(self.content) if isinstance(self.content, bytes) else pa.OSFile(str(self.content))

    @property
    def ending(self) -> str:
        """The name's ending in lower case, with its dot."""
        return PurePosixPath(self.name).suffix.lower()


def _base_name(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name or "the file"


def _look(path: Path, shown: str) -> tuple[int, bytes]:
    try:
        if path.is_dir():
            raise ReadError(f"{shown} is a folder. Choose a file in it.")
        if not path.exists():
            raise ReadError(f"There is no file {shown} at that place. Check the path.")
        if not path.is_file():
            raise ReadError(f"{shown} is not an ordinary file. Choose a file.")
        with path.open("rb") as file:
            return path.stat().st_size, file.read(CHUNK_BYTES)
    except (OSError, ValueError):
        raise ReadError(f"{shown} cannot be opened. Check that you may read it.") from None
