"""The best setting of the sliders without any method: what every candidate is compared with."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from anonymiser.exploring import tasks
from anonymiser.exploring.tasks import Task
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import Searcher
from anonymiser.trying.candidate import Candidate, candidate_of

__all__ = ["best_is_sought", "best_levels"]

_LEVELS: Final = "best levels"


def best_levels(project: Project, patience: float = 1.0) -> Candidate | None:
    """The best setting without any method, by Loss: looked for in the background.

    Parameters
    ----------
    project : Project
    patience : float
        Seconds to wait for it.

    Returns
    -------
    Candidate or None
        None while it is not found, and where no setting meets the requirements.
    """
    plain, key = _plain(project), _key(project)
    if tasks.result(project, _LEVELS, key) is None:
        begun = tasks.start(project, Task(_LEVELS, key), lambda: _best(project, plain))
        if begun is not None:
            begun.wait(patience)
    found = tasks.result(project, _LEVELS, key)
    return found if isinstance(found, Candidate) else None


def _best(project: Project, plain: Recipe) -> Candidate | str:
    requirements = project.in_force(plain)
    found = Searcher(project.classes(plain), requirements, plain.suppression).find()
    if found is None:
        return "no setting meets the requirements"
    levels = {plan.name: level for plan, level in zip(plain.qis, found.node, strict=True)}
    recipe = plain.with_levels(levels)
    return candidate_of(project, recipe, project.assess(recipe, histograms=True), "Best levels")


def best_is_sought(project: Project) -> bool:
    """Whether the search for it goes on."""
    return tasks.under_way(project, _LEVELS, _key(project)) is not None


def _plain(project: Project) -> Recipe:
    return project.recipe.changed(methods=()).with_levels({plan.name: 0 for plan in project.recipe.qis})


def _key(project: Project) -> Hashable:
    return _plain(project), id(project.population)
