"""The compiled walk over a whole lattice: an odometer in which each node is grouped from the one before.

Keys keep the bits that they have at level 0, so that a step changes one field and moves no other.
The attribute with most values is the outermost wheel and the most significant field: classes that
differ in it are never compared, which keeps the tables of the grouping in the cache.

``lattice``, ``rules`` and ``found`` are the records of ``lattice_records.py``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from anonymiser.engine.lattice_measure_kernels import measure

_BLOCK = 1 << 12
_FEW_SLOTS = 4
_MANY_SLOTS = 13  # larger tables only where so many classes are found
_MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def step(
    keys, counts, hist, masks, rows, shift, width, table, lead_shift, lead_width, slots,
    out_keys, out_counts, out_hist, out_masks,
):  # fmt: skip
    """One wheel one level up: group ``rows`` tuples into the output arrays; returns the classes.

    The leading field never decreases from one key to the next, before and after.
    """
    values, has_masks = hist.shape[1], masks.size > 0
    clear = ~(width << shift)
    classes = 0
    start = 0
    moves_lead = shift == lead_shift
    slot_bits = _FEW_SLOTS
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
        first = classes
        while slot_bits < _MANY_SLOTS and (np.int64(1) << slot_bits) < 2 * (stop - start):
            slot_bits += 1
        size = np.int64(1) << slot_bits
        room = size >> 1
        wrap = size - 1
        slot_shift = np.uint64(64 - slot_bits)
        slots[:size] = -1
        for i in range(start, stop):
            key = (keys[i] & clear) | (table[(keys[i] >> shift) & width] << shift)
            slot = np.int64((key * _MIX) >> slot_shift)
            found = slots[slot]
            while found >= 0 and out_keys[found] != key:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found >= 0:
                out_counts[found] += counts[i]
                for v in range(values):
                    out_hist[found, v] += hist[i, v]
                if has_masks:
                    out_masks[found] |= masks[i]
                continue
            slots[slot] = classes
            out_keys[classes] = key
            out_counts[classes] = counts[i]
            for v in range(values):
                out_hist[classes, v] = hist[i, v]
            if has_masks:
                out_masks[classes] = masks[i]
            classes += 1
            if classes - first > room:
                slot_bits += 1
                size <<= 1
                room = size >> 1
                wrap = size - 1
                slot_shift = np.uint64(64 - slot_bits)
                slots[:size] = -1
                for c in range(first, classes):
                    slot = np.int64((out_keys[c] * _MIX) >> slot_shift)
                    while slots[slot] >= 0:
                        slot = (slot + 1) & wrap
                    slots[slot] = c
        start = stop
    return classes


@njit(cache=True, nogil=True)
def walk(keys, counts, hist, masks, start, first, lattice, rules, found, progress):
    """Visit every node that agrees with ``start`` in the wheels before ``first``.

    ``progress[0]`` counts the nodes done; the walk ends early once ``progress[1]`` is set.
    """
    heights, shifts, widths = lattice.heights, lattice.shifts, lattice.widths
    wheels = heights.size
    tuples = keys.size
    values = hist.shape[1]
    base = 2 * wheels
    key_buffers = np.empty((base + 1, tuples), dtype=np.uint64)
    count_buffers = np.empty((base + 1, tuples), dtype=np.int32)
    hist_buffers = np.empty((base + 1, tuples if values else 0, values), dtype=np.int32)
    key_buffers[base] = keys
    count_buffers[base] = counts
    mask_buffers = np.empty((base + 1, masks.size), dtype=np.uint64)
    mask_buffers[base] = masks
    if values:
        hist_buffers[base] = hist
    slots = np.empty(slots_for(tuples), dtype=np.int32)
    buckets = np.empty(tuples, dtype=np.int16)
    rest = np.empty(tuples + 1, dtype=np.int32)
    wants_details = found.details.shape[0] == found.sums.shape[0]
    labels = np.empty((found.sums.shape[1] + 1 if wants_details else 0, lattice.leaves.size), dtype=np.int64)
    node = start.copy()
    where = np.full(wheels, base)
    size = np.full(wheels, tuples)
    last = wheels - 1
    while not progress[1]:
        b = where[last]
        at = np.sum(lattice.strides * node)
        tuples_here = (key_buffers[b], count_buffers[b], hist_buffers[b], mask_buffers[b], size[last])
        measure(*tuples_here, node, at, lattice, rules, buckets, labels, rest, found)
        progress[0] += 1
        d = last
        while d >= first and node[d] == heights[d]:
            d -= 1
        if d < first:
            return
        b = where[d]
        to = 2 * d if b != 2 * d else 2 * d + 1
        table = lattice.tables[lattice.table_at[d, node[d]] :]
        given = (key_buffers[b], count_buffers[b], hist_buffers[b], mask_buffers[b], size[d])
        out = (key_buffers[to], count_buffers[to], hist_buffers[to], mask_buffers[to])
        size[d] = step(*given, shifts[d], widths[d], table, shifts[0], widths[0], slots, *out)
        node[d] += 1
        where[d] = to
        for j in range(d + 1, wheels):
            node[j] = 0
            where[j] = to
            size[j] = size[d]


@njit(cache=True, nogil=True)
def slots_for(tuples):
    """Slots of the table that a grouping of so many may grow to."""
    size = np.int64(1) << _FEW_SLOTS
    while size < 2 * tuples + 2:
        size <<= 1
    return size


def warm() -> None:
    """Load every kernel of this module, compiling it the first time."""
    from anonymiser.engine.lattice_records import Found, Lattice, Rules, Tuples

    one, word, real = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint64), np.ones(3)
    at = np.array([[0, 1]], dtype=np.int64)
    lattice = Lattice(1, one, one + 1, word, word, word, at, one, one + 1, at)
    rules = Rules(one, np.zeros((0, 3)), one, one[:0], one[:0], word[:0], word[:0], real)
    found = Found(np.zeros((1, 1, 5), dtype=np.int64), np.zeros((1, 6)), np.zeros((1, 1, 2)))
    given = Tuples(word, np.ones(1, dtype=np.int32), np.zeros((1, 0), dtype=np.int32), word[:0])
    out = (word.copy(), np.ones(1, dtype=np.int32), given.hist, given.masks)
    slots = np.empty(slots_for(1), dtype=np.int32)
    step(*given, 1, word[0], word[0], word, word[0], word[0], slots, *out)
    walk(*given, one, 0, lattice, rules, found, one.repeat(2))
