"""The cheapest safe setting: optimal levels for any requirements, limit and utility measure.

Loss of generalisation alone is known for every node before any record is looked at: a lower bound,
since suppression only adds to it. Nodes are taken in the order of that bound until it exceeds the
best score found. Where the requirements are monotone (k, distinct l), a node that fails fails for
every finer one too, and its suppressed records are a lower bound for theirs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import Assessment, assess, limit_in_records
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.errors import InputError
from anonymiser.privacy import DistinctDiversity, KAnonymity, PrivacyModel
from anonymiser.search.probe import Probe, can_probe

__all__ = ["Optimum", "optimum"]

Array = npt.NDArray[np.float64]

_MONOTONE: Final = (KAnonymity, DistinctDiversity)
_TIE: Final = 1e-12
_LARGEST: Final = 10_000_000


@dataclass(frozen=True)
class Optimum:
    """The best node found.

    Attributes
    ----------
    node : tuple of int
    score : float
        The measure at the node, failing records charged as suppressed.
    assessment : Assessment
    checked : int
        Nodes that were grouped and measured.
    gap : float
        At most this share better may exist; 0 where the optimum is exact.
    """

    node: tuple[int, ...]
    score: float
    assessment: Assessment
    checked: int
    gap: float


def optimum(
    root: FrequencySet,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    *,
    lowest: Sequence[int] | None = None,
    highest: Sequence[int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Optimum | None:
    """The node of least Loss whose failing records fit the limit; None where there is none.

    Parameters
    ----------
    root : FrequencySet
        At level 0 (with histograms where a requirement needs them).
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    lowest, highest : one level a quasi-identifier
        Bounds of the levels; equal ones fix a level.
    cancelled : function
        Asked between nodes; the best node so far is returned with its gap.

    Raises
    ------
    InputError
        The lattice is too large, or a bound is outside it.
    """
    return _Search(root, requirements, suppression, lowest, highest, cancelled).run()


class _Search:
    def __init__(
        self,
        root: FrequencySet,
        requirements: Sequence[PrivacyModel],
        suppression: float,
        lowest: Sequence[int] | None,
        highest: Sequence[int] | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self.root, self.requirements, self.suppression = root, tuple(requirements), suppression
        heights = [h.height for h in root.hierarchies]
        self.low = tuple(lowest) if lowest is not None else (0,) * len(heights)
        self.high = tuple(highest) if highest is not None else tuple(heights)
        if any(not 0 <= a <= b <= h for a, b, h in zip(self.low, self.high, heights, strict=True)):
            raise InputError("The bounds of the levels lie outside the hierarchies. Use levels from 0 to the last.")
        self.shape = tuple(b - a + 1 for a, b in zip(self.low, self.high, strict=True))
        if float(np.prod([float(s) for s in self.shape])) > _LARGEST:
            raise InputError(
                f"The lattice has more than {_LARGEST:,} nodes. Fix some levels, or leave out a quasi-identifier."
            )
        self.cancelled = cancelled
        self.limit = limit_in_records(suppression, root.rows)
        self.monotone = all(isinstance(r, _MONOTONE) for r in self.requirements) or self.limit == 0
        self.probe = Probe(root, self.requirements) if can_probe(root, self.requirements) else None
        self.safe = np.zeros(self.shape, dtype=np.bool_)  # known to fit the limit
        self.checked = 0
        self.best: tuple[float, tuple[int, ...]] | None = None
        self.floor = np.zeros(self.shape, dtype=np.int32)  # fewest records that a node must suppress
        self.done = np.zeros(self.shape, dtype=np.bool_)
        self.gain, self.room = self._terms()
        self.steps = [np.diff(np.log1p(g)).tolist() for g in self.gain]
        self.bound = self._bounds()

    def run(self) -> Optimum | None:
        """Take nodes in the order of their bound."""
        order = np.argsort(self.bound, axis=None, kind="stable")
        bound = self.bound.ravel()[order]
        for rank, flat in enumerate(order):
            if self.best is not None and bound[rank] > self.best[0] + _TIE:
                break
            if self.cancelled():
                return self._result(float(bound[rank]))
            place = tuple(int(i) for i in np.unravel_index(flat, self.shape))
            if self.monotone and not self.safe[place] and not self._is_settled(place):
                self._climb(place)
            if not self._is_settled(place):
                self._check(place)
        return self._result(None)

    def _result(self, bound: float | None) -> Optimum | None:
        if self.best is None:
            return None
        score, place = self.best
        gap = 0.0 if bound is None or score <= 0 else max(0.0, (score - bound) / score)
        node = tuple(a + p for a, p in zip(self.low, place, strict=True))
        found = assess(roll_up(self.root, node), self.requirements, self.suppression)
        return Optimum(node, score, found, self.checked, gap)

    def _climb(self, place: tuple[int, ...]) -> None:
        """Look for the border on a path from a node to the top, by binary search.

        Nodes that fail tag all finer ones, nodes that fit all coarser ones. The records that a
        node suppresses are a lower bound for every finer one.
        """
        path = self._path(place)
        first, last = 0, len(path) - 1
        while first <= last:
            middle = (first + last) // 2
            here = path[middle]
            if self.safe[here] or (self.floor[here] <= self.limit and self._check(here) <= self.limit):
                last = middle - 1
            else:
                first = middle + 1
            if self._is_settled(place):
                return

    def _path(self, place: tuple[int, ...]) -> list[tuple[int, ...]]:
        """From a node to the top, each step the one that adds most loss."""
        path = [place]
        here = list(place)
        while True:
            best, chosen = -1.0, -1
            for j, (p, steps) in enumerate(zip(here, self.steps, strict=True)):
                if p < len(steps) and steps[p] > best:
                    best, chosen = steps[p], j
            if chosen < 0:
                return path
            here[chosen] += 1
            path.append(tuple(here))

    def _check(self, place: tuple[int, ...]) -> int:
        """Group and measure a node; returns its failing records."""
        node = tuple(a + p for a, p in zip(self.low, place, strict=True))
        self.checked += 1
        self.done[place] = True
        failing, score = self._measure(node)
        self.floor[place] = failing
        if self.monotone:
            finer = tuple(slice(0, p + 1) for p in place)
            np.maximum(self.floor[finer], failing, out=self.floor[finer])
        if failing <= self.limit:
            if self.monotone:
                self.safe[tuple(slice(p, None) for p in place)] = True
            if failing < self.root.rows and (self.best is None or score < self.best[0] - _TIE):
                self.best = (score, place)
        return failing

    def _measure(self, node: tuple[int, ...]) -> tuple[int, float]:
        if self.probe is None:
            found = assess(roll_up(self.root, node), self.requirements, 1.0)
            return found.failing, found.loss_if_suppressed
        failing, _ = self.probe.check(node)
        if failing > self.limit:
            return failing, float("inf")
        rows, log = self.root.rows, 0.0
        for leaves, hierarchy in zip(self.probe.leaves(), self.root.hierarchies, strict=True):
            size = hierarchy.size
            if size > 1:
                log += math.log1p(max(0.0, (leaves + failing * size - rows) / (rows * (size - 1))))
        return failing, math.expm1(log / len(node))

    def _terms(self) -> tuple[list[Array], list[Array]]:
        """Per attribute and level: loss without suppression, and what a suppressed record adds at least."""
        gain, room = [], []
        rows = self.root.rows
        for j, hierarchy in enumerate(self.root.hierarchies):
            levels = range(self.low[j], self.high[j] + 1)
            spread = max(rows * (hierarchy.size - 1), 1)
            totals = self.root.leaf_totals[j]
            gain.append(np.array([max(0.0, (totals[level] - rows) / spread) for level in levels]))
            most = [int(hierarchy.leaf_counts[level].max()) for level in levels]
            room.append(np.array([(hierarchy.size - m) / spread for m in most]))
        return gain, room

    def _bounds(self) -> npt.NDArray[np.float64]:
        """Loss of generalisation alone, for every node at once: an outer product of the attributes."""
        total = np.zeros(self.shape)
        for j, gain in enumerate(self.gain):
            shape = [1] * len(self.shape)
            shape[j] = self.shape[j]
            total += np.log1p(gain.reshape(shape))
        result: npt.NDArray[np.float64] = np.expm1(total / max(len(self.shape), 1))
        return result

    def _is_settled(self, place: tuple[int, ...]) -> bool:
        """Whether a node needs no check: it had one, or it cannot be feasible, or it cannot win."""
        return bool(self.done[place]) or bool(self.floor[place] > self.limit) or self._is_beaten(place)

    def _is_beaten(self, place: tuple[int, ...]) -> bool:
        """Whether the records that a node must suppress already cost more than the best node."""
        if self.best is None:
            return False
        fewest = int(self.floor[place])
        log = sum(math.log1p(g[p] + fewest * r[p]) for g, r, p in zip(self.gain, self.room, place, strict=True))
        return math.expm1(log / len(place)) > self.best[0] + _TIE
