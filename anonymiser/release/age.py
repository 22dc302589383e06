"""The age format, version 1, for one X25519 key or one passphrase: written and read at the speed of OpenSSL.

Nothing here is of our own design: the ``age`` program reads what this writes, and the other way round. The library
pyrage checks keys and reads files under a passphrase; its ciphers take four times as long, hence this module.

References
----------
F. Valsorda, B. Cartwright-Cox: The age file encryption format. https://c2sp.org/age, 2019.
"""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

__all__ = [
    "FILE_KEY",
    "MOST_AT_ONCE",
    "DamagedError",
    "NoKeyFitsError",
    "Source",
    "encrypted",
    "opened",
    "to_key",
    "to_passphrase",
]

FILE_KEY: Final = 16
"""Bytes of the key that a file is encrypted with; fresh for each."""
_VERSION: Final = b"age-encryption.org/v1\n"
_X25519, _SCRYPT = b"age-encryption.org/v1/X25519", b"age-encryption.org/v1/scrypt"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CHUNK, _TAG = 1 << 16, 16
_SEALED = _CHUNK + _TAG
MOST_AT_ONCE: Final = 4 * _SEALED
"""Bytes of an age file that are made or opened in one go, at most."""
_LONGEST_LINE, _LONGEST_HEADER = 1 << 12, 1 << 16
_ARGUMENTS = re.compile(rb"-> ([\x21-\x7e]+(?: [\x21-\x7e]+)*)\n")
_WORK: Final = 18
"""Base-2 logarithm of scrypt's cost, as the age program has it: 256 MiB, which a browser can do, too."""

Stanza = tuple[list[bytes], bytes]
"""Arguments and body: one way to the file key."""


class Source(Protocol):
    """What an age file is read from."""

    def read(self, size: int, /) -> bytes:
        """As many bytes, or fewer at the end."""
        ...

    def readline(self, limit: int, /) -> bytes:
        """Bytes up to a line's end, at most so many."""
        ...


class DamagedError(Exception):
    """It is no age file, or it was altered, cut or added to."""


class NoKeyFitsError(Exception):
    """It is an age file, sealed to other keys."""


def to_key(public: str, file_key: bytes) -> Stanza:
    """The file key wrapped for the holder of a private key; ``public`` was checked by pyrage."""
    recipient, ours = _bech32(public), X25519PrivateKey.generate()
    share = ours.public_key().public_bytes_raw()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(recipient))
    wrapped = _wrapping(shared, share + recipient).encrypt(bytes(12), file_key, None)
    return [b"X25519", _text(share)], wrapped


def to_passphrase(passphrase: str, file_key: bytes) -> Stanza:
    """The file key wrapped under a passphrase."""
    salt = os.urandom(16)
    key = Scrypt(salt=_SCRYPT + salt, length=32, n=1 << _WORK, r=8, p=1).derive(passphrase.encode())
    return [b"scrypt", _text(salt), b"%d" % _WORK], ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)


def _fresh(size: int) -> memoryview:
    return memoryview(bytearray(size))


