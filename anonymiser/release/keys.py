"""The owner's two keys and what is derived from them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

__all__ = ["KEY_BYTES", "OwnerKeys", "ReleaseKey", "derive", "fingerprint_of"]

KEY_BYTES = 32


def derive(secret: bytes, *purpose: str) -> bytes:
    """A 32-byte key for one purpose.

    Parameters
    ----------
    secret : bytes
        A uniformly random key (so that HKDF needs no salt).
    *purpose : str
        What the key is for, from the general to the particular. Each part is preceded by its
        length: ``("ab", "c")`` and ``("a", "bc")`` give different keys.

    Returns
    -------
    bytes
        32 bytes.

    References
    ----------
    H. Krawczyk, P. Eronen: HMAC-based Extract-and-Expand Key Derivation Function (HKDF). RFC 5869, 2010.
    """
    info = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in ("halftone/1", *purpose))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


@dataclass(frozen=True)
class ReleaseKey:
    """The key of one release to one recipient; every random step and pseudonym comes from it."""

    secret: bytes = field(repr=False)

    def step(self, name: str) -> bytes:
        """Key of a random step, such as the order of the rows."""
        return derive(self.secret, "step", name)

    def pseudonym(self, name: str) -> bytes:
        """Key of the pseudonyms in one column."""
        return derive(self.secret, "pseudonym", name)


@dataclass(frozen=True)
class OwnerKeys:
    """What an owner keeps for all her releases.

    Attributes
    ----------
    master : bytes
        32 random bytes; nothing is encrypted or signed with them, keys are derived.
    signing : Ed25519PrivateKey
        Signs the manifests. The recipients know its fingerprint.
    """

    master: bytes = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def fresh(cls) -> OwnerKeys:
        """New keys from the operating system's random numbers."""
        return cls(os.urandom(KEY_BYTES), Ed25519PrivateKey.generate())

    def for_release(self, release_id: str, recipient: str) -> ReleaseKey:
        """Key of one release to one recipient."""
        return ReleaseKey(derive(self.master, "release", release_id, recipient))

    @property
    def public_pem(self) -> bytes:
        """The public signing key as a PEM file."""
        return self.signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def signing_bytes(self) -> bytes:
        """The private signing key, 32 bytes."""
        return self.signing.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the public signing key."""
        return fingerprint_of(self.signing.public_key())

    def secrets(self, key: ReleaseKey) -> Iterator[bytes]:
        """Every secret behind one release, for the search of what is about to leave."""
        yield from (self.master, self.signing_bytes, key.secret)


def fingerprint_of(public: Ed25519PublicKey) -> str:
    """SHA-256 of a public key's DER form: 64 hexadecimal digits in groups of four.

    ``openssl pkey -pubin -in public_key.pem -outform DER | openssl dgst -sha256`` gives the same digits.
    """
    digest = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))
