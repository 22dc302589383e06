"""The seal: one age file, to a public key or under a passphrase."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Self

import pyrage

from anonymiser.errors import SealError
from anonymiser.release.age import FILE_KEY, encrypted, to_key, to_passphrase
from anonymiser.release.passphrases import checked_passphrase, new_passphrase

__all__ = ["NotSealed", "Seal", "SealToKey", "SealWithPassphrase", "SealedFile", "Sealing", "prepare", "seal_stream"]

_MOST_WAITING = 4
_WRITE_BACK = 1 << 24


@dataclass(frozen=True)
class SealToKey:
    """Sealed to an age public key (``age1…``): only the holder of the private key can open it."""

    public_key: str


@dataclass(frozen=True)
class SealWithPassphrase:
    """Sealed under a passphrase; without one, six words are drawn."""

    passphrase: str = field(default_factory=new_passphrase, repr=False)


@dataclass(frozen=True)
class NotSealed:
    """Not sealed: an open release."""


Sealing = SealToKey | SealWithPassphrase | NotSealed


@dataclass(frozen=True, eq=False)
class Seal:
    """A seal ready for use.

    Attributes
    ----------
    recipient : pyrage.x25519.Recipient
        What the stream is encrypted to.
    identity_file : bytes or None
        The private key of that recipient, encrypted under the passphrase, to travel beside the stream.
    passphrase : str or None
    """

    recipient: pyrage.x25519.Recipient
    identity_file: bytes | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SealedFile:
    """Size and SHA-256 of a file that was written."""

    bytes: int
    sha256: str


def prepare(sealing: SealToKey | SealWithPassphrase, created: date) -> Seal:
    """Check the key or the passphrase, before anything is written.

    Notes
    -----
    The stream is encrypted to a fresh X25519 key, and only the file of that key is encrypted under the passphrase:
    ``age -d -i identity.age payload.tar.age`` opens it. The passphrase costs 256 MiB to try, as in the age program:
    enough for six words drawn by chance, and a browser can do it, too.

    Raises
    ------
    SealError
        The public key is none, or the passphrase is empty.
    """
    if isinstance(sealing, SealToKey):
        return Seal(_recipient(sealing.public_key))
    passphrase = checked_passphrase(sealing.passphrase)
    identity = pyrage.x25519.Identity.generate()
    text = f"# created: {created.isoformat()}\n# public key: {identity.to_public()}\n{identity}\n"
    file_key = os.urandom(FILE_KEY)
    sealed = b"".join(encrypted([text.encode()], file_key, to_passphrase(passphrase, file_key)))
    return Seal(identity.to_public(), sealed, passphrase)


def seal_stream(
    blocks: Iterator[bytes], path: Path, recipient: pyrage.x25519.Recipient, written: Callable[[int], None]
) -> SealedFile:
    """Encrypt a stream into a file that appears whole, on disk, with mode 0600, or not at all.

    Parameters
    ----------
    blocks : iterator of bytes
    path : Path
    recipient : pyrage.x25519.Recipient
    written : callable
        Told the bytes written so far.

    Raises
    ------
    OSError
        From the blocks or from writing. Nothing is left.
    """
    file_key = os.urandom(FILE_KEY)
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)  # created with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            with _Sink(file, written) as sink:
                for block in encrypted(blocks, file_key, to_key(str(recipient), file_key)):
                    sink.write(block)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return SealedFile(sink.size, sink.digest.hexdigest())


class _Sink:
    """Writes, counts and hashes in a second thread, while the next blocks are encrypted."""

    def __init__(self, file: IO[bytes], written: Callable[[int], None]) -> None:
        self._file = file
        self._written = written
        self._pool = ThreadPoolExecutor(1)
        self._waiting: deque[Future[int]] = deque()
        self._behind = 0
        self.size = 0
        self.digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            while kind is None and self._waiting:
                self._take()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def write(self, block: bytes | bytearray) -> None:
        """Hand over a block; an error of an earlier one is raised here."""
        self._waiting.append(self._pool.submit(self._write, block))
        if len(self._waiting) > _MOST_WAITING:
            self._take()

    def _take(self) -> None:
        self.size += self._waiting.popleft().result()
        self._written(self.size)

    def _write(self, block: bytes | bytearray) -> int:
        self._file.write(block)
        self.digest.update(block)
        self._behind += len(block)
        if self._behind >= _WRITE_BACK:
            _begin_writing_back(self._file)
            self._behind = 0
        return len(block)


def _begin_writing_back(file: IO[bytes]) -> None:
    """Let the disk begin now, so that ``fsync`` has little left to wait for; not every system has it."""
    file.flush()
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    key = text.strip()
    if key.upper().startswith("AGE-SECRET-KEY"):
        raise SealError(
            "That is a private key. Seal to the public one (age1…) and replace both: this one is disclosed."
        )
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError as error:
        raise SealError(
            "That is not an age public key: one has 62 characters, 'age1' first. Ask the recipient for it again."
        ) from error
