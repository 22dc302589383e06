"""The plainest hierarchy: the value itself, or nothing."""

from __future__ import annotations

from typing import Literal

from anonymiser.hierarchies.base import Hierarchy, hidden
from anonymiser.hierarchies.spec import Spec
from anonymiser.microdata import Column

__all__ = ["FlatSpec"]


class FlatSpec(Spec):
    """Two levels: exact and hidden.

    >>> from anonymiser.microdata import Microdata
    >>> sex = Microdata.from_columns({"sex": ["F", "M"]}).column("sex")
    >>> FlatSpec().build(sex).labels
    (('F', 'M'), ('*',))
    """

    kind: Literal["flat"] = "flat"

    @property
    def level_names(self) -> tuple[str, ...]:
        """``exact`` and ``hidden``."""
        return ("exact", "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column under ``*``."""
        groups = [hidden(len(column.values))]
        return Hierarchy.from_groups(column.name, column.values, groups, self.level_names, missing=column.n_missing > 0)

    def unseen(self, column: Column) -> tuple[str, ...]:  # noqa: ARG002 - the Protocol
        """Nothing: every value has a place."""
        return ()
