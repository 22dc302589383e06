"""Parquet: checked here, and left on disk until a column is asked for."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from anonymiser.errors import ColumnError, ReadError
from anonymiser.limits import MAX_NAMED_VALUES
from anonymiser.microdata import Microdata, ParquetSource, ReadReport
from anonymiser.reading.given import Given
from anonymiser.reading.guard import check_expansion
from anonymiser.reading.header import check_names, check_width, unnamed_notes
from anonymiser.reading.scan import fingerprint

__all__ = ["read_parquet"]


def read_parquet(given: Given) -> Microdata:
    """Open a Parquet file whose columns are flat.

    Raises
    ------
    ReadError
        Damaged, without rows, or unpacking to more than the limits.
    ColumnError
        Two columns have the same name, or one holds lists, records or binary data.
    """
    try:
        with given.arrow() as raw, pq.ParquetFile(raw) as file:
            _check_size(given, file.metadata)
            schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        raise ReadError(f"{given.name} is a damaged Parquet file. Fetch it again from its source.") from None
    names, unnamed = check_names(schema.names, given.name)
    _refuse_nested(given, names, schema)
    notes = ("A Parquet file; its columns are read when they are needed.", *unnamed_notes(unnamed, len(names)))
    report = ReadReport("Parquet file", unnamed=unnamed, notes=notes)
    return Microdata(given.name, ParquetSource(given.content, names), fingerprint(given), report)


def _check_size(given: Given, metadata: pq.FileMetaData) -> None:
    check_width(metadata.num_columns, given.name)
    if not metadata.num_rows:
        raise ReadError(f"{given.name} has columns but no rows. Choose a file with at least one row.")
    check_expansion(given.name, given.size, metadata.num_rows * metadata.num_columns)
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    unpacked = sum(g.column(j).total_uncompressed_size for g in groups for j in range(metadata.num_columns))
    check_expansion(given.name, given.size, unpacked)


def _refuse_nested(given: Given, names: tuple[str, ...], schema: pa.Schema) -> None:
    nested = [name for name, field in zip(names, schema, strict=True) if not _is_flat(field.type)]
    if nested:
        named = ", ".join(f"'{name}'" for name in nested[:MAX_NAMED_VALUES])
        subject = f"the column {named} holds" if len(nested) == 1 else f"the columns {named} hold"
        raise ColumnError(
            f"{given.name}: {subject} lists, records or binary data. Keep one value a cell, or leave such columns out."
        )


def _is_flat(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_flat(kind.value_type)
    odd = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return not any(is_odd(kind) for is_odd in odd) and not isinstance(kind, pa.BaseExtensionType)
