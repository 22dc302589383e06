"""The key that signs the record while no vault is open: one for each installation."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from anonymiser.errors import TamperedError

__all__ = ["KEY_FILE", "fingerprint_of_key", "installation_key", "public_hex"]

KEY_FILE: Final = "audit.key"
_RAW: Final = 32


def installation_key(folder: Path) -> Ed25519PrivateKey:
    """The key of this installation, made when it is first needed (mode 0600).

    It proves that an entry was written by somebody who can read the files of this account; not more. The owner's own
    key, which signs while her vault is open, proves that her passphrase was typed.

    Raises
    ------
    TamperedError
        The file is there and holds no key.
    OSError
        It cannot be read or written.
    """
    path = folder / KEY_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return _made(path)
    if len(raw) != _RAW:
        raise TamperedError(f"'{KEY_FILE}', which signs the audit trail, is damaged. Put back your backup copy of it.")
    return Ed25519PrivateKey.from_private_bytes(raw)


def _made(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, raw)  # so few bytes are written whole or not at all
        os.fsync(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    return key


def public_hex(key: Ed25519PublicKey) -> str:
    """A public key as 64 hexadecimal digits."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def fingerprint_of_key(public: str) -> str:
    """Fingerprint of a public key given as 64 hexadecimal digits, as a release shows it: SHA-256 of its DER form."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))
