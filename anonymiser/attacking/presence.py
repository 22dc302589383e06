"""What a file tells of somebody without any search: by being in it, or by standing in a group of one mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymiser.attacking.attackers import released_classes
from anonymiser.attributes import Concept
from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy.people import entity_of
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.risk.uniformity import UniformClasses, nearly_uniform

__all__ = ["ALMOST_ALL", "Shared", "Uniform", "UniformGroup", "born_elsewhere", "shared_by_all", "uniform_groups"]

_LISTED: Final = 5
ALMOST_ALL: Final = 0.95
"""Share of the known values from which presence in the file says the value (a house rule)."""


@dataclass(frozen=True)
class Shared:
    """A value that nearly everybody in the file has.

    Attributes
    ----------
    attribute, value : str
    records, known : int
        With the value; with any.
    leaves : bool
        Whether the column is released too.
    unknown : int
        Records without any.
    """

    attribute: str
    value: str
    records: int
    known: int
    leaves: bool
    unknown: int = 0


@dataclass(frozen=True)
class UniformGroup:
    """One released group that is nearly uniform in a sensitive column.

    Attributes
    ----------
    labels : tuple of str
        What the group shares, one label a visible quasi-identifier.
    value : str
        Label that it gives away, as released.
    having, known, records : int
        Records with that value, with any, and all.
    """

    labels: tuple[str, ...]
    value: str
    having: int
    known: int
    records: int


@dataclass(frozen=True, eq=False)
class Uniform:
    """Released groups that are nearly uniform in a sensitive column.

    Attributes
    ----------
    found : UniformClasses
    groups : tuple of UniformGroup
        The worst: the most certain first, then the largest.
    over_people : bool
        Whether one person may have several records.
    """

    found: UniformClasses
    groups: tuple[UniformGroup, ...]
    over_people: bool = False


def shared_by_all(project: Project) -> tuple[Shared, ...]:
    """Columns in which nearly everybody has one value; direct identifiers and derived columns left out."""
    found = []
    for plan in project.recipe.attributes:
        if plan.role.identifies or plan.name not in project.microdata.names:
            continue
        column = project.table.column(project.recipe, plan.name)
        counts = np.asarray(column.counts[: len(column.values)])
        known = int(counts.sum())
        if known and counts.max() >= ALMOST_ALL * known:
            place = int(counts.argmax())
            found.append(
                Shared(plan.name, column.values[place], int(counts[place]), known, plan.leaves, column.n_missing)
            )
    return tuple(found)


def born_elsewhere(project: Project) -> str | None:
    """The one country of residence, where nobody in the file was born in it; None where that is not so."""
    plans = {plan.concept: plan.name for plan in project.recipe.attributes}
    if Concept.CURRENT_COUNTRY not in plans or Concept.BIRTH_COUNTRY not in plans:
        return None
    home, birth = (
        project.table.column(project.recipe, plans[concept]).values
        for concept in (Concept.CURRENT_COUNTRY, Concept.BIRTH_COUNTRY)
    )
    born = {value.casefold() for value in birth}
    return home[0] if len(home) == 1 and home[0].casefold() not in born else None


def uniform_groups(project: Project, threshold: float = 0.9) -> tuple[Uniform, ...]:
    """For each sensitive column that leaves, the released groups that tell its value of nearly everybody in them.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    recipe = project.recipe
    if not recipe.sensitive:
        return ()
    classes, kept = released_classes(project, histograms=True)
    over_people = entity_of(classes) is not None
    found = []
    for plan in recipe.sensitive:
        if plan.name not in classes.histograms:
            continue  # a method took it out
        one = nearly_uniform(classes, plan.name, threshold, kept)
        labels = _labels(project, plan)
        found.append(Uniform(one, _worst(classes, recipe, one, labels), over_people))
    return tuple(found)


def _labels(project: Project, plan: AttributePlan) -> Sequence[str]:
    column = project.draft().draft.column(plan.name) if project.recipe.methods else None
    return project.table.labels_at(project.recipe, plan)[0] if column is None else column.labels


def _worst(
    classes: FrequencySet, recipe: Recipe, found: UniformClasses, labels: Sequence[str]
) -> tuple[UniformGroup, ...]:
    leaving = {plan.name for plan in recipe.qis if plan.leaves}
    shown = [j for j, hierarchy in enumerate(classes.hierarchies) if hierarchy.attribute in leaving]
    groups = []
    for at, number in enumerate(found.numbers[:_LISTED]):
        key = classes.keys[:, number : number + 1]
        names = tuple(
            classes.hierarchies[j].labels[classes.node[j]][int(classes.layout.codes(key, j)[0])] for j in shown
        )
        having, known = int(found.having[at]), int(found.known[at])
        groups.append(UniformGroup(names, labels[int(found.values[at])], having, known, int(classes.counts[number])))
    return tuple(groups)
