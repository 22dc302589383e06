"""The order of a sensitive attribute's values: declared, handed over, or that of its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import SensitiveInfo
from anonymiser.errors import ColumnError
from anonymiser.hierarchies.base import Hierarchy

__all__ = ["codes_of", "ranks_of"]

Ranks = npt.NDArray[np.integer]

_numeric: WeakKeyDictionary[Hierarchy, dict[int, Ranks | None]] = WeakKeyDictionary()


def ranks_of(name: str, info: SensitiveInfo, declared: Sequence[str] = ()) -> Ranks | None:
    """Rank of each code, lowest first; None where the values have no order.

    A declared order wins, then the one that the attribute was encoded with, then numbers: labels
    that are numbers, or groups of numbers that do not overlap. The rank of a missing value is
    never read.

    Raises
    ------
    ColumnError
        The declared order leaves out labels of the attribute.
    """
    if declared:
        codes = codes_of(name, info, declared)
        ranks = np.full(info.cardinality, -1, dtype=np.int64)
        ranks[codes] = np.arange(len(declared))
        left_out = int(np.count_nonzero(ranks < 0)) - (info.missing is not None)
        if left_out:
            raise ColumnError(f"The order declared for '{name}' leaves out {left_out} of its values. Add them.")
        return ranks
    if info.order is not None:
        return info.order
    if info.hierarchy is None:
        return None
    known = _numeric.setdefault(info.hierarchy, {})
    if info.level not in known:
        known[info.level] = _of_numbers(info.hierarchy, info.level)
    return known[info.level]


def codes_of(name: str, info: SensitiveInfo, labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """Codes of some of an attribute's labels, at the level at which it would be released.

    Raises
    ------
    ColumnError
        The attribute has no such labels, or its labels are not known.
    """
    if info.hierarchy is None:
        raise ColumnError(f"The values of '{name}' have no names here, so a requirement cannot speak of them.")
    place = {label: code for code, label in enumerate(info.hierarchy.labels[info.level]) if code != info.missing}
    absent = sum(label not in place for label in labels)
    if absent:
        raise ColumnError(
            f"A requirement on '{name}' names {absent} {'value' if absent == 1 else 'values'} that the column does not "
            "have. Name values as they would be released, at the column's level."
        )
    return np.array([place[label] for label in labels], dtype=np.int64)


def _of_numbers(hierarchy: Hierarchy, level: int) -> Ranks | None:
    """Ranks by the numbers below each label, if they are numbers and the labels' ranges do not overlap."""
    labels = len(hierarchy.labels[level])
    leaves = len(hierarchy.leaves) - hierarchy.missing
    numbers = [_number(value) for value in hierarchy.leaves[:leaves]]
    if not numbers or any(number is None for number in numbers):
        return None
    value = np.array(numbers, dtype=np.float64)
    group = hierarchy.maps[level][:leaves]
    low, high = np.full(labels, math.inf), np.full(labels, -math.inf)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    order = np.argsort(low, kind="stable")
    used = order[np.isfinite(low[order])]
    apart = low[used[1:]] > high[used[:-1]]
    equal = (low[used[1:]] == high[used[:-1]]) & (low[used[:-1]] == high[used[:-1]]) & (low[used[1:]] == high[used[1:]])
    if not np.all(apart | equal):
        return None
    ranks = np.full(labels, -1, dtype=np.int64)
    ranks[used] = np.concatenate([[0], np.cumsum(~equal)]) if used.size else 0
    return ranks


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
