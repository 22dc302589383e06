"""What a single move buys: from any setting each slider to each other level, and the way to a safe one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from anonymiser.assessment import limit_in_records
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.engine.summary import summarise
from anonymiser.privacy import PrivacyModel
from anonymiser.search.optimum import Searcher
from anonymiser.utility import information_loss as utility

__all__ = ["Move", "NextSteps", "Standing", "cheapest_move"]

_MOST_CHOICES: Final = 300  # sets of sliders that are looked through for the shortest way


@dataclass(frozen=True)
class Standing:
    """Where a setting stands.

    Attributes
    ----------
    node : tuple of int
    failing : int
        Records in classes that break a requirement.
    k : int
        Smallest class, before suppression.
    loss : float
        Loss of generalisation alone, from 0 (all detail kept) to 1.
    score : float
        Loss with the failing records suppressed.
    met : bool
        Whether the failing records fit the limit and anything is left.
    """

    node: tuple[int, ...]
    failing: int
    k: int
    loss: float
    score: float
    met: bool


@dataclass(frozen=True)
class Move:
    """One slider moved to another level.

    Attributes
    ----------
    attribute : int
        Which quasi-identifier.
    level : int
        Where it goes.
    before, after : Standing
    """

    attribute: int
    level: int
    before: Standing
    after: Standing

    @property
    def made_safe(self) -> int:
        """Records that fail no longer; negative where more fail."""
        return self.before.failing - self.after.failing

    @property
    def k_gained(self) -> int:
        """By how much the smallest class grows."""
        return self.after.k - self.before.k

    @property
    def detail_lost(self) -> float:
        """Loss of generalisation that is added; negative where detail is won back."""
        return self.after.loss - self.before.loss


class NextSteps:
    """Answers for one table and its requirements; what was measured is kept.

    Parameters
    ----------
    root : FrequencySet
        At level 0 (with histograms where a requirement needs them).
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    """

    def __init__(self, root: FrequencySet, requirements: Sequence[PrivacyModel], suppression: float) -> None:
        self._root, self._requirements, self._suppression = root, tuple(requirements), suppression
        self._limit = limit_in_records(suppression, root.rows)
        self._standings: dict[tuple[int, ...], Standing] = {}
        self._searcher: Searcher | None = None

    def standing(self, node: Sequence[int]) -> Standing:
        """Where a setting stands."""
        known = self._standings.get(tuple(node))
        return known or self._measure(roll_up(self._root, node))

    def moves(self, node: Sequence[int]) -> list[Move]:
        """Every single-slider move, best first.

        First those that meet the requirements, cheapest first; then those that make records safe, by
        what that costs; then the others.
        """
        before = self.standing(node)
        found = [Move(j, level, before, after) for j, level, after in self._around(tuple(node))]
        return sorted(found, key=_rank)

    def path(self, node: Sequence[int]) -> list[Move] | None:
        """The fewest moves to a setting that meets the requirements, and of those the cheapest.

        Empty where the setting does already, None where no setting does. The move that makes most
        records safe comes first.
        """
        start = tuple(node)
        if self.standing(start).met:
            return []
        goal = self._goal(start)
        return None if goal is None else self._moves_to(start, goal)

    def _goal(self, node: tuple[int, ...]) -> tuple[int, ...] | None:
        """The cheapest safe node among those that differ from one in the fewest attributes."""
        self._searcher = self._searcher or Searcher(self._root, self._requirements, self._suppression)
        best = self._searcher.find()
        if best is None:
            return None
        heights = [h.height for h in self._root.hierarchies]
        movable = [j for j, height in enumerate(heights) if height]
        choices = 0
        for number in range(1, len(movable)):
            found = []
            for chosen in combinations(movable, number):
                choices += 1
                low = [0 if j in chosen else level for j, level in enumerate(node)]
                high = [heights[j] if j in chosen else level for j, level in enumerate(node)]
                found.append(self._searcher.find(low, high))
                if choices > _MOST_CHOICES:
                    return best.node
            reached = [one for one in found if one is not None]
            if reached:
                return min(reached, key=lambda one: one.score).node
        return best.node

    def _moves_to(self, start: tuple[int, ...], goal: tuple[int, ...]) -> list[Move]:
        path: list[Move] = []
        here = start
        while here != goal:
            before = self.standing(here)
            options = []
            for j in range(len(goal)):
                if here[j] != goal[j]:
                    node = (*here[:j], goal[j], *here[j + 1 :])
                    options.append(Move(j, goal[j], before, self.standing(node)))
            path.append(max(options, key=lambda move: (move.made_safe, -move.after.score)))
            here = path[-1].after.node
        return path

    def _around(self, node: tuple[int, ...]) -> Iterator[tuple[int, int, Standing]]:
        """Each attribute at each other level, rolled up from the lowest."""
        for j, hierarchy in enumerate(self._root.hierarchies):
            levels = [level for level in range(hierarchy.height + 1) if level != node[j]]
            nodes = [(*node[:j], level, *node[j + 1 :]) for level in levels]
            source = None
            for level, there in zip(levels, nodes, strict=True):
                known = self._standings.get(there)
                if known is None:
                    source = roll_up(self._root if source is None else source, there)
                    known = self._measure(source)
                yield j, level, known

    def _measure(self, classes: FrequencySet) -> Standing:
        passing = np.ones(classes.classes, dtype=np.bool_)
        for model in self._requirements:
            passing &= model.passes(classes)
        summary = summarise(classes, passing, 1)
        node = tuple(zip(classes.hierarchies, classes.node, strict=True))
        found = Standing(
            node=classes.node,
            failing=summary.failing,
            k=summary.smallest,
            loss=utility.loss(node, summary, suppress=False),
            score=utility.loss(node, summary, suppress=True),
            met=summary.failing <= self._limit and summary.kept_classes > 0,
        )
        self._standings[found.node] = found
        return found


def cheapest_move(moves: Sequence[Move]) -> Move | None:
    """The single move that meets the requirements at the least loss; None where no single move does."""
    met = [move for move in moves if move.after.met]
    return min(met, key=lambda move: move.after.score, default=None)


def _rank(move: Move) -> tuple[int, float]:
    if move.after.met:
        return 0, move.after.score
    if move.made_safe > 0:
        return 1, max(move.detail_lost, 0.0) / move.made_safe
    return 2, move.after.score
