"""Dates: day, month, year, bands of years."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.spec import NOT_RECOGNISED, Spec
from anonymiser.microdata import Column

__all__ = ["DateSpec"]

_YEARS = re.compile(r"([1-9]\d{0,3}) years")
_TIME_OF_DAY = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$"
_CENTURY = 100


class DateSpec(Spec):
    """Exact date, month, year, bands of years, hidden.

    Bands start at ``origin`` plus a multiple of their width, so that bands of 5, 10 and 20 years
    nest. Values that are no date in ``format`` stand under ``other / not recognised``.

    Attributes
    ----------
    format : str
        As in ``strptime``, such as ``%d/%m/%Y``; a time of day after the date is ignored.
    steps : tuple of str
        Of ``day``, ``month``, ``year`` and ``<n> years``, finest first.
    origin : int
        A year in which bands start.
    latest : int or None
        For years of two digits: dates after this year are of the century before.

    Raises
    ------
    HierarchyError
        The steps do not nest.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> born = Microdata.from_columns({"born": ["05/07/1984", "17/06/1997"]}).column("born")
    >>> DateSpec(steps=("month", "20 years")).build(born).labels
    (('05/07/1984', '17/06/1997'), ('1984-07', '1997-06'), ('1980–1999',), ('*',))
    """

    kind: Literal["dates"] = "dates"
    format: str = "%d/%m/%Y"
    steps: tuple[str, ...] = ("month", "year", "5 years", "10 years", "20 years")
    origin: int = 0
    latest: int | None = None

    @model_validator(mode="after")
    def _nests(self) -> Self:
        days = [_days(step) for step in self.steps]
        if days != sorted(set(days)):
            raise HierarchyError("The steps of a date go from fine to coarse, each once: day, month, year, 5 years …")
        bands = [_width(step) for step in self.steps if _width(step)]
        for fine, coarse in pairwise(bands):
            if coarse % fine:
                raise HierarchyError(
                    f"Bands of {coarse} years cut through bands of {fine} years. "
                    "Choose widths of which each divides the next, such as 5, 10 and 20."
                )
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """``exact date``, the steps, ``hidden``."""
        return ("exact date", *self.steps, "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column, in order of time."""
        text = column.values  # noqa: PD011 (no frame)
        days = self._parse(text)
        order = np.argsort(days, kind="stable")  # no date (NaT) sorts last
        days = days[order]
        values = [text[i] for i in order]
        groups = [self._group(step, days) for step in self.steps]
        return Hierarchy.from_groups(
            column.name, values, [*groups, hidden(len(values))], self.level_names, missing=column.n_missing > 0
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are no date in the format."""
        text = column.values  # noqa: PD011 (no frame)
        return tuple(text[i] for i in np.flatnonzero(np.isnat(self._parse(text))))

    def _parse(self, values: tuple[str, ...]) -> npt.NDArray[np.datetime64]:
        """Days, NaT where a value is no date."""
        text = pd.Series(values, dtype="str").str.replace(_TIME_OF_DAY, "", regex=True)
        dates = pd.to_datetime(text, format=self.format, errors="coerce").to_numpy().astype("datetime64[D]")
        if self.latest is not None:
            late = ~np.isnat(dates) & (_year(dates) > self.latest)
            earlier = pd.Series(dates[late]) - pd.DateOffset(years=_CENTURY)
            dates[late] = earlier.to_numpy().astype("datetime64[D]")
        return dates

    def _group(self, step: str, days: npt.NDArray[np.datetime64]) -> Grouping:
        known = ~np.isnat(days)
        width = _width(step)
        if width:
            start = (_year(days[known]) - self.origin) // width * width + self.origin
        else:
            start = days[known].astype(f"datetime64[{_days_unit(step)}]").astype(np.int64)
        starts, codes = np.unique(start, return_inverse=True)
        all_codes = np.full(len(days), len(starts), dtype=np.intp)
        all_codes[known] = codes
        return Grouping(all_codes, [*_labels(step, starts), NOT_RECOGNISED])


def _width(step: str) -> int:
    """Years of a band; 0 for day and month."""
    match = _YEARS.fullmatch(step)
    return 1 if step == "year" else int(match[1]) if match else 0


def _days(step: str) -> int:
    """About how many days a step spans: for their order."""
    days = {"day": 1, "month": 30}.get(step, 365 * _width(step))
    if not days:
        raise HierarchyError("A step of a date is 'day', 'month', 'year' or a number of years such as '5 years'.")
    return days


def _days_unit(step: str) -> str:
    return {"day": "D", "month": "M"}[step]


def _year(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def _labels(step: str, starts: npt.NDArray[np.int64]) -> list[str]:
    width = _width(step)
    if not width:
        return [str(start) for start in starts.astype(f"datetime64[{_days_unit(step)}]")]
    if width == 1:
        return [f"{start}" for start in starts]
    return [f"{start}–{start + width - 1}" for start in starts]
