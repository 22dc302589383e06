"""What a hierarchy is, whatever built it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from anonymiser.errors import HierarchyError
from anonymiser.limits import HIDDEN, MISSING

__all__ = ["Hierarchy"]

Codes = npt.NDArray[np.uint32]


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
        size = len(levels[0])
        if any(len(level) != size for level in levels):
            raise HierarchyError(f"The levels of the hierarchy of '{attribute}' are not equally long.")
        values = pd.Series(list(levels[0]), dtype=object)
        doubled = values[values.duplicated()]
        if len(doubled):
            raise HierarchyError(
                f"The hierarchy of '{attribute}' has {len(doubled)} values more than once. Keep one row a value.",
                tuple(doubled.unique()),
            )
        order, ranks = _nested_order(levels, size)
        labels: list[tuple[str, ...]] = []
        maps: list[Codes] = []
        counts: list[npt.NDArray[np.int64]] = []
        for level, rank in zip(levels, ranks, strict=True):
            sorted_rank = rank[order]
            starts = np.flatnonzero(np.r_[True, sorted_rank[1:] != sorted_rank[:-1]][:size])
            code = np.cumsum(np.r_[False, sorted_rank[1:] != sorted_rank[:-1]][:size]).astype(np.uint32)
            label = [level[i] for i in order[starts]]
            count = np.diff(np.r_[starts, size]).astype(np.int64)
            if missing:
                if labels and not label and len(labels) == len(levels) - 1:
                    label, count = [HIDDEN], np.zeros(1, dtype=np.int64)  # every value is missing
                if not labels or label != [HIDDEN]:
                    label, count = [*label, MISSING], np.r_[count, 1].astype(np.int64)
                code = np.r_[code, np.uint32(len(label) - 1)].astype(np.uint32)
            labels.append(tuple(label))
            maps.append(code)
            counts.append(count)
        return cls(attribute, tuple(level_names), tuple(labels), tuple(maps), tuple(counts), max(size, 1), missing)

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
        index = self.index
        absent = [value for value in values if value not in index]
        if absent:
            raise HierarchyError(
                f"The hierarchy of '{self.attribute}' misses {len(absent)} values of the column. "
                "Add them, or choose a rule that places every value.",
                tuple(absent),
            )
        last = len(self.leaves) - 1
        return np.fromiter((*(index[v] for v in values), last), dtype=np.uint32, count=len(values) + 1)

    def parents(self, low: int, high: int) -> Codes:
        """Code at level ``high`` of each code at level ``low`` (low ≤ high)."""
        result = np.zeros(len(self.labels[low]), dtype=np.uint32)
        result[self.maps[low]] = self.maps[high]
        return result


def _nested_order(
    levels: Sequence[Sequence[str]], size: int
) -> tuple[npt.NDArray[np.intp], list[npt.NDArray[np.int64]]]:
    """An order of the leaves that keeps groups together, and each level's nested group of a leaf."""
    parent = np.zeros(size, dtype=np.int64)
    ranks: list[npt.NDArray[np.int64]] = []
    for level in reversed(levels):
        label, _ = pd.factorize(pd.Series(list(level), dtype=object))
        pair = parent * (int(label.max(initial=0)) + 1) + label
        rank, _ = pd.factorize(pair)
        parent = rank.astype(np.int64)
        ranks.append(parent)
    order = np.lexsort(tuple(reversed(ranks)))
    return order.astype(np.intp), list(reversed(ranks))
