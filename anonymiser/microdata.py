"""A table about people, as Halftone holds it: text columns, read and encoded only when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.errors import ColumnError
from anonymiser.sources import MemorySource, ParquetSource, Source

__all__ = [
    "MISSING_CODES",
    "Column",
    "MemorySource",
    "Microdata",
    "ParquetSource",
    "ReadReport",
    "Source",
    "encode_text",
    "smallest_dtype",
]

MISSING_CODES = ("", "NaN", "nan", "N/A", "n/a", "#N/A", "NULL", "null")
"""Cells that mean "no value" wherever they stand. ``NA``, ``None``, ``?`` and the like may be values
(Namibia; no conditions): they are reported as a finding and stay values unless the owner says otherwise."""

_KEPT_COLUMNS = 24
_THREADS = 2
_WORTH_THREADS = 1_000_000


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


@dataclass(frozen=True)
class ReadReport:
    """What was found while a file was read.

    Attributes
    ----------
    kind : str
        "text table", "Excel workbook", "Parquet file" or "JSON lines".
    encoding, delimiter, quote : str or None
        Of a text table; None where there is none.
    header : bool
        Whether the first row holds the columns' names.
    sheet : str or None
        The sheet that was read, and in ``sheets`` all that the workbook has.
    unnamed : tuple of str
        Columns whose name is made up, because the file has none.
    notes : tuple of str
        The same in plain sentences, without values of the data.
    """

    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool = True
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    report : ReadReport or None
        What was found while reading; None for a table that was not read from a file.
    missing : mapping of str to tuple of str
        Codes that the owner declared to mean "no value", by column, beside ``MISSING_CODES``.
    """

    name: str
    source: Source
    fingerprint: str
    report: ReadReport | None = None
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
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
        self.require((name,))
        column = encode_text(name, self.source.text(name), self.missing.get(name, ()))
        self._columns[name] = column
        while len(self._columns) > _KEPT_COLUMNS:
            self._columns.popitem(last=False)
        return column

    def prepare(self, names: Iterable[str]) -> None:
        """Encode several columns at once, on as many threads as help; :meth:`column` then has them."""
        wanted = [name for name in names if name in self.names and name not in self._columns]
        if self.rows < _WORTH_THREADS or len(wanted) < 2:  # noqa: PLR2004 - nothing to share out
            return
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(self.column, wanted))

    def with_columns(self, columns: Iterable[Column]) -> Microdata:
        """The same rows with derived columns after the others."""
        return replace(self, source=_Extended(self.source, tuple(columns)), _columns=OrderedDict())

    def with_missing(self, codes: Mapping[str, tuple[str, ...]]) -> Microdata:
        """The same rows, with more codes that mean "no value" in some columns.

        >>> table = Microdata.from_columns({"weight": ["70", "999", ""]})
        >>> table.with_missing({"weight": ("999",)}).column("weight").n_missing
        2

        Raises
        ------
        ColumnError
            No such column.
        """
        self.require(codes)
        stripped = {name: tuple(code.strip() for code in column) for name, column in codes.items()}
        same = OrderedDict((name, column) for name, column in self._columns.items() if name not in stripped)
        return replace(self, missing={**self.missing, **stripped}, _columns=same)

    def require(self, names: Iterable[str]) -> None:
        """Check that columns exist.

        Raises
        ------
        ColumnError
            No such column.
        """
        for name in names:
            if name not in self.names:
                raise ColumnError(f"There is no column '{name}'. The columns are: {', '.join(self.names[:20])}.")


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


def encode_text(name: str, text: pa.ChunkedArray, missing: tuple[str, ...] = ()) -> Column:
    """Dictionary-encode a text column; surrounding blanks do not make a value different.

    Parameters
    ----------
    name : str
    text : chunked array of strings or of dictionaries of strings
    missing : tuple of str
        Codes that mean "no value" beside ``MISSING_CODES``.
    """
    # Encoded here, all chunks share one dictionary already; unifying it again would cost chunks x values.
    given = pa.types.is_dictionary(text.type)
    encoded = text.unify_dictionaries() if given else text.dictionary_encode()
    chunks = encoded.chunks
    raw = chunks[0].dictionary if chunks else pa.array([], pa.string())
    stripped = pc.utf8_trim_whitespace(raw)
    valued = pc.invert(pc.is_in(stripped, value_set=pa.array([*MISSING_CODES, *missing, None], pa.string())))
    values, places = stripped.filter(valued), None
    if given or not stripped.equals(raw):  # else the values are different as they are
        merged = values.dictionary_encode()
        values, places = merged.dictionary, merged.indices.to_numpy()
    count = len(values)
    dtype = smallest_dtype(count)
    to_code = np.full(len(raw) + 1, count, dtype=dtype)  # the last stands for cells without a value
    to_code[:-1][valued.to_numpy(zero_copy_only=False)] = np.arange(count) if places is None else places
    # an index type may be too narrow for one value more
    indices = [chunk.indices.cast(pa.int32()).fill_null(len(raw)) for chunk in chunks]
    codes = [to_code[index.to_numpy()] for index in indices]
    return Column(name, tuple(values.to_pylist()), np.concatenate([*codes, np.empty(0, dtype)]))
