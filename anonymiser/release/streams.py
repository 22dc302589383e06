"""The payload as one tar stream, the same bytes for the same files."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator

from anonymiser.release.payload import HASHES, Payload

__all__ = ["Forward", "tar_stream"]

_LONGEST_HEAD = 1 << 20


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


class Forward:
    """Blocks read once, from the first byte to the last: heads as the tar library wants them, contents uncopied."""

    def __init__(self, blocks: Iterator[bytes | memoryview]) -> None:
        self._blocks = blocks
        self._rest = memoryview(b"")
        self._place = 0

    def pieces(self, size: int | None = None) -> Iterator[memoryview]:
        """The next so many bytes, or all that are left; fewer where the stream ends."""
        while size is None or size > 0:
            if not self._rest:
                block = next(self._blocks, None)
                if block is None:
                    return
                self._rest = memoryview(block)
                continue
            piece = self._rest[:size]
            self._rest = self._rest[len(piece) :]
            self._place += len(piece)
            size = None if size is None else size - len(piece)
            yield piece

    def read(self, size: int) -> bytes:
        """The next so many bytes, which have to fit in memory.

        Raises
        ------
        ValueError
            They are more than any head has.
        """
        if not 0 <= size <= _LONGEST_HEAD:
            raise ValueError("a head of impossible size")
        return b"".join(self.pieces(size))

    def tell(self) -> int:
        """Bytes read so far."""
        return self._place

    def seek(self, place: int) -> None:
        """Pass over bytes.

        Raises
        ------
        ValueError
            They are behind.
        """
        if place < self._place:
            raise ValueError("there is no way back")
        for _ in self.pieces(place - self._place):
            pass
