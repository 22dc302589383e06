"""What an output check finds, what it looked at, and what it could not judge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from anonymiser.errors import InputError

__all__ = ["ACRO", "Finding", "LookedAt", "NumberRules", "Review", "Rule", "many"]

ACRO: Final = (
    "ACRO, the checker of the SACRO project: two contributors above 90 %, or the others below 10 % of the largest"
)
_CONTRIBUTORS: Final = 3
"""A coalition of more contributors than this is not worth a rule (Handbook on Statistical Disclosure Control, 4.2)."""


class Rule(Enum):
    """The rules by which something is found."""

    SMALL_COUNT = "small count"
    NOT_ROUNDED = "count not rounded"
    TOTAL = "total not from rounded counts"
    EXTREME = "minimum or maximum"
    ALL_OR_NONE = "0 % or 100 %"
    DIFFERENCE = "small difference between tables"
    DOMINANCE = "dominance"
    LEFTOVER = "leftover category"
    ORDER = "order of the rows"
    FORMULA = "formula"
    METADATA = "metadata"
    IDENTIFIER = "identifier"
    ALONE = "rows that are alone"
    ACTIVE = "script or foreign address"


@dataclass(frozen=True)
class Finding:
    """One thing that must not leave like this.

    Attributes
    ----------
    rule : Rule
    file : str
    table, place : str
        Which table, and which column, row or part; empty where the file as a whole is meant. Never a value.
    sentence : str
        What is wrong and what to do, without a value of the data.
    """

    rule: Rule
    file: str
    table: str
    place: str
    sentence: str

    @property
    def words(self) -> str:
        """Where and what, on one line."""
        where = ", ".join(part for part in (self.file, self.table, self.place) if part)
        return f"{where}: {self.sentence}"


@dataclass(frozen=True)
class LookedAt:
    """A file, or a table in one, and what it was taken for.

    Attributes
    ----------
    file, table, taken_as : str
    """

    file: str
    table: str
    taken_as: str


@dataclass(frozen=True)
class Review:
    """The result of an output check.

    Attributes
    ----------
    findings : tuple of Finding
    looked_at : tuple of LookedAt
    not_judged : tuple of str
        What a person has to judge, in words.
    """

    findings: tuple[Finding, ...] = ()
    looked_at: tuple[LookedAt, ...] = ()
    not_judged: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """Files looked at."""
        return len({one.file for one in self.looked_at})

    @property
    def tables(self) -> int:
        """Tables looked at."""
        return sum(bool(one.table) for one in self.looked_at)

    @property
    def words(self) -> str:
        """The result in a sentence."""
        amount = f"{many(self.files, 'file')} and {many(self.tables, 'table')} in them"
        if not self.findings:
            return f"The output check looked at {amount} and found nothing that must not leave."
        first = self.findings[0].words
        more = f" And {len(self.findings) - 1:,} more." if len(self.findings) > 1 else ""
        return f"The output check looked at {amount} and found {many(len(self.findings), 'problem')}. {first}{more}"


@dataclass(frozen=True)
class NumberRules:
    """How numbers about people may be shown.

    Attributes
    ----------
    hide_up_to : int
        Counts from 0 to this must be hidden.
    round_to : int
        Other counts must be multiples of this; 1 asks for no rounding.
    dominance : tuple of (n, k)
        The n largest contributors to a total must not make up more than k % of it.
    p : float
        What all but the two largest contribute must be at least p % of the largest.
    ours : bool
        Whether small counts are known to have been hidden before the others were rounded, so that what 11 and 12 round
        to may stand although counts up to 10 are hidden.

    Notes
    -----
    The limits of counts are those of NHS Digital and OpenSAFELY; CMS hides 1 to 10 in what anyone may read. (n, k) and
    p are ACRO's. The Handbook's p % rule: a total X with contributions x₁ ≥ x₂ ≥ … is unsafe if
    X − x₁ − x₂ < p/100 · x₁; its (n, k) rule: if x₁ + … + xₙ > k/100 · X.

    References
    ----------
    A. Hundepool et al.: Handbook on Statistical Disclosure Control. Chapter 4.2.
    """

    hide_up_to: int = 7
    round_to: int = 5
    dominance: tuple[tuple[int, float], ...] = ((2, 90.0),)
    p: float = 10.0
    ours: bool = False

    def __post_init__(self) -> None:
        if self.hide_up_to < 0 or self.round_to < 1:
            raise InputError("Counts are hidden up to 0 or more, and rounded to 1 or more.")
        if not all(1 <= n <= _CONTRIBUTORS and 0 < k < 100 for n, k in self.dominance):  # noqa: PLR2004 - per cent
            raise InputError("A dominance rule is n:k with n from 1 to 3 contributors and k between 0 and 100 %.")
        if not 0 <= self.p < 100:  # noqa: PLR2004 - per cent
            raise InputError("p must be at least 0 and below 100 %.")

    def is_small(self, shown: int) -> bool:
        """Whether a count that is shown should have been hidden.

        >>> [NumberRules(10, ours=ours).is_small(10) for ours in (False, True)]
        [True, False]
        """
        if shown > self.hide_up_to:
            return False
        least = (self.hide_up_to + 1 + self.round_to // 2) // self.round_to * self.round_to
        return not (self.ours and self.round_to > 1 and shown == least)


def many(number: int, what: str) -> str:
    """A number of things.

    >>> many(1, "count"), many(1200, "count")
    ('1 count', '1,200 counts')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
