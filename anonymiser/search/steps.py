"""What a single move buys: from any setting each slider to each other level, and the way to a safe one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser.search.standings import Node, Standing, Standings

__all__ = ["Move", "cheapest_move", "moves", "neighbours", "path"]


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
    def detail_gained(self) -> float:
        """Detail kept after the move less before; negative where detail is lost."""
        return self.after.detail - self.before.detail

    @property
    def coarser(self) -> bool:
        """Whether it blurs."""
        return self.level > self.before.node[self.attribute]


def moves(standings: Standings, node: Sequence[int]) -> list[Move]:
    """Every single-slider move, best first.

    First those that meet the requirements, cheapest first; then those that make records safe, by
    what that costs; then the others.
    """
    return sorted(_around(standings, node), key=_rank)


def neighbours(standings: Standings, node: Sequence[int]) -> list[Move]:
    """The direct finer and coarser settings: one slider moved by one step."""
    return _around(standings, node, reach=1)


def path(standings: Standings, node: Sequence[int]) -> list[Move] | None:
    """The fewest moves to a setting that meets the requirements, and of those the cheapest.

    Empty where the setting does already, None where no setting does. The move that makes most
    records safe comes first.
    """
    here = tuple(node)
    if standings.standing(here).met:
        return []
    goal = standings.goal(here)
    if goal is None:
        return None
    way: list[Move] = []
    while here != goal:
        options = [_move(standings, here, j, goal[j]) for j in range(len(goal)) if here[j] != goal[j]]
        way.append(max(options, key=lambda move: (move.made_safe, -move.after.score)))
        here = way[-1].after.node
    return way


def cheapest_move(found: Sequence[Move]) -> Move | None:
    """The single move that meets the requirements at the least loss; None where no single move does."""
    met = [move for move in found if move.after.met]
    return min(met, key=lambda move: move.after.score, default=None)


def _around(standings: Standings, node: Sequence[int], reach: int | None = None) -> list[Move]:
    """Each attribute at each other level, from the lowest; at most so many steps away."""
    return [
        _move(standings, tuple(node), j, level)
        for j, height in enumerate(standings.heights)
        for level in range(height + 1)
        if level != node[j] and (reach is None or abs(level - node[j]) <= reach)
    ]


def _move(standings: Standings, node: Node, attribute: int, level: int) -> Move:
    there = (*node[:attribute], level, *node[attribute + 1 :])
    return Move(attribute, level, standings.standing(node), standings.standing(there))


def _rank(move: Move) -> tuple[int, float, float]:
    if move.after.met:
        return 0, move.after.score, 0.0
    if move.made_safe > 0:
        return 1, max(-move.detail_gained, 0.0) / move.made_safe, 0.0
    return 2, move.after.score, -move.detail_gained
