"""First recipes: from suggestions to a plan for each column, and from a plan to a recipient's policy."""

from __future__ import annotations

from collections.abc import Sequence

from anonymiser.attributes import Concept, Role
from anonymiser.errors import RecipeError
from anonymiser.hierarchies import HierarchySpec, suggest_spec
from anonymiser.hierarchies.derived import Derived
from anonymiser.microdata import Microdata
from anonymiser.policy import Policy
from anonymiser.privacy import DistinctDiversity, KAnonymity, Requirement
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.suggest import Suggestion

__all__ = ["apply_policy", "check_fits", "first_recipe", "level_named", "requirements_in_force", "requirements_of"]

_YES_NO = 2
_NUMERIC = {
    Concept.AGE,
    Concept.WEIGHT,
    Concept.HEIGHT,
    Concept.BMI,
    Concept.DRINKS,
    Concept.CIGARETTES,
    Concept.COUNTRIES_VISITED,
    Concept.NUMBER,
}


def first_recipe(microdata: Microdata, suggestions: Sequence[Suggestion], policy: Policy) -> Recipe:
    """The recipe with which a table opens: suggested roles, the policy's requirements, QIs exact."""
    attributes = [_plan(microdata, suggestion) for suggestion in suggestions]
    derived, extra = _body_mass(microdata, suggestions)
    recipe = Recipe(attributes=(*attributes, *extra), derived=derived)
    return apply_policy(recipe, policy, levels=False)


def apply_policy(recipe: Recipe, policy: Policy, *, levels: bool) -> Recipe:
    """A recipe under a recipient's policy: roles, treatments, requirements.

    Parameters
    ----------
    recipe : Recipe
    policy : Policy
    levels : bool
        Also move the quasi-identifiers to the levels that the policy names. Other columns always
        go to theirs.
    """
    attributes = tuple(_under(policy, plan, levels=levels) for plan in recipe.attributes)
    planned = recipe.changed(attributes=attributes, suppression=policy.suppression.value, recipient=policy.name)
    return planned.changed(requirements=requirements_of(planned, policy))


def requirements_of(recipe: Recipe, policy: Policy) -> tuple[Requirement, ...]:
    """The requirements that a policy puts on a recipe's columns.

    Distinct l applies to every sensitive column that leaves, after banding; a column of two values
    cannot have three, its requirement is α on the harmful value.
    """
    wanted: list[Requirement] = [KAnonymity(k=int(policy.k.value))]
    if policy.distinct_l is not None:
        wanted += [
            DistinctDiversity(attribute=plan.name, l=int(policy.distinct_l.value))
            for plan in recipe.sensitive
            if not is_yes_no(plan)
        ]
    return tuple(wanted)


def requirements_in_force(recipe: Recipe) -> tuple[Requirement, ...]:
    """The requirements that say something of what leaves.

    One on a sensitive column that is dropped or hidden protects what nobody gets: it is left out.

    Raises
    ------
    RecipeError
        One is on a column that the recipe does not have, or that leaves without being sensitive.
    """
    sensitive = {plan.name for plan in recipe.sensitive}
    in_force = []
    for requirement in recipe.requirements:
        name = requirement.attribute
        if name is None or name in sensitive:
            in_force.append(requirement)
        elif recipe.attribute(name).leaves:
            raise RecipeError(
                f"The recipe requires diversity of '{name}', which is not a sensitive column in it. "
                "Mark the column as sensitive, or take the requirement out."
            )
    return tuple(in_force)


def check_fits(recipe: Recipe, microdata: Microdata) -> None:
    """Refuse a recipe that was made for other columns.

    Raises
    ------
    RecipeError
        Columns are missing, the table has columns that the recipe does not know, or a requirement is on
        a column that cannot bear it.
    """
    derived = {d.name for d in recipe.derived}
    planned = {a.name for a in recipe.attributes} - derived
    missing = sorted(planned - set(microdata.names))
    extra = sorted(set(microdata.names) - planned)
    if missing:
        raise RecipeError(f"The recipe speaks of columns that this table does not have: {', '.join(missing[:5])}.")
    if extra:
        raise RecipeError(
            f"The table has columns that the recipe does not know: {', '.join(extra[:5])}. "
            "Nothing leaves unless the recipe says so; make a recipe for this table."
        )
    requirements_in_force(recipe)


def is_yes_no(plan: AttributePlan) -> bool:
    """Whether a sensitive column is a yes/no one."""
    return plan.concept is Concept.HEALTH_STATUS


def level_named(spec: HierarchySpec, word: str) -> int:
    """The level with that word; the last one (hidden) where there is none."""
    names = spec.level_names
    if word == "exact":
        return 0
    return names.index(word) if word in names else len(names) - 1


def _plan(microdata: Microdata, suggestion: Suggestion) -> AttributePlan:
    spec = suggest_spec(microdata.column(suggestion.name), suggestion.concept, suggestion.date_format)
    dropped = suggestion.role is Role.DIRECT
    return AttributePlan(
        name=suggestion.name,
        role=suggestion.role,
        concept=suggestion.concept,
        hierarchy=spec,
        treatment=Treatment.DROP if dropped else Treatment.RELEASE,
    )


def _body_mass(
    microdata: Microdata, suggestions: Sequence[Suggestion]
) -> tuple[tuple[Derived, ...], tuple[AttributePlan, ...]]:
    """Body mass index, where weight and height are there and it is not."""
    by_concept = {s.concept: s.name for s in suggestions}
    weight, height = by_concept.get(Concept.WEIGHT), by_concept.get(Concept.HEIGHT)
    if weight is None or height is None or Concept.BMI in by_concept or "bmi" in microdata.names:
        return (), ()
    derived = Derived(name="bmi", kind="bmi", inputs=(weight, height))
    spec = suggest_spec(derived.compute(microdata), Concept.BMI, None)
    plan = AttributePlan(name="bmi", role=Role.OBSERVABLE, concept=Concept.BMI, hierarchy=spec)
    return (derived,), (plan,)


def _under(policy: Policy, plan: AttributePlan, *, levels: bool) -> AttributePlan:
    rule = policy.rule(plan.concept)
    if rule is not None:
        level = level_named(plan.hierarchy, rule.level)
        if rule.role is Role.QUASI and not levels:
            level = plan.level if plan.is_qi else 0
        return plan.model_copy(update={"role": rule.role, "treatment": rule.treatment, "level": level})
    treatment, level = plan.treatment, plan.level
    constant = plan.role is Role.INSENSITIVE and plan.concept is Concept.CONSTANT
    if plan.role is Role.DIRECT or constant or (policy.is_open and plan.role is not Role.QUASI):
        treatment = Treatment.DROP
    elif plan.treatment is Treatment.DROP:
        treatment = Treatment.RELEASE
    if plan.role is not Role.QUASI and plan.concept in _NUMERIC:
        level = max(level, min(1, plan.top))  # exact numbers are fingerprints: they leave in bands
    return plan.model_copy(update={"treatment": treatment, "level": level})
