"""The compiled walk over a whole lattice: an odometer in which each node is grouped from the one before.

Keys keep the bits that they have at level 0, so that a step changes one field and moves no other.
The attribute with most values is the outermost wheel and the most significant field: classes that
differ in it are never compared, which keeps the tables of the grouping in the cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_BLOCK = 1 << 12
_MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def _table_size(keys):
    size = np.int64(16)
    bits = 4
    while size < 2 * keys:
        size <<= 1
        bits += 1
    return size, np.uint64(64 - bits)


@njit(cache=True, nogil=True)
def _step(keys, counts, hist, rows, shift, width, table, lead_shift, lead_width, slots, out_keys, out_counts, out_hist):
    """One wheel one level up: group ``rows`` tuples into the output arrays; returns the classes."""
    values = hist.shape[1]
    clear = ~(width << shift)
    classes = 0
    start = 0
    moves_lead = shift == lead_shift
    while start < rows:
        stop = min(start + _BLOCK, rows)
        if stop < rows:
            last = (keys[stop - 1] >> lead_shift) & lead_width
            if moves_lead:
                last = table[last]
            while stop < rows:
                here = (keys[stop] >> lead_shift) & lead_width
                if moves_lead:
                    here = table[here]
                if here != last:
                    break
                stop += 1
        size, slot_shift = _table_size(stop - start)
        slots[:size] = -1
        wrap = size - 1
        for i in range(start, stop):
            key = (keys[i] & clear) | (table[(keys[i] >> shift) & width] << shift)
            slot = np.int64((key * _MIX) >> slot_shift)
            found = slots[slot]
            while found >= 0 and out_keys[found] != key:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found < 0:
                slots[slot] = classes
                out_keys[classes] = key
                out_counts[classes] = counts[i]
                for v in range(values):
                    out_hist[classes, v] = hist[i, v]
                classes += 1
            else:
                out_counts[found] += counts[i]
                for v in range(values):
                    out_hist[found, v] += hist[i, v]
        start = stop
    return classes


@njit(cache=True, nogil=True)
def _measure(
    keys, counts, hist, classes, shifts, widths, leaves, node, grid, totals_q, n_log_n, limits, sums, extremes
):
    """Sums of a node for each k of the grid, in buckets that add up from the largest k down.

    ``limits``: l of distinct, smallest entropy (natural log), largest t; only read where the node
    has a histogram. A class that breaks one of them fails for every k.
    """
    attributes = shifts.size
    values = hist.shape[1]
    steps = grid.size
    rows = 0.0
    for v in range(values):
        rows += totals_q[v]
    smallest = np.int64(9223372036854775807)
    square = np.int64(0)
    lowest = np.int64(values)
    least = np.inf
    farthest = 0.0
    for c in range(classes):
        size = np.int64(counts[c])
        smallest = min(smallest, size)
        square += size * size
        passes = True
        if values:
            distinct = 0
            log_sum = 0.0
            over = 0.0
            for v in range(values):
                here = hist[c, v]
                if here:
                    distinct += 1
                    log_sum += n_log_n[here]
                over += abs(here * rows - size * totals_q[v])
            entropy = (n_log_n[size] - log_sum) / size
            distance = over / (2.0 * rows * size)
            lowest = min(lowest, distinct)
            least = min(least, entropy)
            farthest = max(farthest, distance)
            passes = distinct >= limits[0] and entropy >= limits[1] and distance <= limits[2]
        bucket = 0
        if passes:
            while bucket < steps and grid[bucket] <= size:
                bucket += 1
        if bucket:
            sums[bucket - 1, 0] += 1
            sums[bucket - 1, 1] += size
            sums[bucket - 1, 2] += size * size
            key = keys[c]
            for j in range(attributes):
                sums[bucket - 1, 3 + j] += size * leaves[j, node[j], (key >> shifts[j]) & widths[j]]
    for step in range(steps - 2, -1, -1):
        for field in range(sums.shape[1]):
            sums[step, field] += sums[step + 1, field]
    extremes[0] = classes
    extremes[1] = smallest
    extremes[2] = square
    extremes[3] = lowest
    extremes[4] = np.exp(least)
    extremes[5] = farthest


@njit(cache=True, nogil=True)
def walk(
    keys,
    counts,
    hist,
    start,
    first,
    heights,
    shifts,
    widths,
    steps,
    leaves,
    grid,
    totals_q,
    n_log_n,
    limits,
    strides,
    sums,
    extremes,
    progress,
):
    """Visit every node that agrees with ``start`` in the wheels before ``first``.

    ``progress[0]`` counts the nodes done; the walk ends early once ``progress[1]`` is set.
    """
    wheels = heights.size
    rows = keys.size
    values = hist.shape[1]
    key_buffers = np.empty((2 * wheels, rows), dtype=np.uint64)
    count_buffers = np.empty((2 * wheels, rows), dtype=np.int32)
    hist_buffers = np.empty((2 * wheels, rows if values else 0, values), dtype=np.int32)
    slots = np.empty(_table_size(rows)[0], dtype=np.int32)
    node = start.copy()
    where = np.full(wheels, -1, dtype=np.int64)
    size = np.full(wheels, rows, dtype=np.int64)
    no_hist = np.empty((0, 0), dtype=np.int32)
    last = wheels - 1
    while True:
        at = np.int64(0)
        for j in range(wheels):
            at += strides[j] * node[j]
        b = where[last]
        n = size[last]
        if b < 0:
            _measure(
                keys,
                counts,
                hist,
                n,
                shifts,
                widths,
                leaves,
                node,
                grid,
                totals_q,
                n_log_n,
                limits,
                sums[at],
                extremes[at],
            )
        else:
            h = hist_buffers[b] if values else no_hist
            _measure(
                key_buffers[b],
                count_buffers[b],
                h,
                n,
                shifts,
                widths,
                leaves,
                node,
                grid,
                totals_q,
                n_log_n,
                limits,
                sums[at],
                extremes[at],
            )
        progress[0] += 1
        if progress[1]:
            return
        d = last
        while d >= first and node[d] == heights[d]:
            d -= 1
        if d < first:
            return
        b = where[d]
        target = 2 * d if b != 2 * d else 2 * d + 1
        table = steps[d, node[d]]
        out_hist = hist_buffers[target] if values else no_hist
        if b < 0:
            n = _step(
                keys,
                counts,
                hist,
                size[d],
                shifts[d],
                widths[d],
                table,
                shifts[0],
                widths[0],
                slots,
                key_buffers[target],
                count_buffers[target],
                out_hist,
            )
        else:
            in_hist = hist_buffers[b] if values else no_hist
            n = _step(
                key_buffers[b],
                count_buffers[b],
                in_hist,
                size[d],
                shifts[d],
                widths[d],
                table,
                shifts[0],
                widths[0],
                slots,
                key_buffers[target],
                count_buffers[target],
                out_hist,
            )
        node[d] += 1
        where[d] = target
        size[d] = n
        for j in range(d + 1, wheels):
            node[j] = 0
            where[j] = target
            size[j] = n
