"""Open a seal: which private key fits, and the stream behind it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyrage

from anonymiser.errors import SealError, TamperedError
from anonymiser.release.age import DamagedError, NoKeyFitsError, opened
from anonymiser.release.passphrases import checked_passphrase
from anonymiser.release.streams import Forward

__all__ = ["OpeningKey", "identities_of", "unsealed"]

_MAX_KEY_FILE = 1 << 16
_ARMOUR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_COST = re.compile(rb"age-encryption\.org/v1\n-> scrypt [^ \n]+ ([1-9][0-9]?)\n")
_MOST_COST = 20
"""A gigabyte of memory; pyrage would try as much as eight where a forged file asks for it."""
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
def unsealed(path: Path, identities: Sequence[pyrage.x25519.Identity]) -> Iterator[Forward]:
    """The stream behind a seal, decrypted while it is read. On leaving, the rest is read and must be in order.

    Raises
    ------
    SealError
        No key fits.
    TamperedError
        The stream was altered, cut or added to.
    """
    with path.open("rb") as file:
        blocks = _in_words(opened(file, [str(identity) for identity in identities]), path.name)
        first = next(blocks)  # whether the key fits shows here
        stream = Forward(chain([first], blocks))
        yield stream
        for _ in stream.pieces():
            pass


def _in_words(blocks: Iterator[memoryview], name: str) -> Iterator[memoryview]:
    try:
        yield from blocks
    except NoKeyFitsError as error:
        raise SealError(f"The key does not open '{name}'. It is sealed to another one.") from error
    except DamagedError as error:
        raise TamperedError(
            f"'{name}' is damaged: it cannot be decrypted to its end. Ask for the release again."
        ) from error


def _from_file(path: Path, passphrase: str | None) -> list[pyrage.x25519.Identity]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_KEY_FILE)
    except OSError as error:
        raise SealError(f"The key file '{path.name}' cannot be read. Check its name and its permissions.") from error
    if content.startswith((b"age-encryption.org/", _ARMOUR)):
        if passphrase is None:
            raise SealError(f"The key file '{path.name}' is under a passphrase. Give that, too.")
        content = _behind_passphrase(content, checked_passphrase(passphrase))
    return _parsed(content)


def _behind_passphrase(content: bytes, passphrase: str) -> bytes:
    cost = _COST.match(_without_armour(content))
    if cost is None or int(cost[1]) > _MOST_COST:
        raise SealError(
            "The file of the key is damaged, or its passphrase costs more memory than Halftone gives it. Ask for the "
            "release again."
        )
    try:
        return bytes(pyrage.passphrase.decrypt(content, passphrase))
    except (pyrage.DecryptError, OSError, ValueError) as error:
        raise SealError("The passphrase is wrong. Its words are joined by hyphens, all in small letters.") from error


def _without_armour(content: bytes) -> bytes:
    if not content.startswith(_ARMOUR):
        return content
    try:
        return b64decode(b"".join(content.split(b"-----")[2].split()))
    except ValueError:
        return b""


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
