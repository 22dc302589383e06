"""What the record says about a setting: its fingerprint, a few figures, which columns changed; never a value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from anonymiser.audit.entry import Scalar
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe

__all__ = ["Setting", "recipe_fingerprint", "setting_of", "what_changed"]

_MOST = 8


@dataclass(frozen=True)
class Setting:
    """A recipe with what came of it, as it was noted.

    Attributes
    ----------
    recipe : Recipe
    k, exposed, deleted : int
        The smallest group; records in groups below the policy's k; records deleted.
    loss : float
        Detail lost, 0 to 1.
    """

    recipe: Recipe
    k: int
    exposed: int
    deleted: int
    loss: float


def recipe_fingerprint(recipe: Recipe, policy: Policy | None = None) -> str:
    """SHA-256 of a recipe, and of the policy that it has to meet where one is given."""
    text = recipe.to_json() + ("" if policy is None else policy.model_dump_json())
    return hashlib.sha256(text.encode()).hexdigest()


def setting_of(project: Project, recipe: Recipe | None = None) -> Setting:
    """A setting, the current one if left out, with its figures, which the pages have worked out already."""
    chosen = recipe or project.recipe
    found = project.assess(chosen)
    exposed = 0 if found.suppressed else int(found.records_below_k)
    return Setting(chosen, int(found.k), exposed, int(found.suppressed), float(found.loss))


def what_changed(before: Setting, after: Setting) -> dict[str, Scalar]:
    """Risk before and after, and which columns changed in what."""
    told = [*_columns(before.recipe, after.recipe), *_whole(before.recipe, after.recipe)]
    more = len(told) - _MOST
    words = "; ".join(told[:_MOST]) + (f"; and {more} more" if more > 0 else "")
    return {
        "recipe_before": recipe_fingerprint(before.recipe),
        "recipe": recipe_fingerprint(after.recipe),
        "changed": words or "nothing",
        "k_before": before.k,
        "k": after.k,
        "exposed_before": before.exposed,
        "exposed": after.exposed,
        "deleted_before": before.deleted,
        "deleted": after.deleted,
        "loss_before": round(before.loss, 4),
        "loss": round(after.loss, 4),
    }


def _columns(before: Recipe, after: Recipe) -> Iterator[str]:
    earlier = {plan.name: plan for plan in before.attributes}
    for plan in after.attributes:
        old = earlier.pop(plan.name, None)
        if old is None:
            yield f"{plan.name}: new"
        elif old != plan:
            yield f"{plan.name}: {', '.join(_plan(old, plan))}"
    yield from (f"{name}: gone" for name in earlier)


def _plan(old: AttributePlan, new: AttributePlan) -> Iterator[str]:
    """In numbers of levels: their names may come from values."""
    if old.role is not new.role:
        yield f"{old.role.value} → {new.role.value}"
    if old.treatment is not new.treatment:
        yield f"{old.treatment.value} → {new.treatment.value}"
    if old.level != new.level:
        yield f"level {old.level} → {new.level} of {new.top}"
    if old.hierarchy != new.hierarchy:
        yield "other steps"
    if old.concept is not new.concept:
        yield "about something else"


def _whole(before: Recipe, after: Recipe) -> Iterator[str]:
    if before.recipient != after.recipient:
        yield f"recipient: {before.recipient or 'none'} → {after.recipient or 'none'}"
    if before.suppression != after.suppression:
        yield f"may be deleted: {100 * before.suppression:.1f} % → {100 * after.suppression:.1f} %"
    if before.requirements != after.requirements:
        yield "requirements"
    if before.form is not after.form or before.sample_fraction != after.sample_fraction:
        yield f"form: {before.form.value} → {after.form.value}"
    if before.budget != after.budget:
        yield f"privacy budget: {before.budget or 'none'} → {after.budget or 'none'}"
    if before.methods != after.methods:
        yield "methods"
    if before.derived != after.derived:
        yield "computed columns"
