"""Rank swapping: values that change places."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed

__all__ = ["RankSwapping"]


class RankSwapping(MethodParameters):
    """Values of nearby rank change places, each column for itself.

    Attributes
    ----------
    names : tuple of str
        Columns of numbers, or with an order.
    share : float
        How far apart in the order two people may stand whose values change places, as a share of all people; above 0
        to 1.

    References
    ----------
    Moore (1996), Controlled data-swapping techniques for masking public use microdata sets.
    """

    title: ClassVar[str] = "Rank swapping"
    scope: ClassVar[Scope] = Scope.COLUMNS
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Two people of nearby rank change their values, so that every value is real and every count stays as it is."
    )
    when: ClassVar[str] = "Each column's own distribution has to stay exactly as it is."
    not_protected: ClassVar[str] = (
        "That a rare value occurs at all: it stays in the table, with somebody else. Relations between columns weaken, "
        "and a small share leaves most people near their own values."
    )

    method: Literal["rank_swapping"] = "rank_swapping"
    names: Names
    share: float = Field(default=0.05, gt=0, le=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        percent = show_number(round(100 * self.share, 6))
        return (
            f"Rank swapping of {listed(self.names)}: values of two people who stand at most {percent} % of all people "
            "apart in the order of the column changed places, each column for itself."
        )
