"""A candidate: a recipe with methods, tried and measured, in figures and words."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.gate import checks
from anonymiser.methods import MethodParameters, Scope, Transition
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.risk.perturbed import perturbed_risk
from anonymiser.transform.base import Draft
from anonymiser.transform.measure import DraftAssessment
from anonymiser.transform.run import Transformed
from anonymiser.transform.start import Start

__all__ = ["Candidate", "candidate_of", "measured_candidate"]

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Candidate:
    """A recipe, tried.

    Attributes
    ----------
    name : str
    recipe : Recipe
    met : bool
        Whether the requirements are met.
    group : int or None
        The smallest group; None where k has no meaning.
    deleted : int
    risk : float
        Chance that somebody who knows the columns that count picks the right row, on average over the rows that leave:
        one over the size of the group, or the share of rows linked where values were changed. 0 to 1.
    risk_in_words : str
    detail : float
        Of the columns that count, from 0 (hidden) to 1 (exact): 1 − the mean of NCP and of how far numbers moved.
    headline, sentence : str
        The verdict under the recipient's policy.
    safe : bool
        Whether the policy would let it out.
    """

    name: str
    recipe: Recipe
    met: bool
    group: int | None
    deleted: int
    risk: float
    risk_in_words: str
    detail: float
    headline: str
    sentence: str
    safe: bool


def measured_candidate(project: Project, recipe: Recipe, found: Transformed) -> Candidate:
    """A recipe with methods, from what they made."""
    name = " + ".join(_named(spec) for spec in recipe.methods)
    candidate = candidate_of(project, recipe, found.assessment, name)
    left = max(0.0, candidate.detail - _moved(found.start, found.draft))
    candidate = replace(candidate, detail=left)
    if all(spec.scope is Scope.GROUPING for spec in recipe.methods):
        return candidate
    linkage = perturbed_risk(found.start, found.draft).linkage
    if linkage is None:
        return candidate
    words = (
        f"Somebody who knows the true {story.listing(linkage.columns)} and looks for the nearest row finds the right "
        f"one for {story.people(math.ceil(linkage.linked - _ROUNDING))} of {linkage.people:,}."
    )
    counted = {plan.name for plan in recipe.qis}
    if any(counted & set(spec.columns) for spec in recipe.methods) or found.draft.no_k:
        return replace(candidate, risk=linkage.share, risk_in_words=words)
    return replace(candidate, risk_in_words=f"{candidate.risk_in_words} {words}")


def candidate_of(project: Project, recipe: Recipe, assessment: Assessment, name: str) -> Candidate:
    """A recipe as its assessment shows it, under its recipient's policy."""
    policy = project.policies.get(recipe.recipient, project.policy)
    points = checks(recipe, assessment, policy)
    verdict = story.verdict(assessment, points, policy)
    no_k = assessment.no_k if isinstance(assessment, DraftAssessment) else ""
    words = (
        f"Somebody who knows these columns of a person picks the right row {_times(assessment.mean_risk)} on average."
    )
    return Candidate(
        name=name,
        recipe=recipe,
        met=assessment.met,
        group=None if no_k else assessment.k,
        deleted=assessment.suppressed,
        risk=assessment.mean_risk,
        risk_in_words=no_k or words,
        detail=1.0 - assessment.gcp,
        headline=verdict.headline,
        sentence=verdict.detail,
        safe=verdict.safe,
    )


def _times(risk: float) -> str:
    """A chance as one in so many, never smaller than it is."""
    return f"1 time in {max(1, math.floor(1 / risk + _ROUNDING)):,}" if risk else "never, as nothing is left,"


def _named(spec: MethodParameters) -> str:
    """Its title with the parameters that are not as usual."""
    usual = {name: field.default for name, field in type(spec).model_fields.items()}
    told: list[str] = []
    for name, value in spec:
        if name in ("method", "names", "important") or value == usual[name] or value is None:
            continue
        told.append(name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {_shown(value)}")
    return f"{spec.title}, {', '.join(told)}" if told else spec.title


def _shown(value: Any) -> str:
    """A parameter, without a value of the table: names stand on a shared screen."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Transition):
        return "of your own"
    return f"of {len(value)}" if isinstance(value, tuple) else str(value)


def _moved(start: Start, draft: Draft) -> float:
    """How far the numbers of the columns that count lie from the true ones, as a share of the range, on average."""
    total, before = 0.0, {c.name: c for c in start.draft.qis}
    for column in draft.qis:
        old = before[column.name]
        if not draft.rows or column.cover.penalty.any():
            continue
        true = old.codes[draft.source_rows]
        if old.numbers is not None and column.numbers is not None:
            first, now = np.append(old.numbers, np.nan)[true], np.append(column.numbers, np.nan)[column.codes]
            spread = float(np.ptp(old.numbers)) or 1.0
            total += float(np.nan_to_num(np.minimum(np.abs(first - now) / spread, 1.0), nan=1.0).mean())
        elif old.labels == column.labels:
            total += float((true != column.codes).mean())
    return total / max(len(draft.qis), 1)
