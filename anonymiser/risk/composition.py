"""What someone learns who holds several releases about the same people.

Each release puts every person into a class, or leaves the person out. Who knows a person's values knows the person's
class in each release, and who knows that the person was in the table knows from a missing row that it was left out.
So two people look alike in all releases together only if they are in the same class, or both left out, in each of
them. The *joint k* is the size of the smallest such group of which at least one release shows somebody.

It is the cautious figure: it holds even where the rows of one person can be matched across the releases, by a column
that both show or by their order.

References
----------
S. R. Ganta, S. P. Kasiviswanathan, A. Smith: Composition attacks and auxiliary information in data privacy. KDD 2008.
J.-W. Byun, Y. Sohn, E. Bertino, N. Li: Secure anonymization for incremental datasets. SDM 2006 (differencing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.risk.grouping import group_rows

__all__ = ["ABSENT", "OUTSIDE", "Dropped", "Joined", "Nesting", "drop_one", "group_sizes", "join", "nesting"]

ABSENT: Final = -1
"""In the table that a release was made from, and left out of the release."""
OUTSIDE: Final = -2
"""Not in the table that a release was made from: joined later, or had left."""

Classes = npt.NDArray[np.integer]
Wholes = npt.NDArray[np.int64]


class Nesting(Enum):
    """How one release's classes lie in another's."""

    SAME = "the same groups"
    COARSER = "each group holds whole groups of the other"
    FINER = "each group lies inside one of the other"
    CROSSING = "the groups cross"


@dataclass(frozen=True, eq=False)
class Joined:
    """People in the groups in which several releases together leave them.

    Attributes
    ----------
    group_of : (people,) int32 array
        −1 for people whom no release shows.
    sizes : (groups,) int64 array
        People in each group; 0 where no release shows them.
    stayed : (people,) bool array
        Whether the person was in the table of every release.
    """

    group_of: npt.NDArray[np.int32]
    sizes: Wholes
    stayed: npt.NDArray[np.bool_]

    @property
    def k(self) -> int:
        """Smallest group of people who were in every table (the joint k); 0 where nobody is shown."""
        sizes = self._each(self.stayed)
        return int(sizes.min()) if sizes.size else 0

    @property
    def people(self) -> int:
        """People who were in every table and whom at least one release shows."""
        return int(self._each(self.stayed).size)

    @property
    def alone(self) -> int:
        """People who were in every table and whom the releases together single out."""
        return self.under(2)

    def under(self, limit: int) -> int:
        """People who were in every table and are in groups smaller than ``limit``."""
        return int(np.count_nonzero(self._each(self.stayed) < limit))

    @property
    def by_difference(self) -> int:
        """People who joined or left between the tables, and whom a release shows."""
        return int(self._each(~self.stayed).size)

    def under_by_difference(self, limit: int) -> int:
        """People who joined or left between the tables, told apart into groups smaller than ``limit``."""
        return int(np.count_nonzero(self._each(~self.stayed) < limit))

    def of_each(self) -> Wholes:
        """Size of each person's group, 0 for people whom no release shows: (people,) int64 array."""
        sizes = self.sizes if self.sizes.size else np.zeros(1, dtype=np.int64)
        return np.where(self.group_of < 0, 0, sizes[np.maximum(self.group_of, 0)])

    def _each(self, among: npt.NDArray[np.bool_]) -> Wholes:
        return np.asarray(self.sizes[self.group_of[among & (self.group_of >= 0)]], dtype=np.int64)


@dataclass(frozen=True)
class Dropped:
    """What joins when one column is left out of a release.

    Attributes
    ----------
    name : str
    k, alone, under : int
        As in :class:`Joined`, without the column.
    """

    name: str
    k: int
    alone: int
    under: int


