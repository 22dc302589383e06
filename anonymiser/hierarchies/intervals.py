"""Numbers in intervals whose edges are written down, so that next month's table gets the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.numbers import Mark, parse_numbers, show_number
from anonymiser.hierarchies.spec import Spec, check_names
from anonymiser.microdata import Column

__all__ = ["NOT_A_NUMBER", "IntervalLevel", "IntervalSpec"]

NOT_A_NUMBER = "not a number"


class IntervalLevel(Spec):
    """One level of intervals.

    Attributes
    ----------
    name : str
        The word on the slider, such as ``5 years``.
    edges : tuple of float
        Increasing. An interval includes its lower edge and not its upper one; below the first
        and from the last on, intervals are open-ended.
    labels : tuple of str
        One an interval, so one more than there are edges; empty for labels made of the edges.
    """

    name: str
    edges: tuple[float, ...]
    labels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _increases(self) -> Self:
        if not np.isfinite(self.edges).all() or any(low >= high for low, high in pairwise(self.edges)):
            raise HierarchyError(f"The edges of the level '{self.name}' are not increasing numbers.")
        if self.labels and len(self.labels) != len(self.edges) + 1:
            raise HierarchyError(f"The level '{self.name}' needs one label more than it has edges.")
        return self


class IntervalSpec(Spec):
    """Exact number, levels of intervals, hidden.

    Text that is no number stands under ``not a number``.

    Attributes
    ----------
    levels : tuple of IntervalLevel
        Finest first. The edges of each are among those of the one before.
    unit : str
        Written after the numbers, such as ``kg``.
    whole : bool
        Whole numbers: an interval is ``60–64``, not ``60 to <65``.
    decimal_mark : "." or ","

    Raises
    ------
    HierarchyError
        The levels do not nest, or two of them have one name.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> age = Microdata.from_columns({"age": ["31", "64", "80", "?"]}).column("age")
    >>> spec = IntervalSpec(levels=(IntervalLevel(name="bands", edges=(40, 65)),), unit="years", whole=True)
    >>> spec.build(age).labels[1]
    ('under 40 years', '40–64 years', '65 years or more', 'not a number')
    """

    kind: Literal["intervals"] = "intervals"
    levels: tuple[IntervalLevel, ...]
    unit: str = ""
    whole: bool = False
    decimal_mark: Mark = "."

    @model_validator(mode="after")
    def _nests(self) -> Self:
        for fine, coarse in pairwise(self.levels):
            if not set(coarse.edges) <= set(fine.edges):
                raise HierarchyError(
                    f"The level '{coarse.name}' has edges that cut through the intervals of '{fine.name}'. "
                    "Use edges of the finer level only."
                )
        check_names(self.level_names)
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """``exact``, the levels' names, ``hidden``."""
        return ("exact", *(level.name for level in self.levels), "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column, in order of size."""
        numbers = parse_numbers(column.values, self.decimal_mark)
        groups = [self._group(level, numbers) for level in self.levels]
        return Hierarchy.from_groups(
            column.name,
            column.values,
            [*groups, hidden(len(numbers))],
            self.level_names,
            missing=column.n_missing > 0,
            order=np.argsort(numbers, kind="stable"),  # no number (NaN) sorts last
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are no numbers."""
        text = column.values
        return tuple(text[i] for i in np.flatnonzero(np.isnan(parse_numbers(text, self.decimal_mark))))

    def labels(self, level: IntervalLevel) -> tuple[str, ...]:
        """The label of each interval of a level."""
        if level.labels or not level.edges:
            return level.labels or ("any number",)
        unit = f" {self.unit}" if self.unit else ""
        middle = (self._between(low, high) + unit for low, high in pairwise(level.edges))
        first, last = show_number(level.edges[0]), show_number(level.edges[-1])
        return (f"under {first}{unit}", *middle, f"{last}{unit} or more")

    def _between(self, low: float, high: float) -> str:
        if not self.whole:
            return f"{show_number(low)} to <{show_number(high)}"
        first, last = int(np.ceil(low)), int(np.ceil(high)) - 1
        return f"{first}" if last <= first else f"{first}–{last}"

    def _group(self, level: IntervalLevel, numbers: npt.NDArray[np.float64]) -> Grouping:
        codes = np.searchsorted(level.edges, numbers, side="right")
        codes[np.isnan(numbers)] = len(level.edges) + 1
        return Grouping(codes, (*self.labels(level), NOT_A_NUMBER))
