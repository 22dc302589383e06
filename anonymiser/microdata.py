"""A table about people, as Halftone holds it: text columns, read and encoded only when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anonymiser.errors import ColumnError

__all__ = ["MISSING_CODES", "Column", "Microdata", "smallest_dtype"]

MISSING_CODES = ("", "NaN", "nan", "N/A", "n/a", "#N/A", "NULL", "null")
"""Cells that mean "no value" wherever they stand. ``NA``, ``None``, ``?`` and the like may be values
(Namibia; no conditions): they are reported as a finding and stay values unless the owner says otherwise."""

_KEPT_COLUMNS = 24


@dataclass(frozen=True, eq=False)
class Column:
    """One attribute, dictionary encoded.

    Attributes
    ----------
    name : str
    values : tuple of str
        The distinct non-missing values, in order of first appearance.
    codes : (rows,) array of the smallest unsigned dtype
        Index into ``values``; ``len(values)`` marks a missing value.
    """

    name: str
    values: tuple[str, ...]
    codes: npt.NDArray[np.unsignedinteger]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Records of each value, missing last: shape (len(values) + 1,)."""
        return np.bincount(self.codes, minlength=len(self.values) + 1).astype(np.int64)

    @property
    def n_missing(self) -> int:
        """Records without a value."""
        return int(np.count_nonzero(self.codes == len(self.values)))


class Source(Protocol):
    """Where the rows live: memory or a Parquet file on disk."""

    names: tuple[str, ...]
    rows: int

    def text(self, name: str) -> pa.ChunkedArray:
        """One column as strings (or dictionary of strings)."""
        ...

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        """All rows of some columns, as strings, in file order."""
        ...

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        """Some rows of some columns, as strings."""
        ...


class MemorySource:
    """An Arrow table of strings."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.names = tuple(table.column_names)
        self.rows = int(table.num_rows)

    def text(self, name: str) -> pa.ChunkedArray:
        return self.table.column(name)

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        yield from self.table.select(list(names)).to_batches(max_chunksize=size)

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        return self.table.select(list(names)).take(pa.array(rows))


class ParquetSource:
    """A Parquet file that stays on disk; each column is read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with pq.ParquetFile(path) as file:
            self.names = tuple(file.schema_arrow.names)
            self.rows = int(file.metadata.num_rows)
            self._strings = [f.name for f in file.schema_arrow if pa.types.is_string(f.type)]

    def text(self, name: str) -> pa.ChunkedArray:
        dictionary = [name] if name in self._strings else []
        with pq.ParquetFile(self.path, read_dictionary=dictionary) as file:
            return as_text(file.read([name]).column(0))

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(batch_size=size, columns=list(names)):
                arrays = [as_text(pa.chunked_array([batch.column(n)])).combine_chunks() for n in names]
                yield pa.RecordBatch.from_arrays(arrays, names=list(names))

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        with pq.ParquetFile(self.path) as file:
            taken = [as_text(file.read([name]).column(0).take(pa.array(rows))) for name in names]
        return pa.table(taken, names=list(names))


def as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as strings; dictionaries of strings stay dictionaries."""
    if pa.types.is_string(values.type) or pa.types.is_dictionary(values.type):
        return values
    return pc.cast(values, pa.string())


@dataclass(frozen=True, eq=False)
class Microdata:
    """A table with one row a person (or event). Rows never change.

    Attributes
    ----------
    name : str
        A display name (a file's name without its folder); never a local path.
    source : Source
    fingerprint : str
        SHA-256 of the input's bytes, hexadecimal.
    """

    name: str
    source: Source
    fingerprint: str
    _columns: OrderedDict[str, Column] = field(default_factory=OrderedDict, repr=False)

    @classmethod
    def from_columns(cls, columns: dict[str, Iterable[str | None]], name: str = "table") -> Microdata:
        """A small table from Python values: for tests and examples.

        >>> Microdata.from_columns({"sex": ["F", "M", None]}).column("sex").n_missing
        1
        """
        table = pa.table({key: pa.array(list(value), pa.string()) for key, value in columns.items()})
        return cls(name, MemorySource(table), "0" * 64)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in file order."""
        return self.source.names

    @property
    def rows(self) -> int:
        """Number of records."""
        return self.source.rows

    def column(self, name: str) -> Column:
        """One attribute, dictionary encoded (kept for the next call).

        Raises
        ------
        ColumnError
            No such column.
        """
        kept = self._columns.get(name)
        if kept is not None:
            self._columns.move_to_end(name)
            return kept
        if name not in self.names:
            raise ColumnError(f"There is no column '{name}'. The columns are: {', '.join(self.names[:20])}.")
        column = encode_text(name, self.source.text(name))
        self._columns[name] = column
        while len(self._columns) > _KEPT_COLUMNS:
            self._columns.popitem(last=False)
        return column

    def with_columns(self, columns: Iterable[Column]) -> Microdata:
        """The same rows with derived columns after the others."""
        return Microdata(self.name, _Extended(self.source, tuple(columns)), self.fingerprint)


class _Extended:
    """A source with derived columns."""

    def __init__(self, base: Source, columns: tuple[Column, ...]) -> None:
        self._base = base
        self._derived = {column.name: column for column in columns}
        self.names = base.names + tuple(self._derived)
        self.rows = base.rows

    def text(self, name: str) -> pa.ChunkedArray:
        column = self._derived.get(name)
        return self._base.text(name) if column is None else pa.chunked_array([_decode(column)])

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        own = tuple(n for n in names if n not in self._derived) or self._base.names[:1]
        start = 0
        for batch in self._base.batches(own, size):
            stop = start + batch.num_rows
            arrays = [
                _decode(self._derived[n], slice(start, stop)) if n in self._derived else batch.column(n) for n in names
            ]
            yield pa.RecordBatch.from_arrays(arrays, names=list(names))
            start = stop

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        own = tuple(n for n in names if n not in self._derived)
        base = self._base.take(own or self._base.names[:1], rows)
        arrays = [
            _decode(self._derived[n]).take(pa.array(rows)) if n in self._derived else base.column(n) for n in names
        ]
        return pa.table(arrays, names=list(names))


def _decode(column: Column, rows: slice = slice(None)) -> pa.Array:
    values = pa.array([*column.values, None], pa.string())
    return values.take(pa.array(column.codes[rows]))


def smallest_dtype(largest: int) -> type[np.unsignedinteger]:
    """The smallest unsigned dtype that holds ``largest``."""
    for dtype in (np.uint8, np.uint16, np.uint32):
        if largest <= np.iinfo(dtype).max:
            return dtype
    return np.uint64


def encode_text(name: str, text: pa.ChunkedArray) -> Column:
    """Dictionary-encode a text column; surrounding blanks do not make a value different."""
    encoded = text if pa.types.is_dictionary(text.type) else text.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # no rows, or more chunks than one
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    raw = encoded.dictionary.to_pylist()
    indices = encoded.indices.fill_null(len(raw)).to_numpy(zero_copy_only=False)
    place: dict[str, int] = {}
    to_code = np.empty(len(raw) + 1, dtype=np.uint64)
    for i, value in enumerate(raw):
        stripped = "" if value is None else value.strip()
        to_code[i] = 2**63 if stripped in MISSING_CODES else place.setdefault(stripped, len(place))
    to_code[-1] = 2**63
    to_code[to_code == 2**63] = len(place)
    dtype = smallest_dtype(len(place))
    return Column(name, tuple(place), to_code.astype(dtype)[indices])
