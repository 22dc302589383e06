"""Quick checks of single nodes for a search: how many records fail, and what the others lose.

For k-anonymity and distinct l only: a class's size and a bit mask say whether it passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy import DistinctDiversity, KAnonymity, PrivacyModel

__all__ = ["Probe", "can_probe"]

_KEPT: Final = 512
_KEPT_BYTES: Final = 512 * 2**20
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class _Tuples:
    keys: Array
    counts: Array
    masks: Array


def can_probe(root: FrequencySet, requirements: Sequence[PrivacyModel]) -> bool:
    """Whether sizes and bit masks decide every requirement, and keys are one word."""
    return root.layout.n_words == 1 and all(
        isinstance(r, KAnonymity) or (isinstance(r, DistinctDiversity) and r.attribute in root.mask_places)
        for r in requirements
    )


class Probe:
    """Checks nodes one after the other, each from the smallest kept finer one."""

    def __init__(self, root: FrequencySet, requirements: Sequence[PrivacyModel]) -> None:
        from anonymiser.engine import lattice_kernels

        self._kernels: Any = lattice_kernels
        layout, self._root = root.layout, root
        self._order = sorted(range(len(root.hierarchies)), key=lambda j: -layout.shifts[j] - layout.bits[j])
        self._shifts, self._widths = layout.field(self._order)
        self._k = max((r.k for r in requirements if isinstance(r, KAnonymity)), default=1)
        distinct = [r for r in requirements if isinstance(r, DistinctDiversity)]
        self._wanted = np.array([_bits(root, r.attribute) for r in distinct], dtype=np.uint64)
        self._least = np.array([r.l for r in distinct], dtype=np.int64)
        self._tables()
        sort = np.argsort(root.keys[0]) if root.lead is None else slice(None)
        masks = np.zeros(0, dtype=np.uint64) if root.masks is None or not distinct else root.masks[sort]
        self._kept = [_Tuples(root.keys[0][sort], root.counts[sort], masks)]
        self._nodes = np.array([root.node], dtype=np.int64)
        self._sizes = np.array([root.classes], dtype=np.int64)
        rows = root.classes
        self._slots = np.empty(int(lattice_kernels._table_size(rows)[0]), dtype=np.int32)  # noqa: SLF001 - same package
        self._out = _Tuples(
            np.empty(rows, dtype=np.uint64), np.empty(rows, dtype=np.int32), np.empty(masks.size, dtype=np.uint64)
        )
        self._passing = np.empty(rows, dtype=np.bool_)
        self._leaf_sums = np.empty(len(self._order), dtype=np.int64)
        self._bytes = 0

    def check(self, node: tuple[int, ...]) -> tuple[int, int]:
        """Failing records and classes that pass; `leaves` speaks of the node checked last."""
        finer = np.flatnonzero((self._nodes <= node).all(axis=1))
        source = int(finer[np.argmin(self._sizes[finer])])
        given, low = self._kept[source], self._nodes[source]
        offsets = np.array(
            [self._steps[j][low[j]][node[j]] if node[j] != low[j] else -1 for j in self._order], dtype=np.int64
        )
        out = self._out
        classes = self._kernels.regroup(
            given.keys,
            given.counts,
            given.masks,
            self._shifts,
            self._widths,
            offsets,
            self._table,
            self._shifts[0],
            self._widths[0],
            self._slots,
            out.keys,
            out.counts,
            out.masks,
        )
        self._node, self._classes = node, classes
        lost = self._kernels.failing(out.counts, out.masks, classes, self._k, self._wanted, self._least, self._passing)
        self._keep(node, classes, given)
        return int(lost), classes

    def leaves(self) -> list[int]:
        """Σ size · leaves below the label over the passing classes of the node checked last."""
        offsets = np.array([self._leaf_offsets[j][self._node[j]] for j in self._order], dtype=np.int64)
        self._kernels.kept_leaves(
            self._out.keys,
            self._out.counts,
            self._passing,
            self._classes,
            self._shifts,
            self._widths,
            offsets,
            self._leaf_table,
            self._leaf_sums,
        )
        sums = dict(zip(self._order, self._leaf_sums.tolist(), strict=True))
        return [sums[j] for j in range(len(self._order))]

    def _keep(self, node: tuple[int, ...], classes: int, given: _Tuples) -> None:
        size = classes * (12 + (8 if given.masks.size else 0))
        if len(self._kept) >= _KEPT or 2 * classes > given.keys.size or self._bytes + size > _KEPT_BYTES:
            return
        out = self._out
        self._kept.append(_Tuples(out.keys[:classes].copy(), out.counts[:classes].copy(), out.masks[:classes].copy()))
        self._nodes = np.vstack([self._nodes, node])
        self._sizes = np.append(self._sizes, classes)
        self._bytes += size

    def _tables(self) -> None:
        """One flat table for every step from a level to a higher one, and one for the leaf counts."""
        parts: list[Array] = []
        leaf_parts: list[Array] = []
        self._steps: list[list[list[int]]] = []
        self._leaf_offsets: list[list[int]] = []
        length = leaf_length = 0
        for h in self._root.hierarchies:
            steps = [[-1] * (h.height + 1) for _ in range(h.height + 1)]
            for low in range(h.height + 1):
                for high in range(low + 1, h.height + 1):
                    steps[low][high] = length
                    parts.append(h.parents(low, high).astype(np.uint64))
                    length += parts[-1].size
            self._steps.append(steps)
            own = []
            for level in range(h.height + 1):
                own.append(leaf_length)
                leaf_parts.append(h.leaf_counts[level])
                leaf_length += leaf_parts[-1].size
            self._leaf_offsets.append(own)
        self._table = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
        self._leaf_table = np.concatenate(leaf_parts)


def _bits(root: FrequencySet, attribute: str) -> int:
    """The bits of an attribute's known values in a mask: missing never counts towards l."""
    info = root.sensitive[attribute]
    wanted = (1 << info.cardinality) - 1
    if info.missing is not None:
        wanted &= ~(1 << info.missing)
    return wanted << root.mask_places[attribute]
