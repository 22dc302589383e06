"""Who disappears: the rows that deleting takes from each group of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymiser import figures, story
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, roll_up
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import Removal, removal_by_group
from anonymiser.transform.measure import failing_rows

__all__ = ["SMALLEST_GROUP", "Disappearing", "can_group", "root_with_groups", "who_disappears"]

SMALLEST_GROUP: Final = 10
"""Rows below which a group is not called the worst off: by chance alone it may lose all."""
_FEW: Final = 12
"""Labels that make a table of groups that one can read."""


@dataclass(frozen=True)
class Disappearing:
    """What deleting the failing rows takes from each group of people.

    Attributes
    ----------
    labels : tuple of str
        Raw: not for presentation mode.
    rows, gone : tuple of int
        Rows of each group, and those that fail.
    times : tuple of float
        How many times its share each group loses.
    worst : str
        Which group loses most for its size, in words. Raw.
    worst_times : float
        How many times its share that is; 0 where nobody loses a row.
    """

    labels: tuple[str, ...]
    rows: tuple[int, ...]
    gone: tuple[int, ...]
    times: tuple[float, ...]
    worst: str
    worst_times: float


def can_group(project: Project) -> tuple[str, ...]:
    """Columns by which people can be told apart in groups: all but direct identifiers."""
    return tuple(plan.name for plan in project.recipe.attributes if not plan.role.identifies)


def who_disappears(project: Project, recipe: Recipe, column: str) -> Disappearing:
    """The rows of each group that fail the requirements of a recipe, whether or not they fit its limit.

    Parameters
    ----------
    project : Project
    recipe : Recipe
    column : str
        Its values make the groups, at its level where it is sensitive, else at the first level of few labels.
    """
    if recipe.methods:
        labels, removal = _by_methods(project, recipe, column)
    else:
        labels, root = root_with_groups(project, recipe, column)
        removal = removal_by_group(roll_up(root, recipe.node), project.in_force(recipe), column)
    there = [i for i in range(len(labels)) if removal.records[i]]
    worst = removal.worst(SMALLEST_GROUP)
    return Disappearing(
        labels=tuple(figures.shown(labels[i]) for i in there),
        rows=tuple(int(removal.records[i]) for i in there),
        gone=tuple(int(removal.removed[i]) for i in there),
        times=tuple(float(removal.times[i]) for i in there),
        worst=_worst_in_words(labels, removal, worst),
        worst_times=0.0 if worst is None else float(removal.times[worst]),
    )


def root_with_groups(project: Project, recipe: Recipe, column: str) -> tuple[tuple[str, ...], FrequencySet]:
    """The labels that make the groups of a column, and the classes of level 0 with the column's counts."""
    labels, own = _groups(project, recipe, column)
    others = (codes for codes in project.table.sensitive(recipe) if codes.name != column)
    return labels, build(*project.table.qis(recipe), (own, *others), histograms=True)


def _by_methods(project: Project, recipe: Recipe, column: str) -> tuple[tuple[str, ...], Removal]:
    """The same of what the recipe's methods make: their groups that fail; whom a sample leaves out is not counted."""
    labels, own = _groups(project, recipe, column)
    draft = project.draft(recipe).draft
    codes = own.codes[draft.source_rows]
    failing = failing_rows(draft, project.in_force(recipe))
    records, removed = (np.bincount(one, minlength=len(labels)).astype(np.int64) for one in (codes, codes[failing]))
    return labels, Removal(records, removed, labels)


def _worst_in_words(labels: tuple[str, ...], removal: Removal, worst: int | None) -> str:
    if worst is None:
        return story.worst_off(None, 0, 0, 0.0, smallest=SMALLEST_GROUP)
    gone, rows, times = int(removal.removed[worst]), int(removal.records[worst]), float(removal.times[worst])
    return story.worst_off(figures.shown(labels[worst]), gone, rows, times, smallest=SMALLEST_GROUP)


def _groups(project: Project, recipe: Recipe, column: str) -> tuple[tuple[str, ...], SensitiveCodes]:
    """The labels of a column that make its groups, and the code of each record."""
    plan = recipe.attribute(column)
    known = next((codes for codes in project.table.sensitive(recipe) if codes.name == column), None)
    if known is not None:
        return project.table.labels_at(recipe, plan)[0], known
    labels = project.table.hierarchy(recipe, plan).labels
    level = next((level for level, names in enumerate(labels) if len(names) <= _FEW), plan.top)
    names, codes, missing = project.table.labels_at(recipe, plan.model_copy(update={"level": level}))
    return names, SensitiveCodes(column, codes, len(names), missing)
