"""Frequency tables in place of records: rounded, or with noise under a privacy budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymiser.errors import InputError, PolicyError
from anonymiser.limits import MISSING
from anonymiser.release.budget import tables_of
from anonymiser.release.discrete_laplace import add_noise
from anonymiser.release.facts import ReleaseFacts, SmallNumberRule
from anonymiser.release.keys import derive
from anonymiser.release.payload import Payload
from anonymiser.release.writing import csv_name, parquet_name, write_csv, write_parquet
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

__all__ = ["TABLE_FIELDS", "FrequencyTable", "frequency_tables", "hidden_up_to", "shown_counts", "write_tables"]

TABLE_FIELDS = ("table", "first_attribute", "first_value", "second_attribute", "second_value", "cell", "people")
_MAX_CELLS = 1_000_000
_MAX_NOISY = 200_000  # noise is drawn exactly, in whole numbers, cell by cell
_SCHEMA = pa.schema([(name, pa.int64() if name in ("table", "people") else pa.string()) for name in TABLE_FIELDS])


class _Noisy(Protocol):
    def __call__(self, counts: npt.NDArray[np.int64], *attributes: str) -> npt.NDArray[np.int64]: ...


@dataclass(frozen=True, eq=False)
class FrequencyTable:
    """How many people have each value, or each pair of values.

    Attributes
    ----------
    attributes : tuple of one or two str
    values : tuple of tuples of str
        The values shown, one tuple an attribute.
    shown : (values of the first[, values of the second]) int64 array
        Rounded counts; −1 is hidden.
    """

    attributes: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    shown: npt.NDArray[np.int64]

    @property
    def total(self) -> int:
        """Sum of the rounded counts that are shown."""
        return int(self.shown[self.shown >= 0].sum())


def hidden_up_to(facts: ReleaseFacts) -> int:
    """Largest count that is hidden: the rule's, or one below the promised k where that is more."""
    return max(facts.small_numbers.hide_up_to, facts.k_target - 1)


