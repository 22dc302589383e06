"""The signed statement beside the record: how many entries there are, and the hash of the last one."""

from __future__ import annotations

import json
import os
import tempfile
from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anonymiser.audit.keys import public_hex

__all__ = ["Head", "parse_head", "signed_head", "write_head"]

_FORMAT: Final = "halftone-audit-1"
_PURPOSE: Final = b"halftone-audit-head-1\n"


@dataclass(frozen=True)
class Head:
    """How far the record goes.

    Attributes
    ----------
    entries : int
    size : int
        Bytes of the record.
    head : str
        SHA-256 of the last line.
    time : datetime
    key : str
        The public key, 64 hexadecimal digits.
    signature : bytes
    """

    entries: int
    size: int
    head: str
    time: datetime
    key: str
    signature: bytes = b""

    def statement(self) -> bytes:
        """What is signed."""
        content = {
            "format": _FORMAT,
            "entries": self.entries,
            "bytes": self.size,
            "head": self.head,
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            "key": self.key,
        }
        return _PURPOSE + json.dumps(content, separators=(",", ":")).encode()

    def to_bytes(self) -> bytes:
        """The file's content."""
        content = json.loads(self.statement().removeprefix(_PURPOSE))
        content["signature"] = b64encode(self.signature).decode()
        return json.dumps(content, indent=2).encode() + b"\n"

    @property
    def is_genuine(self) -> bool:
        """Whether the signature is that of the key that it names."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key)).verify(self.signature, self.statement())
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_head(entries: int, size: int, head: str, time: datetime, key: Ed25519PrivateKey) -> Head:
    """The statement, signed."""
    unsigned = Head(entries, size, head, time, public_hex(key.public_key()))
    return Head(entries, size, head, time, unsigned.key, key.sign(unsigned.statement()))


def parse_head(content: bytes) -> Head | None:
    """The statement of a file; None where it is none."""
    try:
        found = json.loads(content)
        if found["format"] != _FORMAT:
            return None
        return Head(
            entries=int(found["entries"]),
            size=int(found["bytes"]),
            head=str(found["head"]),
            time=datetime.fromisoformat(found["time"]),
            key=str(found["key"]),
            signature=b64decode(found["signature"], validate=True),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def write_head(path: Path, head: Head) -> None:
    """Replace the statement: whole, or not at all.

    Raises
    ------
    OSError
        It cannot be written; the earlier one stands.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".head-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
