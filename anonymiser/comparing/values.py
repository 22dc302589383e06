"""Every measure of two settings, its change, and which of the two is better in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from anonymiser.assessment import Assessment
from anonymiser.comparing.recipes import Pair
from anonymiser.project import Project
from anonymiser.wording import percent

__all__ = ["Measure", "in_short", "measures"]

_SAY_MOST: Final = (
    "smallest group (k)",
    "rows in groups too small",
    "people alone",
    "highest risk",
    "rows deleted",
    "detail kept",
    "information loss",
)


@dataclass(frozen=True)
class Measure:
    """One measure of both settings.

    Attributes
    ----------
    name, left, right : str
    change : str
        The right value less the left one; empty where one is missing.
    better : bool or None
        Whether the right setting is better in it; None where they are equal or cannot be compared.
    about : str
        "privacy" or "usefulness".
    """

    name: str
    left: str
    right: str
    change: str
    better: bool | None
    about: str

    @property
    def verdict(self) -> str:
        """The comparison in an arrow and a word.

        >>> Measure("k", "5", "7", "+2", True, "privacy").verdict, Measure("k", "5", "5", "", None, "privacy").verdict
        ('▲ better', '= same')
        """
        if self.better is None:
            return "= same" if self.left == self.right else "–"
        return "▲ better" if self.better else "▼ worse"


@dataclass(frozen=True)
class _Kind:
    """How a measure is read from an assessment and shown."""

    name: str
    about: str
    more_is_better: bool
    form: str = ",.0f"
    percent: bool = False

    def shown(self, value: float) -> str:
        if math.isinf(value):
            return "no limit"
        return percent(value) if self.percent else format(value, self.form)

    def changed(self, by: float) -> str:
        sign = "+" if by > 0 else "−"
        return f"{sign}{100 * abs(by):.1f} points" if self.percent else sign + format(abs(by), self.form)


def measures(project: Project, pair: Pair) -> tuple[Measure, ...]:
    """Every measure of both, with its change from left to right; privacy first."""
    left, right = (_values(project.assess(recipe, histograms=True)) for recipe in (pair.left, pair.right))
    rows = [_measure(kind, left.get(kind), right.get(kind)) for kind in dict.fromkeys([*left, *right])]
    return tuple(sorted(rows, key=lambda row: row.about != "privacy"))


def in_short(project: Project, pair: Pair) -> tuple[Measure, ...]:
    """The measures that say most to a person."""
    return tuple(row for row in measures(project, pair) if row.name in _SAY_MOST)


def _measure(kind: _Kind, left: float | None, right: float | None) -> Measure:
    one, other = ("–" if v is None else kind.shown(v) for v in (left, right))
    change, better = "", None
    if left is not None and right is not None and one != other:
        better = (right > left) is kind.more_is_better
        change = kind.changed(right - left) if math.isfinite(right - left) else ""
    return Measure(kind.name, one, other, change, better, kind.about)


def _values(found: Assessment) -> dict[_Kind, float]:
    """The measures of one setting that have a value."""
    privacy, use = "privacy", "usefulness"
    below = 0 if found.suppressed else found.records_below_k
    values: dict[_Kind, float | None] = {
        _Kind("smallest group (k)", privacy, more_is_better=True): found.k,
        _Kind("rows in groups too small", privacy, more_is_better=False): below,
        _Kind("people alone", privacy, more_is_better=False): found.unique_records,
        _Kind("highest risk", privacy, more_is_better=False, percent=True): found.highest_risk or None,
        _Kind("mean risk", privacy, more_is_better=False, percent=True): found.mean_risk,
    }
    for of in found.sensitive:
        values[_Kind(f"{of.name}: fewest different values (a blank is one)", privacy, more_is_better=True)] = (
            of.distinct_l
        )
        values[_Kind(f"{of.name}: entropy l", privacy, more_is_better=True, form=".2f")] = of.entropy_l
        values[_Kind(f"{of.name}: t-closeness", privacy, more_is_better=False, form=".3f")] = of.t_closeness
    values |= {
        _Kind("rows deleted", use, more_is_better=False): found.suppressed,
        _Kind("detail kept", use, more_is_better=True, percent=True): found.detail_kept,
        _Kind("information loss", use, more_is_better=False, form=".3f"): found.loss,
        _Kind("information loss, mean", use, more_is_better=False, form=".3f"): found.loss_am,
        _Kind("certainty penalty (GCP)", use, more_is_better=False, form=".3f"): found.gcp,
        _Kind("discernibility", use, more_is_better=False): found.discernibility,
        _Kind("average class size", use, more_is_better=False, form=",.2f"): found.average_class_size,
        _Kind("entropy lost (bits)", use, more_is_better=False): found.entropy,
        _Kind("ambiguity", use, more_is_better=False): found.ambiguity,
        _Kind("divergence (KL)", use, more_is_better=False, form=".3f"): found.kl_divergence,
        _Kind("records misplaced in a column", use, more_is_better=False, percent=True): found.marginal_distance,
    }
    return {kind: float(value) for kind, value in values.items() if value is not None and not math.isnan(value)}
