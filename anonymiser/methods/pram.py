"""Post-randomisation: values that change at random, with published probabilities."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed
from anonymiser.methods.transition import Transition

__all__ = ["Pram"]


class Pram(MethodParameters):
    """Each value is drawn anew with the probabilities of a transition matrix, which is published.

    Attributes
    ----------
    names : tuple of str
        Columns with at most 100 different values at their level; each for itself.
    keep : float
        Probability with which a value stays; above 0, below 1.
    invariant : bool
        A matrix that leaves the counts as they are on average (computed from counts rounded to ten, so that it gives
        no small count away).
    strength : float
        With ``invariant``: how much of the change is used, above 0 to 1 (α of sdcMicro).
    matrix : Transition or None
        The owner's own probabilities, of one column; ``keep`` and ``strength`` then say nothing.

    References
    ----------
    Gouweleeuw, Kooiman, Willenborg, de Wolf (1998), Post randomisation for statistical disclosure control.
    """

    title: ClassVar[str] = "Post-randomisation (PRAM)"
    scope: ClassVar[Scope] = Scope.COLUMNS
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Some values are changed at random into others, with probabilities that everybody may know, so that nobody "
        "can be sure of a single value."
    )
    when: ClassVar[str] = "Categories that are sensitive or few; totals have to be estimated back without bias."
    not_protected: ClassVar[str] = (
        "A value that stays with high probability is still likely to be true; combinations that hardly occur can "
        "betray a change; k says nothing of a quasi-identifier that was randomised."
    )

    method: Literal["pram"] = "pram"
    names: Names
    keep: float = Field(default=0.8, gt=0, lt=1)
    invariant: bool = False
    strength: float = Field(default=0.5, gt=0, le=1)
    matrix: Transition | None = None

    @model_validator(mode="after")
    def _one_matrix_for_one_column(self) -> Self:
        if self.matrix is not None and len(self.names) > 1:
            raise ValueError("a transition matrix is of one column: name one, and use the method again for another")
        if self.matrix is not None and self.invariant:
            raise ValueError("a transition matrix of your own is used as it is: do not ask to keep totals as well")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        kept = show_number(self.keep)
        if self.matrix is not None:
            diagonal = [row[place] for place, row in enumerate(self.matrix.rows)]
            least, most = show_number(min(diagonal)), show_number(max(diagonal))
            stays = least if least == most else f"{least} to {most}"
            how = f"the owner's own transition matrix of {len(diagonal)} values, which stay with probability {stays}"
        elif self.invariant:
            how = (
                f"an invariant matrix made from a diagonal of {kept} with strength {show_number(self.strength)} leaves "
                "the expected counts nearly as they were"
            )
        else:
            how = f"a value stays with probability {kept} and else becomes any other, each as likely"
        return (
            f"Post-randomisation (PRAM) of {listed(self.names)}: {how}. The probabilities are published; counts "
            "before randomisation are estimated by multiplying the released ones with the inverse of the matrix."
        )
