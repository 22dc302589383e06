"""What every rule that builds a hierarchy has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol, Self

from pydantic import BaseModel, ConfigDict

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.limits import MAX_NAMED_VALUES
from anonymiser.microdata import Column

__all__ = ["NOT_LISTED", "NOT_RECOGNISED", "Rule", "Spec", "check_names", "refuse_unseen"]

NOT_RECOGNISED: Final = "other / not recognised"
"""Group of the values that a rule cannot place: no date, no UK postcode, no country."""
NOT_LISTED: Final = "not listed"
"""Group of the values of a later extract that the lists of a rule do not hold."""


class Rule(Protocol):
    """A rule that builds the hierarchy of an attribute; a recipe stores one a column."""

    @property
    def level_names(self) -> tuple[str, ...]:
        """A word for each level, the exact value first."""
        ...

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:
        """Place every value of a column.

        Parameters
        ----------
        column : Column
            Its name becomes the attribute; a leaf for missing values is added if it has any.
        strict : bool
            Refuse values that the lists of the rule do not hold. Otherwise they are placed under
            ``not listed``. Rules without lists place every value, whatever ``strict`` is.

        Raises
        ------
        HierarchyError
            The lists miss values, and ``strict`` is set.
        """
        ...

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that the lists of the rule do not hold, or that it cannot place."""
        ...


class Spec(BaseModel):
    """A rule as a frozen, hashable record, JSON in and out. Every one is a `Rule`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - the base class
        """A changed copy, checked like a new record (pydantic's own is not)."""
        return type(self)(**{**dict(self), **(update or {})})


def check_names(names: tuple[str, ...]) -> None:
    """Raise if two levels have one name: a person could not tell them apart on the slider.

    Raises
    ------
    HierarchyError
    """
    if len(set(names)) < len(names):
        raise HierarchyError("Two levels of the hierarchy have one name. Give each level a name of its own.")


def refuse_unseen(attribute: str, unseen: tuple[str, ...]) -> None:
    """Raise if there are values that the lists of a rule do not hold.

    Raises
    ------
    HierarchyError
        With at most five of the values.
    """
    if unseen:
        raise HierarchyError(
            f"The hierarchy of '{attribute}' misses {len(unseen)} values of the column. "
            f"Add them to its lists, or let Halftone place them under '{NOT_LISTED}'.",
            unseen[:MAX_NAMED_VALUES],
        )
