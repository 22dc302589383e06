"""Local recoding: each group of records generalised only as far as it needs."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from anonymiser.methods.base import MethodParameters, Scope

__all__ = ["LocalRecoding"]


class LocalRecoding(MethodParameters):
    """Generalisation over the hierarchies, group by group.

    Attributes
    ----------
    rounds : int
        How often the whole table is gone through again to undo what was not needed; it ends sooner where nothing
        changes any more. From 0 to 50.

    References
    ----------
    Xu, Wang, Pei, Wang, Shi, Fu (2006), Utility-based anonymization using local recoding.
    """

    title: ClassVar[str] = "Local recoding"
    scope: ClassVar[Scope] = Scope.GROUPING
    about: ClassVar[str] = (
        "Each group of records is generalised over the hierarchies only as far as its own people need, so that the "
        "same value may leave exact in one row and blurred in another."
    )
    when: ClassVar[str] = "Columns with good hierarchies (countries, postcodes, jobs); labels that people know."
    not_protected: ClassVar[str] = (
        "What a whole group has in common (require l or t beside k); a column then mixes fine and coarse labels, which "
        "an analyst has to bring to one level."
    )

    method: Literal["local_recoding"] = "local_recoding"
    rounds: int = Field(default=10, ge=0, le=50)

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        return f"Local recoding, at most {self.rounds} rounds of improvement. {self.about}"
