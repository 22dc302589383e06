"""Numbers that a spreadsheet or a program has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.attributes import Concept, Role
from anonymiser.quality.finding import Finding, FindingKind, Severity, cells, have
from anonymiser.quality.values import MISSING_WORDS
from anonymiser.reading.look import Look
from anonymiser.suggest import Suggestion
from anonymiser.suggest.content import MANGLED, NUMBER, WHOLE_NUMBER

__all__ = ["decimal_endings", "impossible", "lost_zeros", "mangled", "not_numbers", "spreadsheet_errors"]

_SHEET_ERROR: Final = r"^#(?:REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+)$"
_WHOLE_WITH_DECIMALS: Final = r"^[-+]?\d+\.0$"
_MOST: Final = 0.7
_NUMBERS: Final = 0.8
_FEW: Final = 0.01
_MANY: Final = 0.3
_LEAST_DIGITS: Final = 5
_OLDEST: Final = 120


def mangled(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Long numbers in the short form of a spreadsheet: their digits are gone."""
    count = look.count(look.matching(MANGLED))
    if count:
        sentence = (
            f"{cells(count, look)} {have(count, 'is a long number', 'are long numbers')} that a spreadsheet shortened "
            "to the form 9.99999E+99; the other digits are lost. Fetch them from the source, or leave the column out."
        )
        yield Finding(look.name, FindingKind.MANGLED_NUMBER, count, sentence, Severity.PROBLEM)


def spreadsheet_errors(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Cells whose formula failed."""
    count = look.count(look.matching(_SHEET_ERROR))
    if count:
        sentence = f"{cells(count, look)} {have(count, 'holds', 'hold')} the error of a formula and no value."
        yield Finding(look.name, FindingKind.SPREADSHEET_ERROR, count, sentence, Severity.PROBLEM)


def decimal_endings(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Whole numbers that a program wrote as decimals: ``51157818.0``."""
    ending = look.matching(_WHOLE_WITH_DECIMALS)
    count = look.count(ending)
    if not count or look.count(ending | look.matching(WHOLE_NUMBER)) < look.valued:
        return
    sentence = (
        f"{cells(count, look)} {have(count, 'is a whole number that ends', 'are whole numbers that end')} in '.0': "
        "a program took the column for decimals, and zeros at the front may be lost."
    )
    yield Finding(look.name, FindingKind.DECIMAL_ENDING, count, sentence, Severity.CHECK)


def lost_zeros(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Identifiers of which some are a digit short and none begins with 0."""
    if suggestion.role is not Role.DIRECT or look.share(r"^[1-9]\d*$") < 1:
        return
    lengths = pc.utf8_length(look.values).to_numpy()
    usual = int(np.bincount(lengths, weights=look.counts).argmax()) if lengths.size else 0
    short = look.count((lengths < usual) & (lengths >= usual - 2))
    if usual < _LEAST_DIGITS or look.count(lengths == usual) < _MOST * look.valued or (lengths > usual).any():
        return
    if _FEW * look.valued <= short <= _MANY * look.valued:
        sentence = (
            f"{cells(short, look)} {have(short)} fewer digits than the usual {usual}, and none begins with 0: "
            "zeros at the front seem to be lost."
        )
        yield Finding(look.name, FindingKind.LOST_ZEROS, short, sentence, Severity.CHECK)


def not_numbers(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Text in a column of numbers; words for "no value" are reported as such."""
    if suggestion.role is Role.DIRECT:
        return
    words = pc.is_in(pc.utf8_lower(look.values), value_set=pa.array([word.lower() for word in MISSING_WORDS]))
    number = look.matching(NUMBER)
    count = look.count(~number & ~words.to_numpy(zero_copy_only=False))
    if count and look.count(number) >= _NUMBERS * look.valued:
        sentence = f"{cells(count, look)} {have(count, 'is no number', 'are no numbers')}, while the others are."
        yield Finding(look.name, FindingKind.NOT_A_NUMBER, count, sentence, Severity.CHECK)


def impossible(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Ages below 0 or above 120, and weights, heights and counts below 0."""
    simple = look.matching(r"^[-+]?\d{1,15}(?:\.\d+)?$")
    if not suggestion.numeric or suggestion.concept not in _NOT_NEGATIVE or not simple.any():
        return
    numbers = pc.cast(look.values.filter(pa.array(simple)), pa.float64()).to_numpy()
    most = _OLDEST if suggestion.concept is Concept.AGE else np.inf
    count = int(look.counts[simple][(numbers < 0) | (numbers > most)].sum())
    if count:
        bounds = f"below 0 or above {_OLDEST}" if suggestion.concept is Concept.AGE else "below 0"
        sentence = f"{cells(count, look)} {have(count, 'is', 'are')} {bounds}, which cannot be."
        yield Finding(look.name, FindingKind.OUT_OF_RANGE, count, sentence, Severity.CHECK)


_NOT_NEGATIVE: Final = {
    Concept.AGE,
    Concept.WEIGHT,
    Concept.HEIGHT,
    Concept.BMI,
    Concept.DRINKS,
    Concept.CIGARETTES,
    Concept.COUNTRIES_VISITED,
}
