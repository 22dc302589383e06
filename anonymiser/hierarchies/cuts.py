"""Where to cut a column of numbers: round edges, and no lonely people at the ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.intervals import IntervalLevel, IntervalSpec
from anonymiser.hierarchies.numbers import Mark, parse_numbers, show_number
from anonymiser.microdata import Column

__all__ = ["MOST_EDGES", "Numbers", "bands_for", "intervals_for", "numbers_of"]

MOST_EDGES: Final = 2_000
"""Of one level: more groups blur nothing, and would make a recipe long."""
_LEAST_SHARE: Final = 0.4
"""Of an equal share: a band with less than this is not "about as many as the others"."""
_MOST_DECIMALS: Final = 6
_ROUND: Final = (5, 2, 1)


_NUMBERS_OF: WeakKeyDictionary[Column, Numbers] = WeakKeyDictionary()
"""Kept as long as the column is: a suggestion asks several times."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a column, each with its records.

    Attributes
    ----------
    sizes : (numbers,) float64 array, increasing
    records : (numbers,) int64 array
    mark : "." or ","
        What separates decimals: whichever makes more of the column a number.
    share : float
        Of the column's distinct values, how many are numbers (0 to 1).
    """

    sizes: npt.NDArray[np.float64]
    records: npt.NDArray[np.int64]
    mark: Mark
    share: float

    @cached_property
    def total(self) -> int:
        """Records with a number."""
        return int(self.records.sum())

    @cached_property
    def whole(self) -> bool:
        """Whether all are whole numbers."""
        return self.resolution == 1

    @cached_property
    def resolution(self) -> float:
        """One unit of the last decimal: 1 for whole numbers, 0.1, 0.01 … at least a millionth."""
        for decimals in range(_MOST_DECIMALS):
            if np.allclose(np.round(self.sizes, decimals), self.sizes, rtol=0, atol=10.0 ** -(_MOST_DECIMALS + 3)):
                return float(Decimal(1).scaleb(-decimals))
        return float(Decimal(1).scaleb(-_MOST_DECIMALS))

    def below(self, edges: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Records with a number under each edge."""
        running = np.r_[0, np.cumsum(self.records)]
        return np.asarray(running[np.searchsorted(self.sizes, edges, side="left")], dtype=np.int64)

    def quantile(self, share: float) -> float:
        """The smallest number that at least this share of the records does not exceed."""
        place = np.searchsorted(np.cumsum(self.records), share * self.total)
        return float(self.sizes[min(int(place), len(self.sizes) - 1)])

    def inner(self, min_count: int) -> tuple[float, float]:
        """The numbers between which an edge leaves ``min_count`` records on either side."""
        running = np.cumsum(self.records)
        low, high = np.searchsorted(running, [min_count, self.total - min_count + 1])
        return float(self.sizes[min(low, len(self.sizes) - 1)]), float(self.sizes[high])

    def spread(self, min_count: int) -> float:
        """How far apart those numbers are; 0 without numbers."""
        low, high = self.inner(min_count) if self.total >= min_count else (0.0, 0.0)
        return max(high - low, 0.0)

    def multiples(self, width: float, min_count: int) -> tuple[float, ...]:
        """Multiples of a width that leave at least ``min_count`` records below and from them on.

        Raises
        ------
        HierarchyError
            There are too many.
        """
        if self.total < 2 * min_count:
            return ()
        low, high = self.inner(min_count)
        step = Decimal(repr(width))
        first, last = Decimal(low) // step, Decimal(high) // step + 1
        if last - first > MOST_EDGES:
            raise HierarchyError(
                f"Intervals of {show_number(width)} would be more than {MOST_EDGES} groups. Choose a larger width."
            )
        return self.folded([float(step * (first + i)) for i in range(int(last - first) + 1)], min_count)

    def folded(self, edges: Sequence[float], min_count: int) -> tuple[float, ...]:
        """The edges without those at the ends that leave fewer than ``min_count`` records outside."""
        below = self.below(edges)
        kept = (below >= min_count) & (self.total - below >= min_count)
        return tuple(edge for edge, keep in zip(edges, kept, strict=True) if keep)


def numbers_of(column: Column) -> Numbers:
    """The numbers of a column, with the decimal mark that makes most of them."""
    kept = _NUMBERS_OF.get(column)
    if kept is not None:
        return kept
    found, mark = parse_numbers(column.values), "."
    if np.isnan(found).any():
        comma = parse_numbers(column.values, ",")
        if np.count_nonzero(~np.isnan(comma)) > np.count_nonzero(~np.isnan(found)):
            found, mark = comma, ","
    known = ~np.isnan(found)
    sizes, place = np.unique(found[known], return_inverse=True)
    records = np.bincount(place, weights=column.counts[:-1][known], minlength=len(sizes)).astype(np.int64)
    share = float(known.mean()) if len(known) else 0.0
    numbers = Numbers(sizes, records, "," if mark == "," else ".", share)
    _NUMBERS_OF[column] = numbers
    return numbers


