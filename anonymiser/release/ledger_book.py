"""What the ledger holds: each release that was made, and in which group it left each person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Book", "Entry", "Extract", "Withdrawal", "book_of", "bytes_of"]

_CODEC: Final = "zstd"
_LENGTH: Final = 8
_MOST_BYTES: Final = 2**33
"""A forged length must not make us allocate without end."""


@dataclass(frozen=True, eq=False)
class Extract:
    """The people of one table, by keyed ids.

    Attributes
    ----------
    name : str
        Identifies the table: from the fingerprint of its bytes, its rows and its columns.
    columns : tuple of str
    by : str
        What the people are known by ("National Insurance number"); empty where nothing in the table identifies them:
        then they are known in this table only.
    linked : int
        Records that have an identifier of their own.
    ids : (rows,) uint64 array
        Keyed id of the person in each row; random where the row has no usable identifier.
    """

    name: str
    columns: tuple[str, ...]
    by: str
    linked: int
    ids: npt.NDArray[np.uint64] = field(repr=False)

    @property
    def rows(self) -> int:
        """Records of the table."""
        return int(self.ids.size)


@dataclass(frozen=True)
class Withdrawal:
    """An owner's statement that a release never left, or was never used and is destroyed.

    Attributes
    ----------
    reason, stated_by, day : str
    """

    reason: str
    stated_by: str
    day: str


@dataclass(frozen=True, eq=False)
class Entry:
    """One release that was made.

    Attributes
    ----------
    release_id, recipient, policy : str
        Its id, who got it and the name of the policy that it was made under.
    created : datetime.date
    is_open : bool
        Whether anyone may have it.
    form : str
        Records, tables or a sample.
    recipe_json : str
    extract : str
        Name of the table that it was made from.
    class_of : (rows,) int32 array
        Group of each record of that table; −1 for a record that was deleted.
    columns : tuple of str
        The columns that the groups are made of.
    labels : tuple of tuple of str
        What the release shows of each group, in the order of ``columns``: private.
    withdrawn : Withdrawal or None
        Set where the release does not count any more.
    """

    release_id: str
    created: date
    recipient: str
    policy: str
    is_open: bool
    form: str
    recipe_json: str
    extract: str
    class_of: npt.NDArray[np.int32] = field(repr=False)
    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...] = field(repr=False)
    withdrawn: Withdrawal | None = None

    @property
    def deleted(self) -> int:
        """Records of its table that it does not show."""
        return int(np.count_nonzero(self.class_of < 0))

    def is_same_as(self, other: Entry) -> bool:
        """Whether this is the very same release, made again."""
        mine = (self.release_id, self.recipient, self.recipe_json, self.extract)
        return mine == (other.release_id, other.recipient, other.recipe_json, other.extract)


@dataclass(frozen=True, eq=False)
class Book:
    """Everything that a ledger holds.

    Attributes
    ----------
    entries : tuple of Entry
        Oldest first.
    extracts : mapping of str to Extract
        By name.
    head : str
        Changes with every entry; empty while nothing was ever written.
    serial : int
        How often it was written: an older copy has a smaller one.
    """

    entries: tuple[Entry, ...] = ()
    extracts: Mapping[str, Extract] = field(default_factory=dict)
    head: str = ""
    serial: int = 0


def bytes_of(book: Book) -> bytes:
    """A book as bytes: a JSON head, then the arrays; each compressed."""
    blobs: list[bytes] = []
    document = {
        "extracts": [_without_array(extract, "ids", blobs) for extract in book.extracts.values()],
        "entries": [_without_array(entry, "class_of", blobs) for entry in book.entries],
        "serial": book.serial,
    }
    head = json.dumps({**document, "sizes": [len(blob) for blob in blobs]}, default=str).encode()
    packed = pa.compress(head, codec=_CODEC, asbytes=True)
    return b"".join((len(head).to_bytes(_LENGTH, "big"), len(packed).to_bytes(_LENGTH, "big"), packed, *blobs))


def book_of(content: bytes, head: str) -> Book:
    """The book in such bytes.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is none.
    """
    size, packed = (int.from_bytes(content[i : i + _LENGTH], "big") for i in (0, _LENGTH))
    start = 2 * _LENGTH + packed
    document = json.loads(_unpacked(content[2 * _LENGTH : start], size))
    ends = np.cumsum([start, *document["sizes"]]).tolist()
    pieces = iter([content[a:b] for a, b in pairwise(ends)])
    extracts = [Extract(**_with_array(one, "ids", np.uint64, next(pieces))) for one in document["extracts"]]
    entries = [_entry(_with_array(one, "class_of", np.int32, next(pieces))) for one in document["entries"]]
    serial = int(document.get("serial", len(entries)))  # earlier versions wrote none
    return Book(tuple(entries), {extract.name: extract for extract in extracts}, head, serial)


def _without_array(record: Extract | Entry, name: str, blobs: list[bytes]) -> dict[str, Any]:
    array = np.ascontiguousarray(getattr(record, name))
    blobs.append(pa.compress(array, codec=_CODEC, asbytes=True))
    fields = {key: value for key, value in vars(record).items() if key != name}
    if isinstance(record, Entry) and record.withdrawn is not None:
        fields["withdrawn"] = asdict(record.withdrawn)
    return {**fields, "bytes": array.nbytes}


def _with_array(fields: dict[str, Any], name: str, dtype: type[np.generic], blob: bytes) -> dict[str, Any]:
    array = np.frombuffer(_unpacked(blob, int(fields.pop("bytes"))), dtype=dtype)
    return {**fields, name: array, "columns": tuple(fields["columns"])}


def _unpacked(packed: bytes, size: int) -> bytes:
    if not 0 <= size <= _MOST_BYTES:
        raise ValueError("a part of impossible size")
    return bytes(pa.decompress(packed, decompressed_size=size, codec=_CODEC, asbytes=True))


def _entry(fields: dict[str, Any]) -> Entry:
    withdrawn = fields.pop("withdrawn")
    return Entry(
        **{
            **fields,
            "created": date.fromisoformat(fields["created"]),
            "labels": tuple(tuple(group) for group in fields["labels"]),
            "withdrawn": None if withdrawn is None else Withdrawal(**withdrawn),
        }
    )
