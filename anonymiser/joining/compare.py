"""A release beside every earlier one that somebody holds together with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.joining.people import extract_name, extract_of
from anonymiser.joining.published import Subtracted, columns_of, subtracted
from anonymiser.joining.settings import Setting
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipe import Recipe, ReleaseForm
from anonymiser.release.ledger_book import Book, Entry
from anonymiser.risk.composition import OUTSIDE, Dropped, Joined, Nesting, drop_one, group_sizes, join, nesting
from anonymiser.transform.encoded import EncodedTable

__all__ = ["ANYONE", "Change", "Earlier", "Finding", "compare"]

ANYONE: Final = "anyone"
_ALIKE: Final = 0.5
"""Share of the columns that two tables have in common before they are taken to be about the same people."""

Classes = npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Change:
    """How the people of this table differ from those of an earlier one.

    Attributes
    ----------
    came, left : int
        People who are in this table only, or in the earlier one only.
    stayed : int
    moved : int or None
        Of those who stayed and whom the earlier release shows: people who would stand in another group of it today.
        None where this cannot be told: its groups were not made column by column, or a column is gone.
    unknown : int
        Records of this table without an identifier of their own: nobody can say whether they were in the other.
    """

    came: int
    left: int
    stayed: int
    moved: int | None
    unknown: int


@dataclass(frozen=True, eq=False)
class Earlier:
    """One earlier release beside the new one.

    Attributes
    ----------
    entry : Entry
    nesting : Nesting
        How the new release's groups lie in it.
    joined : Joined
        The two of them.
    change : Change or None
        Where it was made from another table.
    """

    entry: Entry
    nesting: Nesting
    joined: Joined
    change: Change | None


@dataclass(frozen=True, eq=False)
class Finding:
    """What the new release tells together with those that somebody holds.

    Attributes
    ----------
    limit : int
        Groups smaller than this are too small (the policy's joint k).
    earlier : tuple of Earlier
        Those that count, oldest first.
    aside : int
        Earlier releases that do not count: nobody holds them together with the new one, or they are about others.
    unlinked : tuple of Entry
        Releases of a table like this one whose people cannot be found again in it.
    holder : str
        Who learns most: a recipient, or :data:`ANYONE`.
    joined, alone : Joined
        What the holder has together, and the new release by itself, over the same people.
    newly : int
        People in a group smaller than the limit together, and in none by one release alone.
    causes : tuple of Dropped
        What the holder would have without each column of the new release, the most helpful first.
    subtracted : Subtracted or None
        What is left where counts of the new release and of an earlier one are subtracted: the worst of the earlier
        ones. None where they are not both rounded counts in tables.
    counts_up_to : int
        Counts, and so differences, from 1 to this are small.
    budgets : tuple of float
        ε of the new release and of each earlier one with counts under a privacy budget, whoever received it: two
        recipients may put together what they have. Empty where the new one has none.
    unbudgeted : int
        Earlier releases of the same people without a budget, which no sum of budgets covers.
    """

    limit: int
    earlier: tuple[Earlier, ...]
    aside: int
    unlinked: tuple[Entry, ...]
    holder: str
    joined: Joined
    alone: Joined
    newly: int
    causes: tuple[Dropped, ...]
    subtracted: Subtracted | None = None
    counts_up_to: int = 0
    budgets: tuple[float, ...] = ()
    unbudgeted: int = 0

    @property
    def nests(self) -> bool:
        """Whether each earlier release that counts holds, or lies in, whole groups of the new one."""
        return all(one.nesting is not Nesting.CROSSING for one in self.earlier)

    @property
    def small(self) -> int:
        """People in every table whom the holder can put into a group smaller than the limit."""
        return self.joined.under(self.limit)

    @property
    def small_by_difference(self) -> int:
        """People who came or left, and whom the holder can put into a group smaller than the limit."""
        return self.joined.under_by_difference(self.limit)


def compare(
    project: Project,
    setting: Setting,
    *,
    book: Book,
    key: bytes,
    policy: Policy,
    recipient: str,
    release_id: str = "",
) -> Finding:
    """Join a release that is about to be made with the earlier ones that count.

    An open release is held by everybody, a restricted one by its recipient. So a restricted release is joined with
    those of its recipient and the open ones; an open one with these for every recipient in turn, since each of them
    will hold it. A withdrawn release, and the same release made before, do not count.

    Parameters
    ----------
    project : Project
    setting : Setting
        Of the new release.
    book : Book
        From the ledger.
    key : bytes
        Of the ids of people.
    policy : Policy
    recipient : str
        Who gets the new release.
    release_id : str
        Its id, where it has one.
    """
    standing = [e for e in book.entries if e.withdrawn is None and e.release_id != release_id]
    here = extract_name(project)
    people = _People(project, book, key) if any(e.extract != here for e in standing) else None
    alike = [e for e in standing if e.extract == here or (people and people.shares(e.extract))]
    unlinked = tuple(e for e in standing if e not in alike and people and people.looks_alike(e.extract))
    held = _holders(alike, policy, recipient)
    counted = [e for e in alike if any(e in entries for entries in held.values())]
    if counted and project.recipe.entity is not None:
        raise InputError(
            "Here one person may have several rows, and releases are joined row by row: what they tell together cannot "
            "be counted in people. Give a table with one row for each person, or withdraw the earlier releases."
        )
    limit = int(policy.joint_needed)
    axis = _Axis(people, [e.extract for e in counted if e.extract != here])
    new = axis.place(setting.class_of, here)
    others = {e.release_id: axis.place(e.class_of, e.extract) for e in counted}
    who = _persons(project, axis, here)
    together = {name: join([new, *(others[e.release_id] for e in entries)], who) for name, entries in held.items()}
    holder = max(together, key=lambda name: (together[name].under(limit), -together[name].k), default=ANYONE)
    joined, alone = together.get(holder) or join([new], who), join([new], who)
    theirs = [others[e.release_id] for e in held.get(holder, [])]
    before = np.min([_sizes_shown(one, who) for one in (new, *theirs)], axis=0)
    newly = int(np.count_nonzero((joined.group_of >= 0) & (joined.of_each() < limit) & (before >= limit)))
    columns = {name: (axis.place(codes, here, 0), size) for name, (codes, size) in setting.codes.items()}
    causes = drop_one(new, columns, theirs, limit, who) if theirs and joined.under(limit) else []
    earlier = tuple(
        Earlier(
            e,
            nesting(new, others[e.release_id]),
            join([new, others[e.release_id]], who),
            None if e.extract == here else _changed(project, people, e),
        )
        for e in counted
    )
    aside = len(standing) - len(counted) - len(unlinked)
    most, recipes = _small_up_to(policy), [Recipe.from_json(e.recipe_json) for e in counted]
    budget = project.recipe.budget
    spent = [] if budget is None else [Recipe.from_json(e.recipe_json).budget for e in alike]
    return Finding(
        limit,
        earlier,
        aside,
        unlinked,
        holder,
        joined,
        alone,
        newly,
        tuple(causes),
        _subtracted(project, setting, list(zip(counted, recipes, strict=True)), axis, most),
        most,
        () if budget is None else (budget, *(one for one in spent if one is not None)),
        spent.count(None),
    )


def _small_up_to(policy: Policy) -> int:
    """Counts up to this are hidden in tables under a policy."""
    return max(policy.hide_counts_up_to, int(policy.k.value) - 1)


def _subtracted(
    project: Project, setting: Setting, earlier: Sequence[tuple[Entry, Recipe]], axis: _Axis, most: int
) -> Subtracted | None:
    """What is left where both releases are rounded counts in tables; the worst of all the earlier ones.

    Records beside counts are left to the joint k, and counts with noise to their budgets.
    """
    recipe, here, found = project.recipe, extract_name(project), []
    shown = {
        name: np.where(setting.class_of < 0, setting.class_of, codes) for name, (codes, _) in setting.codes.items()
    }
    counts = {name: axis.place(codes, here) for name, codes in shown.items()}
    for entry, other in earlier:
        if {recipe.form, other.form} != {ReleaseForm.TABLES} or recipe.budget or other.budget:
            continue
        columns = {name: axis.place(codes, entry.extract) for name, codes in columns_of(entry).items()}
        found.append(subtracted(counts, columns, most))
    return max(found, key=lambda one: one.cells, default=None)


def _holders(entries: Sequence[Entry], policy: Policy, recipient: str) -> dict[str, list[Entry]]:
    """Which earlier releases somebody holds together with the new one, by who."""
    is_open = [entry for entry in entries if entry.is_open]
    names = {_same(entry.recipient): entry.recipient for entry in entries if not entry.is_open}
    if policy.is_open:
        wanted = {shown: {name} for name, shown in names.items()}
    else:
        mine = {_same(recipient)} | {_same(e.recipient) for e in entries if e.policy == policy.name}
        wanted = {recipient: mine}
    held = {shown: [e for e in entries if e.is_open or _same(e.recipient) in who] for shown, who in wanted.items()}
    if is_open and not held:
        held = {ANYONE: is_open}
    return {shown: found for shown, found in held.items() if found}


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


def _persons(project: Project, axis: _Axis, here: str) -> Classes | None:
    """Who each record is of, where the recipe has a column that tells; people of other tables have one record each."""
    if project.recipe.entity is None:
        return None
    codes = project.table.column(project.recipe, project.recipe.entity.name).codes.astype(np.int64)
    own = axis.place(codes, here, -1)
    others = np.flatnonzero(own < 0)
    own[others] = np.arange(others.size) + int(codes.max(initial=0)) + 1
    return own


def _sizes_shown(release: Classes, persons: Classes | None) -> npt.NDArray[np.int64]:
    """Size of each person's class; without end where the release shows none."""
    sizes = group_sizes(release, persons)
    return np.where(sizes > 0, sizes, np.iinfo(np.int64).max)


class _People:
    """The people of this table and of those in the ledger."""

    def __init__(self, project: Project, book: Book, key: bytes) -> None:
        self.here = extract_of(project, key, book.extracts)
        self.extracts = {**book.extracts, self.here.name: self.here}

    def shares(self, name: str) -> bool:
        """Whether anybody is in both tables."""
        return bool(np.isin(self.extracts[name].ids, self.here.ids).any())

    def looks_alike(self, name: str) -> bool:
        """Whether a table with nobody in common may still be about the same people, who cannot be found again."""
        other = self.extracts[name]
        if other.by and other.by == self.here.by:
            return False
        mine, theirs = set(self.here.columns), set(other.columns)
        return len(mine & theirs) >= _ALIKE * len(mine | theirs)

    def unlinked(self) -> int:
        """Records of this table without an identifier of their own."""
        return self.here.rows - self.here.linked


class _Axis:
    """One order of people for several tables."""

    def __init__(self, people: _People | None, names: Sequence[str]) -> None:
        self._places: dict[str, npt.NDArray[np.intp]] = {}
        self._size = -1
        if people is not None and names:
            ids = {name: people.extracts[name].ids for name in {*names, people.here.name}}
            everybody = np.sort(np.concatenate([*ids.values()]))
            everybody = everybody[np.r_[True, everybody[1:] != everybody[:-1]]] if everybody.size else everybody
            self._places = {name: np.searchsorted(everybody, own) for name, own in ids.items()}
            self._size = int(everybody.size)

    def place(self, values: Classes, name: str, otherwise: int = OUTSIDE) -> Classes:
        """Values of the rows of one table in the common order."""
        if self._size < 0:
            return values
        whole = np.full(self._size, otherwise, dtype=values.dtype)
        whole[self._places[name]] = values
        return whole


def _changed(project: Project, people: _People | None, entry: Entry) -> Change | None:
    if people is None:
        return None
    mine, theirs = people.here.ids, people.extracts[entry.extract].ids
    shared, here, there = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
    stayed = int(shared.size)
    moved = _moved(project, entry, here, entry.class_of[there])
    return Change(int(mine.size) - stayed, int(theirs.size) - stayed, stayed, moved, people.unlinked())


def _moved(project: Project, entry: Entry, rows: npt.NDArray[np.intp], group_of: Classes) -> int | None:
    """People whom an earlier release shows with other labels than they would have in it today."""
    recipe = Recipe.from_json(entry.recipe_json)
    plans = {plan.name: plan for plan in recipe.qis}
    if recipe.methods or not set(entry.columns) <= set(plans):
        return None
    other, shown = EncodedTable(project.microdata, strict=False), group_of >= 0
    own = {plan.reading for plan in project.recipe.attributes} if recipe.derived == project.recipe.derived else set()
    moved = np.zeros(rows.size, dtype=np.bool_)
    for place, name in enumerate(entry.columns):
        table = project.table if plans[name].reading in own else other  # what is encoded already is not made again
        try:
            labels, codes, _ = table.labels_at(recipe, plans[name])
        except InputError:
            return None  # this table has no such column, or one of another kind
        number: dict[str, int] = {}
        now = np.array([number.setdefault(label, len(number)) for label in labels], dtype=np.int64)
        then = np.array([number.setdefault(group[place], len(number)) for group in entry.labels], dtype=np.int64)
        moved[shown] |= now[codes[rows[shown]]] != then[group_of[shown]]
    return int(np.count_nonzero(moved))
