"""The payload as one tar stream, the same bytes for the same files."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from anonymiser.release.payload import Payload

__all__ = ["BlockReader", "tar_stream"]


def tar_stream(payload: Payload, modified: int) -> Iterator[bytes]:
    """The files in order of their names, with nothing of this machine: no owner, one mode, one time.

    Parameters
    ----------
    payload : Payload
    modified : int
        Time of every file, in seconds since 1970.

    Yields
    ------
    bytes
        At most a megabyte at a time; the files are never in memory whole.
    """
    for name in payload.names:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = payload.size(name), modified, 0o644
        yield member.tobuf(tarfile.PAX_FORMAT)
        yield from payload.blocks(name)
        yield bytes(-member.size % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


class BlockReader(io.RawIOBase):
    """A file to read from, out of blocks; an error on the way is kept for the caller.

    Libraries in other languages turn an error of the reader into one of their own.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")
        self.error: BaseException | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # a plain buffer will do
        """Fill the buffer as far as the next block goes."""
        try:
            while not self._rest:
                self._rest = memoryview(next(self._blocks))
        except StopIteration:
            return 0
        except BaseException as error:
            self.error = error
            raise
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
