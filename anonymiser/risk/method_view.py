"""A release as methods make it, seen by somebody with some knowledge: which of its rows fit each person.

A row fits a person where each of its labels *could* stand for what is known of that person:

* a range ("25 to 34"), a list or a label of a hierarchy fits whoever's value lies under it;
* an emptied cell fits everybody;
* of values changed at random, or replaced by a mean, nobody can say which they could stand for: there a row fits that
  is as near to what is known as the person's own row is, or nearer. Where the own value is the true one, only equal
  ones fit; where the own cell was emptied, only empty ones.

No row is counted that does not fit in every known column, and a person's own row always fits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.limits import HIDDEN
from anonymiser.methods import Scope
from anonymiser.recipe import Recipe
from anonymiser.risk.knowledge import Knowledge, View, released_view
from anonymiser.risk.windows import Window
from anonymiser.transform.base import DraftColumn
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.run import Transformed

__all__ = ["changed_at_random", "method_view", "present_after"]

Wholes = npt.NDArray[np.int64]
_RANDOM: Final = ("microaggregation", "noise", "pram", "rank_swapping", "scalable_diversity")
_SLACK: Final = 1e-9
_KNOWN, _BOTH, _MISSING = 0, 1, 2
"""Whom a label may stand for: people with a value, any, people without one."""


def method_view(table: EncodedTable, recipe: Recipe, knowledge: Knowledge, made: Transformed) -> View:
    """The release of a recipe with methods.

    Parameters
    ----------
    table, recipe
    knowledge : tuple of Fact
        Facts on columns that do not leave, or leave in a table of their own, are of no use.
    made : Transformed
        What the methods made.

    Raises
    ------
    RecipeError, ColumnError
        As of `released_view`.
    """
    levels = released_view(table, recipe, knowledge)
    windows = []
    for window in levels.windows:
        before, after = made.start.draft.column(window.attribute), made.draft.column(window.attribute)
        if before is not None and after is not None and after.name not in made.draft.apart:
            windows += _Column(before, after, made, recipe).windows(window)
    return View(levels.rows, tuple(windows), present_after(made), levels.people)


def present_after(made: Transformed) -> npt.NDArray[np.bool_]:
    """Which rows of the input leave: (input rows,) bool array."""
    draft = made.draft
    present = np.zeros(draft.input_rows, dtype=np.bool_)
    present[draft.source_rows if draft.suppressed is None else draft.source_rows[~draft.suppressed]] = True
    return present


def changed_at_random(recipe: Recipe) -> tuple[str, ...]:
    """Columns whose released values need not be the people's own: swapped, drawn anew, with noise, means."""
    return tuple(
        dict.fromkeys(
            name
            for spec in recipe.methods
            if spec.method in _RANDOM or (spec.method == "rounding" and spec.at_random)
            for name in spec.columns
        )
    )


