"""Microaggregation: numbers replaced by the mean of a small group of people with similar numbers."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed

__all__ = ["Microaggregation"]

_HOW = {
    "mdav": "groups of similar records over all of these columns together (MDAV)",
    "projection": "neighbours along the first principal component of these columns",
    "optimal": "each column for itself, in the groups that lose least (Hansen and Mukherjee)",
    "ranking": "each column for itself, in groups of neighbours in its order",
}


class Microaggregation(MethodParameters):
    """Group means in place of numbers.

    Attributes
    ----------
    names : tuple of str
        Columns of numbers.
    k : int
        People in a group, at least; from 2 to 1,000.
    algorithm : str
        ``mdav``, ``projection`` (all columns together), ``optimal`` or ``ranking`` (each for itself).
    within_classes : bool
        Where one of the columns is a quasi-identifier, only people who are alike in the other quasi-identifiers share
        a group, so that the groups are the classes that k counts.
    decimals : int or None
        Of the means; as many as the source has where None.

    References
    ----------
    Domingo-Ferrer, Mateo-Sanz (2002), Practical data-oriented microaggregation for statistical disclosure control.
    Hansen, Mukherjee (2003), A polynomial algorithm for optimal univariate microaggregation.
    """

    title: ClassVar[str] = "Microaggregation"
    scope: ClassVar[Scope] = Scope.COLUMNS
    about: ClassVar[str] = (
        "People with similar numbers are put in small groups, and each number is replaced by the mean of its group."
    )
    when: ClassVar[str] = "Numbers that are analysed as numbers: means stay, and no number is one person's own."
    not_protected: ClassVar[str] = (
        "What a whole group has in common; a group whose numbers were all alike shows them; with each column grouped "
        "for itself, the columns together can still single somebody out."
    )

    method: Literal["microaggregation"] = "microaggregation"
    names: Names
    k: int = Field(default=5, ge=2, le=1000)
    algorithm: Literal["mdav", "projection", "optimal", "ranking"] = "mdav"
    within_classes: bool = True
    decimals: int | None = Field(default=None, ge=0, le=12)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    @property
    def together(self) -> bool:
        """Whether the columns share their groups."""
        return self.algorithm in {"mdav", "projection"}

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        return (
            f"Microaggregation of {listed(self.names)}: {_HOW[self.algorithm]}, at least {self.k} people each; every "
            "number is the mean of its group, and empty where there was no such group."
        )
