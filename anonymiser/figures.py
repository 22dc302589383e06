"""What a page draws, as numbers and words: cards, the bars of a chart, the smallest groups."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.engine.frequency import FrequencySet
from anonymiser.limits import HIDDEN
from anonymiser.policy import Policy
from anonymiser.privacy import DistinctDiversity, PrivacyModel
from anonymiser.privacy.people import class_sizes
from anonymiser.recipe import Recipe

__all__ = [
    "MOST_BARS",
    "Bar",
    "Card",
    "Group",
    "SizeBin",
    "cards",
    "groups_table",
    "losses",
    "size_bins",
    "smallest_groups",
]

MOST_BARS: Final = 20
"""Bars of a chart that is drawn anew at every step."""
_LONG: Final = 10_000
_SINGLES: Final = 10
_STEPS: Final = (2, 5, 10)


@dataclass(frozen=True)
class Card:
    """One figure with its name and what it means.

    Attributes
    ----------
    label, value, meaning : str
    """

    label: str
    value: str
    meaning: str


@dataclass(frozen=True)
class SizeBin:
    """Groups of similar size.

    Attributes
    ----------
    low : int
        Smallest size.
    high : int or None
        Largest size; None: no end.
    groups, people : int
    safe : bool
        Whether groups of this size are large enough for the policy.
    """

    low: int
    high: int | None
    groups: int
    people: int
    safe: bool

    @property
    def label(self) -> str:
        """The sizes in words.

        >>> SizeBin(5, 9, 0, 0, True).label, SizeBin(1, 1, 0, 0, False).label, SizeBin(500, None, 0, 0, True).label
        ('5–9', '1', '500+')
        >>> SizeBin(20_000, 49_999, 0, 0, True).label
        '20k–50k'
        """
        if self.high is None:
            return f"{_short(self.low)}+"
        if self.low == self.high:
            return f"{self.low:,}"
        return f"{_short(self.low)}–{_short(self.high) if self.low < _LONG else _short(self.high + 1)}"


@dataclass(frozen=True)
class Bar:
    """One column's information loss, from 0 (exact) to 1 (hidden)."""

    name: str
    loss: float
    level: str


@dataclass(frozen=True)
class Group:
    """People who look alike.

    Attributes
    ----------
    labels : tuple of str
        What they share, one label a quasi-identifier.
    people : int
    status : str
        Whether the group meets the requirements, in words.
    """

    labels: tuple[str, ...]
    people: int
    status: str


def _short(size: int) -> str:
    return f"{size // 1000:,}k" if size >= _LONG else f"{size:,}"


def cards(assessment: Assessment, policy: Policy) -> tuple[Card, ...]:
    """The figures of one setting; the first three are the overview's.

    Parameters
    ----------
    assessment : Assessment
    policy : Policy
        Whose k says which group is too small.
    """
    wanted = int(policy.k.value)
    exposed = 0 if assessment.suppressed else assessment.records_below_k
    return (
        Card(
            "Hidden among",
            f"{assessment.k:,}" if assessment.kept else "nobody left",
            f"k: how many people look alike in the smallest group. Asked for: at least {wanted}.",
        ),
        Card("Records exposed", f"{exposed:,}", f"Records that would leave in groups smaller than {wanted}."),
        Card(
            "Detail kept",
            f"{100 * assessment.detail_kept:.0f} %",
            "How far the columns that count are from hidden: 100 % is exact, 0 % all hidden. Deleted rows keep none.",
        ),
        _alone(assessment),
        Card("Rows deleted", f"{assessment.suppressed:,}", _deleted(assessment)),
        _diversity(assessment),
    )


def _alone(assessment: Assessment) -> Card:
    if assessment.over_people:
        return Card("Rows alone", f"{assessment.unique_records:,}", "Rows in groups of one person only.")
    return Card("People alone", f"{assessment.unique_records:,}", "People whose row nobody else shares.")


def _deleted(assessment: Assessment) -> str:
    if assessment.failing > assessment.limit:
        return (
            f"{assessment.failing:,} would have to go, your limit is {assessment.limit:,}: so none is deleted "
            "and the setting does not pass."
        )
    return f"Rows left out because their group fails a requirement; your limit is {assessment.limit:,}."


def _diversity(assessment: Assessment) -> Card:
    asked = [r.reached for r in assessment.requirements if isinstance(r.model, DistinctDiversity)]
    reached = [int(value) for value in asked if value is not None]
    shown = f"{min(reached):,}" if reached else "–"
    meaning = (
        "The fewest different known values of a sensitive column in any group (distinct l). "
        "1 means that knowing the group tells the value."
        if asked
        else "This recipient's policy asks nothing of sensitive columns."
    )
    return Card("Sensitive values", shown, meaning)


