"""Where the rows of a table live: in memory, or in a Parquet file that stays on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anonymiser.errors import ReadError

__all__ = ["MemorySource", "ParquetSource", "Source", "as_text"]

_WHOLE_FLOATS = 2.0**53
_REPEATING = 6
"""Bytes a record that a column of strings takes in its file, at most, for its values to come again and again."""


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
        """One column as strings."""
        return self.table.column(name)

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        """All rows of some columns, as strings, in file order."""
        yield from self.table.select(list(names)).to_batches(max_chunksize=size)

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        """Some rows of some columns."""
        return self.table.select(list(names)).take(pa.array(rows))


class ParquetSource:
    """A Parquet file that stays where it is; each column is read when it is asked for.

    Parameters
    ----------
    path : Path or bytes
        The file, or an uploaded file's bytes.
    names : sequence of str, optional
        Names to use instead of the file's own, in file order.
    """

    def __init__(self, path: Path | bytes, names: Sequence[str] | None = None) -> None:
        self.path = path
        self._seen = self._stamp()
        self._whole_days: dict[str, bool] = {}
        with self._open() as file:
            stored = tuple(file.schema_arrow.names)
            self.rows = int(file.metadata.num_rows)
            sizes = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
            strings = {f.name for f in file.schema_arrow if pa.types.is_string(f.type)}
            self._repeating = strings & _small_columns(file.metadata)
            self._timestamps = {f.name for f in file.schema_arrow if pa.types.is_timestamp(f.type) and not f.type.tz}
        self.names = stored if names is None else tuple(names)
        self._stored = dict(zip(self.names, stored, strict=True))
        self._starts = np.cumsum([0, *sizes])

    def text(self, name: str) -> pa.ChunkedArray:
        """One column as strings, or as a dictionary of strings where it is stored so."""
        stored = self._stored[name]
        with self._open([stored] if stored in self._repeating else []) as file:
            return as_text(file.read([stored]).column(stored), whole_days=self._days_only(stored))

    def batches(self, names: tuple[str, ...], size: int) -> Iterator[pa.RecordBatch]:
        """All rows of some columns, as strings, in file order."""
        stored = [self._stored[name] for name in names]
        days = [self._days_only(name) for name in stored]
        with self._open() as file:
            for batch in file.iter_batches(batch_size=size, columns=stored):
                columns = [pa.chunked_array([batch.column(name)]) for name in stored]
                arrays = [as_text(c, whole_days=d).combine_chunks() for c, d in zip(columns, days, strict=True)]
                yield pa.RecordBatch.from_arrays([pc.cast(a, pa.string()) for a in arrays], names=list(names))

    def take(self, names: tuple[str, ...], rows: npt.NDArray[np.intp]) -> pa.Table:
        """Some rows of some columns; only the row groups that hold them are read."""
        group = np.searchsorted(self._starts, rows, side="right") - 1
        groups, place = np.unique(group, return_inverse=True)
        sizes = self._starts[groups + 1] - self._starts[groups]
        before = np.cumsum([0, *sizes])[:-1]  # rows of the groups read that stand before each group
        local = pa.array(rows - self._starts[group] + before[place])
        taken = []
        with self._open() as file:
            for stored in (self._stored[name] for name in names):
                column = file.read_row_groups(groups.tolist(), columns=[stored]).column(stored).take(local)
                taken.append(as_text(column, whole_days=self._days_only(stored)))
        return pa.table(taken, names=list(names))

    def _days_only(self, stored: str) -> bool:
        """Whether a column of timestamps never has a time of day (looked up once)."""
        if stored not in self._timestamps:
            return False
        if stored not in self._whole_days:
            with self._open() as file:
                values = file.read([stored]).column(stored)
            self._whole_days[stored] = bool(pc.all(pc.equal(pc.floor_temporal(values, unit="day"), values)).as_py())
        return self._whole_days[stored]

    def _stamp(self) -> tuple[int, int]:
        """Size and time of change of the file, to notice that another one took its place."""
        if isinstance(self.path, bytes):
            return len(self.path), 0
        try:
            status = self.path.stat()
        except OSError:
            raise ReadError("The Parquet file is no longer where it was. Load it again.") from None
        return status.st_size, status.st_mtime_ns

    @contextmanager
    def _open(self, dictionary: Sequence[str] = ()) -> Iterator[pq.ParquetFile]:
        if self._stamp() != self._seen:
            raise ReadError("The Parquet file changed since it was loaded. Load it again.")
        source = pa.BufferReader(self.path) if isinstance(self.path, bytes) else self.path
        try:
            with pq.ParquetFile(source, read_dictionary=list(dictionary)) as file:
                yield file
        except (pa.ArrowException, OSError):
            raise ReadError("The Parquet file is damaged and cannot be read. Fetch it again from its source.") from None


def _small_columns(metadata: pq.FileMetaData) -> set[str]:
    """Columns of few bytes a record, judged by the first rows: the others hold too many values for a dictionary."""
    if not metadata.num_row_groups:
        return set()
    first = metadata.row_group(0)
    columns = (first.column(i) for i in range(first.num_columns))
    return {c.path_in_schema for c in columns if c.total_uncompressed_size <= _REPEATING * first.num_rows}


def as_text(values: pa.ChunkedArray, *, whole_days: bool = False) -> pa.ChunkedArray:
    """A column as strings; dictionaries of strings stay dictionaries.

    Whole numbers stored as floats lose their ``.0``, times without fractions their zeros.

    Parameters
    ----------
    values : chunked array of any flat type
    whole_days : bool
        Timestamps have no time of day: keep the date only.
    """
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_dictionary(kind):
        return values if pa.types.is_string(kind.value_type) else as_text(pc.cast(values, kind.value_type))
    if pa.types.is_floating(kind):
        return _float_text(values)
    text = pc.cast(values, pa.string())
    if whole_days:
        return pc.utf8_slice_codeunits(text, 0, 10)
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        return pc.replace_substring_regex(text, r"\.0+(Z|[+-]\d{4})?$", r"\1")
    return text


def _float_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), _WHOLE_FLOATS))
    integers = pc.cast(pc.if_else(whole, values, None), pa.int64())
    return pc.coalesce(pc.cast(integers, pa.string()), pc.cast(values, pa.string()))
