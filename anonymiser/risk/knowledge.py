"""What an attacker knows of a person, and which records of a table that fits.

Every known attribute becomes a *window*: each record has a code, and for each person there is a lowest
and a highest code that agrees with what is known of that person. A record matches a person when it lies
in all of the person's windows.

A missing value agrees with missing values only, as for k: who has none does not hide among those who
have one. Numbers known within a tolerance are compared with the values that occur, so that a band counts
as a match only where somebody in it could be the person: this never counts too many matches.

Records are counted, not people: where one person has several, keep one record a person first, because
ten records of one person hide nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.errors import ColumnError, RecipeError
from anonymiser.hierarchies import Derived
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.risk.windows import Interval, Window, at_level, inside, known_interval
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.released import numbers_of_people

__all__ = ["Fact", "Knowledge", "View", "original_view", "released_view"]

Reals = npt.NDArray[np.float64]

_TALLEST_IN_METRES = 2.75
_CM_PER_M = 100


@dataclass(frozen=True)
class Fact:
    """One thing that is known of a person.

    Attributes
    ----------
    attribute : str
    level : int
        How precisely: a level of the attribute's hierarchy, 0 being the value itself.
    within : float or None
        For numbers: known to plus or minus so many units (5 kg); ``level`` does not count then.
    """

    attribute: str
    level: int = 0
    within: float | None = None


Knowledge = tuple[Fact, ...]
"""All that is known; the empty one fits everybody."""


@dataclass(frozen=True, eq=False)
class View:
    """A table as an attacker with some knowledge sees it.

    Attributes
    ----------
    rows : int
        People: the records of the input.
    windows : tuple of Window
        Of the known attributes that the table shows.
    present : (rows,) bool array or None
        Which records the table has; None for all.
    people : (rows,) int64 array or None
        Number of the person behind each record, -1 for nobody known; None where every record is a person.
    """

    rows: int
    windows: tuple[Window, ...]
    present: npt.NDArray[np.bool_] | None = None
    people: npt.NDArray[np.int64] | None = None

    def people_among(self, matches: npt.NDArray[np.bool_]) -> int:
        """People behind some records; records of nobody known count as one person where there is no other."""
        if self.people is None:
            return int(np.count_nonzero(matches))
        found = np.unique(self.people[matches])
        return max(int(np.count_nonzero(found >= 0)), min(found.size, 1))

    @property
    def records(self) -> int:
        """Records that the table has."""
        return self.rows if self.present is None else int(np.count_nonzero(self.present))

    def holds(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Whether a record of the person of each row is among those that fit: (rows asked about,) bool array.

        Their own; where one person may have several, another of theirs that the table has and that fits.
        """
        if self.present is None:
            return np.ones(rows.size, dtype=np.bool_)
        found: npt.NDArray[np.bool_] = self.present[rows].copy()
        if self.people is None or found.all():
            return found
        here = np.flatnonzero(self.present & (self.people >= 0))
        here = here[np.argsort(self.people[here], kind="stable")]
        gone = np.flatnonzero(~found & (self.people[rows] >= 0))
        first = np.searchsorted(self.people[here], self.people[rows[gone]], side="left")
        number = np.searchsorted(self.people[here], self.people[rows[gone]], side="right") - first
        asked = np.repeat(np.arange(gone.size), number)
        others = here[np.repeat(first - np.cumsum(number) + number, number) + np.arange(asked.size)]
        fits = np.ones(asked.size, dtype=np.bool_)
        for window in self.windows:
            codes, person = window.codes[others], rows[gone[asked]]
            fits &= (codes >= window.low[person]) & (codes <= window.high[person])
        found[gone[asked[fits]]] = True
        return found

    def matches(self, person: int) -> npt.NDArray[np.bool_]:
        """The records that fit what is known of the person in a row: (rows,) bool array.

        Raises
        ------
        ColumnError
            There is no such row.
        """
        if not 0 <= person < self.rows:
            raise ColumnError(f"There is no record {person:,}; they are numbered from 0 to {self.rows - 1:,}.")
        found = np.ones(self.rows, dtype=np.bool_) if self.present is None else self.present.copy()
        for window in self.windows:
            found &= window.agrees(person)
        return found


