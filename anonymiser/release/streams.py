"""The payload as one tar stream, the same bytes for the same files."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

from anonymiser.release.payload import HASHES, Payload

__all__ = ["BlockReader", "tar_stream"]


def tar_stream(payload: Payload, modified: int, release_id: str | None = None) -> Iterator[bytes]:
    """The files in order of their names, with nothing of this machine: no owner, one mode, one time.

    Parameters
    ----------
    payload : Payload
    modified : int
        Time of every file, in seconds since 1970.
    release_id : str, optional
        With it, ``hashes.json`` comes last: SHA-256 and size of each file, counted while it is read.

    Yields
    ------
    bytes
        At most a quarter of a megabyte at a time; the files are never in memory whole.
    """
    for name in payload.names:
        yield _head(name, payload.size(name), modified)
        yield from payload.blocks(name) if release_id is None else payload.hashed_blocks(name)
        yield bytes(-payload.size(name) % tarfile.BLOCKSIZE)
    if release_id is not None:
        hashes = payload.hashes(release_id)
        yield _head(HASHES, len(hashes), modified) + hashes + bytes(-len(hashes) % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _head(name: str, size: int, modified: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, modified, 0o644
    return member.tobuf(tarfile.PAX_FORMAT)


class BlockReader(io.RawIOBase):
    """A file to read from, out of blocks."""

    def __init__(self, blocks: Iterator[bytes | memoryview]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")

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
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
