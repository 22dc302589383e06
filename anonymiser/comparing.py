"""Two kept settings side by side: what differs, which is better in what, and who was given which."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser import figures, story
from anonymiser.assessment import Assessment
from anonymiser.comparison import BeforeAfter, before_after
from anonymiser.engine.frequency import SensitiveCodes, build, roll_up
from anonymiser.figures import SizeBin
from anonymiser.project import Project, Scenario
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.search import removal_by_group

Numbers = npt.NDArray[np.int64] | npt.NDArray[np.float64]

__all__ = [
    "RECORDS",
    "Difference",
    "Disappearing",
    "Measure",
    "Pair",
    "can_group",
    "chosen_for",
    "differences",
    "in_short",
    "level_words",
    "mark",
    "measures",
    "note_of",
    "records",
    "set_note",
    "sizes",
    "unmark",
    "who_disappears",
]

RECORDS: Final = 10
"""Records shown under both settings."""
_MARK: Final = "Chosen for: "
_FEW: Final = 12
"""Labels that make a table of groups that one can read."""
_GROUP: Final = 10
"""Rows below which a group is not called the worst off: by chance alone it may lose all."""
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
class Pair:
    """Two recipes for the same table."""

    left: Recipe
    right: Recipe


@dataclass(frozen=True)
class Difference:
    """One thing that two recipes decide differently, in words."""

    what: str
    left: str
    right: str


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
        return f"{100 * value:.1f} %" if self.percent else format(value, self.form)

    def changed(self, by: float) -> str:
        sign = "+" if by > 0 else "−"
        return f"{sign}{100 * abs(by):.1f} points" if self.percent else sign + format(abs(by), self.form)


# --- what differs ---


def level_words(pair: Pair) -> tuple[Difference, ...]:
    """How each column that counts in either leaves under both."""
    names = dict.fromkeys(plan.name for recipe in (pair.left, pair.right) for plan in recipe.qis)
    return tuple(Difference(name, _leaves_as(pair.left, name), _leaves_as(pair.right, name)) for name in names)


def differences(pair: Pair) -> tuple[Difference, ...]:
    """Everything that the two recipes decide differently."""
    left, right = pair.left, pair.right
    rows = [
        Difference("recipient", left.recipient or "none", right.recipient or "none"),
        Difference("may be deleted", f"{100 * left.suppression:.1f} %", f"{100 * right.suppression:.1f} %"),
        Difference("requirements", _requirements(left), _requirements(right)),
        Difference("shape of the release", left.form.value, right.form.value),
        Difference("share released", f"{100 * left.sample_fraction:.0f} %", f"{100 * right.sample_fraction:.0f} %"),
        Difference("derived columns", _derived(left), _derived(right)),
    ]
    names = dict.fromkeys(plan.name for recipe in (left, right) for plan in recipe.attributes)
    for name in names:
        one, other = _plan(left, name), _plan(right, name)
        rows.append(Difference(f"{name}: role", one.role.value if one else "–", other.role.value if other else "–"))
        rows.append(Difference(f"{name}: leaves as", _leaves_as(left, name), _leaves_as(right, name)))
        if one and other and one.hierarchy != other.hierarchy:
            rows.append(Difference(f"{name}: steps", _steps(one), _steps(other)))
    return tuple(row for row in rows if row.left != row.right)


def _plan(recipe: Recipe, name: str) -> AttributePlan | None:
    return next((plan for plan in recipe.attributes if plan.name == name), None)


def _leaves_as(recipe: Recipe, name: str) -> str:
    plan = _plan(recipe, name)
    if plan is None or not plan.leaves:
        return "does not leave"
    return "a code" if plan.treatment.value == "pseudonym" else plan.level_name


def _steps(plan: AttributePlan) -> str:
    return ", ".join(plan.hierarchy.level_names) + " (own rule)"


def _requirements(recipe: Recipe) -> str:
    told = []
    for model in recipe.requirements:
        values = model.model_dump()
        name = str(values.pop("kind")).replace("_", " ")
        told.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    return "; ".join(told) or "none"


def _derived(recipe: Recipe) -> str:
    return ", ".join(derived.name for derived in recipe.derived) or "none"


# --- which is better ---


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
        _Kind("highest risk", privacy, more_is_better=False, percent=True): 1 / found.k if found.k else None,
        _Kind("mean risk", privacy, more_is_better=False, percent=True): found.mean_risk,
    }
    for of in found.sensitive:
        values[_Kind(f"{of.name}: fewest different values", privacy, more_is_better=True)] = of.distinct_l
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


# --- what it looks like ---


def sizes(project: Project, pair: Pair) -> tuple[tuple[SizeBin, ...], tuple[SizeBin, ...]]:
    """Class sizes of both in the same bins, those of the stricter k."""
    both = [project.assess(recipe) for recipe in (pair.left, pair.right)]
    k = max(found.target_k for found in both)
    left, right = (figures.size_bins(replace(found, target_k=k)) for found in both)
    return left, right


def records(project: Project, recipe: Recipe, most: int = RECORDS) -> BeforeAfter:
    """The same few records before and after any recipe. Raw values: never for presentation mode."""
    other = copy.copy(project)  # shares table and memo; only the recipe differs
    other.recipe = recipe
    return before_after(other, most)


# --- who disappears ---


@dataclass(frozen=True)
class Disappearing:
    """What deleting the failing rows takes from each group of people.

    Attributes
    ----------
    labels : tuple of str
    rows, gone : tuple of int
        Rows of each group, and those that fail.
    worst : str
        Which group loses most for its size, in words.
    """

    labels: tuple[str, ...]
    rows: tuple[int, ...]
    gone: tuple[int, ...]
    worst: str


def can_group(project: Project) -> tuple[str, ...]:
    """Columns by which people can be told apart in groups: all but direct identifiers."""
    return tuple(plan.name for plan in project.recipe.attributes if not plan.role.identifies)


def who_disappears(project: Project, recipe: Recipe, column: str) -> Disappearing:
    """The rows of each group that fail the requirements of a recipe, whether or not they fit its limit.

    Parameters
    ----------
    project : Project
    recipe : Recipe
    column : str
        Its values make the groups, at its level where it is sensitive, else at the first level of few labels.
    """
    labels, own = _groups(project, recipe, column)
    others = (codes for codes in project.table.sensitive(recipe) if codes.name != column)
    root = build(*project.table.qis(recipe), (own, *others), histograms=True)
    removal = removal_by_group(roll_up(root, recipe.node), project.in_force(recipe), column)
    there = [i for i in range(len(labels)) if removal.records[i]]
    worst = removal.worst(_GROUP)
    return Disappearing(
        labels=tuple(figures.shown(labels[i]) for i in there),
        rows=tuple(int(removal.records[i]) for i in there),
        gone=tuple(int(removal.removed[i]) for i in there),
        worst=story.worst_off(
            None if worst is None else figures.shown(labels[worst]),
            *((0, 0, 0.0) if worst is None else _of(removal.removed, removal.records, removal.times, worst)),
            smallest=_GROUP,
        ),
    )


def _of(gone: Numbers, rows: Numbers, times: Numbers, place: int) -> tuple[int, int, float]:
    return int(gone[place]), int(rows[place]), float(times[place])


def _groups(project: Project, recipe: Recipe, column: str) -> tuple[tuple[str, ...], SensitiveCodes]:
    """The labels of a column that make its groups, and the code of each record."""
    plan = recipe.attribute(column)
    known = next((codes for codes in project.table.sensitive(recipe) if codes.name == column), None)
    if known is not None:
        return project.table.labels_at(recipe, plan)[0], known
    labels = project.table.hierarchy(recipe, plan).labels
    level = next((level for level, names in enumerate(labels) if len(names) <= _FEW), plan.top)
    names, codes, missing = project.table.labels_at(recipe, plan.model_copy(update={"level": level}))
    return names, SensitiveCodes(column, codes, len(names), missing)


# --- which one was chosen ---


def chosen_for(scenario: Scenario) -> str | None:
    """The recipient for whom a kept setting was chosen; None where it was not."""
    last = scenario.note.rpartition("\n")[2]
    return last.removeprefix(_MARK) if last.startswith(_MARK) else None


def note_of(scenario: Scenario) -> str:
    """What was written beside a kept setting, without the mark."""
    return scenario.note if chosen_for(scenario) is None else scenario.note.rpartition("\n")[0]


def mark(project: Project, name: str) -> None:
    """Choose a kept setting for the recipient that it was made for; another one of theirs loses the mark."""
    recipient = next(s.recipe.recipient for s in project.scenarios if s.name == name)
    project.scenarios = [
        _noted(s, note_of(s), recipient if s.name == name else None)
        if s.name == name or chosen_for(s) == recipient
        else s
        for s in project.scenarios
    ]


def unmark(project: Project, name: str) -> None:
    """Take the mark back."""
    project.scenarios = [_noted(s, note_of(s), None) if s.name == name else s for s in project.scenarios]


def set_note(project: Project, name: str, note: str) -> None:
    """Write a note beside a kept setting; its mark stays."""
    project.scenarios = [_noted(s, note, chosen_for(s)) if s.name == name else s for s in project.scenarios]


def _noted(scenario: Scenario, note: str, recipient: str | None) -> Scenario:
    """A note is one line, so that nothing typed can pass for the mark."""
    text = " ".join(note.split())
    return replace(scenario, note=text if recipient is None else f"{text}\n{_MARK}{recipient}")
