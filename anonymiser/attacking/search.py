"""Searches through a project's table and its release, by somebody who knows some attributes of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.attacking.facts import can_be_known, precision_steps
from anonymiser.limits import MISSING
from anonymiser.methods import Scope
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.risk.attack import (
    AttackOnRecord,
    ExposedRecord,
    Precision,
    Spread,
    attack_record,
    most_exposed,
    released_rows,
    sensitive_spread,
    singled_out_by_precision,
)
from anonymiser.risk.combinations import Attributes, Combination, identifying, measure_combinations
from anonymiser.risk.intruder import IntruderTrial, intruder_trial
from anonymiser.risk.knowledge import Knowledge, View, original_view, released_view
from anonymiser.risk.match_counts import match_counts
from anonymiser.risk.method_view import changed_at_random, method_view, present_after
from anonymiser.transform.measure import DraftAssessment
from anonymiser.transform.released import numbers_of_people

__all__ = [
    "MOST_ASKED",
    "Learnt",
    "Search",
    "Together",
    "Trial",
    "WorstColumns",
    "another_person",
    "asked",
    "curve",
    "exposed",
    "learnt",
    "near_columns",
    "present_rows",
    "search",
    "singled_out",
    "smallest_group",
    "try_intruder",
    "worst_columns",
]

MOST_ASKED: Final = 200_000
"""Larger tables are asked about a sample of people."""
_SAMPLE: Final = 5_000
_SEED: Final = 1
"""The sample is the same each time, so that figures move with the setting only."""
_LARGEST: Final = 3
_COUNTED_TO: Final = 1_000

Present = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Search:
    """A table and its release as somebody with some knowledge sees them.

    Attributes
    ----------
    recipe : Recipe
    knowledge : tuple of Fact
    before, after : View
    """

    recipe: Recipe
    knowledge: Knowledge
    before: View
    after: View


@dataclass(frozen=True)
class Learnt:
    """What a search says of one sensitive attribute.

    Attributes
    ----------
    before, after : Spread
        Among the records found in the table and in the release.
    everybody : Spread
        Among all released records: what would be guessed of anybody.
    """

    before: Spread
    after: Spread
    everybody: Spread


@dataclass(frozen=True)
class Together:
    """What some columns tell apart in the table and at the levels of the release."""

    before: Combination
    after: Combination


@dataclass(frozen=True)
class WorstColumns:
    """Column combinations that point at most people.

    Attributes
    ----------
    pairs, triples : tuple of Together
        Worst first.
    identifying : tuple of Combination
        The smallest ones that single out at least half of the records, in the table.
    records : int
        Looked at.
    """

    pairs: tuple[Together, ...]
    triples: tuple[Together, ...]
    identifying: tuple[Combination, ...]
    records: int


@dataclass(frozen=True)
class Trial:
    """A motivated intruder's attempt on the same people, with the table and with the release."""

    knowledge: Knowledge
    before: IntruderTrial
    after: IntruderTrial


def present_rows(project: Project) -> Present | None:
    """Which records the current recipe releases: (rows,) bool array; None where all are."""
    if project.recipe.methods:
        return present_after(project.draft())
    if not project.assess().suppressed:
        return None
    return released_rows(project.table, project.released())


def search(project: Project, knowledge: Knowledge, present: Present | None) -> Search:
    """Make ready to look for people.

    Raises
    ------
    RecipeError
        A known column, or its level, is not there.
    ColumnError
        A number known to plus or minus so many stands in bands that overlap.
    """
    before = original_view(project.table, project.recipe, knowledge)
    return Search(project.recipe, knowledge, before, _after(project, knowledge, present))


def near_columns(found: Search) -> tuple[str, ...]:
    """Known columns that a method changed at random: their rows are near to a person, they do not fit."""
    known, counted = {fact.attribute for fact in found.knowledge}, {plan.name for plan in found.recipe.qis}
    grouped = any(spec.scope is Scope.GROUPING and spec.method != "anatomy" for spec in found.recipe.methods)
    return tuple(
        name for name in changed_at_random(found.recipe) if name in known and not (grouped and name in counted)
    )


