"""From groups of records to labels: each group shows, in each column, the span of its values.

Of numbers and dates a span reads "25 to 34". Of categories, whose hierarchy puts like beside like, it is the shortest
list of hierarchy labels that covers the span and nothing else: "Bachelors or Masters", or one label where the hierarchy
has it. That is never wider than the lowest common label. Past 12 names the lowest common label is taken after all: a
longer list nobody reads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.limits import HIDDEN, MISSING
from anonymiser.transform.base import Cover, Draft, DraftColumn, tidy
from anonymiser.utility.domain import leaf_numbers

__all__ = ["Scale", "scale_of", "with_partition"]

_MOST_NAMES: Final = 12
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scale:
    """A column's labels along the order in which like stands beside like.

    Attributes
    ----------
    column : DraftColumn
    position : (labels + 1,) int64 array
        Place of each code; a missing value is the last.
    """

    column: DraftColumn
    position: Wholes

    @property
    def known(self) -> int:
        """Places of labels: those below are no missing values."""
        return len(self.column.labels)

    @property
    def size(self) -> int:
        """Places, that of a missing value included where one occurs."""
        return self.known + bool((self.column.codes == self.known).any())

    @cached_property
    def at(self) -> Wholes:
        """The code at each place of a label."""
        return np.argsort(self.position[:-1], kind="stable")

    @cached_property
    def _sums(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        cover = self.column.cover
        return np.r_[0.0, np.cumsum(cover.share[self.at])], np.r_[0.0, np.cumsum(cover.support[self.at])]

    @cached_property
    def _ends(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float] | None:
        """Least and largest number of each place, and the whole range; None where they are no numbers."""
        column, hierarchy = self.column, self.column.hierarchy
        if hierarchy is None:
            if column.numbers is None:
                return None
            low = high = column.numbers[self.at]
        else:
            numbers = leaf_numbers(hierarchy.leaves[: len(hierarchy.leaves) - hierarchy.missing])
            if numbers is None:
                return None
            low, high = np.full(self.known, np.inf), np.full(self.known, -np.inf)
            below = hierarchy.maps[column.at][: numbers.size]
            inside = below < self.known
            np.minimum.at(low, below[inside], numbers[inside])
            np.maximum.at(high, below[inside], numbers[inside])
            low, high = low[self.at], high[self.at]
        return low, high, float(high.max() - low.min())

    def span(self, low: int, high: int, *, blank: bool) -> tuple[str, tuple[float, float, int, float]]:
        """Text of a span of places, and its penalty, share, level and support.

        Parameters
        ----------
        low, high : int
            Both inside; ``high < low`` where every value is missing.
        blank : bool
            Whether missing values are in it.
        """
        cover = self.column.cover
        if high < low:
            return MISSING, (cover.penalty[-1], cover.share[-1], int(cover.levels[-1]), cover.support[-1])
        text, low, high, level = self._named(low, high)
        share = min(1.0, float(self._sums[0][high + 1] - self._sums[0][low]))
        support = float(self._sums[1][high + 1] - self._sums[1][low])
        penalty = self._penalty(low, high, share)
        if blank:
            share, support = min(1.0, share + float(cover.share[-1])), support + float(cover.support[-1])
            if text != HIDDEN:
                text, level = f"{text} or {MISSING}", -1
        return text, (penalty, share, level, support)

    def _penalty(self, low: int, high: int, share: float) -> float:
        if self._ends is not None:
            least, most, whole = self._ends
            return float(most[high] - least[low]) / whole if whole else 0.0
        return 0.0 if low == high and self.column.cover.penalty[self.at[low]] == 0 else min(1.0, share)

    def _named(self, low: int, high: int) -> tuple[str, int, int, int]:
        """Text, the span that it covers, and its level (−1 where it is none)."""
        labels, cover = self.column.labels, self.column.cover
        if low == high:
            code = int(self.at[low])
            return labels[code], low, high, int(cover.levels[code])
        if self.column.ordered:
            return f"{labels[self.at[low]]} to {labels[self.at[high]]}", low, high, -1
        parts = self._parts(low, high)
        if len(parts) > _MOST_NAMES:
            parts = [self._common(low, high)]
            low, high = parts[0][2], parts[0][3]
        level = parts[0][1] if len(parts) == 1 else -1
        return " or ".join(dict.fromkeys(text for text, *_ in parts)), low, high, level

    @cached_property
    def _groups(self) -> list[tuple[int, tuple[str, ...], Wholes, Wholes, Wholes]]:
        """For each level, the top first: its number and labels, the label of each code, first and last code of each."""
        hierarchy, column = self.column.hierarchy, self.column
        if hierarchy is None:
            return []
        found = []
        for level in range(hierarchy.height, column.at - 1, -1):
            group = hierarchy.parents(column.at, level)[: self.known].astype(np.int64)
            number = len(hierarchy.labels[level])
            first, last = np.full(number, self.known), np.full(number, -1)
            places = np.arange(self.known)
            np.minimum.at(first, group, places)
            np.maximum.at(last, group, places)
            found.append((level, hierarchy.labels[level], group, first, last))
        return found

    def _parts(self, low: int, high: int) -> list[tuple[str, int, int, int]]:
        """The fewest labels that cover a span of codes and nothing else: text, level, first and last code."""
        parts = []
        while low <= high:
            part = (self.column.labels[self.at[low]], -1, low, low)
            for level, names, group, first, last in self._groups:
                label = group[low]
                if first[label] == low and last[label] <= high:
                    part = (names[label], level, low, int(last[label]))
                    break
            parts.append(part)
            low = part[3] + 1
        return parts

    def _common(self, low: int, high: int) -> tuple[str, int, int, int]:
        """The lowest label above a whole span."""
        for level, names, group, first, last in reversed(self._groups):
            if group[low] == group[high]:
                label = group[low]
                return names[label], level, int(first[label]), int(last[label])
        return HIDDEN, -1, 0, self.known - 1


def scale_of(column: DraftColumn) -> Scale:
    """Numbers by size, everything else in the order of its codes (the hierarchy's)."""
    position = np.arange(len(column.labels) + 1, dtype=np.int64)
    if column.numbers is not None:
        position[np.argsort(column.numbers, kind="stable")] = np.arange(len(column.labels))
    return Scale(column, position)


def with_partition(draft: Draft, class_of: Wholes, *, level: str, method: str) -> Draft:
    """A draft in which every class shows, in each quasi-identifier, the span of its values.

    Parameters
    ----------
    draft : Draft
    class_of : (rows,) int64 array
        Class of each record, from 0, each class with at least one record.
    level, method : str
        What the columns' level and what was done to them are called.
    """
    order = np.argsort(class_of, kind="stable")
    sizes = np.bincount(class_of)
    starts = np.r_[0, np.cumsum(sizes)[:-1]].astype(np.int64)
    changed = []
    for column in draft.visible_qis:
        made = _spanned(column, order, starts, sizes)
        changed.append(replace(made, level=level, method=method))
    return draft.with_columns(*changed, partition=class_of)


def _spanned(column: DraftColumn, order: Wholes, starts: Wholes, sizes: Wholes) -> DraftColumn:
    scale = scale_of(column)
    places = scale.position[column.codes[order]]
    known = places < scale.known
    low = np.minimum.reduceat(np.where(known, places, scale.known), starts)
    high = np.maximum.reduceat(np.where(known, places, -1), starts)
    blank = ~np.logical_and.reduceat(known, starts)
    width = scale.known + 2
    keys, label = np.unique((low * width + high + 1) * 2 + blank, return_inverse=True)
    spans = [scale.span(int(k // 2 // width), int(k // 2 % width) - 1, blank=bool(k % 2)) for k in keys]
    texts = [text for text, _ in spans]
    figures = [figure for _, figure in spans]
    last = (column.cover.penalty[-1], column.cover.share[-1], int(column.cover.levels[-1]), column.cover.support[-1])
    penalty, share, levels, support = zip(*figures, last, strict=True)
    cover = Cover(np.array(penalty), np.array(share), np.array(levels, dtype=np.int64), np.array(support))
    label = np.where(high < low, len(texts), label)  # nothing but missing values: an empty cell
    codes = np.empty(order.size, dtype=np.int64)
    codes[order] = np.repeat(label, sizes)
    return tidy(column, texts, codes, cover)
