"""How many records match each of many people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.risk.grouping import group_rows
from anonymiser.risk.knowledge import View
from anonymiser.risk.windows import Window

__all__ = ["match_counts"]

Integers = npt.NDArray[np.int64]

NO_LIMIT: Final = np.iinfo(np.int64).max


def match_counts(view: View, people: npt.NDArray[np.integer] | None = None, *, most: int = NO_LIMIT) -> Integers:
    """Number of people whose records fit what is known of each person: (people,) int64 array.

    Records, where every record is a person. Those of nobody known count as one where there is no other.

    Parameters
    ----------
    view : View
    people : integer array, optional
        Rows of the people asked about; all where it is left out.
    most : int
        Counts above it are exact only as "at least so many". A small one makes several numbers known
        within tolerances much faster; with at most one of them every count is exact at no cost.

    Notes
    -----
    Records are grouped by what is known exactly. In a group they stand by the code of the most selective
    other window, where two bisections bound the records to look at. Equal records and equal people are
    counted once. A person whose record the table does not have may still match others.
    """
    rows = np.arange(view.rows) if people is None else np.asarray(people)
    exact = [(w.codes, w.cardinality) for w in view.windows if w.exact]
    wide = sorted((w for w in view.windows if not w.exact), key=_width)
    group, groups = group_rows(exact, view.rows)
    groups = max(groups, 1)
    here = np.flatnonzero(view.present) if view.present is not None else np.arange(view.rows)
    if view.people is not None:
        return _count_people(view, _Search(group, groups, wide), here, rows, most)
    if not wide:
        return np.bincount(group[here], minlength=groups)[group[rows]].astype(np.int64)
    asked, same = _distinct([group, *(w.low for w in wide), *(w.high for w in wide)], rows)
    found = _count(_Search(group, groups, wide), here, asked, most)
    return found[same]


def _width(window: Window) -> float:
    """Share of the records that a person's window holds on average: the smallest is searched first."""
    before = np.concatenate([[0], np.cumsum(np.bincount(window.codes, minlength=window.cardinality))])
    return float((before[window.high + 1] - before[window.low]).mean()) if window.codes.size else 0.0


def _distinct(
    columns: Sequence[npt.NDArray[np.integer]], rows: npt.NDArray[np.integer]
) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.int32]]:
    """One of the rows for each different tuple, and which of these each row is."""
    cut = [column[rows] for column in columns]
    same, classes = group_rows([(c, int(c.max(initial=0)) + 1) for c in cut], rows.size)
    first = np.empty(classes, dtype=np.int64)
    first[same[::-1]] = np.arange(rows.size - 1, -1, -1)
    return rows[first], same


@dataclass(frozen=True, eq=False)
class _Search:
    """Group of each record by what is known exactly, and the windows of all else."""

    group: npt.NDArray[np.int32]
    groups: int
    wide: Sequence[Window]


def _count_people(
    view: View,
    search: _Search,
    here: npt.NDArray[np.integer],
    asked: npt.NDArray[np.integer],
    most: int,
) -> Integers:
    """As `_count`, each person once."""
    from anonymiser.risk import match_kernels

    group, wide = search.group, search.wide
    numbers = np.asarray(view.people)
    person = np.where(numbers < 0, int(numbers.max(initial=-1)) + 1, numbers)
    shown, _ = _distinct([group, person, *(w.codes for w in wide)], here)
    first = wide[0].codes[shown] if wide else np.zeros(shown.size, dtype=np.int64)
    shown = shown[np.lexsort((first, group[shown]))]
    starts = np.searchsorted(group[shown], np.arange(search.groups + 1)).astype(np.int64)
    none = np.zeros((0, shown.size), dtype=np.int32)
    counted = np.zeros(asked.size, dtype=np.int64)
    match_kernels.count_people_in_windows(
        starts,
        np.stack([w.codes[shown] for w in wide]).astype(np.int32) if wide else none,
        numbers[shown].astype(np.int64),
        group[asked],
        np.stack([w.low[asked] for w in wide]).astype(np.int32) if wide else none[:, : asked.size],
        np.stack([w.high[asked] for w in wide]).astype(np.int32) if wide else none[:, : asked.size],
        np.full(int(person.max(initial=0)) + 1, -1, dtype=np.int64),
        most,
        counted,
    )
    return counted


def _count(search: _Search, here: npt.NDArray[np.integer], asked: npt.NDArray[np.integer], most: int) -> Integers:
    from anonymiser.risk import match_kernels

    group, wide = search.group, search.wide
    shown, same = _distinct([group, *(w.codes for w in wide)], here)
    records = np.bincount(same, minlength=shown.size).astype(np.int64)
    order = np.lexsort((wide[0].codes[shown], group[shown]))
    shown, records = shown[order], records[order]
    starts = np.searchsorted(group[shown], np.arange(search.groups + 1)).astype(np.int64)
    by_group = np.lexsort((wide[0].low[asked], group[asked]))  # neighbours in memory, one after the other
    sorted_people = asked[by_group]
    counted = np.zeros(asked.size, dtype=np.int64)
    match_kernels.count_in_windows(
        starts,
        np.stack([w.codes[shown] for w in wide]).astype(np.int32),
        records,
        np.concatenate([[0], np.cumsum(records)]).astype(np.int64),
        group[sorted_people],
        np.stack([w.low[sorted_people] for w in wide]).astype(np.int32),
        np.stack([w.high[sorted_people] for w in wide]).astype(np.int32),
        most,
        counted,
    )
    result = np.empty_like(counted)
    result[by_group] = counted
    return result
