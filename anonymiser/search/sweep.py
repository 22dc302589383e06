"""The search through a lattice whose nodes fit the memory: in the order of a lower bound, settling many at a time.

A node is *settled* if it was checked, if it must suppress more than allowed, or if what it must
suppress already costs more than the best node. One check settles many finer nodes: from the lowest
open node a path leads up, each step the one that costs least, and a binary search on it finds the
coarsest node that settles the open one, and with it all that lie between and beside.

References
----------
Kohlmayer, Prasser, Eckert, Kemper, Kuhn (2012), Flash: efficient, stable and optimal k-anonymity:
paths and binary search; here costs of suppression settle nodes too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend
from anonymiser.search.general import Check
from anonymiser.search.objective import Objective
from anonymiser.search.space import Space

__all__ = ["Question", "Sweep", "Watch"]

Watch = Callable[[int, "float | None", float], bool]
"""Told the nodes checked, the best score so far and the gap; True ends the search."""

_TIE: Final = 1e-12
_FIRST: Final = 64
_MOST: Final = 1 << 16


@dataclass(frozen=True)
class Question:
    """What a search is asked.

    Attributes
    ----------
    limit, rows : int
        Records that may be suppressed, and all.
    climbs : bool
        Whether checks tell something of finer nodes.
    watch : Watch
    accepts : function or None
        Asked of a node that meets the requirements and would be the best: whether it may be.
    """

    limit: int
    rows: int
    climbs: bool
    watch: Watch
    accepts: Callable[[tuple[int, ...]], bool] | None = None


class Sweep:
    """One search; `run` starts it, `best` and `gap` tell where it stands.

    Parameters
    ----------
    space : Space
    check : Check
    objective : Objective
    question : Question

    Attributes
    ----------
    best : (float, tuple of int) or None
        Raw score and place of the best node.
    checked : int
    """

    def __init__(self, space: Space, check: Check, objective: Objective, question: Question) -> None:
        self._space, self._check_node, self._objective = space, check, objective
        self._question, self._limit = question, question.limit
        self._shape = np.array(space.shape, dtype=np.int64)
        self._strides = space.strides
        self._stride_list = self._strides.tolist()
        self._floor = np.zeros(space.size, dtype=np.int32)
        self._known = np.full(space.size, -1, dtype=np.int32)
        bounds = objective.bounds().ravel()
        self._ranking = np.argsort(bounds, kind="stable")
        self._bounds = bounds[self._ranking]
        self._steps = [objective.steps(j) for j in range(len(space.shape))]
        self._rank = 0
        self._stopped = self._is_done = False
        self.best: tuple[float, tuple[int, ...]] | None = None
        self.checked = 0

    def run(self) -> None:
        """Settle every node, or stop when the watch says so."""
        while not self._stopped and self._advance():
            flat = int(self._ranking[self._rank])
            place = tuple(int(i) for i in np.unravel_index(flat, self._space.shape))
            if self._question.climbs:
                self._climb(place, flat)
            if not self._stopped and not self._is_settled(place, flat):
                self._check(place, flat)
            if not self._stopped:
                self._rank += 1
        self._is_done = not self._stopped

    @property
    def gap(self) -> float:
        """At most this share better may exist; 0 once every node is settled, 1 while none is found."""
        if self._is_done:
            return 0.0
        if self.best is None:
            return 1.0
        score, raw = self._objective.value(self.best[0]), float(self._bounds[self._rank])
        return max(0.0, 1.0 - self._objective.value(raw) / score) if score > 0 else 0.0

    def _advance(self) -> bool:
        """Move on to the next open node, looking at longer and longer stretches; False at the end."""
        length = _FIRST
        while self._rank < self._bounds.size:
            if self.best is not None and self._bounds[self._rank] >= self._worth():
                return False
            stop = min(self._rank + length, self._bounds.size)
            still = np.flatnonzero(self._is_open(self._rank, stop))
            if still.size:
                self._rank += int(still[0])
                return True
            self._rank, length = stop, min(2 * length, _MOST)
        return False

    def _is_open(self, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Which nodes of a stretch of the ranking are not settled."""
        flat = self._ranking[first:last]
        floor = self._floor[flat]
        still: npt.NDArray[np.bool_] = (self._known[flat] < 0) & (floor <= self._limit)
        if self.best is not None and still.any():
            places = np.unravel_index(flat[still], self._space.shape)
            still[still] = self._objective.lower(places, floor[still]) < self._worth()
        return still

    def _climb(self, place: tuple[int, ...], flat: int) -> None:
        """Look on a path for the coarsest node whose failing records settle the place."""
        path = self._path(place, flat)
        first, last = 0, len(path) - 1
        while first <= last and not self._stopped:
            middle = (first + last) // 2
            here, at = path[middle]
            fewest = int(self._floor[at])
            if not self._settles(place, fewest):
                known = int(self._known[at])
                fewest = known if known >= 0 else self._check(here, at)
            if self._settles(place, fewest):
                first = middle + 1
            else:
                last = middle - 1

    def _path(self, place: tuple[int, ...], flat: int) -> list[tuple[tuple[int, ...], int]]:
        """Nodes above a place up to the top, each step the one that costs least."""
        here = list(place)
        path: list[tuple[tuple[int, ...], int]] = []
        nexts = [s[p] if p < len(s) else np.inf for s, p in zip(self._steps, here, strict=True)]
        while True:
            cost = min(nexts)
            if cost == np.inf:
                return path
            j = nexts.index(cost)
            here[j] += 1
            flat += self._stride_list[j]
            nexts[j] = self._steps[j][here[j]] if here[j] < len(self._steps[j]) else np.inf
            path.append((tuple(here), flat))

    def _check(self, place: tuple[int, ...], flat: int) -> int:
        """Group and measure a node; returns the records that every finer node must suppress."""
        node = self._space.node(place)
        sums = self._check_node.check(node)
        self.checked += 1
        self._known[flat] = sums.fewest
        if self._question.climbs and sums.fewest:
            self._raise_finer(place, sums.fewest)
        self._objective.learn(place, sums)
        if sums.complete and sums.failing <= self._limit and sums.failing < self._question.rows:
            score, accepts = self._objective.score(node, sums), self._question.accepts
            if score < self._worth() and (accepts is None or accepts(node)):
                self.best = (score, place)
        best = None if self.best is None else self._objective.value(self.best[0])
        self._stopped = self._question.watch(self.checked, best, self.gap)
        return sums.fewest

    def _raise_finer(self, place: tuple[int, ...], fewest: int) -> None:
        if backend.is_warm():
            _kernels().raise_finer(self._floor, self._shape, self._strides, np.array(place, dtype=np.int64), fewest)
            return
        finer = tuple(slice(0, p + 1) for p in place)
        floor = self._floor.reshape(self._space.shape)
        np.maximum(floor[finer], fewest, out=floor[finer])

    def _worth(self) -> float:
        """A bound from here on cannot win."""
        return float("inf") if self.best is None else self.best[0] - _TIE * max(1.0, abs(self.best[0]))

    def _is_settled(self, place: tuple[int, ...], flat: int) -> bool:
        return bool(self._known[flat] >= 0) or self._settles(place, int(self._floor[flat]))

    def _settles(self, place: tuple[int, ...], fewest: int) -> bool:
        """Whether a node that must suppress so many cannot be the best."""
        if fewest > self._limit:
            return True
        if self.best is None:
            return False
        return self._objective.lower_one(place, fewest) >= self._worth()


def _kernels() -> Any:
    from anonymiser.engine import probe_kernels

    return probe_kernels
