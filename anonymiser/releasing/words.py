"""Everything that a package says: facts for the recipient, decisions for the private archive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.attributes import Role
from anonymiser.gate import Check, checks
from anonymiser.joining.words import FirstRelease
from anonymiser.planning import requirements_in_force
from anonymiser.policy import Policy
from anonymiser.privacy import DistinctDiversity
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.recipe import ReleaseForm as Form
from anonymiser.recipients import Answers
from anonymiser.release.budget import PrivacyBudget
from anonymiser.release.facts import (
    DiversityRequirement,
    ReleaseFacts,
    ReleaseForm,
    ReportedMeasure,
    SmallNumberRule,
)
from anonymiser.release.seal import NotSealed, Sealing, SealToKey
from anonymiser.releasing.particulars import Override, Particulars, complete
from anonymiser.transform.released import ReleasedTable

__all__ = ["decisions", "facts_of"]

_OPEN_HIDES: Final = "CMS: no table cell of 1 to 10 (ResDAC article 1506); rounding to 5: NHS Digital, OpenSAFELY"


def facts_of(
    project: Project,
    particulars: Particulars,
    policy: Policy,
    table: ReleasedTable,
    decisions_json: str = "{}",
    *,
    found: Sequence[Check] | None = None,
    budget_before: float = 0.0,
) -> ReleaseFacts:
    """Everything about a release that is not in its table.

    What is promised is what the policy asks; where an override lets less through, what is reached.

    Raises
    ------
    InputError
        Owner, contact, title, purpose or recipient is empty, or the release's id cannot be used.
    """
    complete(particulars)
    recipe, assessment = project.recipe, project.assess()
    budget = None if recipe.budget is None else PrivacyBudget(recipe.budget)
    points = checks(recipe, assessment, policy) if found is None else found
    return ReleaseFacts(
        release_id=particulars.release_id,
        title=particulars.title.strip(),
        created=particulars.created,
        owner=particulars.owner.strip(),
        contact=particulars.contact.strip(),
        recipient=particulars.recipient.strip(),
        purpose=particulars.purpose.strip(),
        model=policy.model.value,
        open_release=policy.is_open,
        terms=tuple(term.strip() for term in particulars.terms if term.strip()),
        licence=particulars.licence,
        decrypt_page=particulars.decrypt_page,
        reidentification=particulars.reidentification,
        destroy_by=None if policy.is_open else project.answers.get(policy.name, Answers()).destroy_by,
        k_target=max(1, min(int(policy.k.value), assessment.k)),
        qi_names=tuple(column.name for column in table.columns if column.role is Role.QUASI),
        sensitive=_promised(recipe, assessment, policy),
        checked=tuple(f"{check.name}: {check.sentence}" for check in points if check.met is True and not budget),
        unchecked=tuple(check.sentence for check in points if check.met is None and not budget),
        measures=() if budget else _measures(assessment),  # exact figures would be outside the budget
        budget=budget,
        budget_before=budget_before,
        claims=story.CLAIMS,
        form=ReleaseForm[recipe.form.name],
        sample_fraction=recipe.sample_fraction,
        small_numbers=_small_numbers(policy),
        recipe_json=recipe.to_json(),
        decisions_json=decisions_json,
        input_fingerprint=project.microdata.fingerprint,
        input_rows=project.microdata.rows,
    )


def decisions(
    project: Project,
    policy: Policy,
    found: Sequence[Check],
    sealing: Sealing,
    override: Override | None,
    *,
    first: FirstRelease | None = None,
    second_person: str = "",
) -> str:
    """What was decided and why, for the private archive; no value of the data."""
    reasons = {suggestion.name: list(suggestion.reasons) for suggestion in project.suggestions}
    columns = [_column_decision(plan, policy, reasons.get(plan.name, [])) for plan in project.recipe.attributes]
    document = {
        "policy": policy.model_dump(mode="json"),
        "recipient": project.answers.get(policy.name, Answers()).model_dump(mode="json"),
        "columns": columns,
        "checks": [{"name": c.name, "met": c.met, "found": c.sentence, "source": c.source} for c in found],
        "override": None if override is None else vars(override),
        "no earlier release, stated by": None if first is None else first.stated_by,
        "second person": second_person.strip() or None,
        "seal": _seal_in_words(sealing),
        "scenarios": [{"name": s.name, "note": s.note} for s in project.scenarios],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _promised(recipe: Recipe, assessment: Assessment, policy: Policy) -> tuple[DiversityRequirement, ...]:
    if policy.distinct_l is None or recipe.form is Form.TABLES:
        return ()
    wanted = int(policy.distinct_l.value)
    in_force = {model.attribute for model in requirements_in_force(recipe) if isinstance(model, DistinctDiversity)}
    promised = []
    for result in assessment.requirements:
        name = result.model.attribute
        if name in in_force and isinstance(result.model, DistinctDiversity):
            reached = int(result.reached or 0)
            if reached:
                promised.append(DiversityRequirement(str(name), min(wanted, reached)))
    return tuple(promised)


def _measures(assessment: Assessment) -> tuple[ReportedMeasure, ...]:
    return (
        ReportedMeasure("k", f"{assessment.k:,}", "The smallest group of people whose rows look alike."),
        ReportedMeasure("groups", f"{assessment.classes:,}", "Groups of rows that look alike."),
        ReportedMeasure("records kept", f"{assessment.kept:,}", "Records of the input that were not deleted."),
        ReportedMeasure(
            "records deleted", f"{assessment.suppressed:,}", "Records whose group did not meet the requirements."
        ),
        ReportedMeasure(
            "Loss", f"{assessment.loss:.3f}", "Detail lost, as ARX measures it: 0 is none, 1 is everything."
        ),
        ReportedMeasure(
            "average group size",
            f"{assessment.average_class_size:.1f}",
            "Records of the input by groups; deleted records count as one group.",
        ),
    )


def _small_numbers(policy: Policy) -> SmallNumberRule:
    if policy.is_open:
        return SmallNumberRule(hide_up_to=policy.hide_counts_up_to, source=_OPEN_HIDES)
    return SmallNumberRule(hide_up_to=policy.hide_counts_up_to)


def _column_decision(plan: AttributePlan, policy: Policy, reasons: list[str]) -> dict[str, object]:
    rule = policy.rule(plan.concept)
    return {
        "column": plan.name,
        "role": plan.role.value,
        "about": plan.concept.value,
        "treatment": plan.treatment.value,
        "level": plan.level_name if plan.leaves else "does not leave",
        "why this role": reasons,
        "what the policy says": rule.reason if rule else "",
    }


def _seal_in_words(sealing: Sealing) -> str:
    if isinstance(sealing, NotSealed):
        return "not sealed: an open release"
    return "to the recipient's public key" if isinstance(sealing, SealToKey) else "under a passphrase"
