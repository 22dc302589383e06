"""The gate: what a policy asks of a release, each point checked and put in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymiser.assessment import Assessment, limit_in_records
from anonymiser.attributes import Role
from anonymiser.engine.frequency import FrequencySet
from anonymiser.planning import harmful_answers, is_number, is_yes_no
from anonymiser.policy import IDENTIFYING, Policy
from anonymiser.privacy import AlphaK, Distance, DistinctDiversity, PrivacyModel, TCloseness
from anonymiser.privacy.base import TOLERANCE, histogram_of
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.transform.measure import DraftAssessment

__all__ = ["JOINED", "BreakingClass", "Check", "breaking_class", "checks", "passes"]

_PENDING = "not looked at while groups are too small"
JOINED: Final = "Joined with earlier releases"
_NOT_EXACT = ("microaggregation", "noise", "rank_swapping", "pram", "rounding", "masking")
"""Methods after which no cell of a column is certain to be exact."""
_MOST = 20
"""Values of a class told one by one; the rest together."""


@dataclass(frozen=True)
class Check:
    """One point of a policy.

    Attributes
    ----------
    name : str
        A short name ("Smallest group").
    met : bool or None
        None: this version cannot check it yet.
    sentence : str
        What was found, in words.
    source : str
        Who asks for it ("house rule" where nobody outside does).
    may_override : bool
        Whether a reason and a second person can let it through.
    """

    name: str
    met: bool | None
    sentence: str
    source: str
    may_override: bool = False


def checks(
    recipe: Recipe, assessment: Assessment, policy: Policy, joint: Sequence[Check] | None = None
) -> tuple[Check, ...]:
    """Every point of a policy for one setting, in the order in which a reader should see them.

    Parameters
    ----------
    recipe : Recipe
    assessment : Assessment
    policy : Policy
    joint : sequence of Check, optional
        The points about earlier releases, from :mod:`anonymiser.joining`; where they are left out, one says that
        nothing was compared.
    """
    result = [
        _no_identifiers(recipe, policy),
        _group_size(assessment, policy),
        _suppression(recipe, assessment, policy),
        *_roles(recipe, policy),
    ]
    if policy.distinct_l is not None:
        result += _diversity(recipe, assessment, policy)
    result += _closeness(recipe, assessment, policy)
    result += _harm(recipe, assessment, policy)
    if policy.is_open:
        result.append(_every_column_counts(recipe))
    else:
        result.append(_bands(recipe, policy))
    result += [_not_compared(policy)] if joint is None else joint
    result += [Check("Not checked yet", None, sentence, "") for sentence in policy.not_checked]
    return tuple(result)


@dataclass(frozen=True)
class BreakingClass:
    """The largest class that breaks a requirement on sensitive values.

    Attributes
    ----------
    records : int
    shares : tuple of (label, share in the class, share in the whole table)
        Commonest in the class first, at most 20.
    """

    records: int
    shares: tuple[tuple[str, float, float], ...]


def breaking_class(classes: FrequencySet, model: PrivacyModel, labels: Sequence[str]) -> BreakingClass | None:
    """The largest class, before suppression, that breaks a requirement; None where none does.

    Parameters
    ----------
    classes : FrequencySet
        With the values of the requirement's attribute counted.
    model : PrivacyModel
        On a sensitive attribute.
    labels : sequence of str
        Of the attribute's codes.
    """
    broken = np.flatnonzero(~model.passes(classes))
    if model.attribute is None or not broken.size:
        return None
    place = int(broken[np.argmax(classes.counts[broken])])
    histogram = histogram_of(classes, model.attribute)
    part = slice(int(histogram.starts[place]), int(histogram.starts[place + 1]))
    inside = np.bincount(histogram.values[part], weights=histogram.counts[part], minlength=len(labels))
    everybody = np.bincount(histogram.values, weights=histogram.counts, minlength=len(labels))
    shares = sorted(zip(inside / inside.sum(), everybody / everybody.sum(), labels, strict=True), key=lambda x: -x[0])
    told = [(label, float(share), float(whole)) for share, whole, label in shares[:_MOST]]
    if len(shares) > _MOST:
        rest = shares[_MOST - 1 :]
        told[-1] = (f"{len(rest)} others", float(sum(r[0] for r in rest)), float(sum(r[1] for r in rest)))
    return BreakingClass(int(classes.counts[place]), tuple(told))


def passes(found: tuple[Check, ...]) -> bool:
    """Whether no point fails (points that cannot be checked yet do not count as met or failed)."""
    return all(check.met is not False for check in found)


def _no_identifiers(recipe: Recipe, policy: Policy) -> Check:
    kept = [a.name for a in recipe.attributes if a.treatment is Treatment.RELEASE and _points_at_one(a, policy)]
    codes = [a.name for a in recipe.attributes if a.treatment is Treatment.PSEUDONYM]
    if kept:
        sentence = f"Still released: {', '.join(kept)}. Drop them, or correct what they are about."
        return Check("Direct identifiers", False, sentence, "POLICY")
    if codes and policy.is_open:
        return Check("Direct identifiers", False, "An open release carries no pseudonym. Drop it.", "POLICY")
    what = "None leaves." if not codes else f"None leaves; {', '.join(codes)} becomes a keyed pseudonym."
    return Check("Direct identifiers", True, what, "POLICY")


def _points_at_one(plan: AttributePlan, policy: Policy) -> bool:
    """Whether a column is a direct identifier, whatever role it was given: a policy goes by what it is about."""
    rule = policy.rule(plan.concept)
    about = plan.concept in IDENTIFYING or (rule is not None and rule.role is Role.DIRECT)
    return plan.role.identifies or (plan.leaves and about)


def _roles(recipe: Recipe, policy: Policy) -> list[Check]:
    """A point for columns that were given a role in which the policy's requirements pass them by; none otherwise."""
    leaving = [(plan, rule) for plan in recipe.attributes if plan.leaves and (rule := policy.rule(plan.concept))]
    uncounted = [plan.name for plan, rule in leaving if rule.role is Role.QUASI and not plan.is_qi]
    unguarded = [plan.name for plan, rule in leaving if rule.role.is_sensitive and not plan.role.is_sensitive]
    told = []
    if uncounted:
        told.append(f"Not counted towards the groups, although they point at people: {', '.join(uncounted)}.")
    if unguarded:
        told.append(f"Leave without being called sensitive, although they are: {', '.join(unguarded)}.")
    if not told:
        return []
    told.append("Give them their roles, drop them, or correct what they are about.")
    return [Check("Roles of the columns", False, " ".join(told), "POLICY", policy.may_override)]


