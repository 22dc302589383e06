"""What two recipes decide differently, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel

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
        Difference("requirements", _told(left.requirements), _told(right.requirements)),
        Difference("shape of the release", left.form.value, right.form.value),
        Difference("share released", f"{100 * left.sample_fraction:.0f} %", f"{100 * right.sample_fraction:.0f} %"),
        Difference("derived columns", _derived(left), _derived(right)),
        Difference("methods beside the sliders", _told(left.methods), _told(right.methods)),
        Difference("privacy budget (ε)", _number(left.budget), _number(right.budget)),
    ]
    names = dict.fromkeys(plan.name for recipe in (left, right) for plan in recipe.attributes)
    for name in names:
        one, other = _plan(left, name), _plan(right, name)
        rows.append(Difference(f"{name}: role", one.role.value if one else "–", other.role.value if other else "–"))
        rows.append(Difference(f"{name}: leaves as", _leaves_as(left, name), _leaves_as(right, name)))
        if one and other and one.hierarchy != other.hierarchy:
            rows.append(Difference(f"{name}: steps", _steps(one), _steps(other)))
        if one and other and one.missing != other.missing:
            rows.append(Difference(f"{name}: codes for no value", *_unlike(len(one.missing), len(other.missing))))
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


def _told(models: Iterable[BaseModel]) -> str:
    """Requirements or methods with their numbers; values of the table are counted, not named."""
    told = []
    for model in models:
        values = model.model_dump(mode="json")
        name = str(values.pop("kind", "")).replace("_", " ")
        given = {key.replace("_", " "): value for key, value in values.items() if value not in ([], "")}
        said = [f"{key} {_shown(value)}" for key, value in given.items()]
        told.append(f"{name}: {', '.join(said)}" if name else ", ".join(said))
    return "; ".join(told) or "none"


def _shown(value: object) -> str:
    if isinstance(value, list | dict):
        return f"({len(value)} named)"
    return str(value)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _unlike(left: int, right: int) -> tuple[str, str]:
    """Two counts; where they are equal, it is the codes that differ."""
    return str(left), f"{right}, others" if left == right else str(right)


def _derived(recipe: Recipe) -> str:
    return ", ".join(derived.name for derived in recipe.derived) or "none"
