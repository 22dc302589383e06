"""Candidates side by side: each a recipe with a method, run and measured, beside the best levels."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.errors import AnonymiserError, InputError
from anonymiser.exploring import tasks
from anonymiser.exploring.tasks import Task
from anonymiser.gate import checks
from anonymiser.methods import MethodParameters, Scope
from anonymiser.project import Project, Scenario
from anonymiser.recipe import Recipe
from anonymiser.risk.perturbed import perturbed_risk
from anonymiser.search import Searcher
from anonymiser.transform.base import Draft
from anonymiser.transform.measure import DraftAssessment
from anonymiser.transform.run import Transformed
from anonymiser.transform.start import Start

__all__ = [
    "MOST",
    "Candidate",
    "From",
    "Trial",
    "begin",
    "best_levels",
    "candidates",
    "drop",
    "give_up",
    "keep",
    "recipe_with",
    "under_way",
    "use",
]

_OF_NUMBERS: Final = ("Microaggregation", "Noise", "Rounding", "Top and bottom coding")
_PATIENCE: Final = 30.0
MOST: Final = 6
"""Candidates that are compared at a time."""
_LEVELS: Final = "best levels"


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


@dataclass(eq=False)
class Trial(Task):
    """A method while it runs.

    Attributes
    ----------
    share : float
        Done, from 0 to 1.
    words : str
        What is under way.
    error : AnonymiserError or None
        Why the method could not be done.
    """

    share: float = 0.0
    words: str = ""
    error: AnonymiserError | None = None

    def watch(self, share: float, words: str) -> None:
        """Told on the way; stops the method where it was cancelled."""
        self.share, self.words = share, words
        if self.cancelled:
            raise _Stopped


class _Stopped(Exception):  # noqa: N818 - no error: somebody pressed Cancel
    """The method was cancelled."""


_RUNNING: WeakKeyDictionary[Project, Trial] = WeakKeyDictionary()
_TRIED: WeakKeyDictionary[Project, list[Candidate]] = WeakKeyDictionary()


class From(Enum):
    """At which levels a method starts."""

    EXACT = "exact values"
    SLIDERS = "where the sliders are"
    BEST = "the best levels"


def recipe_with(project: Project, methods: tuple[MethodParameters, ...], start: From) -> Recipe:
    """The current recipe with methods.

    Parameters
    ----------
    project : Project
    methods : tuple of methods
    start : From
        Levels of the columns that count. Columns of numbers that a method names are exact in any case.

    Raises
    ------
    RecipeError
        The methods do not go together.
    """
    recipe = project.recipe.changed(methods=methods)
    best = best_levels(project, _PATIENCE) if start is From.BEST else None
    if start is From.EXACT:
        recipe = recipe.with_levels({plan.name: 0 for plan in recipe.qis})
    elif best is not None:
        recipe = recipe.with_levels({plan.name: plan.level for plan in best.recipe.qis})
    exact = {name: 0 for method in methods if method.title in _OF_NUMBERS for name in method.columns}
    return recipe.with_levels(exact)


def begin(project: Project, recipe: Recipe) -> Trial:
    """Run and measure a recipe with methods in the background.

    Raises
    ------
    InputError
        Six candidates are there already.
    """
    if len(candidates(project)) >= MOST and all(c.recipe != recipe for c in candidates(project)):
        raise InputError(f"{MOST} candidates are compared at most. Take one away first.")
    trial = Trial("method", recipe)

    def work() -> None:
        try:
            candidate = _measured(project, recipe, project.draft(recipe, progress=trial.watch))
            if not trial.cancelled:
                _add(project, candidate)
        except _Stopped:
            pass
        except AnonymiserError as error:
            trial.error = error
        except MemoryError:
            trial.error = InputError("There is not enough memory for this method. Try another, or a smaller table.")
        finally:
            trial.done.set()

    give_up(project)
    _RUNNING[project] = trial
    threading.Thread(target=work, name="halftone-method", daemon=True).start()
    return trial


def under_way(project: Project) -> Trial | None:
    """The running trial; raises what stopped the latest, once.

    Raises
    ------
    AnonymiserError
        The method cannot do what was asked.
    """
    trial = _RUNNING.get(project)
    if trial is None or not trial.done.is_set():
        return trial
    del _RUNNING[project]
    if trial.error is not None:
        raise trial.error
    return None


def give_up(project: Project) -> None:
    """Stop the running trial."""
    trial = _RUNNING.pop(project, None)
    if trial is not None:
        trial.cancel()


def candidates(project: Project) -> tuple[Candidate, ...]:
    """Those tried so far on these columns and requirements, in order; others would not compare."""
    now = _setting(project.recipe)
    return tuple(c for c in _TRIED.get(project, []) if _setting(c.recipe) == now)


def drop(project: Project, place: int) -> None:
    """Take a candidate away."""
    chosen = candidates(project)[place]
    _TRIED[project] = [c for c in _TRIED[project] if c is not chosen]


def keep(project: Project, candidate: Candidate, name: str) -> Scenario:
    """Keep a candidate as a scenario; the current recipe stays as it is."""
    scenario = Scenario(name, candidate.recipe)
    project.scenarios = [s for s in project.scenarios if s.name != name] + [scenario]
    return scenario


def use(project: Project, candidate: Candidate) -> None:
    """Make a candidate the current recipe; undo leads back."""
    project.change(candidate.recipe)


def best_levels(project: Project, patience: float = 1.0) -> Candidate | None:
    """The best setting without any method, by Loss: looked for in the background.

    Parameters
    ----------
    project : Project
    patience : float
        Seconds to wait for it.

    Returns
    -------
    Candidate or None
        None while it is not found, and where no setting meets the requirements.
    """
    plain = project.recipe.changed(methods=()).with_levels({plan.name: 0 for plan in project.recipe.qis})
    key = (plain, id(project.population))
    if tasks.result(project, _LEVELS, key) is None:
        begun = tasks.start(project, Task(_LEVELS, key), lambda: _best(project, plain))
        if begun is not None:
            begun.wait(patience)
    found = tasks.result(project, _LEVELS, key)
    return found if isinstance(found, Candidate) else None


def _best(project: Project, plain: Recipe) -> Candidate | str:
    requirements = project.in_force(plain)
    found = Searcher(project.classes(plain), requirements, plain.suppression).find()
    if found is None:
        return "no setting meets the requirements"
    levels = {plan.name: level for plan, level in zip(plain.qis, found.node, strict=True)}
    recipe = plain.with_levels(levels)
    return _candidate(project, recipe, project.assess(recipe, histograms=True), "Best levels")


def _setting(recipe: Recipe) -> Hashable:
    """What candidates have to share to be compared."""
    columns = tuple((plan.reading, plan.is_qi, plan.treatment) for plan in recipe.attributes)
    return columns, recipe.requirements, recipe.suppression, recipe.recipient


def _add(project: Project, candidate: Candidate) -> None:
    tried = _TRIED.setdefault(project, [])
    names = {c.name for c in tried if c.recipe != candidate.recipe}
    name, number = candidate.name, 2
    while name in names:
        name, number = f"{candidate.name} ({number})", number + 1
    _TRIED[project] = [c for c in tried if c.recipe != candidate.recipe] + [replace(candidate, name=name)]


def _measured(project: Project, recipe: Recipe, found: Transformed) -> Candidate:
    name = " + ".join(_named(spec) for spec in recipe.methods)
    candidate = _candidate(project, recipe, found.assessment, name)
    moved = _moved(found.start, found.draft)
    candidate = replace(candidate, detail=max(0.0, candidate.detail - moved))
    if all(spec.scope is Scope.GROUPING for spec in recipe.methods):
        return candidate
    linkage = perturbed_risk(found.start, found.draft).linkage
    if linkage is None:
        return candidate
    words = (
        f"Somebody who knows the true {story.listing(linkage.columns)} and looks for the nearest row finds the right "
        f"one for {story.people(round(linkage.linked))} of {linkage.people:,}."
    )
    counted = {plan.name for plan in recipe.qis}
    if any(counted & set(spec.columns) for spec in recipe.methods) or found.draft.no_k:
        return replace(candidate, risk=linkage.share, risk_in_words=words)
    return replace(candidate, risk_in_words=f"{candidate.risk_in_words} {words}")


def _candidate(project: Project, recipe: Recipe, assessment: Assessment, name: str) -> Candidate:
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
    """A chance as one in so many."""
    return f"1 time in {max(1, round(1 / risk)):,}" if risk else "never, as nothing is left,"


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
    return f"{value:g}" if isinstance(value, float) else str(value)


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
