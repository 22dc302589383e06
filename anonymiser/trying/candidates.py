"""Candidates side by side: each a recipe with a method, run and measured, beside the best levels."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser.errors import AnonymiserError, InputError
from anonymiser.exploring.tasks import Task
from anonymiser.methods import MethodParameters
from anonymiser.project import Project, Scenario
from anonymiser.recipe import Recipe
from anonymiser.trying.best import best_levels
from anonymiser.trying.candidate import Candidate, measured_candidate

__all__ = [
    "MOST",
    "From",
    "Trial",
    "begin",
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
            candidate = measured_candidate(project, recipe, project.draft(recipe, progress=trial.watch))
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