def _after(project: Project, knowledge: Knowledge, present: Present | None) -> View:
    """The release as it leaves: of methods, their own labels."""
    if project.recipe.methods:
        return method_view(project.table, project.recipe, knowledge, project.draft())
    return released_view(project.table, project.recipe, knowledge, present)


def another_person(rows: int, random: np.random.Generator, than: int = -1) -> int:
    """A random row other than one, from 0; the only one where there is one."""
    others = rows - 1 if 0 <= than < rows else rows
    if others < 1:
        return 0
    drawn = int(random.integers(others))
    return drawn + 1 if 0 <= than <= drawn else drawn


def asked(rows: int) -> Rows | None:
    """Rows asked about where a table is large; None: all."""
    if rows <= MOST_ASKED:
        return None
    drawn = np.random.default_rng(_SEED).choice(rows, size=_SAMPLE, replace=False)
    return np.sort(drawn).astype(np.int64)


def learnt(project: Project, found: Search, row: int) -> tuple[AttackOnRecord, tuple[Learnt, ...]]:
    """Look for one person: how many records match, and what they say of each sensitive column not known yet."""
    known = {fact.attribute for fact in found.knowledge}
    plans = [a for a in found.recipe.attributes if a.role.is_sensitive and a.name not in known]
    first, last = found.before.matches(row), found.after.matches(row)
    present = found.after.present
    everybody = np.ones(found.after.rows, dtype=np.bool_) if present is None else present
    spreads = tuple(
        Learnt(
            sensitive_spread(project.table, found.recipe, plan.name, first, original=True),
            _shown(project, found.recipe, plan.name, last),
            _shown(project, found.recipe, plan.name, everybody),
        )
        for plan in plans
    )
    return attack_record(found.before, found.after, row), spreads


def _shown(project: Project, recipe: Recipe, name: str, matches: Present) -> Spread:
    """The values of a sensitive column among released rows, as the release shows them."""
    if not recipe.methods:
        return sensitive_spread(project.table, recipe, name, matches)
    draft = project.draft(recipe).draft
    column = draft.column(name)
    if column is None:
        return Spread(name, (), (), None)
    among = matches[draft.source_rows]
    if name in draft.apart and draft.partition is not None:  # their values stand in a table by group
        among = np.isin(draft.partition, np.unique(draft.partition[among]))
    counts = np.bincount(column.codes[among], minlength=len(column.labels) + 1)
    return Spread(name, (*column.labels, MISSING), tuple(counts.tolist()), len(column.labels))


def singled_out(
    project: Project, steps: Sequence[Knowledge], present: Present | None, people: Rows | None
) -> tuple[Precision, ...]:
    """People who match their own record only, for each knowledge."""
    view = partial(_after, project, present=present) if project.recipe.methods else None
    return singled_out_by_precision(project.table, project.recipe, steps, present, people, view_of=view)


def exposed(found: Search, people: Rows | None, top: int = 10) -> tuple[ExposedRecord, ...]:
    """The released records that fewest match; of a large table, among the people asked about."""
    if people is None:
        return most_exposed(found.before, found.after, top)
    there = people if found.after.present is None else people[found.after.present[people]]
    last = match_counts(found.after, there, most=_COUNTED_TO)
    first = match_counts(found.before, there, most=_COUNTED_TO)
    chosen = np.lexsort((there, first, last))[:top]
    return tuple(ExposedRecord(int(there[i]), int(first[i]), int(last[i])) for i in chosen)