def intervals_for(
    column: Column,
    widths: Sequence[float] = (1, 5, 10),
    *,
    bottom: float | None = None,
    top: float | None = None,
    min_count: int = 5,
    unit: str = "",
    from_zero: bool = False,
) -> IntervalSpec:
    """Intervals of fixed widths, open-ended where fewer than ``min_count`` records would be left.

    Parameters
    ----------
    column : Column
    widths : sequence of float
        Each divides the next.
    bottom, top : float, optional
        One interval below ``bottom`` and one from ``top`` on (bottom and top coding).
    min_count : int
        Interior edges are dropped from both ends until the first and the last interval of each
        level hold this many records. Next month's extremes fall into the same intervals.
    unit : str
        Written after the numbers, such as ``kg``.
    from_zero : bool
        The numbers are counts: the first interval begins at 0 instead of being open-ended.

    Returns
    -------
    IntervalSpec
        Its edges are written down: the same for every later table. Levels that would not differ
        from the one before, or have no edge left, are left out.

    Raises
    ------
    HierarchyError
        The widths do not nest, or make too many intervals.
    """
    _check_widths(widths)
    numbers = numbers_of(column)
    levels: list[IntervalLevel] = []
    for width in widths:
        edges = _edges(numbers, width, bottom, top, min_count)
        edges = (0.0, *edges) if from_zero and edges and numbers.sizes[0] >= 0 else edges
        if edges and not (levels and edges == levels[-1].edges):
            levels.append(IntervalLevel(name=_width_name(width, unit), edges=edges))
    return IntervalSpec(levels=tuple(levels), unit=unit, whole=numbers.whole, decimal_mark=numbers.mark)


def bands_for(
    column: Column,
    count: int = 4,
    *,
    min_count: int = 5,
    multiple_of: float | None = None,
    unit: str = "",
    from_zero: bool = True,
) -> IntervalLevel:
    """A few bands with about equally many records each, cut at round numbers.

    Parameters
    ----------
    column : Column
    count : int
        Bands wanted. There may be fewer in a column of few numbers.
    min_count : int
        Records that each band holds at least.
    multiple_of : float, optional
        Edges are multiples of this: the width of the level below.
    unit : str
        Written after the numbers.
    from_zero : bool
        The numbers are counts: the first band begins at 0, and is 0 alone if that is common.

    Returns
    -------
    IntervalLevel
        Named ``4 bands``, with labels of its own.
    """
    numbers = numbers_of(column)
    if not numbers.total:
        return IntervalLevel(name="1 band", edges=())
    from_zero = from_zero and numbers.sizes[0] >= 0
    zeros = int(numbers.records[numbers.sizes == 0].sum())
    zero_band = from_zero and multiple_of is None and zeros >= max(min_count, numbers.total / (2 * count))
    cuts = _best_cuts(numbers, zeros if zero_band else 0, count, min_count, multiple_of)
    zero_band = zero_band and bool(cuts) and numbers.resolution < cuts[0]
    cuts = (numbers.resolution, *cuts) if zero_band else cuts
    bands = len(cuts) + 1
    edges = (0.0, *cuts) if from_zero and cuts else cuts
    level = IntervalLevel(name=f"{bands} band{'s' if bands > 1 else ''}", edges=edges)
    labels = list(IntervalSpec(levels=(level,), unit=unit, whole=numbers.whole).labels(level))
    if zero_band:
        labels[1] = f"0 {unit}".strip()
    return level.model_copy(update={"labels": tuple(labels)}) if edges else level


def _check_widths(widths: Sequence[float]) -> None:
    exact = [Decimal(repr(width)) for width in widths]
    if any(width <= 0 for width in exact) or any(b % a or b <= a for a, b in pairwise(exact)):
        raise HierarchyError(
            "The widths of intervals do not nest. Use widths of which each divides the next: 1, 5, 10."
        )


def _edges(
    numbers: Numbers, width: float, bottom: float | None, top: float | None, min_count: int
) -> tuple[float, ...]:
    """Multiples of the width between bottom and top, and those two themselves."""
    ends = [float(end) for end in (bottom, top) if end is not None]
    low, high = -np.inf if bottom is None else bottom, np.inf if top is None else top
    inside = (edge for edge in numbers.multiples(width, min_count) if low <= edge <= high)
    return tuple(sorted({*inside, *numbers.folded(ends, min_count)}))


def _width_name(width: float, unit: str) -> str:
    return f"{show_number(width)} {unit}" if unit else f"bands of {show_number(width)}"


def _best_cuts(numbers: Numbers, skip: int, count: int, min_count: int, multiple_of: float | None) -> tuple[float, ...]:
    """The roundest cuts that share the records out; with ``skip`` records of 0 as a band before them."""
    parts = count - 1 if skip else count
    rest = numbers.total - skip
    aims = [numbers.quantile((skip + rest * i / parts) / numbers.total) for i in range(1, parts)]
    least = max(min_count, _LEAST_SHARE * rest / parts)
    finest: tuple[float, ...] = ()
    for step in _steps(numbers, multiple_of):
        finest = tuple(sorted({float(Decimal(repr(step)) * round(aim / step)) for aim in aims}))
        if len(finest) == len(aims) and _smallest(numbers, skip, finest) >= least:
            return finest
    kept: tuple[float, ...] = ()
    for cut in finest:
        if _smallest(numbers, skip, (*kept, cut)) >= min_count:
            kept = (*kept, cut)
    return kept


def _smallest(numbers: Numbers, skip: int, cuts: tuple[float, ...]) -> int:
    """Records in the smallest band."""
    return int(np.diff(np.r_[skip, numbers.below(cuts), numbers.total]).min())


def _steps(numbers: Numbers, multiple_of: float | None) -> Iterator[float]:
    """Round numbers to cut at multiples of, the roundest first."""
    spread = numbers.sizes[-1] - numbers.sizes[0] or 1.0
    power = int(np.floor(np.log10(spread)))
    for exponent in range(power, power - 4, -1):
        for digit in _ROUND:
            step = float(Decimal(digit).scaleb(exponent))
            if numbers.whole and step < 1:
                return
            if multiple_of is None or Decimal(repr(step)) % Decimal(repr(multiple_of)) == 0:
                yield step
