"""Measures that only the classes tell: average class size and discernibility.

Nothing is known of them before a node is grouped but how many labels there are. Each node that was
checked bounds all coarser ones: they have no more classes, and no smaller Σ |E|².
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.search.objective import By, Places
from anonymiser.search.space import Space
from anonymiser.search.sums import NodeSums

__all__ = ["ClassObjective"]

Reals = npt.NDArray[np.float64]


class ClassObjective:
    """AECS or DM as the objective of a search.

    Parameters
    ----------
    root : FrequencySet
        At level 0.
    by : By
        ``AVERAGE_CLASS_SIZE`` or ``DISCERNIBILITY``.
    space : Space
    k : int
        No class that passes is smaller.
    largest_failing : int
        No class that fails is larger.
    """

    wants_labels = False

    def __init__(self, root: FrequencySet, by: By, space: Space, k: int, largest_failing: int) -> None:
        self._rows, self._k, self._largest = root.rows, k, largest_failing
        self._is_average = by is By.AVERAGE_CLASS_SIZE
        self._labels = [_labels(root, j)[space.low[j] : space.high[j] + 1] for j in range(len(space.low))]
        labels = np.ones(space.shape)
        for j, counts in enumerate(self._labels):
            labels *= counts.reshape([-1 if i == j else 1 for i in range(len(space.shape))])
        self._most = np.minimum(labels, float(max(root.classes, 1)))
        self._squares = float(root.rows) ** 2 / self._most  # never smaller, by Cauchy and Schwarz

    def bounds(self) -> Reals:
        """From the number of labels alone."""
        return self._bound(self._most, self._squares, np.zeros(self._most.shape, dtype=np.int64))

    def steps(self, attribute: int) -> list[float]:
        """How many times fewer labels: as logarithms."""
        found: list[float] = (-np.diff(np.log(self._labels[attribute]))).tolist()
        return found

    def lower(self, places: Places, fewest: npt.NDArray[np.integer]) -> Reals:
        """From the labels, and from the finer nodes that were checked."""
        return self._bound(self._most[places], self._squares[places], fewest.astype(np.int64))

    def lower_one(self, place: tuple[int, ...], fewest: int) -> float:
        """As `lower`."""
        return float(self._bound(self._most[place], self._squares[place], np.array(fewest)))

    def learn(self, place: tuple[int, ...], sums: NodeSums) -> None:
        """A coarser node has no more classes, and no smaller Σ |E|²."""
        if sums.complete:
            coarser = tuple(slice(p, None) for p in place)
            np.minimum(self._most[coarser], sums.classes, out=self._most[coarser])
            np.maximum(self._squares[coarser], sums.squares, out=self._squares[coarser])

    def score(self, node: tuple[int, ...], sums: NodeSums) -> float:  # noqa: ARG002 - the Protocol
        """AECS, or DM."""
        if self._is_average:
            return self._rows / max(sums.kept_classes + (1 if sums.failing else 0), 1)
        return float(sums.kept_squares + self._rows * sums.failing)

    def value(self, raw: float) -> float:
        """The same."""
        return raw

    def _bound(self, most: Reals, squares: Reals, fewest: npt.NDArray[np.int64]) -> Reals:
        if self._is_average:
            full = (self._rows - np.maximum(fewest, 1)) // self._k + 1  # the suppressed ones count as one class
            bound: Reals = self._rows / np.maximum(np.minimum(most, full), 1.0)
            return bound
        kept: Reals = np.maximum(squares - float(self._largest) * fewest, float(self._k) * (self._rows - fewest))
        return kept + float(self._rows) * fewest


def _labels(root: FrequencySet, attribute: int) -> Reals:
    """Labels of an attribute that occur, at each level."""
    origin, hierarchy = root.origin, root.hierarchies[attribute]
    if origin is None:
        raise ValueError("a frequency set made by build() or roll_up() knows its origin")
    there = [np.count_nonzero(origin.records_at(attribute, hierarchy, level)) for level in range(hierarchy.height + 1)]
    return np.array([max(math.ceil(n), 1) for n in there], dtype=np.float64)
