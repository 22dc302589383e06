"""The ways in which dates are written, and how to take them apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["LAYOUTS", "Layout", "Parts", "to_days"]

Integers = npt.NDArray[np.int64]

_TIME: Final = r"(?P<time>[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DAY: Final = r"\d{1,2}"
_WORD: Final = r"[A-Za-z]{3,9}"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PIVOT: Final = 69
"""Years of two digits from here on are of the 20th century, as in ``strptime``."""
_EARLIEST_COMPACT: Final = 1850
_LATEST_COMPACT: Final = 2100


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts of each value that has a layout; 0 elsewhere."""

    matched: npt.NDArray[np.bool_]
    parts: tuple[Integers, Integers, Integers]
    timed: npt.NDArray[np.bool_]
    long_words: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Layout:
    """One way of writing dates.

    Attributes
    ----------
    parts : tuple of str
        Regular expressions of the three parts.
    between : tuple of str
        What stands between them.
    orders : tuple of str
        What the parts may be: "dmy" for day, month, year.
    short_year : bool
        The year has two digits.
    """

    parts: tuple[str, str, str]
    between: tuple[str, str]
    orders: tuple[str, ...]
    short_year: bool = False

    @cached_property
    def pattern(self) -> str:
        """The whole value, as a regular expression (RE2)."""
        first, second, third = (f"(?P<p{i}>{part})" for i, part in enumerate(self.parts))
        return f"^{first}{re.escape(self.between[0])}{second}{re.escape(self.between[1])}{third}{_TIME}$"

    @property
    def words(self) -> bool:
        """Whether the month is a word."""
        return _WORD in self.parts

    def format(self, order: str, *, long_words: bool = False) -> str:
        """The date's ``strptime`` format, without a time of day."""
        month = ("%B" if long_words else "%b") if self.words else "%m"
        signs = {"d": "%d", "m": month, "y": "%y" if self.short_year else "%Y"}
        first, second, third = (signs[letter] for letter in order)
        return f"{first}{self.between[0]}{second}{self.between[1]}{third}"

    def take_apart(self, values: pa.StringArray) -> Parts:
        """The parts of each value."""
        found = pc.extract_regex(values, self.pattern)
        matched = found.is_valid().to_numpy(zero_copy_only=False)
        columns = [pc.struct_field(found, f"p{i}").fill_null("0") for i in range(3)]
        long_words = np.zeros(len(values), dtype=np.bool_)
        numbers = []
        for column, part in zip(columns, self.parts, strict=True):
            if part == _WORD:
                start = pc.utf8_lower(pc.utf8_slice_codeunits(column, 0, 3))
                month = pc.index_in(start, value_set=pa.array(_MONTHS)).fill_null(-1)
                numbers.append(month.to_numpy(zero_copy_only=False).astype(np.int64) + 1)
                long_words = pc.greater(pc.utf8_length(column), 3).to_numpy(zero_copy_only=False)
            else:
                numbers.append(pc.cast(column, pa.int64()).to_numpy(zero_copy_only=False))
        time = pc.struct_field(found, "time").fill_null("")
        timed = pc.not_equal(time, "").to_numpy(zero_copy_only=False)
        return Parts(matched, (numbers[0], numbers[1], numbers[2]), timed, long_words)

    def days(self, parts: Parts, order: str) -> npt.NDArray[np.datetime64]:
        """The day that each value is when its parts stand in an order; NaT for none."""
        by_letter = dict(zip(order, parts.parts, strict=True))
        year = by_letter["y"]
        if self.short_year:
            year = year + np.where(year >= _PIVOT, 1900, 2000)
        days = to_days(year, by_letter["m"], by_letter["d"])
        days[~parts.matched] = np.datetime64("NaT")
        if self.between == ("", ""):  # eight digits may be anything
            days[(year < _EARLIEST_COMPACT) | (year > _LATEST_COMPACT)] = np.datetime64("NaT")
        return days


def to_days(year: Integers, month: Integers, day: Integers) -> npt.NDArray[np.datetime64]:
    """Calendar days; NaT where there is no such day.

    >>> to_days(np.array([2024, 2023]), np.array([2, 2]), np.array([29, 29]))
    array(['2024-02-29',        'NaT'], dtype='datetime64[D]')
    """
    real = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1)  # noqa: PLR2004 - the calendar's
    months = np.where(real, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(real, day - 1, 0)
    real &= days.astype("datetime64[M]") == months
    days[~real] = np.datetime64("NaT")
    return days


def _layouts() -> tuple[Layout, ...]:
    found = []
    for sign in "/-. ":
        between = (sign, sign)
        found.append(Layout((_DAY, _DAY, r"\d{4}"), between, ("dmy", "mdy")))
        found.append(Layout((_DAY, _DAY, r"\d{2}"), between, ("dmy", "mdy", "ymd"), short_year=True))
        found.append(Layout((r"\d{4}", _DAY, _DAY), between, ("ymd",)))
    found.append(Layout((r"\d{4}", r"\d{2}", r"\d{2}"), ("", ""), ("ymd",)))
    for sign in " -/.":
        found.append(Layout((_DAY, _WORD, r"\d{4}"), (sign, sign), ("dmy",)))
        found.append(Layout((_DAY, _WORD, r"\d{2}"), (sign, sign), ("dmy",), short_year=True))
    found.append(Layout((_WORD, _DAY, r"\d{4}"), (" ", ", "), ("mdy",)))
    found.append(Layout((_WORD, _DAY, r"\d{4}"), (" ", " "), ("mdy",)))
    return tuple(found)


LAYOUTS: Final = _layouts()
