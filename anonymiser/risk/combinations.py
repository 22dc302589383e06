"""Which columns, taken together, tell people apart: distinction, separation, and who stands alone.

References
----------
Motwani, Xu (2007), Efficient algorithms for masking and finding quasi-identifiers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError
from anonymiser.microdata import Column

__all__ = [
    "Attributes",
    "Combination",
    "added_by_attribute",
    "attributes_of_classes",
    "attributes_of_columns",
    "combination_of_all",
    "identifying",
    "measure_combinations",
    "worst",
]

_MOST_SUBSETS: Final = 100_000


@dataclass(frozen=True)
class Combination:
    """What a set of columns tells apart; every count is exact.

    Attributes
    ----------
    attributes : tuple of str
        In the table's order.
    rows : int
    classes : int
        Different combinations of values. A missing value is a value of its own.
    confused_pairs : int
        Pairs of records that agree in all of the columns.
    unique_records : int
        Records that are alone with their values.
    records_below_k : int
        Records in classes smaller than ``k``.
    k : int
    """

    attributes: tuple[str, ...]
    rows: int
    classes: int
    confused_pairs: int
    unique_records: int
    records_below_k: int
    k: int

    @property
    def distinction(self) -> float:
        """Classes / rows: above 0 to 1, 1 where everybody is different; 0 for an empty table."""
        return self.classes / self.rows if self.rows else 0.0

    @property
    def separation(self) -> float:
        """Share of the pairs of records that are told apart, from 0 to 1; 1 for a single record."""
        pairs = math.comb(self.rows, 2)
        return (pairs - self.confused_pairs) / pairs if pairs else 1.0

    @property
    def unique_share(self) -> float:
        """Unique records / rows, from 0 to 1; 1 is worst."""
        return self.unique_records / self.rows if self.rows else 0.0


@dataclass(frozen=True, eq=False)
class Attributes:
    """Columns as codes, with the records behind each tuple.

    Attributes
    ----------
    names : tuple of str
    codes : tuple of (tuples,) unsigned arrays
    cardinalities : tuple of int
        Codes are below it.
    counts : (tuples,) int32 array
    """

    names: tuple[str, ...]
    codes: tuple[npt.NDArray[np.unsignedinteger], ...]
    cardinalities: tuple[int, ...]
    counts: npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Sums:
    """Sums over classes."""

    classes: int
    confused: int
    unique: int
    below: int

    def plus(self, other: _Sums) -> _Sums:
        return _Sums(
            self.classes + other.classes,
            self.confused + other.confused,
            self.unique + other.unique,
            self.below + other.below,
        )


def attributes_of_classes(classes: FrequencySet) -> Attributes:
    """The quasi-identifiers of a node: what is left to tell people apart by after generalisation."""
    numbers = range(len(classes.hierarchies))
    codes = tuple(classes.layout.codes(classes.keys, j).astype(np.uint32) for j in numbers)
    names = tuple(h.attribute for h in classes.hierarchies)
    return Attributes(names, codes, classes.layout.cardinalities, classes.counts)


def combination_of_all(classes: FrequencySet, *, k: int = 5) -> Combination:
    """What all quasi-identifiers of a node tell apart together, before anything is suppressed."""
    counts = classes.counts.astype(np.int64)
    return Combination(
        attributes=tuple(h.attribute for h in classes.hierarchies),
        rows=classes.rows,
        classes=classes.classes,
        confused_pairs=int((counts * (counts - 1) // 2).sum()),
        unique_records=int(np.count_nonzero(counts == 1)),
        records_below_k=int(counts[counts < k].sum()),
        k=k,
    )


def attributes_of_columns(columns: Sequence[Column]) -> Attributes:
    """Columns as they are in the file: to find out which of them are quasi-identifiers."""
    rows = columns[0].codes.size if columns else 0
    return Attributes(
        tuple(column.name for column in columns),
        tuple(column.codes for column in columns),
        tuple(len(column.values) + 1 for column in columns),
        np.ones(rows, dtype=np.int32),
    )


def measure_combinations(table: Attributes, max_size: int | None = None, *, k: int = 5) -> tuple[Combination, ...]:
    """Every set of columns up to a size, smallest sets first, in the table's order.

    Parameters
    ----------
    table : Attributes
    max_size : int, optional
        Columns in the largest set; all where it is left out.
    k : int
        For ``records_below_k``.

    Notes
    -----
    distinction = classes / n; separation = 1 − Σ C(|E|, 2) / C(n, 2), as ARX computes them. Sets are walked
    depth first from the columns of most values; a tuple that is alone in its class is alone in every larger
    set, so only the others are grouped again.

    Raises
    ------
    InputError
        There are more than 100,000 sets, or ``max_size`` is below 1.
    """
    number = len(table.names)
    largest = number if max_size is None else min(max_size, number)
    subsets = sum(math.comb(number, size) for size in range(1, largest + 1))
    if largest < 1:
        raise InputError("There is no column to combine: name at least one, and combinations of at least one.")
    if subsets > _MOST_SUBSETS:
        raise InputError(
            f"{number} columns have {subsets:,} combinations of up to {largest}; at most {_MOST_SUBSETS:,} are "
            "looked at. Choose a smaller largest combination, or fewer columns."
        )
    rows = int(table.counts.sum())
    walk = _Walk(table, largest, k)
    found = {
        tuple(sorted(subset)): Combination(
            tuple(table.names[j] for j in sorted(subset)), rows, s.classes, s.confused, s.unique, s.below, k
        )
        for subset, s in walk.every()
    }
    return tuple(found[s] for size in range(1, largest + 1) for s in combinations(range(number), size))


@dataclass(frozen=True, eq=False)
class _State:
    """A subset, the tuples that still share a class in it, and the sums over the classes that are settled."""

    subset: tuple[int, ...]
    first: int
    rank: npt.NDArray[np.uint64]
    ranks: int
    members: npt.NDArray[np.intp]
    settled: _Sums


class _Walk:
    """Depth-first walk over the subsets."""

    def __init__(self, table: Attributes, largest: int, k: int) -> None:
        self._table = table
        self._largest = largest
        self._k = k
        self._order = sorted(range(len(table.names)), key=lambda j: -table.cardinalities[j])

    def every(self) -> Iterator[tuple[tuple[int, ...], _Sums]]:
        """Each subset with its sums."""
        tuples = self._table.counts.size
        none = np.zeros(tuples, dtype=np.uint64)
        return self._below(_State((), 0, none, 1, np.arange(tuples), _Sums(0, 0, 0, 0)))

    def _below(self, state: _State) -> Iterator[tuple[tuple[int, ...], _Sums]]:
        """Subsets that add columns from ``first`` on."""
        counts = self._of(self._table.counts, state.members)
        for at in range(state.first, len(self._order)):
            j = self._order[at]
            grown = (*state.subset, j)
            cardinality = self._table.cardinalities[j]
            keys = self._of(self._table.codes[j], state.members).astype(np.uint64)
            keys += state.rank * np.uint64(cardinality)
            bits = (state.ranks * cardinality - 1).bit_length()
            last = len(grown) == self._largest or at + 1 == len(self._order)
            grouped = backend.group(backend.Tuples(keys, bits, counts), wants_class=not last)
            yield grown, state.settled.plus(_sums(grouped.counts, self._k))
            if last or grouped.class_of is None:
                continue
            together = np.bincount(grouped.class_of, minlength=grouped.counts.size) > 1
            alone = state.settled.plus(_sums(grouped.counts[~together], self._k))
            stay = np.flatnonzero(together[grouped.class_of])
            number = np.cumsum(together, dtype=np.int64).astype(np.uint64) - np.uint64(1)
            rank = number[grouped.class_of[stay]]
            yield from self._below(_State(grown, at + 1, rank, max(int(together.sum()), 1), state.members[stay], alone))

    def _of(self, column: npt.NDArray[Any], members: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        return column if members.size == column.size else column[members]


def _sums(counts: npt.NDArray[np.int32], k: int) -> _Sums:
    sizes = counts.astype(np.int64)
    return _Sums(
        int(sizes.size),
        int((sizes * (sizes - 1) // 2).sum()),
        int(np.count_nonzero(sizes == 1)),
        int(sizes[sizes < k].sum()),
    )


def worst(found: Sequence[Combination], size: int, top: int = 10) -> tuple[Combination, ...]:
    """The sets of one size that single out most people (then: put most in small classes)."""
    chosen = [c for c in found if len(c.attributes) == size]
    ranked = sorted(chosen, key=lambda c: (-c.unique_records, -c.records_below_k, c.confused_pairs))
    return tuple(ranked[:top])


def identifying(found: Sequence[Combination], share: float = 0.5) -> tuple[Combination, ...]:
    """The smallest sets that single out at least a share of the people, largest share first.

    A set is left out when a part of it does so already.

    Parameters
    ----------
    found : sequence of Combination
        Of `measure_combinations`, which lists every smaller set too.
    share : float
        Above 0 to 1.
    """
    minimal: list[Combination] = []
    for one in sorted(found, key=lambda c: len(c.attributes)):
        enough = one.unique_records >= share * one.rows and one.unique_records > 0
        if enough and not any(set(smaller.attributes) <= set(one.attributes) for smaller in minimal):
            minimal.append(one)
    return tuple(sorted(minimal, key=lambda c: (len(c.attributes), -c.unique_records)))


def added_by_attribute(found: Sequence[Combination]) -> dict[str, float]:
    """People that a column makes unique when it joins a set, on average over the sets measured.

    The larger, the more reason to treat the column as a quasi-identifier. A column alone counts as joining
    the empty set, in which nobody is unique (unless the table has one record).
    """
    unique = {frozenset(c.attributes): c.unique_records for c in found}
    if found:
        unique[frozenset()] = 1 if found[0].rows == 1 else 0
    gains: dict[str, list[int]] = {}
    for attributes, number in unique.items():
        for name in attributes:
            gains.setdefault(name, []).append(number - unique[attributes - {name}])
    return {name: sum(each) / len(each) for name, each in gains.items()}
