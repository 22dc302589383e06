"""What a hierarchy is, whatever built it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from anonymiser.errors import HierarchyError
from anonymiser.limits import HIDDEN, MAX_NAMED_VALUES, MISSING
from anonymiser.microdata import smallest_dtype

__all__ = ["Codes", "Grouping", "Hierarchy", "hidden"]

Codes = npt.NDArray[np.uint32]


class Grouping(NamedTuple):
    """One level above the values: which group each value is in, and what the groups are called.

    Attributes
    ----------
    codes : (values,) integer array
        Index into ``labels`` of each value.
    labels : sequence of str
        In the order in which the groups are to stand; groups without values are left out.
    """

    codes: npt.NDArray[np.integer]
    labels: Sequence[str]


def hidden(size: int) -> Grouping:
    """The top level of ``size`` values: one group, ``*``."""
    return Grouping(np.zeros(size, dtype=np.intp), (HIDDEN,))


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Each value's label at every level of one attribute, as integers.

    Leaves stand in hierarchy order: at every level the leaves of one label are neighbours, so
    that ``maps[level]`` never decreases. A label under two parents is two codes.

    Attributes
    ----------
    attribute : str
    level_names : tuple of str
        One word a level for the slider; ``level_names[0]`` is the exact value.
    labels : tuple of tuple of str
        ``labels[level][code]``.
    maps : tuple of (leaves,) uint32 arrays
        ``maps[level][leaf]`` is the code of a leaf at a level; ``maps[0]`` is the identity.
    leaf_counts : tuple of (codes,) int64 arrays
        Leaves below each code; ``leaf_counts / size`` is the *share* that Loss charges.
    size : int
        D of the Loss measure: rows of the hierarchy file, or distinct non-missing values for a
        built one. A ``missing`` leaf is not counted.
    missing : bool
        Whether the last leaf stands for missing values. Below the top it keeps the label
        ``missing`` and the share 1/D; at the top it is hidden like all the others.
    """

    attribute: str
    level_names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    maps: tuple[Codes, ...]
    leaf_counts: tuple[npt.NDArray[np.int64], ...]
    size: int
    missing: bool
    _built_from: tuple[Sequence[str], Codes] | None = field(default=None, repr=False)

    @classmethod
    def from_levels(
        cls,
        attribute: str,
        levels: Sequence[Sequence[str]],
        level_names: Sequence[str],
        *,
        missing: bool,
    ) -> Hierarchy:
        """Build from parallel columns: ``levels[level][value]``, level 0 the values themselves.

        Leaves keep the order given, as far as groups stay together.

        Parameters
        ----------
        levels : sequence of equally long sequences of str
        level_names : sequence of str, one a level
        missing : bool
            Add a leaf for missing values.

        Raises
        ------
        HierarchyError
            A value stands twice, or the levels are not equally long.

        Examples
        --------
        >>> h = Hierarchy.from_levels("sex", [["F", "M"], ["*", "*"]], ["exact", "hidden"], missing=True)
        >>> h.labels
        (('F', 'M', 'missing'), ('*',))
        >>> h.size, h.height
        (2, 1)
        """
        if not levels or len(levels) != len(level_names):
            raise HierarchyError(f"The hierarchy of '{attribute}' needs a name for each level.")
        if any(len(level) != len(levels[0]) for level in levels):
            raise HierarchyError(f"The levels of the hierarchy of '{attribute}' are not equally long.")
        values = pd.Series(list(levels[0]), dtype=object)
        doubled = values[values.duplicated()]
        if len(doubled):
            raise HierarchyError(
                f"The hierarchy of '{attribute}' has {len(doubled)} values more than once. Keep one row a value.",
                tuple(doubled.unique()),
            )
        groups = []
        for level in levels[1:]:
            codes, names = pd.factorize(np.array(list(level), dtype=object))
            groups.append(Grouping(codes, list(names)))
        return cls.from_groups(attribute, levels[0], groups, level_names, missing=missing)

    @classmethod
    def from_groups(
        cls,
        attribute: str,
        values: Sequence[str],
        groups: Sequence[Grouping],
        level_names: Sequence[str],
        *,
        missing: bool,
        order: npt.NDArray[np.intp] | None = None,
        parts: npt.NDArray[np.int64] | None = None,
    ) -> Hierarchy:
        """Build from values, each once, and the groups that they are in at each level above.

        Groups stand in the order of their codes, values of one group in the order given, or in
        that of ``order``.

        Parameters
        ----------
        values : sequence of str
            Distinct.
        groups : sequence of Grouping
            Level 1 first, the top last.
        level_names : sequence of str, one a level
        missing : bool
            Add a leaf for missing values.
        order : (values,) integer array, optional
            Position of the value that is to stand first, second and so on.
        parts : (values,) int64 array, optional
            The part that each value is in, where all groups are made of parts: ``groups`` then place the parts, which
            are fewer.
        """
        size = len(values)
        rank = np.zeros(len(groups[0].codes) if groups else size, dtype=np.int64)
        above: list[tuple[npt.NDArray[np.int64], list[str]]] = []
        for group in reversed(groups):
            rank, names = _within(rank, group)
            above.append((rank, names))
        held = None if parts is None else np.bincount(parts, minlength=len(rank))
        order = np.arange(size) if order is None else order
        ranked = rank[order] if parts is None else rank[parts[order]]
        narrow = ranked.astype(smallest_dtype(len(above[-1][1]) if above else 1))  # few bits are sorted much faster
        order = order[np.argsort(narrow, kind="stable")]
        place_of = order if parts is None else parts[order]
        labels: list[tuple[str, ...]] = [tuple(map(values.__getitem__, order.tolist()))]
        maps: list[Codes] = [np.arange(size, dtype=np.uint32)]
        counts = [np.ones(size, dtype=np.int64)]
        for codes, names in reversed(above):
            labels.append(tuple(names))
            maps.append(codes.astype(np.uint32)[place_of])
            counts.append(np.bincount(codes, held, len(names)).astype(np.int64))
        if missing:
            for level in range(len(labels)):
                _add_missing(labels, maps, counts, level)
        place = np.empty(size + 1, dtype=np.uint32)
        place[order] = np.arange(size, dtype=np.uint32)
        place[size] = max(size - 1 + missing, 0)
        return cls(
            attribute,
            tuple(level_names),
            tuple(labels),
            tuple(maps),
            tuple(counts),
            max(size, 1),
            missing,
            (values, place),
        )

    @property
    def height(self) -> int:
        """Highest level: the number of levels minus one."""
        return len(self.labels) - 1

    @property
    def leaves(self) -> tuple[str, ...]:
        """The values themselves, in hierarchy order; the missing leaf, if any, is the last."""
        return self.labels[0]

    @cached_property
    def index(self) -> dict[str, int]:
        """Leaf of each value (the missing leaf is not in it)."""
        values = self.leaves[:-1] if self.missing else self.leaves
        return {value: leaf for leaf, value in enumerate(values)}

    def encode(self, values: Sequence[str]) -> Codes:
        """Leaf of each of a column's distinct values; one more entry at the end for missing.

        Raises
        ------
        HierarchyError
            Some values are not in the hierarchy; the error carries at most five of them.
        """
        if self._built_from is not None and values is self._built_from[0]:
            return self._built_from[1]
        codes = np.empty(len(values) + 1, dtype=np.int64)
        codes[:-1] = np.fromiter(map(self.index.get, values, repeat(-1)), dtype=np.int64, count=len(values))
        codes[-1] = max(len(self.leaves) - 1, 0)
        absent = np.flatnonzero(codes[:-1] < 0)
        if len(absent):
            raise HierarchyError(
                f"The hierarchy of '{self.attribute}' misses {len(absent)} values of the column. "
                "Add them, or choose a rule that places every value.",
                tuple(values[i] for i in absent[:MAX_NAMED_VALUES]),
            )
        return codes.astype(np.uint32)

    def parents(self, low: int, high: int) -> Codes:
        """Code at level ``high`` of each code at level ``low`` (low ≤ high)."""
        return self.maps[high][self._a_leaf_of(low)] if low else self.maps[high]

    def _a_leaf_of(self, level: int) -> Codes:
        """One leaf below each label of a level, looked for once."""
        if level not in self._leaf_of:
            leaf = np.zeros(len(self.labels[level]), dtype=np.uint32)
            leaf[self.maps[level]] = np.arange(len(self.leaves), dtype=np.uint32)
            self._leaf_of[level] = leaf
        return self._leaf_of[level]

    @cached_property
    def _leaf_of(self) -> dict[int, Codes]:
        return {}


