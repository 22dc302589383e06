"""The records as CSV and Parquet: in chunks, with nothing but the cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from anonymiser.release.cells import CellType, arrow_values, cell_type, safe_text
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.payload import Payload
from anonymiser.transform.base import ExtraTable
from anonymiser.transform.released import ReleasedTable

__all__ = ["csv_name", "extra_csv", "parquet_name", "write_file", "write_records"]

_CHUNK = 65_536


def csv_name(facts: ReleaseFacts) -> str:
    """Path of the CSV file inside the payload."""
    return f"data/{facts.data_name}.csv"


def parquet_name(facts: ReleaseFacts) -> str:
    """Path of the Parquet file inside the payload."""
    return f"data/{facts.data_name}.parquet"


def write_records(
    table: ReleasedTable, facts: ReleaseFacts, payload: Payload, progress: Callable[[float], None]
) -> None:
    """Write the table (as `as_it_leaves` gives it) to ``data/<name>.csv`` and ``data/<name>.parquet``.

    CSV: UTF-8, commas, ``"`` around every text, a missing value is an empty cell without quotes, every cell is the
    label as it stands. Parquet: the same values in their types.

    Parameters
    ----------
    table : ReleasedTable
    facts : ReleaseFacts
    payload : Payload
    progress : callable
        Told the fraction that is done.

    Notes
    -----
    Texts are written as plain strings, never as categories: a category's dictionary would carry values that no row
    has. Parquet gets no statistics (minimum and maximum are two people's values) and no Arrow schema.
    """
    kinds = [cell_type(column.labels) for column in table.columns]
    texts = [CellType.TEXT] * len(kinds)
    write_csv(
        _schema(table, texts), _batches(table, texts, lambda part: progress(part / 2)), payload.create(csv_name(facts))
    )
    write_parquet(
        _schema(table, kinds),
        _batches(table, kinds, lambda part: progress(0.5 + part / 2)),
        payload.create(parquet_name(facts)),
    )


def write_file(table: ReleasedTable, path: Path, beside: Mapping[Path, ExtraTable]) -> None:
    """Write a table (as `as_it_leaves` gives it) to a file of its own, and the small ones beside it."""
    kinds = [cell_type(column.labels) for column in table.columns]
    write = write_parquet
    if path.suffix.casefold() == ".csv":
        kinds, write = [CellType.TEXT] * len(kinds), write_csv
    with path.open("xb") as file:
        write(_schema(table, kinds), _batches(table, kinds, lambda _part: None), file)
    for place, extra in beside.items():
        with place.open("x", encoding="utf-8", newline="") as small:
            small.write(extra_csv(extra))


def extra_csv(table: ExtraTable) -> str:
    """A small table beside the records, as text: every cell quoted and safe for spreadsheets."""
    lines = io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([safe_text(name) for name in table.header])
    writer.writerows([safe_text(cell) for cell in row] for row in table.rows)
    return lines.getvalue()


def write_csv(schema: pa.Schema, batches: Iterator[pa.RecordBatch], file: IO[bytes]) -> None:
    """Batches as CSV."""
    with pa_csv.CSVWriter(pa.PythonFile(file, mode="w"), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    file.flush()


def write_parquet(schema: pa.Schema, batches: Iterator[pa.RecordBatch], file: IO[bytes]) -> None:
    """Batches as Parquet without statistics and without Arrow's own metadata."""
    with pq.ParquetWriter(
        pa.PythonFile(file, mode="w"), schema, compression="zstd", write_statistics=False, store_schema=False
    ) as writer:
        for batch in batches:
            writer.write_batch(batch)
    file.flush()


def _schema(table: ReleasedTable, kinds: list[CellType]) -> pa.Schema:
    return pa.schema(
        [(column.name, arrow_values((), kind).type) for column, kind in zip(table.columns, kinds, strict=True)]
    )


def _batches(
    table: ReleasedTable, kinds: list[CellType], progress: Callable[[float], None]
) -> Iterator[pa.RecordBatch]:
    values = [arrow_values(column.labels, kind) for column, kind in zip(table.columns, kinds, strict=True)]
    names = [column.name for column in table.columns]
    for start in range(0, table.rows, _CHUNK):
        part = slice(start, start + _CHUNK)
        arrays = [value.take(pa.array(column.codes[part])) for value, column in zip(values, table.columns, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, names=names)
        progress(min(1.0, (start + _CHUNK) / table.rows))