def size_bins(assessment: Assessment, *, beside: Assessment | None = None) -> tuple[SizeBin, ...]:
    """Groups and people by group size, before suppression, in at most 20 bins.

    Small sizes stand alone, larger ones share a bin (1, 2, 5 times a power of ten); one bin begins
    at the target k, and one at that of an assessment ``beside`` it. Which bins there are depends on
    the targets and the number of records only, so that bars stay in their places while a slider moves.
    """
    sizes, groups = assessment.sizes[:, 0], assessment.sizes[:, 1]
    targets = {assessment.target_k} if beside is None else {assessment.target_k, beside.target_k}
    starts = np.array(_starts(targets, assessment.rows), dtype=np.int64)
    place = np.searchsorted(starts, sizes, side="right") - 1
    in_bin = np.bincount(place, weights=groups, minlength=len(starts))
    people = np.bincount(place, weights=groups * sizes, minlength=len(starts))
    highs = [*(int(next_start) - 1 for next_start in starts[1:]), None]
    return tuple(
        SizeBin(int(low), high, int(n), int(m), bool(low >= assessment.target_k))
        for low, high, n, m in zip(starts, highs, in_bin, people, strict=True)
    )


def _starts(targets: AbstractSet[int], rows: int) -> list[int]:
    """First size of each bin.

    >>> _starts({5}, 1000)
    [1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500]
    >>> _starts({30}, 1000)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 50, 100, 200, 500]
    >>> _starts({5, 11}, 100)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 50]
    """
    small = list(range(1, min(max(targets), _SINGLES + 1))) or [1]
    rounds = (factor * 10**power for power in range(12) for factor in (1, *_STEPS[:-1]))
    large = (start for start in rounds if small[-1] < start < rows)
    others = sorted({*small, *large} - targets)
    return sorted({*others[: MOST_BARS - len(targets)], *targets})


def losses(assessment: Assessment, recipe: Recipe) -> tuple[Bar, ...]:
    """Information loss by quasi-identifier, in the recipe's order; the 20 largest where there are more."""
    bars = [
        Bar(plan.name, min(max(float(loss), 0.0), 1.0), plan.level_name)
        for plan, loss in zip(recipe.qis, assessment.loss_by_attribute, strict=True)
    ]
    kept = sorted(range(len(bars)), key=lambda i: -bars[i].loss)[:MOST_BARS]
    return tuple(bars[i] for i in sorted(kept))


def smallest_groups(
    classes: FrequencySet, requirements: Sequence[PrivacyModel], target_k: int, most: int = 8
) -> tuple[Group, ...]:
    """The smallest groups with their labels, smallest first, before suppression.

    Parameters
    ----------
    classes : FrequencySet
    requirements : sequence of PrivacyModel
    target_k : int
        Groups of at least this size are large enough.
    most : int
        Groups at most.
    """
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in requirements:
        passing &= model.passes(classes)
    sizes = class_sizes(classes)
    chosen = _first(sizes, most)
    codes = [classes.layout.codes(classes.keys[:, chosen], j) for j in range(len(classes.hierarchies))]
    labels = [h.labels[level] for h, level in zip(classes.hierarchies, classes.node, strict=True)]
    return tuple(
        Group(
            tuple(names[int(code[i])] for names, code in zip(labels, codes, strict=True)),
            int(sizes[place]),
            _status(passes=bool(passing[place]), large=bool(sizes[place] >= target_k)),
        )
        for i, place in enumerate(chosen)
    )


def _status(*, passes: bool, large: bool) -> str:
    if not large:
        return "too small"
    return "large enough" if passes else "sensitive values too alike"


def groups_table(groups: Sequence[Group], recipe: Recipe, *, hide_values: bool) -> dict[str, list[str]]:
    """The smallest groups as columns of text: how many people, and what they share.

    Parameters
    ----------
    groups : sequence of Group
    recipe : Recipe
        Whose quasi-identifiers the labels are of.
    hide_values : bool
        Show no label (presentation mode).
    """
    table = {"people": [story.people(g.people) for g in groups]}
    table["for this recipient"] = [g.status for g in groups]
    for j, plan in enumerate(recipe.qis):
        table[plan.name] = ["•••" if hide_values else shown(g.labels[j]) for g in groups]
    return table


def shown(label: str) -> str:
    """A label for a reader: ``*`` is hidden.

    >>> shown("*"), shown("1950–1959")
    ('hidden', '1950–1959')
    """
    return "hidden" if label == HIDDEN else label


def _first(counts: Sequence[int] | np.ndarray, most: int) -> np.ndarray:
    """Places of the smallest counts, smallest first, without sorting them all."""
    values = np.asarray(counts)
    if values.size > most:
        few = np.argpartition(values, most - 1)[:most]
        return few[np.argsort(values[few], kind="stable")]
    return np.argsort(values, kind="stable")
