"""Dates: day, month, year, bands of years."""

from __future__ import annotations

import re
from datetime import UTC, datetime
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

__all__ = ["DateSpec", "dates_for"]

_YEARS = re.compile(r"([1-9]\d{0,3}) years")
_TIME_OF_DAY = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$"
_UNITS = {"day": "datetime64[D]", "month": "datetime64[M]"}
_CENTURY = 100
_FIVE, _TWENTY = 5, 20


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
    first, last : int or None
        Years for bottom and top coding of the bands: those up to the next edge from ``first`` on
        are one group, and those from the edge before ``last``: ``before 1940``, ``2000 or later``.
    latest : int or None
        For years of two digits: dates after this year are of the century before.

    Raises
    ------
    HierarchyError
        The steps do not nest, or the format is none.

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
    first: int | None = None
    last: int | None = None
    latest: int | None = None

    @model_validator(mode="after")
    def _readable(self) -> Self:
        try:
            pd.to_datetime(["1"], format=self.format, errors="coerce")
        except ValueError:
            readable = False
        else:
            readable = "%y" in self.format.lower() and "%z" not in self.format.lower()
        if not readable:
            raise HierarchyError("The format of a date needs a year, no time zone, and signs as in %d/%m/%Y.")
        return self

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
        days = self._parse(column.values)
        groups = [self._group(step, days) for step in self.steps]
        return Hierarchy.from_groups(
            column.name,
            column.values,
            [*groups, hidden(len(days))],
            self.level_names,
            missing=column.n_missing > 0,
            order=np.argsort(days, kind="stable"),  # no date (NaT) sorts last
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are no date in the format."""
        text = column.values  # noqa: PD011 (no frame)
        return tuple(text[i] for i in np.flatnonzero(np.isnat(self._parse(text))))

    def _parse(self, values: tuple[str, ...]) -> npt.NDArray[np.datetime64]:
        """Days, NaT where a value is no date."""
        text = pd.Series(values, dtype="str")
        if "%H" not in self.format:
            text = text.str.replace(_TIME_OF_DAY, "", regex=True)
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
            start, low, high = self._bands(_year(days[known]), width)
        else:
            start = days[known].astype(_UNITS[step]).astype(np.int64)
        starts, codes = np.unique(start, return_inverse=True)
        all_codes = np.full(len(days), len(starts), dtype=np.intp)
        all_codes[known] = codes
        if width:
            labels = [_label(int(start), width, low, high) for start in starts]
        else:
            labels = [str(start) for start in starts.astype(_UNITS[step])]
        return Grouping(all_codes, [*labels, NOT_RECOGNISED])

    def _bands(self, years: npt.NDArray[np.int64], width: int) -> tuple[npt.NDArray[np.int64], float, float]:
        """First year of each year's band, and the edges below and from which bands are open-ended."""
        start = (years - self.origin) // width * width + self.origin
        if width == 1:
            return start, -np.inf, np.inf
        low = -np.inf if self.first is None else -((self.origin - self.first) // width) * width + self.origin
        high = np.inf if self.last is None else (self.last - self.origin) // width * width + self.origin
        if low > high:  # the open ends meet
            return np.full_like(start, 0), low, high
        start[start < low] = low - width if np.isfinite(low) else 0
        start[start >= high] = high if np.isfinite(high) else 0
        return start, low, high


def dates_for(column: Column, date_format: str, *, min_count: int = 5) -> DateSpec:
    """Month, year, bands of 5, 10 and 20 years, so that few bands are needed and none at an end is small.

    Bands are counted back from the latest five years: then only the earliest band can be part-filled.
    If the first or last five years have fewer than ``min_count`` records, bands become
    open-ended there.

    Parameters
    ----------
    column : Column
    date_format : str
        As in ``strptime``.
    min_count : int
        Records that the bands at both ends hold at least.
    """
    spec = DateSpec(format=date_format, latest=datetime.now(UTC).year if "%y" in date_format else None)
    days = spec._parse(column.values)  # noqa: SLF001 (the same module)
    known = ~np.isnat(days)
    if not known.any():
        return spec
    years, records = _year(days[known]), column.counts[:-1][known]
    fives, place = np.unique(years // _FIVE * _FIVE, return_inverse=True)
    in_five = np.bincount(place, weights=records)
    upwards, downwards = np.cumsum(in_five), np.cumsum(in_five[::-1])[::-1]
    if upwards[-1] < min_count:
        return spec
    first, last = int(np.argmax(upwards >= min_count)), int(np.flatnonzero(downwards >= min_count)[-1])
    return spec.model_copy(
        update={
            "origin": int(fives[last] + _FIVE) % _TWENTY,
            "first": int(fives[first] + _FIVE) if first else None,
            "last": int(fives[last]) if last < len(fives) - 1 else None,
        }
    )


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


def _year(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def _label(start: int, width: int, low: float, high: float) -> str:
    if low > high:
        return "any date"
    if start < low:
        return f"before {low:.0f}"
    if start >= high:
        return f"{start} or later"
    return f"{start}" if width == 1 else f"{start}–{start + width - 1}"
