"""What changed values still give away, and what an analyst finds changed: the fields that ``transform`` adds."""

from __future__ import annotations

import math

from anonymiser.cli.printing import Section
from anonymiser.risk.linkage import Linkage
from anonymiser.risk.perturbed import PerturbedRisk, perturbed_risk
from anonymiser.transform.number_changes import NumberChanges, number_changes
from anonymiser.transform.run import Transformed

__all__ = ["perturbation_json", "perturbation_sections"]


def perturbation_json(made: Transformed) -> dict[str, object]:
    """Linkage, nearness and the measures of numbers; null where there is none."""
    risk, numbers = perturbed_risk(made.start, made.draft), number_changes(made.start, made.draft)
    return {
        "linkage": _linkage(risk.linkage),
        "linkage_before": _linkage(risk.before),
        "no_linkage": risk.why_not or None,
        "interval_disclosure": risk.interval,
        "near": {near.name: {"value": near.in_value, "rank": near.in_rank} for near in risk.numbers},
        "numbers": _numbers(numbers),
    }


def perturbation_sections(made: Transformed) -> list[Section]:
    """The same in plain words."""
    risk, numbers = perturbed_risk(made.start, made.draft), number_changes(made.start, made.draft)
    sections = [Section("Finding people by their values", ("what", "found"), tuple(_risk_rows(risk)))]
    if numbers is not None:
        moments = tuple(
            (
                column.name,
                f"{column.mean:.4g} → {column.mean_after:.4g}",
                f"{column.variance:.4g} → {column.variance_after:.4g}",
            )
            for column in numbers.columns
        )
        sections.append(Section("Numbers before and after", ("column", "mean", "variance"), moments))
        sections.append(Section("All numbers together", ("measure", "value"), tuple(_number_rows(numbers))))
    return [section for section in sections if section.rows]


def _linkage(found: Linkage | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "people": found.people,
        "linked": found.linked,
        "share": found.share,
        "certain": found.certain,
        "interval": None if found.interval is None else list(found.interval),
        "columns": list(found.columns),
    }


def _numbers(found: NumberChanges | None) -> dict[str, object] | None:
    if found is None:
        return None
    whole = ("il1s", "il1", "eigenvalue_loss", "il_correlations", "il_variables", "correlations")
    parts = ("mean", "mean_after", "variance", "variance_after")
    columns = {column.name: {part: _finite(getattr(column, part)) for part in parts} for column in found.columns}
    return {name: _finite(getattr(found, name)) for name in whole} | {"columns": columns}


def _risk_rows(risk: PerturbedRisk) -> list[tuple[str, str]]:
    if risk.linkage is None:
        return [("nearest row is the right one", risk.why_not)]
    rows = [("nearest row is the right one", _in_words(risk.linkage))]
    if risk.before is not None:
        rows.append(("had nothing been changed", _in_words(risk.before)))
    rows += [
        (f"{near.name} within 0.05 standard deviations of the truth", f"{100 * near.in_value:.1f} % of the people")
        for near in risk.numbers
    ]
    return rows


def _in_words(found: Linkage) -> str:
    words = f"{found.linked:,.1f} of {found.people:,} people ({100 * found.share:.1f} %)"
    if found.interval is None:
        return words
    low, high = found.interval
    return f"{words}, a sample: {100 * low:.1f} to {100 * high:.1f} %"


def _number_rows(found: NumberChanges) -> list[tuple[str, str]]:
    return [
        (title, f"{value:.4g}")
        for title, value in (
            ("correlations moved by, on average", found.correlations),
            ("IL1s", found.il1s),
            ("eigenvalues", found.eigenvalue_loss),
        )
        if math.isfinite(value)
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
