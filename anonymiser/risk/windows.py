"""Known attributes as windows of codes: which records agree with what is known of each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import ColumnError
from anonymiser.hierarchies import Hierarchy, IntervalSpec
from anonymiser.hierarchies.cuts import numbers_of
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.encoded import EncodedTable

__all__ = ["Interval", "Window", "at_level", "inside", "known_interval"]

Codes = npt.NDArray[np.int32]
Reals = npt.NDArray[np.float64]

_SLACK: Final = 1e-9
"""70.3 − 0.3 is to reach 70: bounds are widened by this much of their size."""


@dataclass(frozen=True, eq=False)
class Window:
    """One known attribute, as codes.

    Attributes
    ----------
    attribute : str
    codes : (rows,) integer array
        Of each record; below ``cardinality``.
    low, high : (rows,) integer arrays
        Codes that agree with what is known of the person of each row, from ``low`` to ``high``.
    cardinality : int
    exact : bool
        Only a record's own code agrees.
    """

    attribute: str
    codes: npt.NDArray[np.integer]
    low: npt.NDArray[np.integer]
    high: npt.NDArray[np.integer]
    cardinality: int
    exact: bool

    def agrees(self, person: int) -> npt.NDArray[np.bool_]:
        """Records that lie in the window of a person: (rows,) bool array."""
        low, high = int(self.low[person]), int(self.high[person])
        found: npt.NDArray[np.bool_] = self.codes == low if low == high else (self.codes >= low) & (self.codes <= high)
        return found


@dataclass(frozen=True, eq=False)
class Interval:
    """Numbers that are possible for each value or person; NaN where nothing is known of the number."""

    low: Reals
    high: Reals


@dataclass(frozen=True, eq=False)
class _Ordered:
    """The labels of a level in the order of their numbers; those without numbers stand last.

    Attributes
    ----------
    of_leaf : (leaves,) int32 array
    values : (values,) float64 array, increasing
        Numbers that occur, and the label of each.
    of_value : (values,) int32 array
    size : int
    """

    of_leaf: Codes
    values: Reals
    of_value: Codes
    size: int


def at_level(table: EncodedTable, recipe: Recipe, plan: AttributePlan, level: int) -> Window:
    """An attribute known as its label at a level."""
    hierarchy = table.hierarchy(recipe, plan)
    codes = hierarchy.maps[level].astype(np.int32)[table.leaves(recipe, plan)]
    return Window(plan.name, codes, codes, codes, len(hierarchy.labels[level]), exact=True)


def known_interval(
    table: EncodedTable, recipe: Recipe, plan: AttributePlan, level: int, within: float | None
) -> Interval:
    """Numbers that an attacker holds possible, for each leaf: plus or minus ``within``, or all under its label.

    Raises
    ------
    ColumnError
        The column holds no numbers.
    """
    numbers = _leaf_numbers(table, recipe, plan)
    if np.isnan(numbers).all():
        raise ColumnError(f"'{plan.name}' holds no numbers, so it cannot be known to plus or minus so many.")
    if within is not None:
        return Interval(numbers - within, numbers + within)
    label = table.hierarchy(recipe, plan).maps[level]
    low, high = _extent(label, numbers, int(label.max()) + 1)
    known = ~np.isnan(numbers)
    return Interval(np.where(known, low[label], np.nan), np.where(known, high[label], np.nan))


def inside(
    table: EncodedTable,
    recipe: Recipe,
    plan: AttributePlan,
    level: int,
    known: Interval,
    *,
    by_leaf: bool,
) -> Window:
    """An attribute of which an interval of numbers is known, in a table that shows it at a level.

    Parameters
    ----------
    known : Interval
        Where it is NaN, a person agrees with records of the same label only.
    by_leaf : bool
        It is given for each leaf of the attribute's hierarchy, otherwise for each record.

    Raises
    ------
    ColumnError
        The bands of the level overlap.
    """
    hierarchy, leaves = table.hierarchy(recipe, plan), table.leaves(recipe, plan)
    ordered = _ordered(hierarchy, level, _leaf_numbers(table, recipe, plan))
    codes = ordered.of_leaf[leaves]
    own = ordered.of_leaf if by_leaf else codes
    low, high = _reach(ordered, known, own)
    if by_leaf:
        low, high = low[leaves], high[leaves]
    return Window(plan.name, codes, low, high, ordered.size, exact=bool((low == high).all()))


def _reach(ordered: _Ordered, known: Interval, own: Codes) -> tuple[Codes, Codes]:
    """First and last code of the values in each interval; the own code where there are none."""
    if not ordered.values.size:
        return own, own
    slack = _SLACK * (1.0 + np.maximum(np.abs(known.low), np.abs(known.high)))
    start = np.searchsorted(ordered.values, known.low - slack, side="left")
    stop = np.searchsorted(ordered.values, known.high + slack, side="right") - 1
    sure = ~np.isnan(known.low) & ~np.isnan(known.high) & (start <= stop)
    last = ordered.values.size - 1
    low = np.where(sure, ordered.of_value[np.minimum(start, last)], own)
    high = np.where(sure, ordered.of_value[np.clip(stop, 0, last)], own)
    return low.astype(np.int32), high.astype(np.int32)


def _leaf_numbers(table: EncodedTable, recipe: Recipe, plan: AttributePlan) -> Reals:
    """The number of each leaf, NaN where it is none."""
    spec = plan.hierarchy
    mark = spec.decimal_mark if isinstance(spec, IntervalSpec) else numbers_of(table.column(recipe, plan.name)).mark
    return parse_numbers(table.hierarchy(recipe, plan).leaves, mark)


def _ordered(hierarchy: Hierarchy, level: int, numbers: Reals) -> _Ordered:
    known = ~np.isnan(numbers)
    values, first, rank = np.unique(numbers[known], return_index=True, return_inverse=True)
    of_leaf = np.empty(numbers.size, dtype=np.int32)
    if level == 0:  # two spellings of one number are one code
        of_leaf[known] = rank
        of_leaf[~known] = values.size + np.arange(numbers.size - int(known.sum()))
    else:
        label = hierarchy.maps[level]
        of_leaf = _label_order(hierarchy.attribute, label, numbers)[label]
    return _Ordered(of_leaf, values, of_leaf[known][first], int(of_leaf.max(initial=-1)) + 1)


def _label_order(attribute: str, label: npt.NDArray[np.uint32], numbers: Reals) -> Codes:
    """Place of each label when they stand by their numbers."""
    size = int(label.max(initial=0)) + 1
    low, high = _extent(label, numbers, size)
    order = np.argsort(low, kind="stable")  # labels without numbers (NaN) stand last
    some = int(np.count_nonzero(~np.isnan(low)))
    if (high[order[: max(some - 1, 0)]] >= low[order[1 : max(some, 1)]]).any():
        raise ColumnError(
            f"The bands of '{attribute}' overlap, so it cannot be said which of them a number within a tolerance "
            "may stand in. Use intervals, or let the attacker know a level of the hierarchy."
        )
    place = np.empty(size, dtype=np.int32)
    place[order] = np.arange(size)
    return place


def _extent(label: npt.NDArray[np.uint32], numbers: Reals, size: int) -> tuple[Reals, Reals]:
    """Smallest and largest number of each label, NaN where it has none."""
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    known = ~np.isnan(numbers)
    np.minimum.at(low, label[known], numbers[known])
    np.maximum.at(high, label[known], numbers[known])
    none = low > high
    low[none] = high[none] = np.nan
    return low, high
