"""Rows that stand twice, and rows without anything."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from anonymiser.microdata import Microdata
from anonymiser.quality.finding import Finding, FindingKind, Severity, have

__all__ = ["row_findings"]

_BATCH = 100_000


def row_findings(microdata: Microdata) -> Iterator[Finding]:
    """Findings about whole rows; all rows are looked at, streamed through DuckDB by their hashes."""
    names = tuple(f"c{i}" for i in range(len(microdata.names)))
    batches = microdata.source.batches(microdata.names, _BATCH)
    schema = pa.schema([(name, pa.string()) for name in names])
    columns = ", ".join(names)
    filled = ", ".join(f"nullif(trim({name}), '')" for name in names)
    query = f"""
        SELECT count(*) - count(DISTINCT hash({columns})), count(*) FILTER (WHERE coalesce({filled}, NULL) IS NULL)
        FROM people
    """  # noqa: S608 - the names are c0, c1, …
    with duckdb.connect() as connection:
        renamed = (_as_strings(batch, schema) for batch in batches)
        connection.register("people", pa.RecordBatchReader.from_batches(schema, renamed))
        found = connection.execute(query).fetchone()
    doubled, empty = found or (0, 0)
    if doubled:
        sentence = (
            f"{doubled:,} of {microdata.rows:,} rows {have(doubled, 'repeats', 'repeat')} an earlier row in every "
            "column: people who are alike, or rows entered twice."
        )
        yield Finding(None, FindingKind.DUPLICATE_ROWS, doubled, sentence, Severity.CHECK)
    if empty:
        sentence = (
            f"{empty:,} of {microdata.rows:,} rows {have(empty)} no value in any column. "
            "They are counted as people; remove them from the file if they are none."
        )
        yield Finding(None, FindingKind.EMPTY_ROWS, empty, sentence, Severity.PROBLEM)


def _as_strings(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([column.cast(pa.string()) for column in batch.columns], schema=schema)
