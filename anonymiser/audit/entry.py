"""One line of the record."""

from __future__ import annotations

import hashlib
import json
import math
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from anonymiser.audit.keys import public_hex

__all__ = ["FIRST", "Entry", "Event", "Scalar", "clean", "hash_of_line", "parsed", "signed_line"]

Scalar = str | int | float | bool | None
FIRST: Final = "0" * 64
"""What the first entry gives as the hash of the one before it."""
_PURPOSE: Final = b"halftone-audit-entry-1\n"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = 300
_MOST_FIELDS: Final = 40


class Event(Enum):
    """What can happen."""

    BEGUN = "record begun"
    RECOVERED = "record found damaged"
    LOADED = "table opened"
    ROLES = "roles changed"
    SETTING = "setting changed"
    KEPT = "setting kept"
    ASKED = "approval asked for"
    APPROVED = "approved"
    DECLINED = "approval declined"
    EXPORTING = "export begun"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    WITHDRAWN = "release withdrawn"
    ENTERED = "entered in the ledger"
    ACCEPTED = "older ledger accepted"
    VAULT = "vault opened"
    REWRAPPED = "vault's passphrase changed"
    FAILED = "failed"
    LOGIN = "signed in"
    LOGOUT = "signed out"
    TIMED_OUT = "session ended"
    REFUSED = "access refused"
    SHARED = "figures shared"
    UNSHARED = "figures no longer shared"


@dataclass(frozen=True)
class Entry:
    """What one line says.

    Attributes
    ----------
    sequence : int
        From 1 up, without gaps.
    time : datetime
        In UTC, as the clock of the machine said.
    actor : str
    event : Event
    fields : mapping of str to scalar
    previous : str
        SHA-256 of the line before it.
    key : str
        The public key that its signature is checked with, 64 hexadecimal digits.
    signature : bytes
    """

    sequence: int
    time: datetime
    actor: str
    event: Event
    fields: Mapping[str, Scalar]
    previous: str
    key: str
    signature: bytes = b""

    def statement(self) -> bytes:
        """What is signed: everything but the signature."""
        content = {
            "sequence": self.sequence,
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds"),
            "actor": self.actor,
            "event": self.event.value,
            "fields": dict(self.fields),
            "previous": self.previous,
            "key": self.key,
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def line(self) -> bytes:
        """The line, with its signature and a line break."""
        signature = b64encode(self.signature)
        return self.statement()[:-1] + b',"signature":"' + signature + b'"}\n'

    @property
    def is_genuine(self) -> bool:
        """Whether the signature is that of the key that the entry names."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(self.signature, _PURPOSE + self.statement())
        except (InvalidSignature, ValueError):
            return False
        return True


def signed_line(entry: Entry, key: Ed25519PrivateKey) -> tuple[Entry, bytes]:
    """The entry with its signature, and its line."""
    unsigned = Entry(
        entry.sequence, entry.time, entry.actor, entry.event, entry.fields, entry.previous, public_hex(key.public_key())
    )
    signature = key.sign(_PURPOSE + unsigned.statement())
    signed = Entry(**{**vars(unsigned), "signature": signature})
    return signed, signed.line()


def parsed(line: bytes) -> Entry | None:
    """The entry of a line; None where it is none, or is written in another way than Halftone writes it."""
    try:
        content = json.loads(line)
        entry = Entry(
            sequence=int(content["sequence"]),
            time=datetime.fromisoformat(content["time"]),
            actor=str(content["actor"]),
            event=Event(content["event"]),
            fields=dict(content["fields"]),
            previous=str(content["previous"]),
            key=str(content["key"]),
            signature=b64decode(content["signature"], validate=True),
        )
        whole = entry.line().rstrip(b"\n") == line.rstrip(b"\n")
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entry if whole and _HEX.fullmatch(entry.key) and _HEX.fullmatch(entry.previous) else None


def hash_of_line(line: bytes) -> str:
    """SHA-256 of a line without its line break."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


def clean(fields: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Fields as they are written: few, short, on one line, and numbers that JSON knows."""
    return {name: _scalar(value) for name, value in list(fields.items())[:_MOST_FIELDS]}


def _scalar(value: Scalar) -> Scalar:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return value
