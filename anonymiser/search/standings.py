"""Where a setting stands: from a lattice that was measured whole, or from classes rolled up when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Protocol

import numpy as np

from anonymiser.assessment import limit_in_records
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.engine.summary import summarise
from anonymiser.privacy import PrivacyModel
from anonymiser.privacy.people import class_size_figures
from anonymiser.search.lattice_table import LatticeTable
from anonymiser.search.optimum import Searcher
from anonymiser.utility import information_loss as utility

__all__ = ["Cancelled", "Node", "RolledUp", "Standing", "Standings", "Tabulated"]

_MOST_CHOICES: Final = 300  # sets of sliders that are looked through for the shortest way

Node = tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """Where a setting stands, suppression being all or nothing: the failing records leave if they fit the limit.

    Attributes
    ----------
    node : tuple of int
    failing : int
        Records in classes that break a requirement.
    k : int
        Smallest class that is left where the failing records leave, otherwise of all.
    detail : float
        Detail kept, 1 − precision, suppressed records charged where they leave.
    score : float
        Loss with the failing records suppressed, whether or not they fit: what settings are ranked by.
    met : bool
        Whether the failing records fit the limit and anything is left.
    """

    node: Node
    failing: int
    k: int
    detail: float
    score: float
    met: bool


class Standings(Protocol):
    """Where each setting of a lattice stands."""

    @property
    def heights(self) -> tuple[int, ...]:
        """Last level of each attribute."""
        ...

    def standing(self, node: Sequence[int]) -> Standing:
        """Where a setting stands."""
        ...

    def goal(self, node: Sequence[int]) -> Node | None:
        """The cheapest safe node among those that differ in the fewest attributes; None without a safe one."""
        ...


class Tabulated:
    """From a lattice that was measured whole: nothing is counted again.

    Parameters
    ----------
    table : LatticeTable
        Of every node.
    """

    def __init__(self, table: LatticeTable) -> None:
        self._table = table
        self._heights = table.levels.max(axis=0)

    @property
    def heights(self) -> Node:
        """Last level of each attribute."""
        return tuple(self._heights.tolist())

    def standing(self, node: Sequence[int]) -> Standing:
        """Where a setting stands."""
        table, row = self._table, self._table.row_of(node)
        if row is None:
            raise ValueError("the table holds every node")
        met = bool(table.met[row])
        return Standing(
            node=tuple(node),
            failing=int(table.suppressed[row]),
            k=int((table.smallest if met else table.smallest_raw)[row]),
            detail=float(table.detail[row]) if met else _detail(node, self.heights),
            score=float(table.loss[row]),
            met=met,
        )

    def goal(self, node: Sequence[int]) -> Node | None:
        """The cheapest safe node among those that differ in the fewest attributes."""
        safe = np.flatnonzero(self._table.met)
        if not safe.size:
            return None
        away = (self._table.levels[safe] != np.asarray(node)).sum(axis=1)
        return self._table.node(int(safe[np.lexsort((self._table.loss[safe], away))[0]]))


class Cancelled(Exception):  # noqa: N818 - it ends a search and is no fault
    """A search through roll-ups was cancelled."""


class RolledUp:
    """From classes that are rolled up when they are asked for; what was measured is kept.

    Parameters
    ----------
    root : FrequencySet
        At level 0 (with histograms where a requirement needs them).
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    cancelled : function
        Asked before each roll-up; where it is true, `Cancelled` is raised.
    """

    def __init__(
        self,
        root: FrequencySet,
        requirements: Sequence[PrivacyModel],
        suppression: float,
        *,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._root, self._requirements, self._suppression = root, tuple(requirements), suppression
        self._limit = limit_in_records(suppression, root.rows)
        self._cancelled = cancelled
        self._standings: dict[Node, Standing] = {}
        self._finest: FrequencySet | None = None
        self._searcher: Searcher | None = None

    @property
    def heights(self) -> Node:
        """Last level of each attribute."""
        return tuple(h.height for h in self._root.hierarchies)

    def standing(self, node: Sequence[int]) -> Standing:
        """Where a setting stands."""
        wanted = tuple(node)
        if wanted not in self._standings:
            self._go_on()
            source = self._finest
            if source is None or not all(a <= b for a, b in zip(source.node, wanted, strict=True)):
                source = self._root
            classes = roll_up(source, wanted)
            self._standings[wanted] = self._measure(classes)
            if 2 * classes.classes <= self._root.classes:
                self._finest = classes  # the moves from a node come one after the other
        return self._standings[wanted]

    def goal(self, node: Sequence[int]) -> Node | None:
        """The cheapest safe node among those that differ in the fewest attributes."""
        self._searcher = self._searcher or Searcher(self._root, self._requirements, self._suppression)
        best = self._searcher.find(cancelled=self._cancelled)
        self._go_on()
        if best is None:
            return None
        movable = [j for j, height in enumerate(self.heights) if height]
        choices = 0
        for number in range(1, len(movable)):
            found = []
            for chosen in combinations(movable, number):
                choices += 1
                low = [0 if j in chosen else level for j, level in enumerate(node)]
                high = [self.heights[j] if j in chosen else level for j, level in enumerate(node)]
                found.append(self._searcher.find(low, high, cancelled=self._cancelled))
                self._go_on()
                if choices > _MOST_CHOICES:
                    return best.node
            reached = [one for one in found if one is not None]
            if reached:
                return min(reached, key=lambda one: one.score).node
        return best.node

    def _go_on(self) -> None:
        if self._cancelled():
            raise Cancelled

    def _measure(self, classes: FrequencySet) -> Standing:
        passing = np.ones(classes.classes, dtype=np.bool_)
        for model in self._requirements:
            passing &= model.passes(classes)
        summary = summarise(classes, passing, 1)
        node = tuple(zip(classes.hierarchies, classes.node, strict=True))
        met = summary.failing <= self._limit and summary.kept_classes > 0
        return Standing(
            node=classes.node,
            failing=summary.failing,
            k=class_size_figures(classes, summary, passing if met else None, 1).smallest,
            detail=1.0 - utility.precision(node, summary, suppress=met),
            score=utility.loss(node, summary, suppress=True),
            met=met,
        )


def _detail(node: Sequence[int], heights: Sequence[int]) -> float:
    """1 − precision where nothing is suppressed."""
    return 1.0 - sum(level / max(height, 1) for level, height in zip(node, heights, strict=True)) / len(heights)
