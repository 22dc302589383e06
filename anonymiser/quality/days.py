"""Dates: their order, their years, and cells that are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import numpy as np

from anonymiser.attributes import Concept
from anonymiser.quality.finding import Finding, FindingKind, Severity, cells, have
from anonymiser.reading.dates import date_evidence, parse_dates
from anonymiser.reading.look import Look
from anonymiser.suggest import Suggestion

__all__ = ["dates"]

_EARLIEST: Final = 1900


def dates(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """What there is to know about a column of dates."""
    if suggestion.concept not in (Concept.BIRTHDATE, Concept.DATE):
        return
    evidence = suggestion.dates or date_evidence(look.values, look.counts)
    if evidence is None:
        if look.valued:
            sentence = "The values are no dates in any form that is known. The column can only leave exact or hidden."
            yield Finding(look.name, FindingKind.NOT_A_DATE, look.valued, sentence, Severity.PROBLEM)
        return
    kind, severity = FindingKind.DATE_ORDER, Severity.NOTE
    if evidence.ambiguous:
        kind, severity = FindingKind.AMBIGUOUS_DATE, Severity.PROBLEM
    yield Finding(look.name, kind, look.valued, evidence.sentence, severity)
    days = parse_dates(look.values, evidence.candidates[0])
    none = look.count(np.isnat(days))
    if none:
        sentence = f"{cells(none, look)} {have(none, 'is no date', 'are no dates')} in the form of the others."
        yield Finding(look.name, FindingKind.NOT_A_DATE, none, sentence, Severity.CHECK)
    if evidence.short_years:
        sentence = "Years have two digits: those up to 68 are taken for 20.., the others for 19... Check the oldest."
        yield Finding(look.name, FindingKind.TWO_DIGIT_YEAR, look.valued, sentence, Severity.CHECK)
    yield from _range(look, days)


def _range(look: Look, days: np.ndarray[tuple[int], np.dtype[np.datetime64]]) -> Iterator[Finding]:
    today = np.datetime64(dt.datetime.now(tz=dt.UTC).date())
    early = look.count(days <= np.datetime64(f"{_EARLIEST}-01-01"))  # that day itself stands for "none" in many tables
    late = look.count(days > today)
    parts = [f"{early:,} on or before 1 January {_EARLIEST}"] * bool(early) + [f"{late:,} in the future"] * bool(late)
    if parts:
        sentence = f"{cells(early + late, look)} {have(early + late, 'is', 'are')} out of range: {' and '.join(parts)}."
        yield Finding(look.name, FindingKind.DATE_RANGE, early + late, sentence, Severity.CHECK)