def join(releases: Sequence[Classes], persons: Classes | None = None) -> Joined:
    """The groups in which several releases together leave the people.

    Parameters
    ----------
    releases : sequence of (people,) integer arrays
        Class of each person in each release, from 0; :data:`ABSENT` or :data:`OUTSIDE` where it shows none. All in
        the same order of people.
    persons : (people,) integer array, optional
        Where somebody has several records: who each is of, from 0. Groups are then as large as they have persons; the
        numbers of people stay numbers of records.

    Returns
    -------
    Joined
        With one release: its own classes.

    Notes
    -----
    Group of person p: all q with r(q) = r(p) for every release r, where "left out" and "not in the table" are values
    like a class. People left out of every release are in no group: nothing is shown that could be theirs.
    """
    if not releases:
        raise ValueError("at least one release is joined")  # a mistake of the caller, not of the user
    people = int(releases[0].size)
    shifted = [np.asarray(one, dtype=np.int64) - OUTSIDE for one in releases]
    group_of, groups = group_rows([(one, int(one.max(initial=0)) + 1) for one in shifted], people)
    shown = np.zeros(people, dtype=np.bool_)
    stayed = np.ones(people, dtype=np.bool_)
    for one in releases:
        shown |= np.asarray(one) >= 0
        stayed &= np.asarray(one) != OUTSIDE
    kept = np.where(shown, group_of, np.int32(-1)).astype(np.int32)
    counted = group_of[shown] if persons is None else _one_each(group_of[shown], groups, persons[shown])
    return Joined(kept, np.bincount(counted, minlength=groups).astype(np.int64), stayed)


def group_sizes(release: Classes, persons: Classes | None = None) -> Wholes:
    """Size of each person's class in one release, 0 where it shows none: (people,) int64 array."""
    return join([release], persons).of_each()


def _one_each(group_of: Classes, groups: int, persons: Classes) -> npt.NDArray[np.int64]:
    """Group of each person, once for each group that the person is in."""
    columns = [(group_of, groups), (persons, int(persons.max(initial=0)) + 1)]
    pair_of, pairs = group_rows(columns, int(group_of.size))
    result = np.zeros(pairs, dtype=np.int64)
    result[pair_of] = group_of
    return result


def nesting(one: Classes, other: Classes) -> Nesting:
    """How one release's classes lie in another's, among the people whom both show.

    Parameters
    ----------
    one, other : (people,) integer arrays
        As in :func:`join`.

    Notes
    -----
    A release that generalises another on every column that it shows is coarser. If both show the same people, their
    joint k is then the k of the finer one.
    """
    both = np.flatnonzero((np.asarray(one) >= 0) & (np.asarray(other) >= 0))
    first, second = np.asarray(one, dtype=np.int64)[both], np.asarray(other, dtype=np.int64)[both]
    _, pairs = group_rows([(c, int(c.max(initial=0)) + 1) for c in (first, second)], int(both.size))
    lies_inside = pairs == np.count_nonzero(np.bincount(first, minlength=1))
    holds_whole = pairs == np.count_nonzero(np.bincount(second, minlength=1))
    if lies_inside and holds_whole:
        return Nesting.SAME
    if lies_inside:
        return Nesting.FINER
    return Nesting.COARSER if holds_whole else Nesting.CROSSING


def drop_one(
    release: Classes,
    columns: Mapping[str, tuple[Classes, int]],
    earlier: Sequence[Classes],
    limit: int,
    persons: Classes | None = None,
) -> list[Dropped]:
    """What joins when each column in turn is left out of a release; what helps most stands first.

    Parameters
    ----------
    release : (people,) integer array
        As in :func:`join`; without the column it shows the same people.
    columns : mapping of str to (codes, cardinality)
        The quasi-identifiers of the release at its levels: (people,) integer arrays, codes below their cardinality.
        What stands there for people whom the release does not show is not looked at.
    earlier : sequence of (people,) integer arrays
        The other releases.
    limit : int
        Groups smaller than this are counted.
    persons : (people,) integer array, optional
        As in :func:`join`.
    """
    found, shown = [], np.asarray(release) >= 0
    for left_out in columns:
        others = [column for name, column in columns.items() if name != left_out]
        classes, _ = group_rows(others, int(shown.size))
        joined = join([np.where(shown, classes, release), *earlier], persons)
        found.append(Dropped(left_out, joined.k, joined.alone, joined.under(limit)))
    return sorted(found, key=lambda one: (one.under, one.alone, -one.k))
