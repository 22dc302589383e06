"""What may stand in a cell: text that no spreadsheet takes for a formula, and only labels that occur."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date
from enum import Enum

import numpy as np
import pyarrow as pa

from anonymiser.errors import ColumnError
from anonymiser.limits import MISSING
from anonymiser.microdata import smallest_dtype
from anonymiser.release.facts import DiversityRequirement, ReleaseFacts
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

__all__ = ["CellType", "arrow_values", "as_it_leaves", "cell_type", "safe_text", "with_safe_names"]

_STARTS_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?\s?%?"
_HARMLESS = re.compile(rf"{_NUMBER}(?:\s?(?:to|–|—|…)\s?{_NUMBER})?")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class CellType(Enum):
    """Types of the Table Schema that a column can have."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"


def safe_text(text: str) -> str:
    r"""A text that a spreadsheet shows and does not compute: formula characters get an apostrophe before them.

    Numbers and ranges of numbers stay as they are, also negative ones.

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> safe_text('=HYPERLINK("http://example.org")')
    '\'=HYPERLINK("http://example.org")'
    >>> safe_text("-5.2"), safe_text("-5 to -1"), safe_text("-5+1"), safe_text("＝1")
    ('-5.2', '-5 to -1', "'-5+1", "'＝1")
    """
    if _STARTS_FORMULA.match(text) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def cell_type(labels: Sequence[str]) -> CellType:
    """The narrowest type that holds every label without changing what it says.

    >>> cell_type(["12", "-3"]), cell_type(["007", "12"]), cell_type(["1.5", "2"]), cell_type(["2024-02-30"])
    (<CellType.INTEGER: 'integer'>, <CellType.TEXT: 'string'>, <CellType.NUMBER: 'number'>, <CellType.TEXT: 'string'>)
    """
    if not labels:
        return CellType.TEXT
    if all(_INTEGER.fullmatch(label) for label in labels):
        return CellType.INTEGER
    if all(_DECIMAL.fullmatch(label) for label in labels):
        return CellType.NUMBER
    if all(_DATE.fullmatch(label) for label in labels):
        try:
            for label in labels:
                date.fromisoformat(label)
        except ValueError:
            return CellType.TEXT
        return CellType.DATE
    return CellType.TEXT


def arrow_values(labels: Sequence[str], kind: CellType) -> pa.Array:
    """The labels in their type, with a missing value at the end (so that codes can be looked up)."""
    if kind is CellType.INTEGER:
        return pa.array([*(int(label) for label in labels), None], pa.int64())
    if kind is CellType.NUMBER:
        return pa.array([*(float(label) for label in labels), None], pa.float64())
    if kind is CellType.DATE:
        return pa.array([*(date.fromisoformat(label) for label in labels), None], pa.date32())
    return pa.array([*labels, None], pa.string())


def as_it_leaves(
    table: ReleasedTable, rows: np.ndarray[tuple[int], np.dtype[np.int64]], *, every_label: bool = False
) -> ReleasedTable:
    """The rows that leave, in their order, with safe names and labels and without labels that do not occur.

    Parameters
    ----------
    table : ReleasedTable
    rows : (n,) int64 array
        Indices into the table.
    every_label : bool
        Keep labels that do not occur too: what is counted under a privacy budget may not tell which do.

    Raises
    ------
    ColumnError
        Two columns would have the same name, or one has none.
    """
    columns = tuple(_column(column, rows, every_label=every_label) for column in table.columns)
    if len(columns) == 1 and not every_label:
        columns = (_without_gaps(columns[0]),)
    names = [column.name for column in columns]
    if any(not name.strip() for name in names) or len({name.casefold() for name in names}) < len(names):
        raise ColumnError("Two columns of the release have the same name, or one has none. Rename them.")
    return dataclasses.replace(table, columns=columns, source_rows=table.source_rows[rows])


def with_safe_names(facts: ReleaseFacts) -> ReleaseFacts:
    """The same facts, speaking of columns by the names that they have in the files."""
    return dataclasses.replace(
        facts,
        qi_names=tuple(safe_text(name) for name in facts.qi_names),
        sensitive=tuple(DiversityRequirement(safe_text(need.column), need.l) for need in facts.sensitive),
    )


def _without_gaps(column: ReleasedColumn) -> ReleasedColumn:
    """A lone column says "missing" in words: an empty line of a CSV file is no record to most programs."""
    if not np.any(column.codes == len(column.labels)) or MISSING in column.labels:
        return column
    return dataclasses.replace(column, labels=(*column.labels, MISSING))


def _column(
    column: ReleasedColumn, rows: np.ndarray[tuple[int], np.dtype[np.int64]], *, every_label: bool
) -> ReleasedColumn:
    codes = column.codes[rows]
    texts = [safe_text(label) for label in column.labels]
    occurs = np.zeros(len(texts) + 1, dtype=bool)
    occurs[codes] = True
    place: dict[str, int] = {}
    for text, used in zip(texts, occurs, strict=False):
        if (used or every_label) and text:
            place.setdefault(text, len(place))
    last = len(place)
    lookup = np.array([*(place.get(text, last) for text in texts), last], dtype=smallest_dtype(last))
    return dataclasses.replace(column, name=safe_text(column.name), labels=tuple(place), codes=lookup[codes])
