"""The seal: one age file, to a public key or under a passphrase."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyrage

from anonymiser.errors import SealError
from anonymiser.release.age import FILE_KEY, encrypted, to_key, to_passphrase
from anonymiser.release.passphrases import checked_passphrase, new_passphrase
from anonymiser.release.sink import Sink

__all__ = ["NotSealed", "Seal", "SealToKey", "SealWithPassphrase", "SealedFile", "Sealing", "prepare", "seal_stream"]


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
        try:
            with Sink(handle, written) as sink:
                for _ in encrypted(blocks, file_key, to_key(str(recipient), file_key), sink.room):
                    pass  # it is in the sink's own room
            os.fsync(handle)
        finally:
            os.close(handle)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return SealedFile(sink.size, sink.digest.hexdigest())


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
