"""What the owner's vault remembers of the record of who did what: how far it went, and the hash of its last entry.

It lies beside the record, sealed under a key of it (AES-256-GCM), and is renewed when the vault is opened and when a
release is made. Whoever writes the record anew, or cuts its end off, contradicts it, even with the key of the
installation.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymiser.audit import Anchor, Snapshot, folder_of, public_hex, verify
from anonymiser.errors import TamperedError
from anonymiser.release.files import plain_words, write_whole
from anonymiser.release.keys import OwnerKeys, derive

__all__ = ["remember", "remembered", "witness_of"]

_MAGIC: Final = b"halftone-audit-witness-1\n"
_NONCE: Final = 12
_MOST_BYTES: Final = 65_536
_WHERE: Final = "your vault"


def witness_of(keys: OwnerKeys, home: Path) -> Path:
    """The file that belongs to a vault: one for each owner's key."""
    return folder_of(home) / f"vault-{public_hex(keys.signing.public_key())[:16]}.seal"


def remembered(path: Path, keys: OwnerKeys) -> Anchor | None:
    """What the vault remembers; None where it remembers nothing yet.

    Raises
    ------
    TamperedError
        The file was changed, or belongs to another vault.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise plain_words(error, "reading what the vault remembers of the audit trail") from error
    body = content.removeprefix(_MAGIC)
    try:
        noted = json.loads(_cipher(keys).decrypt(body[:_NONCE], body[_NONCE:], _MAGIC))
        return Anchor(_WHERE, int(noted["entries"]), str(noted["head"]))
    except (InvalidTag, ValueError, KeyError, TypeError) as error:
        raise TamperedError(
            f"'{path.name}', in which the vault remembers the audit trail, was changed or belongs to another vault. "
            "Put back your backup copy of both."
        ) from error


def remember(path: Path, keys: OwnerKeys, record: Snapshot) -> bool:
    """Remember how far the record goes, unless it contradicts what is remembered.

    Returns
    -------
    bool
        False where it does: then the earlier memory stays, as a witness.

    Raises
    ------
    TamperedError
        What is remembered was changed.
    OutputError
        It cannot be written.
    """
    earlier = remembered(path, keys)
    if not verify(record.lines, record.statement, anchors=[] if earlier is None else [earlier]).whole:
        return False
    noted = json.dumps({"entries": record.head.entries, "head": record.head.head}).encode()
    nonce = os.urandom(_NONCE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, _MAGIC + nonce + _cipher(keys).encrypt(nonce, noted, _MAGIC), mode=0o600)
    except OSError as error:
        raise plain_words(error, "remembering the audit trail in the vault") from error
    return True


def _cipher(keys: OwnerKeys) -> AESGCM:
    return AESGCM(derive(keys.master, "audit"))
