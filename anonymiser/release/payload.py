"""The files of a release before they are sealed: without a name on disk wherever the system allows it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

__all__ = ["HASHES", "Payload", "sha256_of"]

HASHES = "hashes.json"
_BLOCK = 1 << 18
_ANONYMOUS = Path("/proc/self/fd").is_dir()
"""Whether a file without a name can be read by name: then a crash cannot leave it behind."""


@dataclass
class Payload:
    """Files by name, sorted; they vanish when the payload is closed.

    Attributes
    ----------
    folder : Path
        A private folder (mode 0700) on the file system of the release.
    """

    folder: Path
    _files: dict[str, IO[bytes]] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)
    _hashed: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the space back."""
        self._stack.close()
        self._files.clear()

    @property
    def names(self) -> list[str]:
        """The files' names, sorted; ``/`` separates folders."""
        return sorted(self._files)

    def create(self, name: str) -> IO[bytes]:
        """A new empty file to write to. The payload closes it."""
        make = tempfile.TemporaryFile if _ANONYMOUS else tempfile.NamedTemporaryFile
        self._hashed.pop(name, None)
        file: IO[bytes] = self._stack.enter_context(make(dir=self.folder))
        self._files[name] = file
        return file

    def add(self, name: str, content: bytes | str) -> None:
        """A small file at once."""
        self.create(name).write(content.encode() if isinstance(content, str) else content)

    def size(self, name: str) -> int:
        """Bytes in a file."""
        file = self._files[name]
        file.flush()
        return os.fstat(file.fileno()).st_size

    def path(self, name: str) -> str:
        """Where a library that wants a path can read the file, as long as the payload is open."""
        file = self._files[name]
        file.flush()
        return f"/proc/self/fd/{file.fileno()}" if _ANONYMOUS else file.name

    def blocks(self, name: str) -> Iterator[bytes]:
        """A file's bytes from its beginning."""
        file = self._files[name]
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block

    def read(self, name: str) -> bytes:
        """A small file's bytes."""
        return b"".join(self.blocks(name))

    def sha256(self, name: str) -> tuple[int, str]:
        """Size and SHA-256 of a file; each is read once for it, as long as it does not grow."""
        size = self.size(name)
        if self._hashed.get(name, (-1, ""))[0] != size:
            self._hashed[name] = size, sha256_of(self.blocks(name))
        return self._hashed[name]

    def copy(self, name: str, path: Path) -> None:
        """A file's bytes into a new file on disk."""
        with path.open("xb") as target:
            for block in self.blocks(name):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())

    def hashed_blocks(self, name: str) -> Iterator[bytes]:
        """A file's bytes, which a second thread reads for itself meanwhile, to hash them.

        Handing the blocks from one processor to the other would cost more than to read them twice.
        """
        size = self.size(name)
        if self._hashed.get(name, (-1, ""))[0] == size:
            yield from self.blocks(name)
            return
        with ThreadPoolExecutor(1) as pool:
            hashing = pool.submit(_sha256_of_file, self._files[name].fileno())
            yield from self.blocks(name)
            self._hashed[name] = size, hashing.result()

    def hashes(self, release_id: str) -> bytes:
        """What ``hashes.json`` holds: SHA-256 and size of each other file."""
        found = {name: self.sha256(name) for name in self.names if name != HASHES}
        files = {name: {"bytes": size, "sha256": digest} for name, (size, digest) in found.items()}
        return json.dumps({"release_id": release_id, "files": files}, indent=2).encode() + b"\n"


def _sha256_of_file(file: int) -> str:
    """From its beginning; where others are in it stays as it is."""
    digest, buffer, place = hashlib.sha256(), memoryview(bytearray(_BLOCK)), 0
    while size := os.preadv(file, [buffer], place):
        digest.update(buffer[:size])
        place += size
    return digest.hexdigest()


def sha256_of(blocks: Iterator[bytes]) -> str:
    """SHA-256 of a stream, hexadecimal."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()
