"""Leaving things out: single cells (local suppression) and whole records (sampling)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import listed

__all__ = ["LocalSuppression", "Sampling"]


class LocalSuppression(MethodParameters):
    """A few cells of the quasi-identifiers are emptied until every group has k people.

    Attributes
    ----------
    k : int or None
        The k of the requirements where None.
    important : tuple of str
        Quasi-identifiers whose cells are emptied last, the most important first; those not named come before.
        Where none is named, as few cells as possible are emptied, wherever they are.
    reading : str
        ``own``: an empty cell is a value of its own, as a recipient sees it and as every measure here counts it;
        ``any``: it may be anything, as sdcMicro counts (fewer cells, and the requirements, counted strictly, may fail).

    References
    ----------
    Templ, Kowarik, Meindl (2015), Statistical disclosure control for micro-data using the R package sdcMicro.
    """

    title: ClassVar[str] = "Local suppression"
    scope: ClassVar[Scope] = Scope.COLUMNS
    about: ClassVar[str] = "Single cells of people who stand out are emptied, as few as possible, until none does."
    when: ClassVar[str] = "Few people stand out, and the values of all others have to stay as they are."
    not_protected: ClassVar[str] = (
        "What a whole group has in common (require l or t beside k); an empty cell says that the value was a rare one."
    )

    method: Literal["local_suppression"] = "local_suppression"
    k: Annotated[int, Field(ge=2, le=100_000)] | None = None
    important: tuple[str, ...] = ()
    reading: Literal["own", "any"] = "own"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.important

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        how = (
            "an empty cell counts as a value of its own"
            if self.reading == "own"
            else "an empty cell counts as if it could be any value"
        )
        last = f" Cells of {listed(self.important)} were emptied last." if self.important else ""
        goal = "the required number of" if self.k is None else f"at least {self.k:,}"
        return f"Local suppression: single cells emptied until every group has {goal} people ({how}).{last}"


class Sampling(MethodParameters):
    """A simple random sample of the records.

    Attributes
    ----------
    share : float
        Of the records that stay; above 0 to 1.
    """

    title: ClassVar[str] = "Sampling"
    scope: ClassVar[Scope] = Scope.RECORDS
    random: ClassVar[bool] = True
    about: ClassVar[str] = "Only a random part of the records leaves, so that nobody can be sure to be in it."
    when: ClassVar[str] = "A large table of which a part answers the question; together with other methods."
    not_protected: ClassVar[str] = (
        "Those who are drawn: somebody who is known to be in the sample is as exposed as before, and who is unique "
        "among all people is unique in any sample."
    )

    method: Literal["sampling"] = "sampling"
    share: float = Field(default=0.5, gt=0, le=1)

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        percent = show_number(round(100 * self.share, 6))
        return f"A simple random sample of {percent} % of the records, without replacement."