class _Column:
    """One column before and after the methods."""

    def __init__(self, before: DraftColumn, after: DraftColumn, made: Transformed, recipe: Recipe) -> None:
        self.before, self.after, self.recipe = before, after, recipe
        self.source = made.draft.source_rows
        self.own = np.full(before.codes.size, -1, dtype=np.int64)
        self.own[self.source] = np.arange(self.source.size)
        self.blank = before.codes == before.missing  # people without a value
        self.emptied = bool(((after.codes == after.missing) & ~self.blank[self.source]).any())
        self.random = after.name in changed_at_random(recipe)

    def windows(self, window: Window) -> list[Window]:
        """What the window of a fact at the recipe's level becomes."""
        before, after = self.before, self.after
        same = before.labels == after.labels
        if same and np.array_equal(before.codes[self.source], after.codes):
            return [window]
        grouped = after.is_qi and any(m.scope is Scope.GROUPING and m.method != "anatomy" for m in self.recipe.methods)
        if self.random and not grouped:
            if before.numbers is not None and after.numbers is not None:
                return [self._near(window)]
            return [self._same_or_any(window)] if same else self._own_label(window)
        if any(m.method == "masking" and after.name in m.columns for m in self.recipe.methods) and not grouped:
            return self._own_label(window)
        window = self._in_order(window)
        low, high, whom = self._reach(window)
        return self._between(window, low, high, whom)

    # --- labels that stand for several values ---

    def _in_order(self, window: Window) -> Window:
        """With codes in the order along which the labels of a column of numbers run."""
        before = self.before
        if before.numbers is None or not window.exact:
            return window
        least = np.full(window.cardinality, np.inf)
        np.minimum.at(least, window.codes, np.append(before.numbers, np.inf)[before.codes])
        place = np.empty(window.cardinality, dtype=np.int64)
        place[np.argsort(least, kind="stable")] = np.arange(window.cardinality)
        return replace(window, codes=place[window.codes], low=place[window.low], high=place[window.high])

    def _reach(self, window: Window) -> tuple[Wholes, Wholes, Wholes]:
        """First and last code under each label, the empty cell last, and whom it may stand for."""
        after, number = self.after, len(self.after.labels) + 1
        label, blank = after.codes.astype(np.int64), self.blank[self.source]
        codes = window.codes[self.source].astype(np.int64)
        low, high = np.full(number, window.cardinality), np.full(number, -1)
        np.minimum.at(low, label[~blank], codes[~blank])
        np.maximum.at(high, label[~blank], codes[~blank])
        whom = np.full(number, _KNOWN)
        whom[np.unique(label[blank])] = _BOTH
        if not self.random:
            self._widen(window, low, high)
        for place, text in enumerate(after.labels):
            if text == HIDDEN:
                low[place], high[place], whom[place] = 0, window.cardinality - 1, _BOTH
        low[-1], high[-1] = 0, window.cardinality - 1
        whom[-1] = _BOTH if self.emptied else _MISSING
        return low, high, whom

    def _widen(self, window: Window, low: Wholes, high: Wholes) -> None:
        """A label of a hierarchy stands for every value under it, whether or not its own rows have them; in place."""
        before, levels, hierarchy = self.before, self.after.cover.levels[:-1], self.before.hierarchy
        if hierarchy is None:
            return
        rows = np.flatnonzero(~self.blank)
        codes = window.codes[rows].astype(np.int64)
        for level in np.unique(levels[levels > before.at]).tolist():
            names = hierarchy.labels[level]
            up = hierarchy.parents(before.at, level).astype(np.int64)[before.codes[rows]]
            first, last = np.full(len(names), window.cardinality), np.full(len(names), -1)
            np.minimum.at(first, up, codes)
            np.maximum.at(last, up, codes)
            place = {text: i for i, text in enumerate(names)}  # of two that read the same, one: never too many
            for label in np.flatnonzero(levels == level).tolist():
                at = place.get(self.after.labels[label])
                if at is not None:
                    low[label], high[label] = min(low[label], first[at]), max(high[label], last[at])

    def _between(self, window: Window, low: Wholes, high: Wholes, whom: Wholes) -> list[Window]:
        """Rows whose label overlaps what is known of a person."""
        rows = self.before.codes.size
        label = np.full(rows, len(self.after.labels), dtype=np.int64)
        label[self.source] = self.after.codes
        last, name = window.cardinality - 1, window.attribute
        nothing, everything = np.zeros(rows, dtype=np.int64), np.full(rows, last, dtype=np.int64)
        begins = np.minimum(low[label], last)
        ends = np.maximum(high[label], 0)
        found = [
            Window(name, begins, nothing, np.where(self.blank, last, window.high), last + 1, exact=False),
            Window(name, ends, np.where(self.blank, 0, window.low), everything, last + 1, exact=False),
        ]
        if self.blank.any() or (whom != _KNOWN).any():
            least, most = np.where(self.blank, _BOTH, _KNOWN), np.where(self.blank, _MISSING, _BOTH)
            found.append(Window(name, whom[label], least, most, _MISSING + 1, exact=False))
        return found

    # --- values that were replaced ---

    def _own_label(self, window: Window) -> list[Window]:
        """Rows that read as the person's own value does after the method: whoever knows the value knows the label."""
        number = len(self.after.labels)
        image = np.full(self.before.missing + 1, number + 1, dtype=np.int64)  # a label that no row has
        known = self.after.codes != self.after.missing
        image[self.before.codes[self.source][known]] = self.after.codes[known]
        image[self.before.missing] = number
        own = image[self.before.codes]
        if self.random:  # not the same for everybody with that value: the own row's
            there = self.own >= 0
            own = np.where(there, self.after.codes.astype(np.int64)[self.own], own)
        exact = Window(window.attribute, own, own, own, number + 2, exact=True)
        if not self.emptied:
            return [exact]
        low = np.arange(number + 1, dtype=np.int64)
        high = low.copy()
        low[-1], high[-1] = 0, number + 1
        whom = np.full(number + 1, _KNOWN)
        whom[-1] = _BOTH
        return self._between(exact, low, high, whom)

    def _near(self, window: Window) -> Window:
        """Rows whose number is as near to what is known of a person as the own row's, or nearer."""
        true = np.append(np.asarray(self.before.numbers, dtype=np.float64), np.nan)[self.before.codes]
        shown = np.append(np.asarray(self.after.numbers, dtype=np.float64), np.nan)[self.after.codes]
        least, most = self._known_numbers(window, true)
        released = np.where(self.own >= 0, shown[self.own], np.nan)
        off = np.nan_to_num(np.maximum(np.maximum(least - released, released - most), 0.0))
        values = np.unique(shown[~np.isnan(shown)])
        slack = _SLACK * (1.0 + np.abs(true))
        low = np.searchsorted(values, least - off - slack, side="left")
        high = np.searchsorted(values, most + off + slack, side="right") - 1
        nobody = (low > high) & ~self.blank
        lost = self.blank | ((self.own >= 0) & np.isnan(released))
        low = np.where(lost, values.size, np.where(nobody, values.size + 1, low))
        high = np.where(lost, values.size, np.where(nobody, values.size + 1, high))
        codes = np.full(true.size, values.size, dtype=np.int64)
        codes[self.source] = np.where(np.isnan(shown), values.size, np.searchsorted(values, shown))
        return Window(window.attribute, codes, low, high, values.size + 2, exact=False)

    def _known_numbers(
        self, window: Window, true: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Least and largest number that each person may have, as far as somebody knows; NaN without a number."""
        least, most = np.full(window.cardinality, np.inf), np.full(window.cardinality, -np.inf)
        known = ~np.isnan(true)
        np.minimum.at(least, window.codes[known], true[known])
        np.maximum.at(most, window.codes[known], true[known])
        return np.fmin(least[window.low], true), np.fmax(most[window.high], true)

    def _same_or_any(self, window: Window) -> Window:
        """Rows with the known value where the own row has it, else all rows: any is as near."""
        none = window.cardinality + 1  # of people without a value
        to = np.full(self.before.missing + 1, window.cardinality, dtype=np.int64)
        to[self.before.codes] = window.codes
        to[-1] = none
        codes = np.full(self.before.codes.size, window.cardinality, dtype=np.int64)
        codes[self.source] = to[self.after.codes]
        moved = (self.own >= 0) & ((codes < window.low) | (codes > window.high))
        low = np.where(self.blank, none, np.where(moved, 0, window.low))
        high = np.where(self.blank, none, np.where(moved, window.cardinality, window.high))
        return Window(window.attribute, codes, low, high, none + 1, exact=False)
