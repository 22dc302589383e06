"""First recipes: from suggestions to a plan for each column, and from a plan to a recipient's policy."""

from __future__ import annotations

from collections.abc import Sequence

from anonymiser.attributes import Concept, Role
from anonymiser.errors import RecipeError
from anonymiser.hierarchies import FlatSpec, HierarchySpec, IntervalSpec, has_rule, suggest_spec
from anonymiser.hierarchies.derived import Derived
from anonymiser.limits import MAX_QIS
from anonymiser.microdata import Column, Microdata
from anonymiser.policy import Policy
from anonymiser.privacy import AlphaK, Distance, DistinctDiversity, KAnonymity, Requirement, TCloseness
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.suggest import Suggestion

__all__ = [
    "apply_policy",
    "asked_for",
    "check_fits",
    "first_recipe",
    "harmful_answers",
    "is_number",
    "is_yes_no",
    "level_named",
    "own_requirements",
    "requirements_in_force",
    "requirements_of",
]

_YES_NO = 2
_YES = {"1", "1.0", "y", "yes", "t", "true", "p", "pos", "positive", "case", "present"}
_IMPLIED = (Distance.ORDERED, Distance.EQUAL)
"""Along an order a distance is never larger than without one."""
_ANY = 1.0
"""α that asks for nothing: the requirement then only keeps which answer does harm."""
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
    microdata.prepare(suggestion.name for suggestion in suggestions if has_rule(suggestion.concept))
    attributes = [_plan(microdata, suggestion) for suggestion in suggestions]
    derived, extra = _body_mass(microdata, suggestions)
    meanings = [
        AlphaK(attribute=plan.name, alpha=_ANY, values=harmful)
        for plan in attributes
        if is_yes_no(plan) and (harmful := _harmful(microdata.column(plan.name)))
    ]
    planned = measurable((*attributes, *extra))
    recipe = Recipe(attributes=planned, derived=derived, requirements=tuple(meanings))
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
    attributes = measurable([_under(policy, plan, levels=levels) for plan in recipe.attributes])
    planned = recipe.changed(attributes=attributes, suppression=policy.suppression.value, recipient=policy.name)
    if recipe.recipient == policy.name:
        return planned.changed(requirements=requirements_of(planned, policy))
    return planned.changed(requirements=asked_for(planned, policy))


def measurable(attributes: Sequence[AttributePlan]) -> tuple[AttributePlan, ...]:
    """With no more quasi-identifiers than can be measured together: the others, last in the table, are dropped."""
    kept = [plan.name for plan in attributes if plan.is_qi][:MAX_QIS]
    return tuple(
        plan.model_copy(update={"treatment": Treatment.DROP}) if plan.is_qi and plan.name not in kept else plan
        for plan in attributes
    )


def requirements_of(recipe: Recipe, policy: Policy) -> tuple[Requirement, ...]:
    """The requirements that a policy puts on a recipe's columns, and those that the owner added herself."""
    return (*asked_for(recipe, policy), *own_requirements(recipe, policy))


def asked_for(recipe: Recipe, policy: Policy) -> tuple[Requirement, ...]:
    """The requirements that a policy puts on a recipe's columns.

    Distinct l applies to every sensitive column that leaves, after banding, and t-closeness to the
    numbers among them: along their order where they are in intervals, otherwise by the equal
    distance, which is never smaller. A yes/no column cannot have three values; its requirement is α
    on the harmful answer, which the recipe knows (`harmful_answers`) or the owner has to name.
    """
    wanted: list[Requirement] = [KAnonymity(k=int(policy.k.value))]
    several = [plan for plan in recipe.sensitive if not is_yes_no(plan)]
    if policy.distinct_l is not None:
        wanted += [DistinctDiversity(attribute=plan.name, l=int(policy.distinct_l.value)) for plan in several]
    if policy.ordered_t is not None:
        wanted += [
            TCloseness(attribute=plan.name, t=policy.ordered_t.value, distance=_distance(plan))
            for plan in several
            if is_number(plan)
        ]
    alpha = _ANY if policy.alpha is None else policy.alpha.value
    for plan in recipe.attributes:
        harmful = harmful_answers(recipe, plan.name)
        if is_yes_no(plan) and harmful and _bears(recipe, plan.name):
            wanted.append(AlphaK(attribute=plan.name, alpha=alpha, values=harmful))
    return tuple(wanted)


def own_requirements(recipe: Recipe, policy: Policy) -> tuple[Requirement, ...]:
    """The recipe's requirements that its policy does not ask for, and whose columns can bear them.

    One of the policy's own kind on the same column is the owner's where it is stricter.
    """
    wanted = {(r.kind, r.attribute): r for r in asked_for(recipe, policy)}
    return tuple(
        requirement
        for requirement in recipe.requirements
        if (requirement.attribute is None or _bears(recipe, requirement.attribute))
        and _adds(requirement, wanted.get((requirement.kind, requirement.attribute)))
    )


def harmful_answers(recipe: Recipe, name: str) -> tuple[str, ...]:
    """The answers of a yes/no column that do harm, as the recipe has them; empty where it does not know."""
    found = (r.values for r in recipe.requirements if isinstance(r, AlphaK) and r.attribute == name and r.values)
    return next(found, ())


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


def is_number(plan: AttributePlan) -> bool:
    """Whether a column holds numbers, in bands or exact."""
    return plan.concept in _NUMERIC


def level_named(spec: HierarchySpec, word: str) -> int:
    """The level with that word; the last one (hidden) where there is none."""
    names = spec.level_names
    if word == "exact":
        return 0
    return names.index(word) if word in names else len(names) - 1


def _distance(plan: AttributePlan) -> Distance:
    return Distance.ORDERED if isinstance(plan.hierarchy, IntervalSpec) else Distance.EQUAL


def _bears(recipe: Recipe, name: str) -> bool:
    """Whether a requirement may be on a column: it is sensitive, or nobody gets it."""
    plan = next((plan for plan in recipe.attributes if plan.name == name), None)
    return plan is not None and (plan in recipe.sensitive or not plan.leaves)


def _adds(own: Requirement, wanted: Requirement | None) -> bool:
    """Whether a requirement asks for something that the policy's of the same kind does not."""
    match own, wanted:
        case KAnonymity(), KAnonymity():
            return own.k > wanted.k
        case DistinctDiversity(), DistinctDiversity():
            return own.l > wanted.l
        case TCloseness(), TCloseness():
            implied = own.distance is wanted.distance or (own.distance, wanted.distance) == _IMPLIED
            return own.t < wanted.t or not implied
        case AlphaK(), AlphaK():
            return own.alpha < wanted.alpha or own.k > wanted.k
        case _:
            return True


def _harmful(column: Column) -> tuple[str, ...]:
    """The answer of a two-valued column that is taken to do harm: "yes" in some form, else the rarer one."""
    if not 0 < len(column.values) <= _YES_NO:
        return ()
    yes = [value for value in column.values if value.strip().casefold() in _YES]
    if len(yes) == 1:
        return tuple(yes)
    counts = column.counts[: len(column.values)]
    return (column.values[int(counts.argmin())],)


def _plan(microdata: Microdata, suggestion: Suggestion) -> AttributePlan:
    spec: HierarchySpec = FlatSpec()  # names and numbers, different in every record, need not be looked up for it
    if has_rule(suggestion.concept):
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
    if plan.role is Role.PERSON:  # who a record is of does not depend on who gets it
        kept = Treatment.DROP if policy.is_open or plan.treatment is Treatment.RELEASE else plan.treatment
        return plan.model_copy(update={"treatment": kept})
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
