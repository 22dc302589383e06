"""Numbers made coarser, and text made shorter: rounding, top and bottom coding, masking."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed

__all__ = ["Masking", "Rounding", "TopBottomCoding"]


class Rounding(MethodParameters):
    """Numbers rounded to a multiple of a base.

    Attributes
    ----------
    names : tuple of str
        Columns of numbers.
    base : float
        Above 0.
    at_random : bool
        To one of the two multiples around, the nearer the likelier: right on average.
    """

    title: ClassVar[str] = "Rounding"
    scope: ClassVar[Scope] = Scope.COLUMNS
    random: ClassVar[bool] = True
    about: ClassVar[str] = "Numbers are rounded to multiples of a base."
    when: ClassVar[str] = "Numbers that are needed only roughly; simple to explain."
    not_protected: ClassVar[str] = (
        "Extreme numbers, which stay alone at any base: add top and bottom coding. Several rounded columns together "
        "still single people out."
    )

    method: Literal["rounding"] = "rounding"
    names: Names
    base: float = Field(default=10, gt=0)
    at_random: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        how = (
            "to one of the two multiples around it, at random, so that it is right on average"
            if self.at_random
            else "to the nearest multiple"
        )
        return f"{listed(self.names)} rounded to multiples of {show_number(self.base)}: each number {how}."


class TopBottomCoding(MethodParameters):
    """Numbers beyond a limit are made alike.

    Attributes
    ----------
    names : tuple of str
        Columns of numbers.
    lowest, highest : float or None
        The limits; at least one, for all of these columns.
    shown : str
        ``limit``: the limit itself stands there; ``words``: "90 or more".
    """

    title: ClassVar[str] = "Top and bottom coding"
    scope: ClassVar[Scope] = Scope.COLUMNS
    about: ClassVar[str] = "Numbers beyond a limit are replaced by the limit, so that nobody stands out at the ends."
    when: ClassVar[str] = "A few very high or very low numbers would point at people; the middle is what matters."
    not_protected: ClassVar[str] = "Everybody between the limits: their numbers stay exact."

    method: Literal["top_bottom_coding"] = "top_bottom_coding"
    names: Names
    lowest: float | None = None
    highest: float | None = None
    shown: Literal["limit", "words"] = "words"

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.lowest is None and self.highest is None:
            raise ValueError("top and bottom coding needs a lowest or a highest number")
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError("the lowest number has to be below the highest")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        ends = []
        if self.lowest is not None:
            ends.append(f"numbers of {show_number(self.lowest)} or less made alike")
        if self.highest is not None:
            ends.append(f"numbers of {show_number(self.highest)} or more made alike")
        return f"Top and bottom coding of {listed(self.names)}: {' and '.join(ends)}."


class Masking(MethodParameters):
    """Characters at one end of a text are hidden.

    Attributes
    ----------
    names : tuple of str
    side : str
        ``right`` or ``left``: the end that is masked.
    characters : int
        How many; a shorter text is masked whole.
    """

    title: ClassVar[str] = "Masking"
    scope: ClassVar[Scope] = Scope.COLUMNS
    about: ClassVar[str] = "The characters at one end of a text are replaced by stars."
    when: ClassVar[str] = "Codes whose first or last characters mean a region or a kind (postcodes, articles)."
    not_protected: ClassVar[str] = "What the visible characters say; the number of stars shows how long the text was."

    method: Literal["masking"] = "masking"
    names: Names
    side: Literal["right", "left"] = "right"
    characters: int = Field(default=2, ge=1, le=200)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        end = "last" if self.side == "right" else "first"
        number = "character" if self.characters == 1 else f"{self.characters} characters"
        return f"Masking of {listed(self.names)}: the {end} {number} replaced by stars."
