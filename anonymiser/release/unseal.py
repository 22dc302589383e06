"""Open a seal: which private key fits, and the stream behind it."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyrage

from anonymiser.errors import SealError, TamperedError
from anonymiser.release.passphrases import checked_passphrase

__all__ = ["OpeningKey", "identities_of", "unsealed"]

_MAX_KEY_FILE = 1 << 16
_PRIVATE = "AGE-SECRET-KEY-1"


@dataclass(frozen=True)
class OpeningKey:
    """What the recipient opens with.

    Attributes
    ----------
    identity : Path or None
        File of an age private key, as ``age-keygen`` writes it.
    passphrase : str or None
        For a release under a passphrase, or for a key file that is itself under one.
    """

    identity: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


def identities_of(key: OpeningKey, travelling: Path | None) -> list[pyrage.x25519.Identity]:
    """The private keys to try.

    Parameters
    ----------
    key : OpeningKey
    travelling : Path or None
        ``identity.age`` of a release under a passphrase.

    Raises
    ------
    SealError
        The passphrase is wrong or empty, or no key was given, or the file holds none.
    """
    if key.identity is not None:
        return _from_file(key.identity, key.passphrase)
    if key.passphrase is None:
        wanted = "a passphrase" if travelling is not None else "the private key of the recipient"
        raise SealError(f"This release is sealed. Give {wanted} to open it.")
    passphrase = checked_passphrase(key.passphrase)
    if travelling is None:
        raise SealError("This release is sealed to a key, not under a passphrase. Give the file of the private key.")
    return _parsed(_behind_passphrase(travelling.read_bytes(), passphrase))


@contextmanager
def unsealed(path: Path, identities: Sequence[pyrage.x25519.Identity]) -> Iterator[IO[bytes]]:
    """The stream behind a seal, decrypted while it is read. On leaving, the rest is read and must be in order.

    Raises
    ------
    SealError
        No key fits.
    TamperedError
        The stream was altered, cut or added to.
    """
    reading, writing = os.pipe()
    worker = _Decryption(path, identities, writing)
    worker.start()
    with os.fdopen(reading, "rb", buffering=1 << 20) as stream:
        try:
            yield stream
        except BaseException as error:
            stream.close()  # a worker that still writes stops with EPIPE
            worker.join()
            if worker.error is not None and getattr(worker.error, "errno", None) != errno.EPIPE:
                raise _in_words(worker.error, path.name) from error
            raise
        while stream.read(1 << 20):
            pass
    worker.join()
    if worker.error is not None:
        raise _in_words(worker.error, path.name) from worker.error


class _Decryption(threading.Thread):
    """Decrypts into a pipe."""

    def __init__(self, path: Path, identities: Sequence[pyrage.x25519.Identity], writing: int) -> None:
        super().__init__(daemon=True)
        self._path = path
        self._identities = identities
        self._writing = writing
        self.error: Exception | None = None

    def run(self) -> None:
        """Decrypt to the end, or keep the error."""
        try:
            with self._path.open("rb") as source, os.fdopen(self._writing, "wb", buffering=1 << 16) as sink:
                pyrage.decrypt_io(source, sink, list(self._identities))
        except Exception as error:  # noqa: BLE001  handed to the thread that reads
            self.error = error


def _in_words(error: Exception, name: str) -> Exception:
    if isinstance(error, pyrage.DecryptError) and "No matching keys" in str(error):
        return SealError(f"The key does not open '{name}'. It is sealed to another one.")
    return TamperedError(f"'{name}' is damaged: it cannot be decrypted to its end. Ask for the release again.")


def _from_file(path: Path, passphrase: str | None) -> list[pyrage.x25519.Identity]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_KEY_FILE)
    except OSError as error:
        raise SealError(f"The key file '{path.name}' cannot be read. Check its name and its permissions.") from error
    if content.startswith((b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE")):
        if passphrase is None:
            raise SealError(f"The key file '{path.name}' is under a passphrase. Give that, too.")
        content = _behind_passphrase(content, checked_passphrase(passphrase))
    return _parsed(content)


def _behind_passphrase(content: bytes, passphrase: str) -> bytes:
    try:
        return bytes(pyrage.passphrase.decrypt(content, passphrase))
    except (pyrage.DecryptError, OSError, ValueError) as error:
        raise SealError("The passphrase is wrong. Its words are joined by hyphens, all in small letters.") from error


def _parsed(content: bytes) -> list[pyrage.x25519.Identity]:
    lines = [line.strip() for line in content.decode("utf-8", errors="replace").splitlines()]
    keys = [line for line in lines if line.startswith(_PRIVATE)]
    try:
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except pyrage.IdentityError as error:
        raise SealError("The key file holds a damaged private key. Use your backup copy.") from error
    if not found:
        raise SealError(f"The key file holds no age private key. It is a line that begins with {_PRIVATE}.")
    return found
