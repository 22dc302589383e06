"""Counts that were published beside those that are about to be: what subtracting one from the other leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.release.ledger_book import Entry
from anonymiser.risk.differencing import small_remainders
from anonymiser.risk.grouping import group_rows

__all__ = ["Subtracted", "columns_of", "subtracted"]

_TOGETHER: Final = 2
"""Columns of a frequency table: each alone, and each pair."""

Codes = npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Subtracted:
    """What a reader gets who subtracts counts of one release from those of another.

    Attributes
    ----------
    cells : int
        In how many cells a few people are left.
    columns : tuple of str
        The table in which there are most of them.
    """

    cells: int
    columns: tuple[str, ...]


def columns_of(entry: Entry) -> dict[str, Codes]:
    """Label of each record of an earlier release's table, by column."""
    found: dict[str, Codes] = {}
    for place, name in enumerate(entry.columns):
        number: dict[str, int] = {}
        of_group = np.array([number.setdefault(group[place], len(number)) for group in entry.labels], dtype=np.int32)
        of_group = of_group if of_group.size else np.zeros(1, dtype=np.int32)
        found[name] = np.where(entry.class_of < 0, entry.class_of, of_group[np.maximum(entry.class_of, 0)])
    return found


def subtracted(one: Mapping[str, Codes], other: Mapping[str, Codes], limit: int) -> Subtracted:
    """Subtract the counts of two releases from each other, table by table.

    Parameters
    ----------
    one, other : mapping of str to (people,) integer array
        The label that each person's record shows in each column, from 0; below 0 where the release shows none. In
        the same order of people.
    limit : int
        Counts up to this are hidden, and differences from 1 to this are small.

    Notes
    -----
    Columns are the same if they have the same name. Each alone and each pair is a table.
    """
    shared = [name for name in one if name in other]
    found = {}
    for names in [names for size in range(1, _TOGETHER + 1) for names in combinations(shared, size)]:
        first, second = _cells(one, names), _cells(other, names)
        found[names] = small_remainders(first, second, limit) + small_remainders(second, first, limit)
    worst = max(found, key=lambda names: found[names], default=())
    return Subtracted(sum(found.values()), worst if found and found[worst] else ())


def _cells(columns: Mapping[str, Codes], names: tuple[str, ...]) -> Codes:
    codes = [columns[name] for name in names]
    if len(codes) == 1:
        return codes[0]
    gone = codes[0] < 0
    pairs = [(np.maximum(one, 0), int(one.max(initial=0)) + 1) for one in codes]
    cells, _ = group_rows(pairs, int(gone.size))
    return np.where(gone, -1, cells)