def worst_columns(project: Project, people: Rows | None, present: Present | None, top: int = 5) -> WorstColumns:
    """Pairs and triples of columns that single out most records, before and after.

    Parameters
    ----------
    people : integer array or None
        Records looked at; the others are not there, so that more stand alone than in the whole table.
        Where one person may have several records, one of each is.
    present : (rows,) bool array or None
        Records that are released.
    """
    names = can_be_known(project.recipe)
    if not names:
        return WorstColumns((), (), (), 0)
    rows = np.arange(project.microdata.rows) if people is None else people
    whose = numbers_of_people(project.table.people(project.recipe))
    if whose is not None:  # one row of each person: two rows of one do not hide each other
        rows, every = rows[np.unique(whose[rows], return_index=True)[1]], rows
        kept = every if present is None else every[present[every]]
        kept = kept[np.unique(whose[kept], return_index=True)[1]]
    else:
        kept = rows if present is None else rows[present[rows]]
    k = max(project.recipe.k, 1)
    before = measure_combinations(_codes(project, names, rows, original=True), _LARGEST, k=k)
    after = measure_combinations(_codes(project, names, kept, original=False), _LARGEST, k=k)
    released = {one.attributes: one for one in after}
    both = [Together(one, released[one.attributes]) for one in before]
    pairs, triples = (_worst(both, size)[:top] for size in (2, 3))
    return WorstColumns(pairs, triples, identifying(before), int(rows.size))


def _worst(found: Sequence[Together], size: int) -> tuple[Together, ...]:
    """Combinations of one size: those that point at most people in the release first, then in the table."""
    chosen = [one for one in found if len(one.before.attributes) == size]
    return tuple(sorted(chosen, key=lambda one: (*_exposure(one.after), *_exposure(one.before))))


def _exposure(one: Combination) -> tuple[int, int]:
    return -one.unique_records, -one.records_below_k


def _codes(project: Project, names: Sequence[str], rows: npt.NDArray[np.integer], *, original: bool) -> Attributes:
    """Columns at their exact values or as they leave; one that does not leave tells nobody apart."""
    if not original and project.recipe.methods:
        return _codes_after(project, names, rows)
    codes, sizes = [], []
    for name in names:
        plan = project.recipe.attribute(name)
        shown = plan.model_copy(update={"level": 0 if original else plan.level})
        if original or plan.leaves:
            labels, column, _ = project.table.labels_at(project.recipe, shown)
            codes.append(column[rows])
            sizes.append(len(labels))
        else:
            codes.append(np.zeros(rows.size, dtype=np.uint8))
            sizes.append(1)
    return Attributes(tuple(names), tuple(codes), tuple(sizes), np.ones(rows.size, dtype=np.int32))


def _codes_after(project: Project, names: Sequence[str], rows: npt.NDArray[np.integer]) -> Attributes:
    """Columns as methods make them: every label a value of its own."""
    draft = project.draft().draft
    place = np.zeros(draft.input_rows, dtype=np.int64)
    place[draft.source_rows] = np.arange(draft.rows)
    codes, sizes = [], []
    for name in names:
        column = None if name in draft.apart else draft.column(name)
        codes.append(np.zeros(rows.size, dtype=np.uint8) if column is None else column.codes[place[rows]])
        sizes.append(1 if column is None else len(column.labels) + 1)
    return Attributes(tuple(names), tuple(codes), tuple(sizes), np.ones(rows.size, dtype=np.int32))


def try_intruder(found: Search, people: int, seed: int) -> Trial:
    """Look for the same random people with the table and with the release.

    Raises
    ------
    InputError
        Nobody is to be looked for.
    """
    before, after = (intruder_trial(view, people, np.random.default_rng(seed)) for view in (found.before, found.after))
    return Trial(found.knowledge, before, after)


def smallest_group(project: Project) -> int | None:
    """Of the release: its k; None where a method took its meaning away."""
    found = project.assess()
    return None if isinstance(found, DraftAssessment) and found.no_k else found.k


def curve(
    project: Project, fixed: Sequence[str], varied: Sequence[str], present: Present | None, people: Rows | None
) -> tuple[tuple[str, Precision], ...]:
    """People singled out as some columns are known more precisely, with the words for each step."""
    steps = precision_steps(project.table, project.recipe, fixed, varied)
    measured = singled_out(project, [knowledge for _, knowledge in steps], present, people)
    return tuple((words, one) for (words, _), one in zip(steps, measured, strict=True))
