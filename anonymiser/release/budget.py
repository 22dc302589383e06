"""The privacy budget of released counts: what it promises, and what it does not cover.

References
----------
Dwork, McSherry, Nissim, Smith (2006), Calibrating noise to sensitivity in private data analysis.
Dwork, Roth (2014), The Algorithmic Foundations of Differential Privacy, theorem 3.16: budgets add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from anonymiser.errors import InputError
from anonymiser.release.discrete_laplace import off_by

__all__ = ["LARGEST_BUDGET", "PrivacyBudget", "tables_of"]

LARGEST_BUDGET: Final = 20.0
"""Above this the promise is empty: e^20 is half a thousand million."""
_SENSITIVITY: Final = 2  # one person's row in place of another's: one cell loses a person, another gains one


def tables_of(attributes: int) -> int:
    """Tables of each attribute alone and of each pair."""
    return attributes + attributes * (attributes - 1) // 2


@dataclass(frozen=True)
class PrivacyBudget:
    """ε-differential privacy of the counts of all tables together.

    Two inputs are neighbours when one person's row stands in place of another's, so that the number of records is
    known. Every table holds each person once: its sensitivity is 2, the budget is shared equally among all tables, and
    each count gets discrete Laplace noise of scale 2 · tables / ε. Hiding small counts afterwards costs nothing.

    Attributes
    ----------
    epsilon : float
        Above 0 to 20.
    """

    epsilon: float

    def __post_init__(self) -> None:
        if not 0 < self.epsilon <= LARGEST_BUDGET:
            raise InputError(f"A privacy budget is more than 0 and at most {LARGEST_BUDGET:g}; 1 is a common choice.")

    def scale(self, tables: int) -> Fraction:
        """Scale of the noise where so many tables share the budget."""
        return Fraction(_SENSITIVITY * max(tables, 1)) / Fraction(str(self.epsilon))

    def off_by(self, tables: int) -> int:
        """How far a count is from the true one at most, 19 times in 20."""
        return off_by(self.scale(tables))

    def sentences(self, tables: int, before: float = 0.0) -> tuple[str, ...]:
        """What is promised and what is not, for whoever gets the counts.

        Parameters
        ----------
        tables : int
        before : float
            Budget that earlier releases of the same people have spent. Budgets of mechanisms that look at the same
            people add up (sequential composition), whoever holds the outputs: recipients may put them together.
        """
        one = "1 table" if tables == 1 else f"{tables} tables"
        promise = (
            f"The counts are differentially private with a budget of ε = {self.epsilon:g} for all {one} together "
            f"({self.epsilon / max(tables, 1):.4g} each): putting one person's row in place of another's changes the "
            f"probability of any set of counts by a factor of at most e^{self.epsilon:g}."
        )
        error = (
            f"Each count has discrete Laplace noise of scale {float(self.scale(tables)):.4g}: 19 times in 20 it is at "
            f"most {self.off_by(tables):,} away from the true count. Counts of different tables need not agree."
        )
        outside = (
            "The budget does not cover what was chosen before counting: the columns, the steps and the list of their "
            "values, and the number of records, which count as known. Budgets of several releases add up"
        ) + (f": with earlier counts of the same people, ε = {self.epsilon + before:g} in all." if before else ".")
        return promise, error, outside
