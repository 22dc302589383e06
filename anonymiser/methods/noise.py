"""Noise: a random number added to every number."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.base import MethodParameters, Scope
from anonymiser.methods.naming import Names, listed

__all__ = ["Noise"]


class Noise(MethodParameters):
    """Random noise on numbers.

    Attributes
    ----------
    names : tuple of str
        Columns of numbers.
    size : float
        Standard deviation of the noise over that of the column; above 0 to 10.
    distribution : str
        ``gaussian`` or ``laplace`` (more small changes, and more large ones).
    correlated : bool
        The noise of the columns has their covariance, so that correlations stay.
    keep_spread : bool
        Numbers are drawn a little towards the mean, so that means and variances stay (with ``correlated``: Kim 1986,
        covariances too).
    lowest, highest : float or None
        Numbers beyond are reflected, so that none is impossible; for all of these columns.
    decimals : int or None
        As many as the source has where None: whole numbers stay whole.

    References
    ----------
    Kim (1986), A method for limiting disclosure in microdata based on random noise and transformation.
    """

    title: ClassVar[str] = "Noise"
    scope: ClassVar[Scope] = Scope.COLUMNS
    random: ClassVar[bool] = True
    about: ClassVar[str] = "A random number is added to every number, so that no number is certain."
    when: ClassVar[str] = "Numbers for statistics over many people; an analyst can allow for noise of known size."
    not_protected: ClassVar[str] = (
        "Outliers: a number far from all others stays far. Somebody who knows several numbers of a person well can "
        "still find the nearest record; k says nothing here, see the share linked."
    )

    method: Literal["noise"] = "noise"
    names: Names
    size: float = Field(default=0.3, gt=0, le=10)
    distribution: Literal["gaussian", "laplace"] = "gaussian"
    correlated: bool = False
    keep_spread: bool = False
    lowest: float | None = None
    highest: float | None = None
    decimals: int | None = Field(default=None, ge=0, le=12)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError("the lowest number has to be below the highest")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return self.names

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        law = "Gaussian" if self.distribution == "gaussian" else "Laplace"
        kind = "correlated like the columns" if self.correlated else "independent from column to column"
        size = f"a standard deviation of {show_number(self.size)} times that of the column"
        parts = [f"{law} noise on {listed(self.names)}, {kind}, with {size}"]
        if self.keep_spread:
            kept = "means and covariances" if self.correlated else "means and variances"
            parts.append(f"then drawn towards the mean so that {kept} stay as they were on average")
        if self.lowest is not None or self.highest is not None:
            parts.append(f"reflected at the bounds ({_bounds(self.lowest, self.highest)})")
        return "; ".join(parts) + "."


def _bounds(lowest: float | None, highest: float | None) -> str:
    low = "" if lowest is None else f"from {show_number(lowest)}"
    high = "" if highest is None else f"to {show_number(highest)}"
    return f"{low} {high}".strip()
