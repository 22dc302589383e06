"""Choosing which columns count towards the groups."""

from __future__ import annotations

from collections.abc import Collection

from anonymiser.attributes import Role
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment

__all__ = ["can_count", "other_columns", "with_counting"]


def can_count(recipe: Recipe) -> tuple[str, ...]:
    """Columns that may count towards the groups: all but direct identifiers."""
    return tuple(plan.name for plan in recipe.attributes if not plan.role.identifies)


def other_columns(recipe: Recipe) -> tuple[AttributePlan, ...]:
    """Columns that do not count towards the groups and may leave, hidden ones included."""
    return tuple(
        plan
        for plan in recipe.attributes
        if not plan.is_qi and not plan.role.identifies and plan.treatment is Treatment.RELEASE and plan.top
    )


def with_counting(project: Project, names: Collection[str]) -> Recipe:
    """The recipe in which exactly these columns count towards the groups.

    A column that no longer counts goes back to the role that was suggested for it. Where that was
    to count, it is not released: a column that points at people leaves counted or not at all.
    """
    suggested = {s.name: s.role for s in project.suggestions}
    recipe = project.recipe
    for plan in project.recipe.attributes:
        if plan.name in names and not plan.is_qi:
            recipe = recipe.with_attribute(plan.name, role=Role.QUASI, treatment=Treatment.RELEASE)
        elif plan.name not in names and plan.is_qi:
            role = suggested.get(plan.name, Role.OBSERVABLE)
            if role in (Role.QUASI, Role.DIRECT):
                recipe = recipe.with_attribute(plan.name, role=Role.INSENSITIVE, treatment=Treatment.DROP)
            else:
                recipe = recipe.with_attribute(plan.name, role=role)
    return recipe