def _within(parent: npt.NDArray[np.int64], group: Grouping) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Number the groups of a level inside those of the level above, and name them.

    A label under two parents becomes two groups; groups without values are left out.
    """
    size = len(group.labels)
    code = np.asarray(group.codes, dtype=np.int64)
    above = np.full(size, -1, dtype=np.int64)
    above[code] = parent
    if np.array_equal(above[code], parent):  # nested already: renumber the groups only
        used = np.flatnonzero(above >= 0)
        order = used[np.argsort(above[used], kind="stable")]
        number = np.empty(size, dtype=np.int64)
        number[order] = np.arange(len(order))
        return number[code], [group.labels[i] for i in order]
    pairs, rank = np.unique(parent * size + code, return_inverse=True)
    return rank.astype(np.int64), [group.labels[i] for i in pairs % size]


def _add_missing(
    labels: list[tuple[str, ...]], maps: list[Codes], counts: list[npt.NDArray[np.int64]], level: int
) -> None:
    """Add the leaf of missing values to one level: a group of its own, or hidden like all the others."""
    top = level == len(labels) - 1
    if level and top and not labels[level]:  # every value is missing
        labels[level], counts[level] = (HIDDEN,), np.zeros(1, dtype=np.int64)
    if not level or labels[level] != (HIDDEN,):
        labels[level] = (*labels[level], MISSING)
        counts[level] = np.r_[counts[level], 1].astype(np.int64)
    maps[level] = np.r_[maps[level], np.uint32(len(labels[level]) - 1)].astype(np.uint32)