def shown_counts(counts: npt.NDArray[np.int64], hide: int, rule: SmallNumberRule) -> npt.NDArray[np.int64]:
    """Counts as they may be shown.

    Returns
    -------
    int64 array
        Rounded to the nearest multiple, halves up; −1 where the count is 0 to ``hide``.

    Examples
    --------
    >>> shown_counts(np.array([0, 7, 8, 12, 13]), 7, SmallNumberRule())
    array([-1, -1, 10, 10, 15])
    """
    rounded = (counts + rule.round_to // 2) // rule.round_to * rule.round_to
    return np.where(counts <= hide, -1, np.maximum(rounded, rule.round_to)).astype(np.int64)


def frequency_tables(table: ReleasedTable, facts: ReleaseFacts, key: bytes | None = None) -> tuple[FrequencyTable, ...]:
    """A table for each quasi-identifier alone and for each pair.

    A value that is hidden in the table of its own attribute appears nowhere, not even by name. A hidden cell has from
    0 to the limit people: whether anyone is in it cannot be seen.

    Parameters
    ----------
    table : ReleasedTable
        With every record of the input, where the facts have a privacy budget: who was deleted depends on the others.
    facts : ReleaseFacts
    key : bytes, optional
        32 bytes, from which noise is drawn where the facts have a privacy budget.

    Raises
    ------
    InputError
        No quasi-identifier, or so many values that the tables would have over a million cells.
    PolicyError
        Every count is hidden.
    """
    columns = [column for column in table.columns if column.name in facts.qi_names]
    if not columns:
        raise InputError("Frequency tables need at least one quasi-identifier. Choose one, or release records.")
    hide, rule = hidden_up_to(facts), replace(facts.small_numbers, round_to=facts.rounded_to)
    noisy = _noise(facts, tables_of(len(columns)), key)
    if facts.budget is not None and table.suppressed:
        raise InputError("Counts with a privacy budget are taken from all records; some were deleted before.")
    singles: list[FrequencyTable] = []
    kept: list[npt.NDArray[np.intp]] = []
    for column in columns:
        shown = shown_counts(noisy(_count(column), column.name), hide, rule)
        kept.append(np.flatnonzero(shown >= 0))
        values = tuple(_labels(column)[i] for i in kept[-1])
        singles.append(FrequencyTable((column.name,), (values,), shown[kept[-1]]))
    if not any(single.values[0] for single in singles):
        raise PolicyError("Every count of every table is too small to show. Choose coarser levels.")
    pairs = list(combinations(range(len(columns)), 2))
    cells, most = sum(len(kept[i]) * len(kept[j]) for i, j in pairs), _MAX_CELLS if key is None else _MAX_NOISY
    amount = "a million" if key is None else f"{most:,}"
    if cells > most:
        raise InputError(
            f"The frequency tables would have over {amount} cells. Choose coarser levels or fewer columns."
        )
    doubles = []
    for i, j in pairs:
        counts = _count_pairs((columns[i], kept[i]), (columns[j], kept[j]))
        names = (columns[i].name, columns[j].name)
        shown = shown_counts(noisy(counts, *names), hide, rule)
        doubles.append(FrequencyTable(names, singles[i].values + singles[j].values, shown))
    return (*singles, *doubles)


def write_tables(tables: tuple[FrequencyTable, ...], facts: ReleaseFacts, payload: Payload) -> None:
    """All tables in one long one, as CSV and Parquet; a hidden count is an empty cell."""
    write_csv(_SCHEMA, _batches(tables), payload.create(csv_name(facts)))
    write_parquet(_SCHEMA, _batches(tables), payload.create(parquet_name(facts)))


def _noise(facts: ReleaseFacts, tables: int, key: bytes | None) -> _Noisy:
    """What is done to the counts of a table of some attributes: noise from a key of its own, or nothing."""
    budget = facts.budget
    if budget is None:
        return lambda counts, *_: counts
    if key is None:
        raise InputError("Counts with a privacy budget need a secret key, from which their noise is drawn.")
    return lambda counts, *names: add_noise(counts, budget.scale(tables), derive(key, *names))


def _labels(column: ReleasedColumn) -> tuple[str, ...]:
    return (*column.labels, MISSING)


def _count(column: ReleasedColumn) -> npt.NDArray[np.int64]:
    return np.bincount(column.codes, minlength=len(column.labels) + 1).astype(np.int64)


def _count_pairs(
    first: tuple[ReleasedColumn, npt.NDArray[np.intp]], second: tuple[ReleasedColumn, npt.NDArray[np.intp]]
) -> npt.NDArray[np.int64]:
    """People with each pair of the values kept."""
    (rows, height), (columns, width) = _places(*first), _places(*second)
    both = (rows < height) & (columns < width)
    packed = rows[both] * width + columns[both]
    return np.bincount(packed, minlength=height * width).reshape(height, width).astype(np.int64)


def _places(column: ReleasedColumn, kept: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.int64], int]:
    """Each record's place among the values kept; their number marks one that is not kept."""
    place = np.full(len(column.labels) + 1, len(kept), dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return place[column.codes], len(kept)


def _batches(tables: tuple[FrequencyTable, ...]) -> Iterator[pa.RecordBatch]:
    for number, table in enumerate(tables, start=1):
        rows = list(_rows(number, table))
        yield pa.RecordBatch.from_pylist([dict(zip(TABLE_FIELDS, row, strict=True)) for row in rows], schema=_SCHEMA)


def _rows(number: int, table: FrequencyTable) -> Iterator[tuple[int | str | None, ...]]:
    first, second = (*table.attributes, None)[:2]
    for index in np.ndindex(table.shown.shape):
        count = int(table.shown[index])
        one = table.values[0][index[0]]
        two = table.values[1][index[1]] if second else None
        yield number, first, one, second, two, "group", (count if count >= 0 else None)
    yield number, first, None, second, None, "total", table.total
