"""What the attack page remembers beside the project: what is known of whom, and what was tried with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from anonymiser.attacking import facts, search
from anonymiser.attacking.search import Present, Search, Trial, WorstColumns
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.risk.attack import Precision
from anonymiser.risk.hashes import HashDemonstration
from anonymiser.risk.knowledge import Knowledge
from pages.common import state

__all__ = ["AttackDesk", "attack_desk", "present", "searched", "singled_out", "someone_else"]


@dataclass(eq=False)
class AttackDesk:
    """One session's attacks on its project.

    Attributes
    ----------
    knowledge : tuple of Fact
        What is known of Alex.
    row : int
        The record that Alex is, from 0.
    random : Generator
        Draws people; it protects nothing.
    released : tuple of (Recipe, array or None) or None
        Which rows a recipe releases.
    alone : tuple of (Recipe, tuple of Fact, Precision) or None
        How many a knowledge singles out.
    columns : tuple of (Recipe, WorstColumns) or None
    trial : tuple of (Recipe, Trial) or None
        The last run.
    hashes : HashDemonstration or None
        The last measurement.
    """

    knowledge: Knowledge
    row: int = 0
    random: np.random.Generator = field(default_factory=np.random.default_rng)
    released: tuple[Recipe, Present | None] | None = None
    alone: tuple[Recipe, Knowledge, Precision] | None = None
    columns: tuple[Recipe, WorstColumns] | None = None
    trial: tuple[Recipe, Trial] | None = None
    hashes: HashDemonstration | None = None


_DESKS: WeakKeyDictionary[Project, AttackDesk] = WeakKeyDictionary()


def attack_desk(project: Project) -> AttackDesk:
    """The attacks on a project; at first, all quasi-identifiers are known exactly, of a random person."""
    desk = _DESKS.get(project)
    if desk is None:
        desk = _DESKS[project] = AttackDesk(facts.knowing([plan.name for plan in project.recipe.qis]))
        desk.row = search.another_person(project.microdata.rows, desk.random)
    desk.knowledge = facts.fitting(project.recipe, desk.knowledge)
    return desk


def present(project: Project) -> Present | None:
    """Which rows the current recipe releases, worked out once a recipe."""
    desk = attack_desk(project)
    if desk.released is None or desk.released[0] != project.recipe:
        desk.released = (project.recipe, search.present_rows(project))
    return desk.released[1]


def singled_out(project: Project) -> Precision:
    """How many people the chosen knowledge singles out, counted once for it and for the recipe."""
    desk = attack_desk(project)
    if desk.alone is None or desk.alone[:2] != (project.recipe, desk.knowledge):
        people = search.asked(project.microdata.rows)
        (found,) = search.singled_out(project, (desk.knowledge,), present(project), people)
        desk.alone = (project.recipe, desk.knowledge, found)
    return desk.alone[2]


def searched(project: Project) -> Search:
    """The table and the release as somebody with the chosen knowledge sees them."""
    return search.search(project, attack_desk(project).knowledge, present(project))


def someone_else() -> None:
    """Choose another random person. For callbacks."""
    project = state.project()
    desk = attack_desk(project)
    desk.row = search.another_person(project.microdata.rows, desk.random, desk.row)
    state.follow()
