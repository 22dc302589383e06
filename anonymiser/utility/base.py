"""What every class-based utility measure can do."""

from __future__ import annotations

from typing import Protocol

from anonymiser.engine.margins import Margins
from anonymiser.engine.summary import ClassSummary
from anonymiser.hierarchies.base import Hierarchy

__all__ = ["LabelMeasure", "Node", "UtilityMeasure"]

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


class LabelMeasure(Protocol):
    """A measure of what a release loses, from the records of each label that leaves."""

    def __call__(self, node: Node, margins: Margins) -> float | None:
        """Value of the measure; None where what it starts from is not known.

        Parameters
        ----------
        node : hierarchies and levels
        margins : Margins
            The node with what is suppressed taken out.
        """
        ...
