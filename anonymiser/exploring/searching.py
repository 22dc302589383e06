"""The best setting of a table with too many to draw, or the best that is fair: searched in the background."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from anonymiser.exploring import lattice as lattices
from anonymiser.exploring import tasks
from anonymiser.exploring.groups import SMALLEST_GROUP, root_with_groups
from anonymiser.exploring.tasks import Task
from anonymiser.planning import requirements_in_force
from anonymiser.project import Project
from anonymiser.search import By, Fairness, Finding, Searcher, fair_searcher

__all__ = [
    "Answer",
    "Question",
    "Search",
    "answer",
    "earlier_answer",
    "give_up",
    "look_for",
    "looking",
    "was_given_up",
]

_KIND: Final = "search"


@dataclass(frozen=True)
class Question:
    """What is looked for.

    Attributes
    ----------
    by : By
        The measure that is to be small.
    lowest, highest : tuple of int
        Levels that each column may have.
    weights : tuple of float or None
        How much each column's detail matters; None for alike.
    column : str or None
        Whose groups are to be treated fairly.
    most : float
        How many times its share a group may lose.
    """

    by: By
    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    weights: tuple[float, ...] | None = None
    column: str | None = None
    most: float = 2.0


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes
    ----------
    node : tuple of int or None
        The best setting; None where none is allowed and safe.
    checked : int
        Settings that were looked at.
    gap : float
        At most this share better may exist; 0 where nothing better does.
    """

    node: tuple[int, ...] | None
    checked: int
    gap: float


@dataclass(eq=False)
class Search(Task):
    """A search in the background.

    Attributes
    ----------
    checked : int
        Settings looked at so far.
    best : float or None
        The best score so far.
    gap : float
        At most this share better exists.
    """

    checked: int = 0
    best: float | None = None
    gap: float = 1.0

    def watch(self, checked: int, best: float | None, gap: float) -> bool:
        """Told after each setting; whether to stop."""
        self.checked, self.best, self.gap = checked, best, gap
        return self.cancelled or self.ended


def look_for(project: Project, question: Question) -> Search | None:
    """Begin a search in the background; None where its answer is there.

    Another search of the project is stopped; answers of before stay.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    key = _key(project, question)
    if tasks.result(project, _KIND, key) is not None:
        return None
    running = looking(project, question)
    if running is not None:
        return running
    search = Search(_KIND, key)
    searcher = _searcher(project, question)

    def work() -> Answer:
        found = searcher().find(question.lowest, question.highest, watch=search.watch)
        return _answer(search, found)

    begun = tasks.start(project, search, work)
    return begun if isinstance(begun, Search) else None


def answer(project: Project, question: Question) -> Answer | None:
    """What was found, if the search has ended.

    Raises
    ------
    AnonymiserError
        The search failed: a measure that so many settings do not allow, less than its share for a group.
    """
    found = tasks.result(project, _KIND, _key(project, question))
    return found if isinstance(found, Answer) else None


def earlier_answer(project: Project) -> Answer | None:
    """The setting that was found last for the same columns, under whatever requirements; None where none was."""
    tops = tuple(plan.top for plan in project.recipe.qis)

    def fits(key: Hashable) -> bool:
        return isinstance(key, tuple) and key[1] == tuple(plan.reading for plan in project.recipe.qis)

    found = tasks.latest(project, _KIND, fits)
    fine = isinstance(found, Answer) and found.node is not None and len(found.node) == len(tops)
    return found if fine and isinstance(found, Answer) else None


def looking(project: Project, question: Question) -> Search | None:
    """The search for an answer, while it runs."""
    running = tasks.under_way(project, _KIND, _key(project, question))
    return running if isinstance(running, Search) else None


def give_up(project: Project) -> None:
    """Stop the search and forget what it found; answers of before stay."""
    tasks.cancel(project, _KIND)


def was_given_up(project: Project, question: Question) -> bool:
    """Whether this search was stopped by hand."""
    return tasks.was_cancelled(project, _KIND, _key(project, question))


def _searcher(project: Project, question: Question) -> Callable[[], Searcher]:
    """What makes the search, once the kernels are there; what it needs of the project is taken now."""
    suppression, by, weights = project.recipe.suppression, question.by, question.weights
    if question.column is None:
        root, requirements = lattices.root_of(project)
        return lambda: Searcher(root, requirements, suppression, by=by, weights=weights)
    wanted = project.in_force(project.recipe)
    _, grouped = root_with_groups(project, project.recipe, question.column)
    fairness = Fairness(question.column, question.most, SMALLEST_GROUP)
    return lambda: fair_searcher(grouped, wanted, suppression, fairness, by=by, weights=weights)


def _answer(search: Search, found: Finding | None) -> Answer:
    if found is None:
        return Answer(None, search.checked, search.gap if search.ended else 0.0)
    return Answer(found.node, found.checked, found.gap)


def _key(project: Project, question: Question) -> Hashable:
    recipe = project.recipe
    columns = tuple((plan.reading, plan.level) for plan in recipe.attributes if plan not in recipe.qis)
    counted = tuple(plan.reading for plan in recipe.qis)
    wanted = requirements_in_force(recipe)
    coded = recipe.missing_codes if recipe.derived else ()
    return question, counted, columns, wanted, recipe.suppression, recipe.derived, coded, id(project.population)
