"""What an owner says of columns: their roles, what they are about, which rule blurs them, what means "no value".

Everything here is pure: a recipe goes in, a recipe comes out; the caller decides whether to keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from anonymiser.attributes import Concept, Role
from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import HierarchySpec
from anonymiser.policy import Policy
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.transform.encoded import EncodedTable

__all__ = [
    "RoleGroup",
    "role_groups",
    "with_concept",
    "with_hierarchy",
    "with_missing_codes",
    "with_roles",
]


@dataclass(frozen=True)
class RoleGroup:
    """Columns that do the same to a person.

    Attributes
    ----------
    title, meaning : str
    columns : tuple of str
    """

    title: str
    meaning: str
    columns: tuple[str, ...]


def role_groups(recipe: Recipe) -> tuple[RoleGroup, ...]:
    """Which columns point at a person, and how; a column that is observable and sensitive is in both groups."""

    def columns(belongs: Callable[[Role], bool]) -> tuple[str, ...]:
        return tuple(plan.name for plan in recipe.attributes if belongs(plan.role))

    return (
        RoleGroup(
            "Name one person",
            "Direct identifiers and the person key: each points at one person by itself. They never leave as they are.",
            columns(lambda role: role.identifies),
        ),
        RoleGroup(
            "Point together",
            "Quasi-identifiers: outsiders can find them in registers or online, and together they single people out. "
            "They count towards the groups.",
            columns(lambda role: role is Role.QUASI),
        ),
        RoleGroup(
            "Seen by others",
            "Observable: in no register, but a friend or a colleague may know them.",
            columns(lambda role: role.is_observable),
        ),
        RoleGroup(
            "Could harm",
            "Sensitive: learning them about a person could hurt that person.",
            columns(lambda role: role.is_sensitive),
        ),
    )


def with_roles(recipe: Recipe, roles: Mapping[str, Role], policy: Policy) -> Recipe:
    """Other roles, and what follows from them: an identifier is dropped, an exact fingerprint leaves in bands.

    Parameters
    ----------
    recipe : Recipe
    roles : mapping of str to Role
        By column; others stay.
    policy : Policy
        In an open release only quasi-identifiers leave.

    Raises
    ------
    RecipeError
        No such column, or too many quasi-identifiers.
    """
    for name, role in roles.items():
        plan = recipe.attribute(name)
        if plan.role is role:
            continue
        treatment = _treatment(plan, role, policy)
        level = plan.level
        if role is not Role.QUASI and treatment is Treatment.RELEASE and plan.top > 1:
            level = max(level, 1)
        recipe = recipe.with_attribute(name, role=role, treatment=treatment, level=level)
    return recipe


def with_concept(recipe: Recipe, name: str, concept: Concept, spec: HierarchySpec) -> Recipe:
    """A column is about something else, and is blurred by the rule for that."""
    return with_hierarchy(recipe.with_attribute(name, concept=concept), name, spec)


def with_hierarchy(recipe: Recipe, name: str, spec: HierarchySpec) -> Recipe:
    """Another rule for a column; it keeps its level by the level's word, otherwise as far up as before.

    "Hidden" stays hidden and "exact" exact, however many levels there are.

    Raises
    ------
    RecipeError
        No such column.
    """
    plan = recipe.attribute(name)
    top = len(spec.level_names) - 1
    if plan.level_name in spec.level_names:
        level = spec.level_names.index(plan.level_name)
    elif plan.level == plan.top:
        level = top
    else:
        level = min(plan.level, max(top - 1, 0))
    return recipe.with_attribute(name, hierarchy=spec, level=level)


def with_missing_codes(table: EncodedTable, recipe: Recipe, name: str, codes: tuple[str, ...]) -> Recipe:
    """More codes that mean "no value" in a column, such as 999 or "refused".

    Raises
    ------
    HierarchyError
        No cell holds any of them.
    RecipeError
        No such column.
    """
    before = recipe.attribute(name).missing
    changed = recipe.with_attribute(name, missing=tuple(dict.fromkeys((*before, *codes))))
    if table.column(changed, name).n_missing == table.column(recipe, name).n_missing:
        raise HierarchyError(f"No cell of '{name}' holds these codes, so nothing changed.")
    return changed


def _treatment(plan: AttributePlan, role: Role, policy: Policy) -> Treatment:
    if role.identifies or (policy.is_open and role is not Role.QUASI):
        return Treatment.DROP
    if role is Role.QUASI or plan.role.identifies:
        return Treatment.RELEASE
    return plan.treatment
