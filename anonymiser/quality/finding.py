"""What a quality check says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from anonymiser.reading.look import Look

__all__ = ["Finding", "FindingKind", "Severity", "cells", "have"]


class Severity(Enum):
    """How much a finding matters."""

    NOTE = "for information"
    CHECK = "worth a look"
    PROBLEM = "needs a decision"


class FindingKind(Enum):
    """What was found."""

    MANGLED_NUMBER = "numbers destroyed by a spreadsheet"
    SPREADSHEET_ERROR = "spreadsheet errors"
    DECIMAL_ENDING = "whole numbers with decimals"
    LOST_ZEROS = "leading zeros lost"
    NOT_A_NUMBER = "text among numbers"
    OUT_OF_RANGE = "impossible numbers"
    MIXED_FORMATS = "several ways of writing"
    DAMAGED_TEXT = "damaged characters"
    BLANKS = "blanks around values"
    DUPLICATE_IDS = "identifiers that stand twice"
    DUPLICATE_ROWS = "rows that stand twice"
    EMPTY_ROWS = "empty rows"
    CONSTANT = "the same everywhere"
    NEARLY_UNIQUE = "nearly unique"
    MISSING = "missing values"
    MISSING_CODE = "a code that may mean missing"
    DATE_ORDER = "the order of day and month"
    AMBIGUOUS_DATE = "dates whose order is undecided"
    TWO_DIGIT_YEAR = "years of two digits"
    DATE_RANGE = "dates out of range"
    NOT_A_DATE = "text among dates"
    UNNAMED = "a column without a name"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a table before it is released.

    Attributes
    ----------
    column : str or None
        None for the whole table.
    kind : FindingKind
    count : int
        Cells or rows concerned.
    sentence : str
        In plain words with counts, without values of the data.
    severity : Severity
    codes : tuple of str
        For codes that may mean "missing": as they are written, to declare them with
        ``Microdata.with_missing``.
    """

    column: str | None
    kind: FindingKind
    count: int
    sentence: str
    severity: Severity
    codes: tuple[str, ...] = ()


def cells(count: int, look: Look) -> str:
    """How many cells, of how many: "82 of 1,000 cells"."""
    sample = " looked at (a sample)" if look.sampled else ""
    return f"{count:,} of {look.rows:,} cells{sample}"


def have(count: int, one: str = "has", many: str = "have") -> str:
    """The verb that goes with a count."""
    return one if count == 1 else many
