"""The same records before and after: what an owner looks at to see what a setting does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment

__all__ = ["MOST_RECORDS", "BeforeAfter", "before_after"]

MOST_RECORDS: Final = 20
"""Records shown side by side."""

Rows = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class BeforeAfter:
    """The same records twice, column by column.

    Attributes
    ----------
    before : dict of str to tuple of str
        As they are in the source. Raw values: never for presentation mode.
    after : dict of str to tuple of str
        As they would leave; the first column says what happens to the record.
    """

    before: Rows
    after: Rows


def before_after(project: Project, most: int = MOST_RECORDS) -> BeforeAfter:
    """Some records, spread evenly over the table, before and after the current recipe.

    Which records these are depends on the table only, so that they can be followed while the
    setting changes.

    Parameters
    ----------
    project : Project
    most : int
        Records at most.
    """
    recipe = project.recipe
    total = project.microdata.rows
    rows = np.linspace(0, total - 1, min(most, total)).round().astype(np.intp)
    shown = [plan for plan in recipe.attributes if plan.leaves or plan.name in project.microdata.names]
    taken = project.microdata.source.take(project.microdata.names, rows)
    before = {name: tuple(str(v or "") for v in taken.column(name).to_pylist()) for name in taken.column_names}
    gone = _deleted(project, recipe, rows)
    after: Rows = {"record": tuple("deleted" if d else "leaves" for d in gone)}
    for plan in shown:
        labels = _labels(project, recipe, plan, rows)
        after[plan.name] = tuple("" if d else label for d, label in zip(gone, labels, strict=True))
    return BeforeAfter(before, after)


def _labels(project: Project, recipe: Recipe, plan: AttributePlan, rows: npt.NDArray[np.intp]) -> list[str]:
    if plan.treatment is Treatment.PSEUDONYM:
        return ["a code"] * len(rows)
    if not plan.leaves:
        return ["–"] * len(rows)
    hierarchy = project.table.hierarchy(recipe, plan)
    codes = hierarchy.maps[plan.level][project.table.leaves(recipe, plan)[rows]]
    return [hierarchy.labels[plan.level][code] for code in codes]


def _deleted(project: Project, recipe: Recipe, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether each record's class fails a requirement and would be deleted."""
    if not project.assess(recipe).suppressed:
        return np.zeros(len(rows), dtype=np.bool_)
    classes = project.classes(recipe)
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in project.in_force(recipe):
        passing &= model.passes(classes)
    failing = np.flatnonzero(~passing)
    same = np.ones((len(rows), failing.size), dtype=np.bool_)
    for j, codes in enumerate(_codes(project, recipe, classes, rows)):
        same &= codes[:, None] == classes.layout.codes(classes.keys[:, failing], j)[None, :]
    return np.asarray(same.any(axis=1), dtype=np.bool_)


def _codes(
    project: Project, recipe: Recipe, classes: FrequencySet, rows: npt.NDArray[np.intp]
) -> list[npt.NDArray[np.uint64]]:
    """Code of some records in each quasi-identifier, at the levels of the classes."""
    found = []
    for plan, hierarchy, level in zip(recipe.qis, classes.hierarchies, classes.node, strict=True):
        leaves = project.table.leaves(recipe, plan)[rows]
        found.append(hierarchy.maps[level][leaves].astype(np.uint64))
    return found
