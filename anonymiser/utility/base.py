"""What every class-based utility measure can do."""

from __future__ import annotations

from typing import Protocol

from anonymiser.engine.summary import ClassSummary
from anonymiser.hierarchies.base import Hierarchy

__all__ = ["Node", "UtilityMeasure"]

Node = tuple[tuple[Hierarchy, int], ...]
"""Each quasi-identifier's hierarchy with its level."""


class UtilityMeasure(Protocol):
    """A measure of what a release loses, from the sums over its classes."""

    def __call__(self, node: Node, summary: ClassSummary, *, suppress: bool) -> float:
        """Value of the measure.

        Parameters
        ----------
        node : hierarchies and levels
        summary : ClassSummary
        suppress : bool
            Whether the failing classes are suppressed (and charged) or released.
        """
        ...