def encrypted(
    blocks: Iterable[bytes], file_key: bytes, stanza: Stanza, room: Callable[[int], memoryview] = _fresh
) -> Iterator[memoryview]:
    """An age file of blocks of any length.

    Parameters
    ----------
    blocks : iterable of bytes
    file_key : bytes
        Random, and used once.
    stanza : Stanza
    room : callable
        Gives as many bytes to write to as it is asked for, at most `MOST_AT_ONCE`; what is yielded is what it gave,
        filled.
    """
    nonce, number, rest = os.urandom(16), 0, bytearray()
    yield _filled(room, _header(file_key, stanza) + nonce)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    for block in blocks:
        view = memoryview(block)
        missing = _CHUNK - len(rest)
        if len(view) <= missing:  # the last chunk, which may be whole, is marked: always keep one back
            rest += view
            continue
        first, view = rest + view[:missing], view[missing:]
        left = (len(view) - 1) // _CHUNK + 1
        chunks: Iterator[bytes | bytearray | memoryview] = chain(
            [first], (view[i * _CHUNK : (i + 1) * _CHUNK] for i in range(left - 1))
        )
        rest = bytearray(view[(left - 1) * _CHUNK :])
        while left:
            several = min(left, MOST_AT_ONCE // _SEALED)
            out = room(several * _SEALED)
            for i in range(several):
                place = out[i * _SEALED : (i + 1) * _SEALED]
                cipher.encrypt_into(_nonce(number, last=False), next(chunks), None, place)
                number += 1
            left -= several
            yield out
    yield _filled(room, cipher.encrypt(_nonce(number, last=True), bytes(rest), None))


def _filled(room: Callable[[int], memoryview], content: bytes) -> memoryview:
    out = room(len(content))
    out[:] = content
    return out


def _header(file_key: bytes, stanza: Stanza) -> bytes:
    arguments, body = stanza
    wrapped = _text(body)
    lines = [wrapped[i : i + 64] for i in range(0, len(wrapped) + 1, 64)]
    header = _VERSION + b"\n".join([b" ".join([b"->", *arguments]), *lines, b"---"])
    return b"%s %s\n" % (header, _text(_mac(file_key, header)))


def opened(file: Source, identities: Sequence[str]) -> Iterator[memoryview]:
    """The plaintext behind an age file, piece by piece; nothing is given out before it was authenticated.

    Raises
    ------
    DamagedError, NoKeyFitsError
    """
    file_key = _file_key(file, identities)
    nonce = file.read(16)
    if len(nonce) != 16:  # noqa: PLR2004  the format's own number
        raise DamagedError
    cipher, number = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")), 0
    piece = file.read(MOST_AT_ONCE)
    while True:
        following = file.read(MOST_AT_ONCE)
        out, done = memoryview(bytearray(len(piece))), 0
        for start in range(0, max(1, len(piece)), _SEALED):
            chunk = memoryview(piece)[start : start + _SEALED]
            last, size = not following and start + _SEALED >= len(piece), len(chunk) - _TAG
            if size < 0 or (size == 0 and number):
                yield out[:done]
                raise DamagedError
            try:
                cipher.decrypt_into(_nonce(number, last=last), chunk, None, out[done : done + size])
            except InvalidTag as error:
                yield out[:done]
                raise DamagedError from error
            number, done = number + 1, done + size
        yield out[:done]
        if not following:
            return
        piece = following


def _file_key(file: Source, identities: Sequence[str]) -> bytes:
    header, stanzas = file.readline(_LONGEST_LINE), []
    if header != _VERSION:
        raise DamagedError
    while (line := file.readline(_LONGEST_LINE)).startswith(b"-> "):
        header += line
        found, body = _ARGUMENTS.fullmatch(line), b""
        while (part := file.readline(_LONGEST_LINE)).endswith(b"\n") and len(part) <= 65:  # noqa: PLR2004  64 columns
            header, body = header + part, body + part[:-1]
            if len(part) < 65:  # noqa: PLR2004 - a line of 64
                break
        else:
            raise DamagedError
        if found is None or len(header) > _LONGEST_HEADER:
            raise DamagedError
        stanzas.append((found[1].split(b" "), _bytes(body)))
    if not line.startswith(b"--- ") or not line.endswith(b"\n") or not stanzas:
        raise DamagedError
    mac = _bytes(line[4:-1])
    if any(arguments[0] == b"scrypt" for arguments, _ in stanzas) and len(stanzas) > 1:
        raise DamagedError
    keys = [key for stanza in stanzas for text in identities if (key := _unwrapped(stanza, _bech32(text)))]
    if not keys:
        raise NoKeyFitsError
    if not hmac.compare_digest(mac, _mac(keys[0], header + b"---")):
        raise DamagedError
    return keys[0]


def _unwrapped(stanza: Stanza, identity: bytes) -> bytes | None:
    (kind, *arguments), body = stanza
    if kind != b"X25519":
        return None
    if len(arguments) != 1 or len(share := _bytes(arguments[0])) != 32 or len(body) != 32:  # noqa: PLR2004 - a key has 32 bytes
        raise DamagedError
    private = X25519PrivateKey.from_private_bytes(identity)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError as error:  # a point of low order
        raise DamagedError from error
    try:
        return _wrapping(shared, share + private.public_key().public_bytes_raw()).decrypt(bytes(12), body, None)
    except InvalidTag:
        return None


def _wrapping(shared: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(shared, salt, _X25519))


def _derived(secret: bytes, salt: bytes | None, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_derived(file_key, None, b"header"), header, "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _text(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """Base64 without padding, in its one canonical spelling."""
    try:
        content = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise DamagedError from error
    if _text(content) != text:
        raise DamagedError
    return content


def _bech32(key: str) -> bytes:
    """The 32 bytes of a key whose checksum pyrage has verified."""
    number = 0
    for letter in key.lower().rpartition("1")[2][:-6]:
        number = number << 5 | _BECH32.index(letter)
    return (number >> 4).to_bytes(32, "big")
