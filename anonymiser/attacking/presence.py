"""What a file tells of somebody without any search: by being in it, or by standing in a group of one mind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Concept
from anonymiser.project import Project
from anonymiser.risk.uniformity import UniformClasses, nearly_uniform

__all__ = ["ALMOST_ALL", "Shared", "Uniform", "born_elsewhere", "shared_by_all", "uniform_groups"]

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
    """

    attribute: str
    value: str
    records: int
    known: int
    leaves: bool


@dataclass(frozen=True, eq=False)
class Uniform:
    """Released groups that are nearly uniform in a sensitive column.

    Attributes
    ----------
    found : UniformClasses
    largest : int
        Records of the group in which most share the value; 0 where there is none.
    value : str
        Label that this group gives away, as released; empty where there is none.
    """

    found: UniformClasses
    largest: int
    value: str


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
            found.append(Shared(plan.name, column.values[place], int(counts[place]), known, plan.leaves))
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
    classes = project.classes(histograms=True)
    kept: npt.NDArray[np.bool_] | None = None
    if project.assess().suppressed:
        kept = np.ones(classes.classes, dtype=np.bool_)
        for model in project.in_force(recipe):
            kept &= model.passes(classes)
    found = []
    for plan in recipe.sensitive:
        one = nearly_uniform(classes, plan.name, threshold, kept)
        labels = project.table.labels_at(recipe, plan)[0]
        sizes = classes.counts[one.numbers]
        largest = int(sizes.argmax()) if sizes.size else -1
        value = labels[int(one.values[largest])] if sizes.size else ""
        found.append(Uniform(one, int(sizes[largest]) if sizes.size else 0, value))
    return tuple(found)
