"""Where a stream that is being sealed goes: hashed by one thread, brought to the disk by another."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import mmap
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Self

__all__ = ["Sink"]

_SECTOR: Final = 4096
_ROOM: Final = 1 << 21
_BUFFERS: Final = 3
_PAST_THE_CACHE: Final = getattr(os, "O_DIRECT", 0)  # not every system has it


class Sink:
    """Gives room to write to, hashes what was written there, and brings it to the disk while the next is made.

    Whole sectors go to the disk past the system's cache where the file system takes that: nobody reads the file soon,
    and at the end there is next to nothing for ``fsync`` to wait for.

    Parameters
    ----------
    file : int
        Descriptor of an empty file.
    written : callable
        Told the bytes written so far.

    Attributes
    ----------
    size : int
        Bytes written.
    digest
        SHA-256 of them.
    """

    def __init__(self, file: int, written: Callable[[int], None]) -> None:
        self._file = file
        self._written = written
        self._direct = bool(_PAST_THE_CACHE)
        self._threads = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._free = [memoryview(mmap.mmap(-1, _ROOM)) for _ in range(_BUFFERS)]  # begins at a page, as disks want it
        self._waiting: deque[tuple[memoryview, tuple[Future[None], ...]]] = deque()
        self._buffer, self._filled = self._free.pop(), 0
        self.size = 0
        self.digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            for thread in self._threads:
                thread.shutdown(cancel_futures=True)

    def room(self, size: int) -> memoryview:
        """So many bytes to write to, at most a megabyte; they count. An error of an earlier write is raised here."""
        if self._filled + size > _ROOM:
            self._hand_over()
        start, self._filled = self._filled, self._filled + size
        return self._buffer[start : self._filled]

    def _hand_over(self) -> None:
        """Have all taken care of but the end that fills no sector, and go on in another buffer."""
        whole = self._filled - self._filled % _SECTOR
        full, self._filled = self._buffer, self._filled - whole
        self._submit(full[:whole], self._write)
        self._buffer = self._free.pop() if self._free else self._take()
        self._buffer[: self._filled] = full[whole : whole + self._filled]

    def _submit(self, block: memoryview, write: Callable[[memoryview], None]) -> None:
        writing, hashing = self._threads
        self._waiting.append((block, (writing.submit(write, block), hashing.submit(self.digest.update, block))))

    def _take(self) -> memoryview:
        block, done = self._waiting.popleft()
        for one in done:
            one.result()
        self.size += len(block)
        self._written(self.size)
        return memoryview(block.obj)

    def _finish(self) -> None:
        self._submit(self._buffer[: self._filled], self._write_end)
        while self._waiting:
            self._take()

    def _write(self, block: memoryview) -> None:
        """Whole sectors."""
        if self._direct:
            self._direct = self._switch(direct=True)
        while block:
            try:
                block = block[os.write(self._file, block) :]
            except OSError as error:
                if not self._direct or error.errno != errno.EINVAL:
                    raise
                self._direct = self._switch(direct=False)  # this file system wants it otherwise, or not at all

    def _write_end(self, block: memoryview) -> None:
        """What fills no sector has to go through the cache."""
        if self._direct:
            self._direct = self._switch(direct=False)
        self._write(block)

    def _switch(self, *, direct: bool) -> bool:
        flags = fcntl.fcntl(self._file, fcntl.F_GETFL)
        try:
            fcntl.fcntl(self._file, fcntl.F_SETFL, flags | _PAST_THE_CACHE if direct else flags & ~_PAST_THE_CACHE)
        except OSError:
            return False
        return direct