def _group_size(assessment: Assessment, policy: Policy) -> Check:
    wanted = int(policy.k.value)
    met = assessment.k >= wanted
    if isinstance(assessment, DraftAssessment) and assessment.no_k:
        sentence, met = f"{assessment.no_k} Asked for: at least {wanted:,}.", wanted <= 1
    elif not assessment.kept:
        sentence = "Nothing is left to release: every record would be deleted."
    else:
        people = "1 person" if assessment.k == 1 else f"{assessment.k:,} people"
        sentence = f"The smallest group has {people}; asked for: at least {wanted:,}."
    return Check("Smallest group", met, sentence, policy.k.source, policy.may_override)


def _suppression(recipe: Recipe, assessment: Assessment, policy: Policy) -> Check:
    allowed = limit_in_records(policy.suppression.value, assessment.rows)
    needed = assessment.suppressed or (assessment.failing if not assessment.met else 0)
    sentence = f"{needed:,} of {assessment.rows:,} records are deleted; allowed: {allowed:,}."
    if not assessment.suppressed and needed:
        own = limit_in_records(recipe.suppression, assessment.rows)
        least = "At least " if assessment.pending else ""
        sentence = (
            f"{least}{needed:,} records would have to be deleted; your limit is {own:,}, the policy's {allowed:,}."
        )
    met = needed <= allowed and not assessment.pending  # pending: nobody knows yet how many more would have to go
    return Check("Deleted records", met, sentence, policy.suppression.source, policy.may_override)


def _diversity(recipe: Recipe, assessment: Assessment, policy: Policy) -> list[Check]:
    wanted = int(policy.distinct_l.value) if policy.distinct_l else 1
    source = policy.distinct_l.source if policy.distinct_l else ""
    results = {r.model.attribute: r for r in assessment.requirements if isinstance(r.model, DistinctDiversity)}
    found = []
    for plan in recipe.sensitive:
        name = f"Different values of {plan.name}"
        result = results.get(plan.name)
        if is_yes_no(plan):
            continue
        if result is None:
            found.append(Check(name, False, "Not among the recipe's requirements.", source, policy.may_override))
            continue
        reached = 0 if result.reached is None else int(result.reached)
        sentence = f"The group with fewest holds {reached:,} different known values; asked for: at least {wanted:,}."
        found.append(Check(name, reached >= wanted, sentence, source, policy.may_override))
    return found


