"""The measures of a setting as JSON, and as a table in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from typing import Final, TypeVar

from anonymiser.assessment import Assessment, RequirementResult, SensitiveMeasures
from anonymiser.cli.printing import Section
from anonymiser.privacy.population import PopulationMeasures
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.utility.quality import Quality

__all__ = ["as_json", "as_sections", "headline"]

T = TypeVar("T", int, float)

_LARGER_IS_SAFER: Final = ("distinct_l", "entropy_l")
_DIGITS: Final = 10_000
_ROUNDING: Final = 1e-6


def as_json(assessment: Assessment, recipe: Recipe) -> dict[str, object]:
    """The one object that ``assess --json`` prints, but for the risk fields.

    A measure of sensitive attributes holds the worst of them (smallest l, largest t), null where
    there is none, where nothing is left, or where no threshold would do.
    """
    found = {measures.name: measures for measures in assessment.sensitive}
    qis = [plan.name for plan in recipe.qis]
    each = {plan.name: _of_attribute(found.get(plan.name)) for plan in recipe.sensitive}
    return {
        "rows": assessment.rows,
        "suppressed": assessment.suppressed,
        "suppression_limit_records": assessment.limit,
        "met": assessment.met,
        "target_k": assessment.target_k,
        "k": assessment.k,
        "classes": assessment.classes,
        "classes_raw": assessment.classes_raw,
        "unique_records": assessment.unique_records,
        "records_below_k": assessment.records_below_k,
        "over_people": assessment.over_people,
        **_population(assessment),
        **_worst_of(assessment.sensitive),
        "loss": _finite(assessment.loss),
        "loss_if_suppressed": _finite(assessment.loss_if_suppressed),
        "loss_by_attribute": _by_name(qis, assessment.loss_by_attribute),
        "loss_am": _finite(assessment.loss_am),
        "precision": _finite(assessment.precision),
        "precision_mono": _finite(assessment.precision_mono),
        "height": assessment.height,
        "gcp": _finite(assessment.gcp),
        "ncp_by_attribute": _by_name(qis, assessment.ncp_by_attribute),
        "discernibility": assessment.discernibility,
        "dmstar": _finite(assessment.dmstar),
        "average_class_size": _finite(assessment.average_class_size),
        "mean_kept_class": _finite(assessment.mean_kept_class),
        "c_avg": _finite(assessment.c_avg) if assessment.kept else None,
        "entropy": _finite(assessment.entropy),
        "entropy_mono": _finite(assessment.entropy_mono),
        "nentropy": _finite(assessment.nentropy),
        "ambiguity": _finite(assessment.ambiguity),
        "kl_divergence": _finite(assessment.kl_divergence),
        "marginal_distance": _finite(assessment.marginal_distance) if assessment.kept else None,
        **_quality(qis, assessment.quality),
        "levels": {a.name: a.level for a in recipe.qis},
        "sensitive": each or None,
        "requirements": [_of_requirement(result) for result in assessment.requirements],
    }


def _population(assessment: Assessment) -> dict[str, object]:
    """The figures against a population table; null without one."""
    found = assessment.population
    return {field.name: None if found is None else getattr(found, field.name) for field in fields(PopulationMeasures)}


def _of_requirement(result: RequirementResult) -> dict[str, object]:
    return {name: _plain(value) for name, value in result.model.model_dump().items()} | {
        "reached": _finite(result.reached),
        "met": result.met,
        "breaking_classes": result.breaking,
        "breaking_records": result.breaking_records,
    }


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _of_attribute(measures: SensitiveMeasures | None) -> dict[str, object]:
    """Every measure of one sensitive attribute; all null where nothing is left."""
    named = [field.name for field in fields(SensitiveMeasures) if field.name != "name"]
    if measures is None:
        return dict.fromkeys(named)
    recursive = {str(length): _finite(infimum) for length, infimum in measures.recursive_c}
    return {name: _finite(getattr(measures, name)) for name in named if name != "recursive_c"} | {
        "recursive_c": recursive or None
    }


def _worst_of(measured: Sequence[SensitiveMeasures]) -> dict[str, object]:
    """The worst of each measure over the sensitive attributes: infinite is worse than any number."""
    result: dict[str, object] = {}
    for field in fields(SensitiveMeasures):
        if field.name in ("name", "recursive_c"):
            continue
        known = [value for m in measured if (value := getattr(m, field.name)) is not None]
        result[field.name] = _finite((min if field.name in _LARGER_IS_SAFER else max)(known)) if known else None
    lengths = [dict(m.recursive_c) for m in measured if m.recursive_c]
    result["recursive_c"] = (
        {str(length): _finite(max(each[length] for each in lengths)) for length in lengths[0]} if lengths else None
    )
    return result


def _quality(qis: Sequence[str], quality: Quality | None) -> dict[str, object]:
    return {
        field.name: None
        if quality is None
        else _by_name(qis, value)
        if isinstance(value := getattr(quality, field.name), tuple)
        else _finite(value)
        for field in fields(Quality)
    }


def _by_name(names: Sequence[str], values: Sequence[float]) -> dict[str, float | None]:
    return dict(zip(names, map(_finite, values), strict=True))


def _finite(value: T | None) -> T | None:
    return value if value is not None and math.isfinite(value) else None


def headline(assessment: Assessment) -> str:
    """Whether the requirements are met, in one sentence."""
    if assessment.met:
        return "Every requirement is met at this setting."
    if not assessment.kept:
        return "Not met: every record would have to be left out, and nothing would remain."
    return (
        f"Not met: {assessment.failing:,} records fail, and {assessment.limit:,} may be left out. "
        "Nothing was left out; the figures describe the whole table."
    )


def as_sections(assessment: Assessment, recipe: Recipe) -> tuple[Section, ...]:
    """The same for a person: the columns, the groups, what is lost."""
    losses = zip(recipe.qis, assessment.loss_by_attribute, strict=True)
    columns = Section(
        "Columns that could point at a person",
        ("column", "level", "detail lost"),
        tuple((plan.name, _level(plan), f"{100 * loss:.1f} %") for plan, loss in losses),
    )
    groups = [
        ("records", f"{assessment.rows:,}"),
        ("left out", f"{assessment.suppressed:,} (allowed: {assessment.limit:,})"),
        ("groups of people who look alike", f"{assessment.classes:,}"),
        ("smallest group (k)", f"{assessment.k:,} (asked for: {assessment.target_k:,})"),
        ("alone in their group", f"{assessment.unique_records:,}"),
        (f"in groups below {assessment.target_k:,}, before leaving any out", f"{assessment.records_below_k:,}"),
    ]
    for measures in assessment.sensitive:
        groups.append(
            (
                f"different values of {measures.name} in a group, a blank being one (distinct l)",
                f"{measures.distinct_l:,}",
            )
        )
        if measures.entropy_l is not None:
            groups.append(
                (f"the same, weighted by how often (entropy l of {measures.name})", _at_least(measures.entropy_l))
            )
        if measures.t_closeness is not None:
            groups.append((f"furthest from the whole table (t of {measures.name})", _at_most(measures.t_closeness)))
    lost = (
        ("information loss (0 exact, 1 hidden)", _real(assessment.loss)),
        ("the same if all failing records were left out", _real(assessment.loss_if_suppressed)),
        ("precision lost (0 exact, 1 hidden)", _real(assessment.precision)),
        ("discernibility", f"{assessment.discernibility:,.0f}"),
        ("average class size (AECS)", f"{assessment.average_class_size:,.2f}"),
        ("mean released group", f"{assessment.mean_kept_class:,.2f}"),
    )
    return (
        columns,
        Section("Groups", ("what", "value"), tuple(groups)),
        Section("What is lost", ("measure", "value"), lost),
    )


def _level(plan: AttributePlan) -> str:
    return f"{plan.level} of {plan.top} ({plan.level_name})"


def _real(value: float) -> str:
    return f"{value:.4f}"


def _at_least(value: float) -> str:
    """Rounded down: nothing reads as safer than it is."""
    return _real(math.floor(value * _DIGITS + _ROUNDING) / _DIGITS)


def _at_most(value: float) -> str:
    """Rounded up."""
    return _real(math.ceil(value * _DIGITS - _ROUNDING) / _DIGITS)
