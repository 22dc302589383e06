"""What a candidate still gives away, and what an analyst of its numbers finds: in words and small tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser import story
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.risk.linkage import Linkage
from anonymiser.risk.perturbed import PerturbedRisk, perturbed_risk
from anonymiser.transform.base import ExtraTable
from anonymiser.transform.number_changes import NumberChanges, number_changes
from anonymiser.transform.run import Transformed

__all__ = ["Measured", "MomentsRow", "measured"]

_FEW_ROWS: Final = 100
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class MomentsRow:
    """One column of numbers, before and after, as text."""

    name: str
    mean: str
    mean_after: str
    spread: str
    spread_after: str


@dataclass(frozen=True)
class Measured:
    """What was measured of a candidate.

    Attributes
    ----------
    found : tuple of str
        Who can still be found, in sentences.
    numbers : tuple of MomentsRow
        Mean and standard deviation of each column of numbers.
    moved : str
        How far numbers and correlations moved, in a sentence; empty without numbers.
    tables : tuple of ExtraTable
        Small tables that a method made to be looked at, such as counts estimated back; they never leave.
    """

    found: tuple[str, ...]
    numbers: tuple[MomentsRow, ...]
    moved: str
    tables: tuple[ExtraTable, ...]


_KEPT: WeakKeyDictionary[Transformed, Measured] = WeakKeyDictionary()


def measured(project: Project, recipe: Recipe) -> Measured:
    """Measure the draft of a recipe (once: it is kept with the draft)."""
    made = project.draft(recipe)
    if made not in _KEPT:
        numbers = number_changes(made.start, made.draft)
        _KEPT[made] = Measured(
            found=_found(perturbed_risk(made.start, made.draft), made),
            numbers=() if numbers is None else _rows(numbers),
            moved="" if numbers is None else _moved(numbers),
            tables=tuple(t for t in made.draft.extra if not t.released and len(t.rows) <= _FEW_ROWS),
        )
    return _KEPT[made]


def _found(risk: PerturbedRisk, made: Transformed) -> tuple[str, ...]:
    told = [made.assessment.no_k] if made.assessment.no_k else []
    if risk.linkage is None:
        return (*told, risk.why_not)
    known = story.listing(risk.linkage.columns)
    told.append(
        f"Somebody who knows {known} of a person and picks the nearest row is right for {_in_words(risk.linkage)}."
    )
    if risk.before is not None:
        told.append(f"Had nothing been changed, it would be {_in_words(risk.before)}.")
    told += [
        f"The released {near.name} is within a twentieth of a standard deviation of the true one for "
        f"{story.percent(near.in_value)} of the people."
        for near in risk.numbers
    ]
    return tuple(told)


def _in_words(found: Linkage) -> str:
    words = f"{math.ceil(found.linked - _ROUNDING):,} of {found.people:,} people"
    if found.interval is None:
        return words
    low, high = found.interval
    return f"{words} looked for, a sample: {100 * low:.1f} to {100 * high:.1f} % of all"


def _rows(numbers: NumberChanges) -> tuple[MomentsRow, ...]:
    return tuple(
        MomentsRow(
            column.name,
            _text(column.mean),
            _text(column.mean_after),
            _text(math.sqrt(column.variance)),
            _text(math.sqrt(column.variance_after)),
        )
        for column in numbers.columns
    )


def _moved(numbers: NumberChanges) -> str:
    told = [f"IL1s, the changes in standard deviations added up: {_text(numbers.il1s)}"]
    if math.isfinite(numbers.eigenvalue_loss):
        told.append(f"change of the eigenvalues: {_text(numbers.eigenvalue_loss)}")
    if math.isfinite(numbers.correlations):
        told.append(f"correlations of two columns moved by {_text(numbers.correlations)} on average")
    return "; ".join(told) + "."


def _text(value: float) -> str:
    return f"{value:,.4g}" if math.isfinite(value) else "–"
