"""What the sensitive values of each class say: one pass, from which every model on them follows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from anonymiser.engine.class_backend import class_kernels
from anonymiser.engine.histograms import Histogram
from anonymiser.hierarchies.base import Hierarchy

__all__ = [
    "Profile",
    "Tree",
    "along_hierarchy",
    "along_order",
    "forget",
    "once",
    "profile_of",
    "recursive_infimum",
    "tree_of",
]

T = TypeVar("T")

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

_LOGS = np.arange(4096) * np.log(np.maximum(np.arange(4096), 1))
_NO_CODE = -1
_FIRST_LENGTH = 2  # of the three l whose infimum of c is found on the way
_kept: WeakKeyDictionary[Histogram, dict[Hashable, Any]] = WeakKeyDictionary()
_trees: WeakKeyDictionary[Hierarchy, dict[int, tuple[Wholes, tuple[int, ...]]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Profile:
    """Numbers of each class, for one sensitive attribute; a missing value is a value of its own.

    f is a value's count in the class, s the class's size, p = f/s, q its share in the whole table.

    Attributes
    ----------
    table : (cardinality,) int64 array
        Records of each value in the whole table.
    distinct, size, missing, largest : (classes,) int64 arrays
        Different values; records; records whose value is missing; records of the commonest value.
    gained : (classes,) int64 array
        Σ max(0, f·n − s·T): s·n times the mass that the class holds beyond the table's shares.
    log_sum : (classes,) float64 array
        Σ f·ln f.
    most, least : (classes,) float64 arrays
        Largest and smallest p/q of a value that is in the class.
    infimum : (3, classes) float64 array
        Infimum of c of recursive (c,l)-diversity for l = 2, 3, 4.
    beyond : (classes,) bool array
        Whether a value gains more than −ln q, so that enhanced β-likeness holds for no β.
    """

    table: Wholes
    distinct: Wholes
    size: Wholes
    missing: Wholes
    largest: Wholes
    gained: Wholes
    log_sum: Reals
    most: Reals
    least: Reals
    infimum: Reals
    beyond: npt.NDArray[np.bool_]

    @property
    def rows(self) -> int:
        """Records of the whole table."""
        return int(self.table.sum())

    @property
    def values(self) -> int:
        """Different values that occur in the whole table."""
        return int(np.count_nonzero(self.table))


def once(histogram: Histogram, key: Hashable, compute: Callable[[], T]) -> T:
    """What is computed from a histogram alone, kept under a key until `forget` or as long as the histogram."""
    kept = _kept.setdefault(histogram, {})
    if key not in kept:
        kept[key] = compute()
    found: T = kept[key]
    return found


def forget(histogram: Histogram) -> None:
    """Give back the memory of what was kept: a dozen numbers a class."""
    _kept.pop(histogram, None)


def profile_of(histogram: Histogram) -> Profile:
    """Walk through the histogram, the first time that it is asked for."""
    return once(histogram, "profile", lambda: _walk(histogram))


def _walk(histogram: Histogram) -> Profile:
    kernels = class_kernels()
    classes = histogram.starts.size - 1
    table = _totals(histogram)
    rows = int(table.sum())
    whole, real = np.empty((4, classes), dtype=np.int64), np.empty((6, classes))
    beyond = np.empty(classes, dtype=np.bool_)
    if classes:
        share = np.where(table > 0, table, 1) / rows
        missing = _NO_CODE if histogram.missing is None else histogram.missing
        arrays = (histogram.starts, histogram.values, histogram.counts)
        limit = share * (1.0 - np.log(share))
        inverse = 1.0 / np.maximum(table, 1)
        kernels.profile(*arrays, table, rows, inverse, limit, missing, _LOGS, whole, real, beyond)
    return Profile(
        table=table,
        distinct=np.diff(histogram.starts),
        size=whole[0],
        missing=whole[1],
        largest=whole[2],
        gained=whole[3],
        log_sum=real[0],
        most=real[1],
        least=real[2],
        infimum=real[3:],
        beyond=beyond,
    )


def _totals(histogram: Histogram) -> Wholes:
    table = np.zeros(histogram.cardinality, dtype=np.int64)
    class_kernels().totals(histogram.values, histogram.counts, table)
    return table


def recursive_infimum(histogram: Histogram, length: int, *, skip: int | None = None) -> Reals:
    """Largest count over the sum of the ``length``-th largest and all below, of each class.

    Parameters
    ----------
    histogram : Histogram
    length : int
        l, at least 1.
    skip : int or None
        A value that is left out (the missing one).
    """
    found: Reals
    if skip is None and _FIRST_LENGTH <= length < _FIRST_LENGTH + profile_of(histogram).infimum.shape[0]:
        found = profile_of(histogram).infimum[length - _FIRST_LENGTH]
        return found

    def walk() -> Reals:
        out = np.empty(histogram.starts.size - 1)
        if out.size:
            arrays = (histogram.starts, histogram.values, histogram.counts)
            class_kernels().recursive(*arrays, length, _NO_CODE if skip is None else skip, out)
        return out

    return once(histogram, ("recursive", length, skip), walk)


def along_order(histogram: Histogram, ranks: npt.NDArray[np.integer]) -> Reals:
    """Distance of each class from the table along an order of the values.

    Parameters
    ----------
    histogram : Histogram
    ranks : (cardinality,) integer array
        Rank of each value; values of equal rank count as one, values that do not occur as none.
    """
    return once(histogram, ("order", ranks.tobytes()), lambda: _along_order(histogram, ranks))


def _along_order(histogram: Histogram, ranks: npt.NDArray[np.integer]) -> Reals:
    out = np.empty(histogram.starts.size - 1)
    if not out.size:
        return out
    table = profile_of(histogram).table
    there = table > 0
    absent = 0
    if histogram.missing is not None:
        absent = int(table[histogram.missing])
        there[histogram.missing] = False
    known, place = np.unique(ranks[there], return_inverse=True)
    rank = np.full(histogram.cardinality, _NO_CODE, dtype=np.int64)
    rank[there] = place
    by_rank = np.bincount(place, weights=table[there], minlength=known.size)
    cumulated = by_rank.cumsum().astype(np.int64)
    prefix = np.concatenate([[0.0], np.cumsum(cumulated.astype(np.float64))])
    arrays = (histogram.starts, histogram.values, histogram.counts)
    class_kernels().ordered(*arrays, rank, cumulated, prefix, absent, int(table.sum()), out)
    return out


def along_hierarchy(histogram: Histogram, hierarchy: Hierarchy, level: int) -> Reals:
    """Distance of each class from the table along a hierarchy whose labels at ``level`` are the values.

    A hierarchy whose top level has several labels gets a level above them that holds them all.
    """
    return once(histogram, (hierarchy, level), lambda: _along_hierarchy(histogram, hierarchy, level))


def _along_hierarchy(histogram: Histogram, hierarchy: Hierarchy, level: int) -> Reals:
    out = np.empty(histogram.starts.size - 1)
    if not out.size:
        return out
    tree = tree_of(hierarchy, level, profile_of(histogram).table)
    arrays = (histogram.starts, histogram.values, histogram.counts)
    class_kernels().hierarchical(*arrays, tree.up, tree.table, tree.height, int(tree.table[-1]), out)
    return out


class Tree(NamedTuple):
    """A hierarchy from one level on as one array of nodes, lowest level first, one root last.

    Attributes
    ----------
    up, table : (nodes,) int64 arrays
        Parent of each node, and the records below it.
    height : int
        Steps from the lowest level to the root.
    """

    up: Wholes
    table: Wholes
    height: int


def tree_of(hierarchy: Hierarchy, level: int, records: Wholes) -> Tree:
    """The labels of a level and all above them, with the records of each; one level more where the top has several."""
    up, starts = _trees.setdefault(hierarchy, {}).get(level) or _tree(hierarchy, level)
    table = np.zeros(up.size, dtype=np.int64)
    table[: records.size] = records
    for low, high in pairwise(starts):
        table += np.bincount(up[low:high], weights=table[low:high], minlength=up.size).astype(np.int64)
    return Tree(up, table, len(starts) - 1)


def _tree(hierarchy: Hierarchy, level: int) -> tuple[Wholes, tuple[int, ...]]:
    """Parent of each node from ``level`` on (lowest level first, one root last); first node of each level."""
    sizes = [len(labels) for labels in hierarchy.labels[level:]]
    parts, starts = [], [0]
    for low, size in enumerate(sizes[:-1], start=level):
        starts.append(starts[-1] + size)
        parts.append(hierarchy.parents(low, low + 1).astype(np.int64) + starts[-1])
    if sizes[-1] > 1:
        starts.append(starts[-1] + sizes[-1])
        parts.append(np.full(sizes[-1], starts[-1], dtype=np.int64))
    parts.append(np.array(starts[-1:], dtype=np.int64))
    found = np.concatenate(parts), tuple(starts)
    _trees.setdefault(hierarchy, {})[level] = found
    return found
