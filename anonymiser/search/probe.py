"""Quick checks of single nodes: how many records fail, and what the others lose, by the compiled kernel.

Class sizes and bit masks decide; requirements that ask for more are checked by `general`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet
from anonymiser.search.monotone import MaskRules
from anonymiser.search.sums import NodeSums

__all__ = ["Probe", "can_probe"]

_KEPT: Final = 1024
_FIRST_SUMS: Final = 6
_SPARE: Final = 3  # the pool holds the root, the node that is checked, and so many times the root beside
_FEW: Final = 1 << 16
Array = npt.NDArray[Any]


def can_probe(root: FrequencySet) -> bool:
    """Whether the kernels are there, and keys are one word."""
    return backend.is_warm() and root.layout.n_words == 1 and root.classes > 0


class Probe:
    """Checks nodes one after the other, each from the smallest kept finer one.

    Parameters
    ----------
    root : FrequencySet
        At level 0, with keys of one word.
    rules : MaskRules
    limit : int
        Records that may fail; a check ends once there are more.
    wants_labels : bool
        Also count the failing records of each label.
    """

    def __init__(self, root: FrequencySet, rules: MaskRules, limit: int, *, wants_labels: bool) -> None:
        from anonymiser.engine import probe_kernels

        self._kernels: Any = probe_kernels
        layout = root.layout
        self._order = sorted(range(len(root.hierarchies)), key=lambda j: -layout.shifts[j] - layout.bits[j])
        self._back = np.argsort(self._order)
        self._limit, self._wants_labels = limit, wants_labels
        self._levels = np.zeros(len(self._order), dtype=np.int64)
        pool = _pool(root, has_masks=bool(rules.least.size))
        sets = np.zeros((_KEPT, 2 + len(self._order)), dtype=np.int64)
        sets[0, 1] = root.classes
        self._used = np.array([1, root.classes], dtype=np.int64)
        self._steps = _Steps(root, self._order)
        self._leaves, self._leaf_at, totals = _leaves(root, self._order)
        self._out = np.zeros(_FIRST_SUMS + len(self._order), dtype=np.int64)
        self._labels = np.zeros(self._leaves.size, dtype=np.int64)
        slots = np.empty(max(1 << (2 * root.classes).bit_length(), 1 << 10), dtype=np.int32)
        self._given = (*pool, sets, self._used)
        self._tables = (
            *layout.field(self._order),
            self._steps.table,
            self._steps.starts,
            self._leaves,
            self._leaf_at,
            totals,
            root.rows,
            rules.k,
            rules.wanted,
            rules.least,
            limit,
            wants_labels,
            slots,
            np.empty(root.classes, dtype=np.bool_),
            self._out,
            self._labels,
        )

    def check(self, node: Sequence[int]) -> NodeSums:
        """Sums of a node, or a lower bound of its failing records where they are too many."""
        levels = [node[j] for j in self._order]
        self._levels[:] = levels
        self._steps.make(levels)
        before = self._used[0]
        self._kernels.check(*self._given, self._levels, *self._tables)
        if self._used[0] > before:
            self._steps.keep(levels)
        failing, complete, classes, squares, kept, kept_squares, *leaves = self._out.tolist()
        if not complete:
            return NodeSums(failing, failing)
        removed = self._removed() if self._wants_labels else ()
        kept_leaves = tuple(leaves[i] for i in self._back)
        return NodeSums(failing, failing, True, classes, squares, kept, kept_squares, kept_leaves, removed)

    def _removed(self) -> tuple[npt.NDArray[np.int64], ...]:
        found = []
        for i in self._back:
            first, last = self._leaf_at[i, self._levels[i] : self._levels[i] + 2]
            found.append(self._labels[first:last].copy())
        return tuple(found)


def _pool(root: FrequencySet, *, has_masks: bool) -> tuple[Array, Array, Array]:
    """The root's tuples in order of their keys, and room behind them."""
    size = max((2 + _SPARE) * root.classes, _FEW)
    keys, counts = np.empty(size, dtype=np.uint64), np.empty(size, dtype=np.int32)
    masks = np.empty(size if has_masks else 0, dtype=np.uint64)
    order = np.argsort(root.keys[0]) if root.lead is None else slice(None)
    keys[: root.classes] = root.keys[0][order]
    counts[: root.classes] = root.counts[order]
    if has_masks and root.masks is not None:
        masks[: root.classes] = root.masks[order]
    return keys, counts, masks


class _Steps:
    """Tables from the levels of the kept sets to higher ones, made when they are first needed.

    Attributes
    ----------
    table : uint32 array
        All tables one after the other.
    starts : (fields, levels, levels) int64 array
        Where the table from a low level to a high one starts; -1 where the high level has one label.
    """

    def __init__(self, root: FrequencySet, order: Sequence[int]) -> None:
        self._hierarchies = [root.hierarchies[j] for j in order]
        tallest = max((h.height for h in self._hierarchies), default=0) + 1
        self.starts = np.full((len(order), tallest, tallest), -1, dtype=np.int64)
        length = 0
        for j, h in enumerate(self._hierarchies):
            for high in range(1, h.height + 1):
                for low in range(high if len(h.labels[high]) > 1 else 0):
                    self.starts[j, low, high] = length
                    length += len(h.labels[low])
        self.table = np.empty(max(length, 1), dtype=np.uint32)  # pages that nobody writes to cost nothing
        self._low = [[0] for _ in order]
        self._made = [[0] * tallest for _ in order]

    def keep(self, levels: Sequence[int]) -> None:
        """A set at these levels may be a source from now on."""
        for low, level in zip(self._low, levels, strict=True):
            if level not in low:
                low.append(level)

    def make(self, levels: Sequence[int]) -> None:
        """The tables from every level kept to these."""
        for j, high in enumerate(levels):
            made, low = self._made[j], self._low[j]
            while made[high] < len(low):
                level = low[made[high]]
                made[high] += 1
                start = int(self.starts[j, level, high])
                if level < high and start >= 0:
                    parents = self._hierarchies[j].parents(level, high)
                    self.table[start : start + parents.size] = parents


def _leaves(root: FrequencySet, order: Sequence[int]) -> tuple[Array, Array, Array]:
    """Leaves below each label, where they start for each level, and their sums over all records."""
    hierarchies = [root.hierarchies[j] for j in order]
    tallest = max((h.height for h in hierarchies), default=0) + 1
    starts = np.zeros((len(order), tallest + 1), dtype=np.int64)
    totals = np.zeros((len(order), tallest), dtype=np.int64)
    parts: list[Array] = []
    length = 0
    for j, h in enumerate(hierarchies):
        for level in range(h.height + 1):
            starts[j, level] = length
            parts.append(h.leaf_counts[level])
            length += parts[-1].size
            totals[j, level] = root.leaf_totals[order[j]][level]
        starts[j, h.height + 1] = length
    return np.concatenate(parts), starts, totals
