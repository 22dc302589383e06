"""How often values are there, missing, or the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.attributes import Role
from anonymiser.quality.finding import Finding, FindingKind, Severity, cells, have
from anonymiser.reading.look import Look
from anonymiser.suggest import Suggestion

__all__ = ["MISSING_WORDS", "blanks", "constants", "missing_codes", "missing_values", "nearly_unique"]

MISSING_WORDS: Final = (
    "NA",
    "n.a.",
    "None",
    "nil",
    "?",
    "-",
    "--",
    ".",
    "unknown",
    "not known",
    "unk",
    "missing",
    "not available",
    "not applicable",
    "not recorded",
    "not stated",
    "not provided",
    "undefined",
    "blank",
    "empty",
    "tbc",
)
"""Words that mean "no value" in some tables and are a value in others; any capitals."""
_MISSING_NUMBERS: Final = ("-1", "-9", "-99", "-999", "-9999", "99", "999", "9999", "99999", "999999")
_HALF: Final = 0.5
_NEARLY_UNIQUE: Final = 0.9
_ENOUGH_ROWS: Final = 10
_REPEATED: Final = 3
_FAR: Final = 2.0
"""A code stands for missing when it is more than so many times any other number."""


def constants(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Columns that say nothing."""
    if look.distinct == 1 and not look.missing and look.rows > 1 and not look.sampled:
        sentence = f"All {look.where} hold the same value, so the column tells nobody apart."
        yield Finding(look.name, FindingKind.CONSTANT, look.rows, sentence, Severity.NOTE)


def nearly_unique(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Columns of which nearly every row has its own value; identifiers are meant to."""
    if suggestion.role is Role.DIRECT or look.valued < _ENOUGH_ROWS:
        return
    if look.distinct >= _NEARLY_UNIQUE * look.valued:
        sentence = (
            f"{look.distinct:,} different values in {look.where}: nearly everyone has their own. "
            "Exact values would point at people; they can leave in groups only."
        )
        yield Finding(look.name, FindingKind.NEARLY_UNIQUE, look.distinct, sentence, Severity.CHECK)


def missing_values(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Cells without a value."""
    if look.missing == look.rows:
        yield Finding(look.name, FindingKind.MISSING, look.rows, "No row has a value.", Severity.CHECK)
    elif look.missing:
        severity = Severity.CHECK if look.missing > _HALF * look.rows else Severity.NOTE
        sentence = f"{cells(look.missing, look)} {have(look.missing)} no value."
        yield Finding(look.name, FindingKind.MISSING, look.missing, sentence, severity)


def blanks(look: Look, _: Suggestion) -> Iterator[Finding]:
    """Cells with blanks before or after the value."""
    if look.padded:
        sentence = f"{cells(look.padded, look)} {have(look.padded)} blanks before or after the value; they are ignored."
        yield Finding(look.name, FindingKind.BLANKS, look.padded, sentence, Severity.NOTE)


def missing_codes(look: Look, suggestion: Suggestion) -> Iterator[Finding]:
    """Words and numbers that may mean "no value"."""
    lower = pc.utf8_lower(look.values)
    for word in MISSING_WORDS:
        which = pc.equal(lower, word.lower()).to_numpy(zero_copy_only=False)
        if which.any() and not which.all():
            yield _code(look, word, look.count(which), tuple(look.values.filter(pa.array(which)).to_pylist()))
    if suggestion.numeric and suggestion.role is not Role.DIRECT:
        yield from _number_codes(look)


def _number_codes(look: Look) -> Iterator[Finding]:
    simple = look.matching(r"^[-+]?\d{1,15}(?:\.\d+)?$")
    values = look.values.filter(pa.array(simple))
    numbers = pc.cast(values, pa.float64()).to_numpy()
    counts = look.counts[simple]
    candidate = pc.is_in(values, value_set=pa.array(_MISSING_NUMBERS)).to_numpy(zero_copy_only=False)
    others = numbers[~candidate]
    if not others.size:
        return
    negative_ones = others.min() >= 0
    for i in np.flatnonzero(candidate & (counts >= _REPEATED)):
        odd = negative_ones if numbers[i] < 0 else numbers[i] > _FAR * np.abs(others).max()
        if odd:
            code = values[int(i)].as_py()
            yield _code(look, code, int(counts[i]), (code,), far=True)


def _code(look: Look, code: str, count: int, spellings: tuple[str, ...], *, far: bool = False) -> Finding:
    why = "far from all other numbers, which" if far else "which"
    kept = "number" if far else "value"
    sentence = (
        f"{cells(count, look)} {have(count, 'says', 'say')} '{code}', {why} may mean that there is no value. "
        f"It stays a {kept} unless you say otherwise."
    )
    return Finding(look.name, FindingKind.MISSING_CODE, count, sentence, Severity.CHECK, spellings)
