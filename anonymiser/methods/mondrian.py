"""Mondrian: the table cut in two, and each part again, as long as both sides meet every requirement."""

from __future__ import annotations

from typing import ClassVar, Literal

from anonymiser.methods.base import MethodParameters, Scope

__all__ = ["Mondrian"]


class Mondrian(MethodParameters):
    """Multidimensional partitioning at the median of the widest quasi-identifier.

    Attributes
    ----------
    relaxed : bool
        Records that share the median value may go to either side, so that the halves are equally large; strict
        partitions never overlap.

    References
    ----------
    LeFevre, DeWitt, Ramakrishnan (2006), Mondrian multidimensional k-anonymity.
    """

    title: ClassVar[str] = "Mondrian"
    scope: ClassVar[Scope] = Scope.GROUPING
    about: ClassVar[str] = (
        "Records are divided in two where they differ most, again and again, as long as both sides meet every "
        "requirement; each group then shows the range of its values."
    )
    when: ClassVar[str] = "Several numbers, dates or ordered columns; large tables; ranges are acceptable."
    not_protected: ClassVar[str] = (
        "What a whole group has in common (require l or t beside k); ranges differ from group to group, which makes "
        "counting by fixed bands inexact."
    )

    method: Literal["mondrian"] = "mondrian"
    relaxed: bool = False

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        how = (
            "relaxed: records with the value at the cut may stand on either side"
            if self.relaxed
            else "strict: no two groups overlap"
        )
        return f"Mondrian partitioning ({how}). {self.about}"
