"""The file in which an owner keeps her keys, under a passphrase."""

from __future__ import annotations

import io
import json
import os
import unicodedata
import zipfile
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from anonymiser.errors import OutputError, SealError
from anonymiser.release.files import plain_words, write_whole
from anonymiser.release.keys import KEY_BYTES, OwnerKeys

__all__ = ["IF_LOST", "back_up", "change_passphrase", "create_vault", "open_vault", "save_vault"]

IF_LOST = (
    "Without the vault, no release can be made again with the same pseudonyms and the same order of rows.",
    "New releases get another signing key: every recipient must be told the new fingerprint.",
    "The ledger beside it cannot be read any more: a new release cannot be compared with the earlier ones.",
    "Private archives that were sealed under its passphrase stay shut if that is forgotten; nobody can reset it.",
    "What recipients already have still opens: it needs their key or their words, never the vault.",
)
"""What is lost with the vault or its passphrase, and what is not."""

_FORMAT = "halftone-vault-1"
_KDF = "argon2id"
_COST = {"iterations": 3, "lanes": 4, "memory_kib": 65_536}
"""RFC 9106, second recommended option: 64 MiB, three passes, four lanes."""
_MOST = {"iterations": 16, "lanes": 16, "memory_kib": 1_048_576}
"""A forged file must not make us allocate without end."""
_CIPHER = "aes-256-gcm"
_MAX_BYTES = 65_536


def create_vault(path: Path, passphrase: str) -> OwnerKeys:
    """Make an owner's keys, once, and keep them in a new vault.

    Raises
    ------
    SealError
        The passphrase is empty.
    OutputError
        A vault stands there already, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"There is a vault '{path.name}' already. Open it: its keys cannot be made again.")
    keys = OwnerKeys.fresh()
    save_vault(path, keys, passphrase)
    return keys


def save_vault(path: Path, keys: OwnerKeys, passphrase: str) -> None:
    """Wrap the keys with Argon2id and AES-256-GCM and write them with mode 0600 (also to change the passphrase).

    Raises
    ------
    SealError
        The passphrase is empty.
    OutputError
        The file cannot be written; the earlier one is untouched.
    """
    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"format": _FORMAT, "kdf": _KDF, **_COST, "salt": _text(salt)}
    secret = keys.master + keys.signing_bytes
    wrapped = AESGCM(_wrapping_key(passphrase, salt, _COST)).encrypt(nonce, secret, _canonical(head))
    content = {**head, "cipher": _CIPHER, "nonce": _text(nonce), "wrapped": _text(wrapped)}
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps(content, indent=2).encode() + b"\n", mode=0o600)
    except OSError as error:
        raise plain_words(error, "writing the vault") from error


def open_vault(path: Path, passphrase: str) -> OwnerKeys:
    """Read the keys back.

    Raises
    ------
    SealError
        The passphrase is wrong or empty, or the file is no vault or was changed.
    """
    damaged = SealError(f"'{path.name}' is not a vault of Halftone, or it is damaged. Use your backup copy.")
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_MAX_BYTES))
        head = {name: content[name] for name in ("format", "kdf", *_COST, "salt")}
        cost = {name: int(content[name]) for name in _COST}
        salt, nonce, wrapped = (b64decode(content[name], validate=True) for name in ("salt", "nonce", "wrapped"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged from error
    known = {*head, "cipher", "nonce", "wrapped"}
    if content.keys() != known or content["cipher"] != _CIPHER or head["kdf"] != _KDF:
        raise damaged
    if head["format"] != _FORMAT or any(not 1 <= cost[name] <= _MOST[name] for name in cost):
        raise damaged
    try:
        secret = AESGCM(_wrapping_key(passphrase, salt, cost)).decrypt(nonce, wrapped, _canonical(head))
    except InvalidTag as error:
        raise SealError(f"The passphrase does not open the vault '{path.name}', or the file was changed.") from error
    except ValueError as error:
        raise damaged from error
    return OwnerKeys(secret[:KEY_BYTES], Ed25519PrivateKey.from_private_bytes(secret[KEY_BYTES:]))


def change_passphrase(path: Path, old: str, new: str) -> OwnerKeys:
    """Wrap the same keys under another passphrase.

    Private archives that were sealed under the old passphrase still need that one, and so does an old backup.

    Raises
    ------
    SealError
        The old passphrase is wrong, the new one is empty or the same.
    OutputError
        The file cannot be written; the earlier one is untouched.
    """
    keys = open_vault(path, old)
    if _plain(old) == _plain(new):
        raise SealError("The new passphrase is the old one. Choose another.")
    save_vault(path, keys, new)
    return keys


def back_up(path: Path) -> bytes:
    """The vault and the ledger beside it in one ``.zip``, encrypted as they are: nothing in it is readable.

    To restore it, unpack it into the folder where the vault was.

    Raises
    ------
    OutputError
        There is no vault, or it cannot be read.
    """
    content = io.BytesIO()
    try:
        with zipfile.ZipFile(content, "w") as archive:
            for file in (path, path.with_suffix(".ledger")):
                if file == path or file.is_file():
                    entry = zipfile.ZipInfo(file.name)
                    entry.external_attr = 0o600 << 16
                    archive.writestr(entry, file.read_bytes())
    except FileNotFoundError as error:
        raise OutputError(f"There is no vault '{path.name}' to back up.") from error
    except OSError as error:
        raise plain_words(error, "reading the vault") from error
    return content.getvalue()


def _wrapping_key(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    if not passphrase.strip():
        raise SealError("The passphrase is empty. Give the vault a passphrase of several words.")
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost["iterations"],
        lanes=cost["lanes"],
        memory_cost=cost["memory_kib"],
    )
    return kdf.derive(_plain(passphrase))


def _plain(passphrase: str) -> bytes:
    return unicodedata.normalize("NFKC", passphrase.strip()).encode()


def _canonical(head: dict[str, object]) -> bytes:
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def _text(content: bytes) -> str:
    return b64encode(content).decode()