def _closeness(recipe: Recipe, assessment: Assessment, policy: Policy) -> list[Check]:
    """How far each sensitive number of a group may lie from everybody's: one point for all of them."""
    plans = [plan for plan in recipe.sensitive if is_number(plan) and not is_yes_no(plan)]
    if policy.ordered_t is None or not plans:
        return []
    met, told, wanted = True, [], policy.ordered_t.value
    for plan in plans:
        reached = _distance_reached(assessment, plan.name)
        met &= reached is not None and reached <= wanted + TOLERANCE
        told.append(f"{plan.name}: {_PENDING if assessment.pending and reached is None else _real(reached)}")
    sentence = (
        f"Furthest that a group's numbers lie from everybody's, from 0 (alike) to 1 ({', '.join(told)}); "
        f"asked for: at most {_real(wanted)} (t-closeness)."
    )
    return [Check("Spread of sensitive numbers", met, sentence, policy.ordered_t.source, policy.may_override)]


def _distance_reached(assessment: Assessment, name: str) -> float | None:
    """Smallest t that a fitting requirement reached; the equal distance is never below the ordered one."""
    found = [
        result.reached
        for result in assessment.requirements
        if isinstance(result.model, TCloseness)
        and result.model.attribute == name
        and not result.model.order
        and result.model.distance is not Distance.HIERARCHICAL
    ]
    known = [reached for reached in found if reached is not None]
    return min(known) if known else None


def _harm(recipe: Recipe, assessment: Assessment, policy: Policy) -> list[Check]:
    """How much of a group may have the harmful answer of a yes/no column: one point for all of them."""
    plans = [plan for plan in recipe.sensitive if is_yes_no(plan)]
    if policy.alpha is None or not plans:
        return []
    met, told, wanted = True, [], policy.alpha.value
    for plan in plans:
        harmful = harmful_answers(recipe, plan.name)
        reached = _share_reached(assessment, plan.name, harmful)
        met &= reached is not None and reached <= wanted + TOLERANCE
        if not harmful:
            told.append(f"Say under Requirements which answer of {plan.name} does harm.")
        elif assessment.pending:
            told.append(f"The answers in {plan.name} are {_PENDING}.")
        elif reached is None:
            told.append(f"No group has a known share of the harmful answer of {plan.name}.")
        else:
            told.append(
                f"At most {_real(reached)} of those in a group who answered have the answer {' or '.join(harmful)} "
                f"in {plan.name}, which is taken to be the harmful one; if it is not, say so under Requirements."
            )
    told.append(f"Asked for: at most {_real(wanted)} of each group (α).")
    return [Check("Harmful answers", met, " ".join(told), policy.alpha.source, policy.may_override)]


def _share_reached(assessment: Assessment, name: str, harmful: tuple[str, ...]) -> float | None:
    """Largest share of the harmful answers in a released group."""
    found = [
        result.reached
        for result in assessment.requirements
        if isinstance(result.model, AlphaK) and result.model.attribute == name and result.model.values == harmful
    ]
    return next((reached for reached in found if reached is not None), None)


def _not_compared(policy: Policy) -> Check:
    sentence = (
        "Not compared with earlier releases of the same people here: the release page does, with your vault open."
    )
    return Check(JOINED, None, sentence, policy.joint_k.source, policy.may_override)


def _real(value: float | None) -> str:
    """Rounded up, so that what is over a limit never reads as the limit."""
    return "not required" if value is None else f"{math.ceil(round(value * 1000, 6)) / 1000:g}"


def _every_column_counts(recipe: Recipe) -> Check:
    others = [a.name for a in recipe.attributes if a.leaves and not a.is_qi]
    name = "Every column counts"
    if others:
        sentence = f"In an open release every column counts towards the groups; these do not: {', '.join(others)}."
        return Check(name, False, sentence, "POLICY")
    return Check(name, True, "Every column that leaves counts towards the groups.", "POLICY")


def _bands(recipe: Recipe, policy: Policy) -> Check:
    changed = {name for method in recipe.methods if method.method in _NOT_EXACT for name in method.columns}
    exact = [
        a.name
        for a in recipe.attributes
        if a.leaves and not a.is_qi and a.level == 0 and a.treatment is Treatment.RELEASE and a.top > 1
        if a.name not in changed
    ]
    name = "Numbers in bands"
    if exact:
        sentence = f"Exact values are fingerprints; still exact: {', '.join(exact)}. Choose a band."
        return Check(name, False, sentence, "house rule", policy.may_override)
    return Check(name, True, "No exact number leaves.", "house rule")
