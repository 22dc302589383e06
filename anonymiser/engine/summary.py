"""One pass over the classes of a node: the sums from which every class-based measure follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend, fallback
from anonymiser.engine.frequency import FrequencySet

__all__ = ["ClassSummary", "size_histogram", "summarise"]

_SMALL_SIZES = 256


@dataclass(frozen=True)
class ClassSummary:
    """Whole-number sums over the classes of one node, before and after suppression.

    Attributes
    ----------
    rows, classes, smallest, uniques : int
        Of the whole table; ``uniques`` are classes of one record.
    below_target : int
        Records in classes smaller than the target.
    sum_squares : int
        Σ |E|² over all classes.
    kept_rows, kept_classes, kept_smallest, kept_uniques, kept_sum_squares : int
        The same over the classes that pass.
    leaves, kept_leaves : tuple of int, one a quasi-identifier
        Σ |E| · (leaves below the label), over all classes and over those that pass: divided by
        D these are the raw sums of Loss, as whole numbers and so without rounding.
    sizes : (sizes, 2) int64 array
        Class size and number of classes of that size, before suppression.
    """

    rows: int
    classes: int
    smallest: int
    uniques: int
    below_target: int
    sum_squares: int
    kept_rows: int
    kept_classes: int
    kept_smallest: int
    kept_uniques: int
    kept_sum_squares: int
    leaves: tuple[int, ...]
    kept_leaves: tuple[int, ...]
    sizes: npt.NDArray[np.int64]

    @property
    def failing(self) -> int:
        """Records in classes that do not pass."""
        return self.rows - self.kept_rows


def summarise(classes: FrequencySet, kept: npt.NDArray[np.bool_], target: int) -> ClassSummary:
    """Sum over the classes of a node.

    Parameters
    ----------
    classes : FrequencySet
    kept : (classes,) bool array
        Which classes pass every requirement.
    target : int
        Records in classes smaller than this are counted as below it.
    """
    layout = classes.layout
    chosen = [j for j in layout.active() if layout.n_words == 1]
    tables = [classes.hierarchies[j].leaf_counts[classes.node[j]] for j in chosen]
    offsets = np.cumsum([0, *(t.size for t in tables[:-1])]).astype(np.int64) if tables else np.zeros(0, np.int64)
    leaf_table = np.concatenate(tables) if tables else np.zeros(0, dtype=np.int64)
    shifts, widths = layout.field(chosen)
    side = int(np.count_nonzero(kept)) * 2 <= classes.classes  # walk over the smaller part
    totals = np.zeros(8 + len(chosen), dtype=np.int64)
    small = np.zeros(_SMALL_SIZES, dtype=np.int64)
    kernels: Any = backend.kernels_or_none() or fallback
    target = min(target, classes.rows + 1)  # a number of any size may be asked for; the kernels count in 64 bits
    kernels.summarise(
        classes.keys[0], classes.counts, kept, target, shifts, widths, offsets, leaf_table, side, totals, small
    )
    kept_rows = int(totals[6])
    walked = dict(zip(chosen, totals[8:].tolist(), strict=True))
    leaves, kept_leaves = _leaf_sums(classes, kept, kept_rows, walked, side=side)
    kept_uniques = int(small[1]) if totals[5] == 1 else 0
    if kept_uniques:
        kept_uniques = int(np.count_nonzero(kept & (classes.counts == 1)))
    return ClassSummary(
        rows=classes.rows,
        classes=classes.classes,
        smallest=int(totals[1]),
        uniques=int(small[1]),
        below_target=int(totals[2]),
        sum_squares=int(totals[3]),
        kept_rows=kept_rows,
        kept_classes=int(totals[4]),
        kept_smallest=int(totals[5]),
        kept_uniques=kept_uniques,
        kept_sum_squares=int(totals[7]),
        leaves=leaves,
        kept_leaves=kept_leaves,
        sizes=size_histogram(classes.counts, small),
    )


def _leaf_sums(
    classes: FrequencySet, kept: npt.NDArray[np.bool_], kept_rows: int, walked: dict[int, int], *, side: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Leaf sums over all classes (known since the build) and over the kept ones (from the part walked)."""
    every, passing = [], []
    sizes = classes.counts.astype(np.int64) if len(walked) < len(classes.layout.active()) else None
    for j, (hierarchy, level) in enumerate(zip(classes.hierarchies, classes.node, strict=True)):
        per_code = hierarchy.leaf_counts[level]
        total = classes.leaf_totals[j][level]
        every.append(total)
        if j in walked:
            passing.append(walked[j] if side else total - walked[j])
        elif sizes is not None and classes.layout.bits[j]:
            label = classes.layout.codes(classes.keys, j).astype(np.int64)
            passing.append(int((sizes * per_code[label])[kept].sum()))
        else:
            passing.append(kept_rows * int(per_code[0]))
    return tuple(every), tuple(passing)


def size_histogram(counts: npt.NDArray[np.int32], small: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.int64]:
    """Class sizes that occur, with the number of classes of each: shape (sizes, 2)."""
    if small is None:
        sizes, number = np.unique(counts, return_counts=True)
        return np.stack([sizes.astype(np.int64), number.astype(np.int64)], axis=1)
    low = np.flatnonzero(small)
    large, number = np.unique(counts[counts >= small.size], return_counts=True)
    sizes = np.concatenate([low, large]).astype(np.int64)
    return np.stack([sizes, np.concatenate([small[low], number]).astype(np.int64)], axis=1)
