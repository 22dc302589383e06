"""What two recipes decide differently, in words."""

from __future__ import annotations

from dataclasses import dataclass

from anonymiser.recipe import AttributePlan, Recipe

__all__ = ["Difference", "Pair", "differences", "level_words"]


@dataclass(frozen=True)
class Pair:
    """Two recipes for the same table."""

    left: Recipe
    right: Recipe


@dataclass(frozen=True)
class Difference:
    """One thing that two recipes decide differently, in words."""

    what: str
    left: str
    right: str


def level_words(pair: Pair) -> tuple[Difference, ...]:
    """How each column that counts in either leaves under both."""
    names = dict.fromkeys(plan.name for recipe in (pair.left, pair.right) for plan in recipe.qis)
    return tuple(Difference(name, _leaves_as(pair.left, name), _leaves_as(pair.right, name)) for name in names)


def differences(pair: Pair) -> tuple[Difference, ...]:
    """Everything that the two recipes decide differently."""
    left, right = pair.left, pair.right
    rows = [
        Difference("recipient", left.recipient or "none", right.recipient or "none"),
        Difference("may be deleted", f"{100 * left.suppression:.1f} %", f"{100 * right.suppression:.1f} %"),
        Difference("requirements", _requirements(left), _requirements(right)),
        Difference("shape of the release", left.form.value, right.form.value),
        Difference("share released", f"{100 * left.sample_fraction:.0f} %", f"{100 * right.sample_fraction:.0f} %"),
        Difference("derived columns", _derived(left), _derived(right)),
    ]
    names = dict.fromkeys(plan.name for recipe in (left, right) for plan in recipe.attributes)
    for name in names:
        one, other = _plan(left, name), _plan(right, name)
        rows.append(Difference(f"{name}: role", one.role.value if one else "–", other.role.value if other else "–"))
        rows.append(Difference(f"{name}: leaves as", _leaves_as(left, name), _leaves_as(right, name)))
        if one and other and one.hierarchy != other.hierarchy:
            rows.append(Difference(f"{name}: steps", _steps(one), _steps(other)))
    return tuple(row for row in rows if row.left != row.right)


def _plan(recipe: Recipe, name: str) -> AttributePlan | None:
    return next((plan for plan in recipe.attributes if plan.name == name), None)


def _leaves_as(recipe: Recipe, name: str) -> str:
    plan = _plan(recipe, name)
    if plan is None or not plan.leaves:
        return "does not leave"
    return "a code" if plan.treatment.value == "pseudonym" else plan.level_name


def _steps(plan: AttributePlan) -> str:
    return ", ".join(plan.hierarchy.level_names) + " (own rule)"


def _requirements(recipe: Recipe) -> str:
    told = []
    for model in recipe.requirements:
        values = model.model_dump()
        name = str(values.pop("kind")).replace("_", " ")
        told.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    return "; ".join(told) or "none"


def _derived(recipe: Recipe) -> str:
    return ", ".join(derived.name for derived in recipe.derived) or "none"
