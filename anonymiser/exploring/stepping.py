"""The next step from the current setting: what brings it nearer to the requirements at least cost."""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from anonymiser.exploring import lattice as lattices
from anonymiser.exploring import tasks
from anonymiser.exploring.tasks import Task
from anonymiser.planning import requirements_in_force
from anonymiser.project import Project
from anonymiser.search import Cancelled, Move, RolledUp, Standings, Tabulated, cheapest_move, moves, path

__all__ = ["NextStep", "next_step", "pause", "step_from", "think"]

_KIND: Final = "step"
_LITTLE: Final = 100_000_000
"""Records times settings up to which every setting is measured once: then each next step is looked up."""
_UNCOUNTED: Final = 6
"""So many times more where no requirement reads the counts of sensitive values."""
_AT_ONCE: Final = 0.3
"""Seconds that a page waits for that, the first time."""
_REST: Final = 0.7
"""Seconds without another setting before a large table is searched: a slider that moves is not slowed down."""


@dataclass(frozen=True)
class NextStep:
    """What to do next.

    Attributes
    ----------
    move : Move or None
        The single move that is advised; None where no move helps.
    way : tuple of Move
        Where no single move is enough: the fewest moves to a setting that meets the requirements.
    is_met : bool
        Whether the setting meets them already; then the move wins detail back.
    possible : bool
        Whether any setting meets them.
    """

    move: Move | None
    way: tuple[Move, ...] = ()
    is_met: bool = False
    possible: bool = True

    @property
    def goal(self) -> tuple[int, ...] | None:
        """Where the advice ends."""
        last = self.way[-1] if self.way else self.move
        return None if last is None else last.after.node


@dataclass(eq=False)
class Thought(Task):
    """A search for the next step, which begins when the sliders rest."""

    begins: float = field(default_factory=lambda: time.monotonic() + _REST)


def step_from(standings: Standings, node: tuple[int, ...]) -> NextStep:
    """The next step from a setting.

    The cheapest single move that meets the requirements; where none does, the first move of the
    shortest way. Where they are met already, the move that wins most detail back and still meets them.
    """
    every = moves(standings, node)
    cheapest = cheapest_move(every)
    if standings.standing(node).met:
        better = cheapest is not None and cheapest.after.score < cheapest.before.score and cheapest.detail_gained > 0
        return NextStep(cheapest if better else None, is_met=True)
    if cheapest is not None:
        return NextStep(cheapest)
    way = path(standings, node)
    if not way:
        return NextStep(None, possible=False)
    return NextStep(way[0], tuple(way))


def next_step(project: Project) -> NextStep | None:
    """The next step from the current setting if it is known, without counting anything; otherwise None.

    Raises
    ------
    AnonymiserError
        It cannot be found.
    """
    recipe = project.recipe
    if not recipe.qis:
        return None
    lattice = lattices.found(project)
    if lattice is not None and lattices.is_current(project, lattice):
        return step_from(Tabulated(lattices.score(lattice, recipe.k, recipe.suppression)), recipe.node)
    known = tasks.result(project, _KIND, _key(project))
    return known if isinstance(known, NextStep) else None


def think(project: Project) -> bool:
    """Begin to look for the next step; whether that goes on in the background.

    A small table is measured whole, once, and mostly at once; then `next_step` knows every setting.
    """
    if not project.recipe.qis or next_step(project) is not None:
        return False
    counted = any(model.needs_histogram for model in requirements_in_force(project.recipe))
    if lattices.work_of(project) <= _LITTLE * (1 if counted else _UNCOUNTED):
        walk = None if lattices.was_cancelled(project) else lattices.explore(project)
        return walk is not None and not walk.wait(_AT_ONCE)
    if tasks.under_way(project, _KIND, _key(project)) is not None:
        return True
    thought = Thought(_KIND, _key(project))
    root, requirements = lattices.root_of(project)
    recipe = project.recipe

    def work() -> NextStep | None:
        while not thought.cancelled and (left := thought.begins - time.monotonic()) > 0:
            thought.done.wait(min(left, 0.1))
        rolled = RolledUp(root, requirements, recipe.suppression, cancelled=lambda: thought.cancelled)
        try:
            return step_from(rolled, recipe.node)
        except Cancelled:
            return None

    return tasks.start(project, thought, work) is not None


def pause(project: Project) -> None:
    """Stop looking for the next step: something else is to be fast now."""
    tasks.drop(project, _KIND)


def _key(project: Project) -> Hashable:
    return project.recipe, id(project.population)
