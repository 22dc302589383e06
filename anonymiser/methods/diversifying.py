"""Diversity of sensitive values: some changed at random, or all kept in a table apart."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed

__all__ = ["Anatomy", "ScalableDiversity"]


class ScalableDiversity(MethodParameters):
    """Mondrian's groups, in which sensitive values are retained or replaced at random.

    Attributes
    ----------
    names : tuple of str
        Sensitive columns that leave, with at most 100 different values at their level.
    keep : float
        Probability with which a value is retained; otherwise any other value takes its place, each as likely. Above 0,
        below 1.

    References
    ----------
    LeFevre, DeWitt, Ramakrishnan (2006), Mondrian multidimensional k-anonymity.
    Agrawal, Srikant, Thomas (2005), Privacy preserving OLAP (retention replacement).
    """

    title: ClassVar[str] = "Scalable l-diversity"
    scope: ClassVar[Scope] = Scope.GROUPING
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Similar people are put into groups, and in each group some sensitive values are replaced by others at random, "
        "so that every group shows several; totals can be estimated back."
    )
    when: ClassVar[str] = "Very large tables in which many groups share one sensitive value; totals are what counts."
    not_protected: ClassVar[str] = (
        "A shown value is the true one with the probability stated; l counts values as shown, and some of them are "
        "made up. A single row says little, and analyses have to allow for the replacement."
    )

    method: Literal["scalable_diversity"] = "scalable_diversity"
    names: Names
    keep: float = Field(default=0.8, gt=0, lt=1)

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        return (
            f"{self.title}: in groups of similar people, each value of {listed(self.names)} was retained with "
            f"probability {show_number(self.keep)} and otherwise replaced by any other value, each as likely."
        )


class Anatomy(MethodParameters):
    """Exact quasi-identifiers in one table, sensitive values in another, joined only by the number of a group.

    Attributes
    ----------
    names : tuple of str
        Sensitive columns that leave; the first decides the groups.
    diversity : int
        l: every group has at least this many records, each with a value of its own but for the last few; from 2.

    References
    ----------
    Xiao, Tao (2006), Anatomy: simple and effective privacy preservation.
    """

    title: ClassVar[str] = "Anatomy"
    scope: ClassVar[Scope] = Scope.GROUPING
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "The quasi-identifiers leave as they are, with the number of a group; the sensitive values of each group stand "
        "in a table of their own, with counts, so that nobody can tell whose is which."
    )
    when: ClassVar[str] = "It may be known who is in the table, and only the sensitive values have to be hidden."
    not_protected: ClassVar[str] = (
        "Who is in the table: rows can be found by their exact values, so that k has no meaning. Nor a value that all "
        "others of a group are known not to have."
    )

    method: Literal["anatomy"] = "anatomy"
    names: Names
    diversity: int = Field(default=3, ge=2, le=1000)

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        return (
            f"{self.title}: {listed(self.names)} stand in a table of their own, by groups of at least {self.diversity} "
            "people whose values differ."
        )