def original_view(table: EncodedTable, recipe: Recipe, knowledge: Knowledge) -> View:
    """The table before anything is generalised.

    Raises
    ------
    RecipeError
        No such column, or no such level.
    ColumnError
        A tolerance is negative, or the column holds no numbers.
    """
    windows = tuple(_window(table, recipe, fact, 0) for fact in knowledge)
    return View(table.microdata.rows, windows, people=numbers_of_people(table.people(recipe)))


def released_view(
    table: EncodedTable, recipe: Recipe, knowledge: Knowledge, present: npt.NDArray[np.bool_] | None = None
) -> View:
    """The table as the recipe releases it.

    Parameters
    ----------
    table, recipe
        Full-domain generalisation: every column at the level of its plan, or not there at all.
    knowledge : tuple of Fact
        Facts on columns that do not leave are of no use, except that two of them may give a derived
        column that does: who knows weight and height knows the body mass index.
    present : (rows,) bool array, optional
        Records that are released (``ReleasedTable.source_rows``); all where it is left out.

    Raises
    ------
    RecipeError
        No such column, or no such level.
    ColumnError
        A tolerance is negative, the column holds no numbers, or the bands of its numbers overlap.
    """
    known = {fact.attribute: fact for fact in knowledge}
    plans = [(fact, _checked(recipe, fact)) for fact in knowledge]
    windows = [_window(table, recipe, fact, plan.level) for fact, plan in plans if plan.leaves]
    for derived in recipe.derived:
        plan = recipe.attribute(derived.name)
        if plan.leaves and all(name in known for name in derived.inputs):
            index = _body_mass(table, recipe, derived, known)
            windows.append(inside(table, recipe, plan, plan.level, index, by_leaf=False))
    return View(table.microdata.rows, tuple(windows), present, numbers_of_people(table.people(recipe)))


def _checked(recipe: Recipe, fact: Fact) -> AttributePlan:
    plan = recipe.attribute(fact.attribute)
    if not 0 <= fact.level <= plan.top:
        raise RecipeError(f"The column '{fact.attribute}' has levels 0 to {plan.top}, not {fact.level}.")
    if fact.within is not None and not fact.within >= 0:
        raise ColumnError(f"How precisely '{fact.attribute}' is known must be 0 or more.")
    return plan


def _window(table: EncodedTable, recipe: Recipe, fact: Fact, shown: int) -> Window:
    """The window of a fact in a table that shows the attribute at a level."""
    plan = _checked(recipe, fact)
    if fact.within is None:
        return at_level(table, recipe, plan, max(fact.level, shown))
    known = known_interval(table, recipe, plan, fact.level, fact.within)
    return inside(table, recipe, plan, shown, known, by_leaf=True)


def _body_mass(table: EncodedTable, recipe: Recipe, derived: Derived, known: dict[str, Fact]) -> Interval:
    """What knowing weight and height says of the body mass index of each person, as it is derived."""
    weight, height = (_of_person(table, recipe, known[name]) for name in derived.inputs)
    shortest, tallest = _metres(height.low), _metres(height.high)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = weight.low / tallest**2, weight.high / shortest**2
    possible = (weight.low > 0) & (shortest > 0) & np.isfinite(low) & np.isfinite(high)
    return Interval(np.where(possible, _cut(low), np.nan), np.where(possible, _cut(high), np.nan))


def _of_person(table: EncodedTable, recipe: Recipe, fact: Fact) -> Interval:
    plan = recipe.attribute(fact.attribute)
    leaves = table.leaves(recipe, plan)
    known = known_interval(table, recipe, plan, fact.level, fact.within)
    return Interval(known.low[leaves], known.high[leaves])


def _metres(height: Reals) -> Reals:
    return np.where(height > _TALLEST_IN_METRES, height / _CM_PER_M, height)


def _cut(index: Reals) -> Reals:
    """One decimal, cut off as in the derived column."""
    result: Reals = np.floor(np.round(index * 10, 6)) / 10
    return result
