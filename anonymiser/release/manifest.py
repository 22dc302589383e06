"""The signed list of everything outside the seal."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from anonymiser.errors import TamperedError
from anonymiser.release.keys import OwnerKeys, fingerprint_of

__all__ = ["MANIFEST", "PUBLIC_KEY", "SIGNATURE", "Manifest", "read_manifest", "signed_manifest"]

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public_key.pem"
_FORMAT = "halftone-release-1"
_MAX_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """What was signed.

    Attributes
    ----------
    release_id : str
    fingerprint : str
        Of the public key that the signature was checked with.
    files : mapping of str to (int, str)
        Size and SHA-256 of every file except the manifest and its signature.
    made : datetime
        When it was signed, by the owner's clock.
    """

    release_id: str
    fingerprint: str
    files: Mapping[str, tuple[int, str]]
    made: datetime


def signed_manifest(
    release_id: str,
    created: date,
    files: Mapping[str, tuple[int, str]],
    keys: OwnerKeys,
    record: tuple[int, str] | None = None,
) -> tuple[bytes, bytes]:
    """The manifest and its raw Ed25519 signature of 64 bytes.

    Parameters
    ----------
    release_id : str
    created : datetime.date
    files : mapping of str to (int, str)
        Size and SHA-256 by name: ciphertext, README and the public key; never names or hashes of what is sealed.
    keys : OwnerKeys
    record : tuple of (int, str), optional
        How many entries the owner's record had when the release was begun, and the hash of the last one.
    """
    content = {
        "format": _FORMAT,
        "release_id": release_id,
        "created": created.isoformat(),
        "made": datetime.now(tz=UTC).isoformat(),
        "signature": "Ed25519 over the bytes of this file",
        "public_key": {"file": PUBLIC_KEY, "fingerprint": keys.fingerprint},
        "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in sorted(files.items())},
    }
    if record is not None:
        content["audit"] = {"entries": record[0], "head": record[1]}
    text = (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
    return text, keys.signing.sign(text)


def read_manifest(folder: Path) -> Manifest:
    """Read a manifest whose signature is right.

    Raises
    ------
    TamperedError
        A file of the three is missing or too large, or the signature does not fit.
    """
    text, signature, pem = (_small(folder, name) for name in (MANIFEST, SIGNATURE, PUBLIC_KEY))
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TamperedError(f"'{PUBLIC_KEY}' is damaged. Do not use this release; ask for it again.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise TamperedError(f"'{PUBLIC_KEY}' is not an Ed25519 key. Do not use this release; ask for it again.")
    try:
        key.verify(signature, text)
    except InvalidSignature as error:
        raise TamperedError(
            f"The signature does not fit: '{MANIFEST}', '{SIGNATURE}' or '{PUBLIC_KEY}' was changed. "
            "Do not use this release; ask for it again."
        ) from error
    return _parsed(text, fingerprint_of(key))


def hash_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def _parsed(text: bytes, fingerprint: str) -> Manifest:
    unusable = TamperedError(
        f"'{MANIFEST}' is signed but not one that Halftone understands. Ask for the release again."
    )
    try:
        content = json.loads(text)
        files = {name: (entry["bytes"], entry["sha256"]) for name, entry in content["files"].items()}
        made = datetime.fromisoformat(content.get("made") or f"{content['created']}T00:00+00:00")
        manifest = Manifest(content["release_id"], fingerprint, files, made)
        named = content["public_key"]["fingerprint"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise unusable from error
    whole = all(
        isinstance(size, int) and isinstance(digest, str) and _SHA256.fullmatch(digest)
        for size, digest in files.values()
    )
    if (
        content.get("format") != _FORMAT
        or not isinstance(manifest.release_id, str)
        or not whole
        or manifest.made.tzinfo is None
        or named != fingerprint
    ):
        raise unusable
    return manifest


def _small(folder: Path, name: str) -> bytes:
    path = folder / name
    if path.is_symlink() or not path.is_file():
        raise TamperedError(f"'{name}' is missing. Do not use this release; ask for it again.")
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise TamperedError(f"'{name}' is far too large. Do not use this release; ask for it again.")
    return content
