"""The measures of a setting as JSON, and as a table in plain words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from anonymiser.assessment import Assessment, SensitiveMeasures
from anonymiser.cli.printing import Section
from anonymiser.recipe import AttributePlan, Recipe

__all__ = ["as_json", "as_sections", "headline"]

T = TypeVar("T", int, float)


def as_json(assessment: Assessment, recipe: Recipe) -> dict[str, object]:
    """The one object that ``assess --json`` prints.

    ``distinct_l``, ``entropy_l`` and ``t_closeness`` are the worst over the sensitive attributes
    (smallest l, largest t), null where there is none or where nothing is left.
    """
    found = {measures.name: measures for measures in assessment.sensitive}
    names = [plan.name for plan in recipe.sensitive]
    each = {name: _of_attribute(found.get(name)) for name in names}
    measured = assessment.sensitive
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
        "distinct_l": _worst(min, (m.distinct_l for m in measured)),
        "entropy_l": _worst(min, (m.entropy_l for m in measured)),
        "t_closeness": _worst(max, (m.t_closeness for m in measured)),
        "loss": _finite(assessment.loss),
        "loss_if_suppressed": _finite(assessment.loss_if_suppressed),
        "loss_by_attribute": dict(
            zip((a.name for a in recipe.qis), map(_finite, assessment.loss_by_attribute), strict=True)
        ),
        "precision": _finite(assessment.precision),
        "discernibility": assessment.discernibility,
        "average_class_size": _finite(assessment.average_class_size),
        "mean_kept_class": _finite(assessment.mean_kept_class),
        "levels": {a.name: a.level for a in recipe.qis},
        "sensitive": each or None,
        "requirements": [
            result.model.model_dump() | {"reached": _finite(result.reached), "met": result.met}
            for result in assessment.requirements
        ],
    }


def _of_attribute(measures: SensitiveMeasures | None) -> dict[str, float | None]:
    if measures is None:
        return dict.fromkeys(("distinct_l", "entropy_l", "t_closeness"))
    return {
        "distinct_l": measures.distinct_l,
        "entropy_l": _finite(measures.entropy_l),
        "t_closeness": _finite(measures.t_closeness),
    }


def _worst(choose: Callable[[Iterable[T]], T], values: Iterable[T | None]) -> T | None:
    known = [value for value in values if value is not None and math.isfinite(value)]
    return choose(known) if known else None


def _finite(value: float | None) -> float | None:
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
        groups.append((f"different values of {measures.name} in a group (distinct l)", f"{measures.distinct_l:,}"))
        if measures.entropy_l is not None:
            groups.append(
                (f"the same, weighted by how often (entropy l of {measures.name})", _real(measures.entropy_l))
            )
        if measures.t_closeness is not None:
            groups.append((f"furthest from the whole table (t of {measures.name})", _real(measures.t_closeness)))
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
