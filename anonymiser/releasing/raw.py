"""What must not leave, and the pseudonyms that may leave in place of an identifier."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from anonymiser.methods import Scope
from anonymiser.microdata import Column
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.release.leaks import RawColumn, RawKind
from anonymiser.release.pseudonyms import PseudonymRequest

__all__ = ["PSEUDONYM_SUFFIX", "can_be_pseudonym", "must_not_leave", "pseudonym_requests", "with_pseudonyms"]

PSEUDONYM_SUFFIX: Final = "_pseudonym"


def must_not_leave(project: Project) -> Iterator[RawColumn]:
    """Raw values to search for: direct identifiers, and each blurred or dropped column at every finer level."""
    recipe = project.recipe
    for plan in recipe.attributes:
        if plan.role.identifies:
            yield RawColumn(project.table.column(recipe, plan.name), RawKind.DIRECT)
            continue
        stop = max(plan.level, int(_changed(recipe, plan))) if plan.leaves else plan.top
        for level in range(stop):
            yield RawColumn(_at_level(project, plan, level), RawKind.FINER)


def _changed(recipe: Recipe, plan: AttributePlan) -> bool:
    """Whether a method changes a column: then its exact values must not stand elsewhere either."""
    return any(
        plan.is_qi if method.scope is Scope.GROUPING else plan.name in method.columns for method in recipe.methods
    )


def pseudonym_requests(project: Project) -> tuple[PseudonymRequest, ...]:
    """The columns for which the recipe wants a keyed pseudonym."""
    return tuple(
        PseudonymRequest(plan.name + PSEUDONYM_SUFFIX, project.table.column(project.recipe, plan.name), plan.concept)
        for plan in project.recipe.attributes
        if plan.treatment is Treatment.PSEUDONYM
    )


def can_be_pseudonym(recipe: Recipe) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Direct identifiers that a keyed pseudonym can stand for, and those for which one does."""
    direct = [plan for plan in recipe.attributes if plan.role.identifies]
    return (
        tuple(plan.name for plan in direct),
        tuple(plan.name for plan in direct if plan.treatment is Treatment.PSEUDONYM),
    )


def with_pseudonyms(recipe: Recipe, names: Collection[str]) -> Recipe:
    """A pseudonym for exactly these direct identifiers; the others are dropped."""
    for name in can_be_pseudonym(recipe)[0]:
        wanted = Treatment.PSEUDONYM if name in names else Treatment.DROP
        recipe = recipe.with_attribute(name, treatment=wanted)
    return recipe


def _at_level(project: Project, plan: AttributePlan, level: int) -> Column:
    """A column at one level of its hierarchy, as if it were the source."""
    if level == 0:
        return project.table.column(project.recipe, plan.name)
    labels, codes, missing = project.table.labels_at(project.recipe, plan.model_copy(update={"level": level}))
    return Column(plan.name, labels if missing is None else labels[:-1], codes)
