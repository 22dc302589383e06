"""The NumPy twins of ``class_kernels.py``: used until the compiled ones are warm, and to check them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_CELLS = 1 << 21  # numbers in one block of a class-by-value table


def totals(values: Array, counts: Array, out: Array) -> None:
    """Records of each value over all classes."""
    out += np.bincount(values, weights=counts, minlength=out.size).astype(np.int64)


def profile(  # noqa: PLR0917 - the signature of the compiled twin
    starts: Array,
    values: Array,
    counts: Array,
    table: Array,
    rows: int,
    inverse: Array,
    ceiling: Array,
    missing: int,
    logs: Array,  # noqa: ARG001 - the signature of the compiled twin
    whole: Array,
    real: Array,
    beyond: Array,
) -> None:
    """Everything that the sensitive values of each class say; see ``class_kernels.profile``."""
    first = starts[:-1]
    wide = counts.astype(np.int64)
    size = np.add.reduceat(wide, first)
    every_size = np.repeat(size, np.diff(starts))
    expected = every_size * table[values]
    excess = wide * rows - expected
    ratio = 1.0 + excess / expected
    whole[0] = size
    whole[1] = np.add.reduceat(np.where(values == missing, wide, 0), first)
    whole[2] = np.maximum.reduceat(wide, first)
    whole[3] = np.add.reduceat(np.maximum(excess, 0), first)
    real[0] = np.add.reduceat(wide * np.log(wide), first)
    real[1] = np.maximum.reduceat(ratio, first)
    real[2] = np.minimum.reduceat(ratio, first)
    for length in (2, 3, 4):
        recursive(starts, values, counts, length, -1, real[length + 1])
    beyond[:] = np.logical_or.reduceat(wide > every_size * ceiling[values], first)
    del inverse


def recursive(  # noqa: PLR0917 - the signature of the compiled twin
    starts: Array, values: Array, counts: Array, length: int, skip: int, out: Array
) -> None:
    """Infimum of c for one l; see ``class_kernels.recursive``."""
    owner = np.repeat(np.arange(starts.size - 1), np.diff(starts))
    wide = np.where(values == skip, 0, counts.astype(np.int64))
    order = np.lexsort((-wide, owner))
    place = np.arange(values.size) - np.repeat(starts[:-1], np.diff(starts))
    tail = np.add.reduceat(np.where(place >= length - 1, wide[order], 0), starts[:-1])
    largest = wide[order][starts[:-1]]
    out[:] = np.where(tail > 0, largest / np.maximum(tail, 1), np.inf)


def ordered(  # noqa: PLR0917 - the signature of the compiled twin
    starts: Array,
    values: Array,
    counts: Array,
    rank: Array,
    cumulated: Array,
    prefix: Array,
    absent: int,
    rows: int,
    out: Array,
) -> None:
    """Distance along an order; see ``class_kernels.ordered``."""
    ranks, known = cumulated.size, rows - absent
    at = rank[values]
    wide = counts.astype(np.int64)
    for low, high, owner, pairs in _blocks(starts, ranks):
        lost = np.bincount(owner, weights=np.where(at[pairs] < 0, wide[pairs], 0), minlength=high - low)
        there = at[pairs] >= 0
        tally = _table(owner[there], at[pairs][there], wide[pairs][there], (high - low, ranks))
        here = tally.sum(axis=1)
        size = here + lost.astype(np.int64)
        moved = np.abs(lost * rows - size * absent) / (size.astype(np.float64) * rows)
        distance = np.zeros(high - low)
        if ranks > 1:
            apart = np.abs(tally.cumsum(axis=1) * known - here[:, np.newaxis] * cumulated)[:, :-1]
            scale = here.astype(np.float64) * known * (ranks - 1)
            distance = np.where(here > 0, apart.astype(np.float64).sum(axis=1) / np.maximum(scale, 1.0), 0.0)
        out[low:high] = np.minimum(1.0, moved + distance * (here / size))
    del prefix


def hierarchical(  # noqa: PLR0917 - the signature of the compiled twin
    starts: Array, values: Array, counts: Array, up: Array, table: Array, height: int, rows: int, out: Array
) -> None:
    """Distance along a tree; see ``class_kernels.hierarchical``."""
    depth = _depths(up, height)
    leaves = int(np.count_nonzero(depth == 0))
    for low, high, owner, pairs in _blocks(starts, leaves):
        mass = _table(owner, values[pairs], counts[pairs], (high - low, leaves))
        size = mass.sum(axis=1)
        cost = np.zeros(high - low)
        below, parents = np.flatnonzero(depth == 0), up[:leaves]
        for level in range(1, height + 1):
            above = np.flatnonzero(depth == level)
            extra = mass * rows - size[:, np.newaxis] * table[below]
            leave = _gather(np.maximum(extra, 0), parents - above[0], above.size)
            arrive = _gather(np.maximum(-extra, 0), parents - above[0], above.size)
            cost += level * np.minimum(leave, arrive).astype(np.float64).sum(axis=1)
            mass = _gather(mass, parents - above[0], above.size)
            below, parents = above, up[above]
        out[low:high] = cost / (height * size.astype(np.float64) * rows) if height else 0.0


def highest(values: Array, chosen: Array) -> float:
    """Largest value of the chosen classes."""
    return float(np.where(chosen, values, -np.inf).max())


def lowest(values: Array, chosen: Array) -> float:
    """Smallest value of the chosen classes."""
    return float(np.where(chosen, values, np.inf).min())


def spread(  # noqa: PLR0917 - the signature of the compiled twin
    keys: Array,
    counts: Array,
    kept: Array,
    everything: bool,  # noqa: FBT001 - the compiled twin
    shifts: Array,
    widths: Array,
    offsets: Array,
    leaves: Array,
    fixed: float,
    blanks: float,
    each_other: float,
    records: Array,
    sums: Array,
) -> None:
    """What the labels of the kept classes stand for; see ``class_kernels.spread``."""
    chosen = np.ones(keys.size, dtype=np.bool_) if everything else kept
    size = counts[chosen].astype(np.int64)
    cells = np.full(size.size, fixed)
    for shift, width, offset in zip(shifts, widths, offsets, strict=True):
        at = offset + ((keys[chosen] >> shift) & width).astype(np.int64)
        cells *= leaves[at]
        records += np.bincount(at, weights=size, minlength=records.size).astype(np.int64)
    sums[0] = (size * cells).sum()
    sums[1] = (size * np.log(size / (cells * blanks) + each_other)).sum()


def _blocks(starts: Array, width: int) -> list[tuple[int, int, Array, slice]]:
    """Runs of classes whose table of values fits the memory: first, last, owner of each pair, the pairs."""
    step = max(1, _CELLS // max(width, 1))
    found = []
    for low in range(0, starts.size - 1, step):
        high = min(low + step, starts.size - 1)
        owner = np.repeat(np.arange(high - low), np.diff(starts[low : high + 1]))
        found.append((low, high, owner, slice(int(starts[low]), int(starts[high]))))
    return found


def _table(owner: Array, column: Array, counts: Array, shape: tuple[int, int]) -> Array:
    flat = np.bincount(owner * shape[1] + column, weights=counts, minlength=shape[0] * shape[1])
    return flat.astype(np.int64).reshape(shape)


def _gather(table: Array, group: Array, groups: int) -> Array:
    """Sum the columns of each group; groups stand side by side."""
    result = np.zeros((table.shape[0], groups), dtype=np.int64)
    first = np.flatnonzero(np.r_[True, np.diff(group) != 0])
    result[:, group[first]] = np.add.reduceat(table, first, axis=1)
    return result


def _depths(up: Array, height: int) -> Array:
    """Level of each node: the root, last of all, is at ``height``; a parent is one above its child."""
    depth = np.full(up.size, height, dtype=np.int64)
    for node in range(up.size - 2, -1, -1):
        depth[node] = depth[up[node]] - 1
    return depth
