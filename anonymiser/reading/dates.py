"""Whether a column holds dates and in which order day, month and year stand: with the evidence.

Nothing is guessed silently: where the values fit several orders there is no format, and a person
chooses among the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.microdata import Column
from anonymiser.reading.date_layouts import LAYOUTS, Layout, Parts

__all__ = ["DateEvidence", "date_evidence", "detect_date_format", "parse_dates"]

_SAMPLE: Final = 500
_LEAST_SHARE: Final = 0.5
_STRAY: Final = 0.01
"""Records that speak for another order, as a share of those that speak for this one, that may be errors."""
_SOMEHOW_A_DATE: Final = r"^(?:\d{1,4}|[A-Za-z]{3,9})[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+\d{1,4}|^\d{8}"
"""Tried first: one pattern rules most columns out."""
_WORDS: Final = {"d": "day", "m": "month", "y": "year"}


@dataclass(frozen=True)
class DateEvidence:
    """Why a column is taken for dates.

    Attributes
    ----------
    format : str or None
        As in ``strptime``, without a time of day; None until a person chooses.
    candidates : tuple of str
        The formats that fit, the first most likely; one where the format is certain.
    share : float
        Share of the records with a value that are a date in the format (or first candidate).
    sentence : str
        The evidence in words, without values.
    ambiguous : bool
        Several orders of day and month are possible.
    short_years : bool
        Years have two digits, so that the century is a guess.
    timed : bool
        Some values have a time of day, which the format leaves out.
    """

    format: str | None
    candidates: tuple[str, ...]
    share: float
    sentence: str
    ambiguous: bool
    short_years: bool
    timed: bool


def detect_date_format(column: Column) -> DateEvidence | None:
    """How the dates of a column are written; None when fewer than half of its values are dates.

    >>> from anonymiser.microdata import Microdata
    >>> born = Microdata.from_columns({"born": ["05/07/1984", "17/06/1997"]}).column("born")
    >>> detect_date_format(born).format
    '%d/%m/%Y'
    >>> print(detect_date_format(born).sentence)
    1 of 2 has a first number above 12, so the day comes first; none has a second number above 12.
    """
    return date_evidence(pa.array(column.values, pa.string()), column.counts[:-1])


def date_evidence(values: pa.StringArray, counts: npt.NDArray[np.int64]) -> DateEvidence | None:
    """The same from distinct values and the records that have each."""
    records = int(counts.sum())
    layout = _likely_layout(values, counts)
    if layout is None:
        return None
    parts = layout.take_apart(values)
    valid = {order: ~np.isnat(layout.days(parts, order)) for order in layout.orders}
    date = np.logical_or.reduce(list(valid.values()))
    # what an order cannot explain although another can
    against = {order: int(counts[date & ~fits].sum()) for order, fits in valid.items()}
    orders = sorted(layout.orders, key=lambda order: against[order])
    certain = len(orders) == 1 or against[orders[1]] * _STRAY >= max(against[orders[0]], _STRAY)
    contenders = orders[:1] if certain else [o for o in orders if not against[o]] or orders[:2]
    share = float(counts[valid[orders[0]]].sum()) / records
    if share < _LEAST_SHARE:
        return None
    long_words = bool(counts[parts.long_words].sum() * 2 > counts[date].sum())
    formats = tuple(layout.format(order, long_words=long_words) for order in contenders)
    return DateEvidence(
        format=formats[0] if certain else None,
        candidates=formats,
        share=share,
        sentence=_sentence(layout, parts, orders[0], counts, contenders=contenders),
        ambiguous=not certain,
        short_years=layout.short_year,
        timed=bool(parts.timed.any()),
    )


def parse_dates(values: Sequence[str] | pa.StringArray, date_format: str) -> npt.NDArray[np.datetime64]:
    """The day that each value is, NaT for none.

    Parameters
    ----------
    values : sequence of str
    date_format : str
        One that ``detect_date_format`` gives. Years of two digits from 69 on are of the 20th century.

    Returns
    -------
    (values,) datetime64[D] array

    >>> parse_dates(["05/07/1984", "31/02/1984", "1984-07-05"], "%d/%m/%Y")
    array(['1984-07-05',        'NaT',        'NaT'], dtype='datetime64[D]')
    """
    array = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    for layout in LAYOUTS:
        for order in layout.orders:
            if date_format in (layout.format(order), layout.format(order, long_words=True)):
                return layout.days(layout.take_apart(array), order)
    return np.full(len(array), np.datetime64("NaT"), dtype="datetime64[D]")


def _likely_layout(values: pa.StringArray, counts: npt.NDArray[np.int64]) -> Layout | None:
    """The layout that most records of an even sample of the values have."""
    if not len(values):
        return None
    places = np.linspace(0, len(values) - 1, min(_SAMPLE, len(values))).astype(np.int64)
    sample, weights = values.take(pa.array(places)), counts[places]
    least = _LEAST_SHARE * weights.sum()
    best, most = None, 0
    if _weight(sample, weights, _SOMEHOW_A_DATE) >= least:
        for layout in LAYOUTS:
            weight = _weight(sample, weights, layout.pattern)
            if weight > most:
                best, most = layout, weight
    return best if most >= least else None


def _weight(values: pa.StringArray, weights: npt.NDArray[np.int64], pattern: str) -> int:
    matched = pc.match_substring_regex(values, pattern)
    return int(weights[matched.to_numpy(zero_copy_only=False)].sum())


def _sentence(layout: Layout, parts: Parts, order: str, counts: npt.NDArray[np.int64], *, contenders: list[str]) -> str:
    records = int(counts.sum())
    matched = int(counts[parts.matched].sum())
    century = " Years have two digits, so the century is a guess." if layout.short_year else ""
    if layout.words:
        return f"{_of(matched, records)} the month as a word, so day and month cannot be mixed up.{century}"
    if len(layout.orders) == 1:
        return f"{_of(matched, records, 'is', 'are')} written year, month, day."
    if len(contenders) == 1 and order == "ymd":
        return f"{_of(matched, records)} a third number that fits a day only, so the year comes first.{century}"
    first, second = (int(counts[parts.matched & (part > 12)].sum()) for part in parts.parts[:2])  # noqa: PLR2004 - months in a year
    if len(contenders) > 1 and not first and not second:
        return f"No first or second number is above 12, so either may be the day. Choose the format.{century}"
    if len(contenders) > 1:
        others = f"{second:,}" if second else "none"
        return (
            f"{_of(first, records)} a first number above 12, and {others} a second one: the parts stand in different "
            f"orders, or in one that cannot be told. Choose the format.{century}"
        )
    high, low = (first, second) if order == "dmy" else (second, first)
    places = ("first", "second") if order == "dmy" else ("second", "first")
    rest = "none has" if not low else f"{low:,} {'has' if low == 1 else 'have'}"
    return (
        f"{_of(high, records)} a {places[0]} number above 12, so the {_WORDS[order[0]]} comes first; "
        f"{rest} a {places[1]} number above 12.{century}"
    )


def _of(count: int, records: int, one: str = "has", many: str = "have") -> str:
    return f"{count:,} of {records:,} {one if count == 1 else many}"
