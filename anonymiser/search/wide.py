"""The search through a lattice too large for the memory: best first, with a bound on what may still be found.

Nodes wait in the order of a lower bound that no coarser node goes below. A node that was checked
*covers* another finer one if nothing between the two can win: it suppresses too many records, or so
many that they cost more than the best node. Whatever may still win above the finer one then lies
above the cover in some attribute: it is replaced by one node an attribute, just beyond the cover.
"""

from __future__ import annotations

import heapq
from typing import Final

import numpy as np

from anonymiser.search.general import Check
from anonymiser.search.objective import Separable
from anonymiser.search.space import Space
from anonymiser.search.sweep import Question

__all__ = ["Wide"]

_TIE: Final = 1e-12
_MOST_WAITING: Final = 4_000_000
_FIRST_COVERS: Final = 256
Place = tuple[int, ...]


class Wide:
    """One search; `run` starts it, `best` and `gap` tell where it stands.

    Parameters
    ----------
    space : Space
    check : Check
    objective : Separable
    question : Question

    Attributes
    ----------
    best : (float, tuple of int) or None
        Raw score and place of the best node.
    checked : int
    """

    def __init__(self, space: Space, check: Check, objective: Separable, question: Question) -> None:
        self._space, self._check_node, self._objective, self._question = space, check, objective, question
        self._top = tuple(size - 1 for size in space.shape)
        self._steps = [objective.steps(j) for j in range(len(space.shape))]
        start = (0,) * len(space.shape)
        self._waiting = [(objective.lower_one(start, 0), start)]
        self._seen = {start}
        self._known: dict[Place, int] = {}
        self._covers = np.zeros((_FIRST_COVERS, len(space.shape)), dtype=np.int64)
        self._fewest = np.zeros(_FIRST_COVERS, dtype=np.int64)
        self._number = 0
        self._lowest = self._waiting[0][0]
        self._stopped = self._is_done = False
        self.best: tuple[float, Place] | None = None
        self.checked = 0

    def run(self) -> None:
        """Go on until nothing better can wait, the watch ends it, or the memory is full."""
        self._check(self._top)  # something to fall back on
        while self._waiting and not self._stopped:
            self._lowest, place = heapq.heappop(self._waiting)
            if self._lowest >= self._worth():
                break
            self._settle(place)
            self._stopped |= len(self._waiting) > _MOST_WAITING
        self._is_done = not self._stopped

    @property
    def gap(self) -> float:
        """At most this share better may exist; 0 once nothing better can wait, 1 while none is found."""
        if self._is_done:
            return 0.0
        if self.best is None:
            return 1.0
        score = self._objective.value(self.best[0])
        return max(0.0, 1.0 - self._objective.value(self._lowest) / score) if score > 0 else 0.0

    def _settle(self, place: Place) -> None:
        """Replace a place by those beyond a cover of it; check it where it has none."""
        cover = self._cover(place)
        if cover is None and self._question.climbs:
            self._climb(place)
            cover = self._cover(place)
        if cover is None:
            if place not in self._known and not self._stopped:
                self._check(place)
            cover = self._cover(place) or place
        if not self._stopped:
            for j, level in enumerate(cover):
                if level < self._top[j]:
                    self._push((*place[:j], level + 1, *place[j + 1 :]))

    def _push(self, place: Place) -> None:
        if place in self._seen:
            return
        bound = self._objective.lower_one(place, 0)
        if bound < self._worth():
            self._seen.add(place)
            heapq.heappush(self._waiting, (bound, place))

    def _cover(self, place: Place) -> Place | None:
        """The checked node above a place that nothing between can beat, and whose next nodes cost most."""
        covers, fewest = self._covers[: self._number], self._fewest[: self._number]
        above = np.flatnonzero((covers >= place).all(axis=1))
        if not above.size:
            return None
        covers, fewest = covers[above], fewest[above]
        settled = fewest > self._question.limit
        if self.best is not None:
            settled |= self._objective.lower_between(place, covers, fewest) >= self._worth()
        covers = covers[settled]
        if not covers.size:
            return None
        chosen = covers[np.argmax(self._objective.beyond(place, covers))]
        return tuple(chosen.tolist())

    def _climb(self, place: Place) -> None:
        """Look on the cheapest path to the top for the coarsest node that covers the place."""
        path = self._path(place)
        first, last = 0, len(path) - 1
        while first <= last and not self._stopped:
            middle = (first + last) // 2
            here = path[middle]
            fewest = self._known[here] if here in self._known else self._check(here)
            if self._covered_by(place, here, fewest):
                first = middle + 1
            else:
                last = middle - 1

    def _covered_by(self, place: Place, cover: Place, fewest: int) -> bool:
        if fewest > self._question.limit:
            return True
        bound = self._objective.lower_between(place, np.array([cover]), np.array([fewest]))
        return self.best is not None and bool(bound[0] >= self._worth())

    def _path(self, place: Place) -> list[Place]:
        here, path = list(place), [place]
        while True:
            costs = [s[p] if p < len(s) else np.inf for s, p in zip(self._steps, here, strict=True)]
            least = min(costs)
            if least == np.inf:
                return path
            here[costs.index(least)] += 1
            path.append(tuple(here))

    def _check(self, place: Place) -> int:
        """Group and measure a node; returns the records that every finer node must suppress."""
        node = self._space.node(place)
        sums = self._check_node.check(node)
        self.checked += 1
        fewest = sums.fewest if self._question.climbs else 0
        self._known[place] = fewest
        if fewest:
            self._remember(place, fewest)
        if sums.complete and sums.failing <= self._question.limit and sums.failing < self._question.rows:
            score, accepts = self._objective.score(node, sums), self._question.accepts
            if score < self._worth() and (accepts is None or accepts(node)):
                self.best = (score, place)
        best = None if self.best is None else self._objective.value(self.best[0])
        self._stopped |= self._question.watch(self.checked, best, self.gap)
        return fewest

    def _remember(self, place: Place, fewest: int) -> None:
        if self._number == self._fewest.size:
            self._covers = np.concatenate([self._covers, np.zeros_like(self._covers)])
            self._fewest = np.concatenate([self._fewest, np.zeros_like(self._fewest)])
        self._covers[self._number], self._fewest[self._number] = place, fewest
        self._number += 1

    def _worth(self) -> float:
        """A bound from here on cannot win."""
        return float("inf") if self.best is None else self.best[0] - _TIE * max(1.0, abs(self.best[0]))
