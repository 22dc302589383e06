"""The compiled check of one node for a search: grouped from the smallest kept finer node, and judged on the way.

Tuples of the nodes that are kept stand one after the other in a pool; the node that is checked is
written behind them, and stays there if it is worth keeping. A check ends as soon as more records
fail than may be suppressed: what it returns then is a lower bound.
"""
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_BLOCK = 1 << 11
_FEW_SLOTS = 10
_MIX = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
def _source(sets, number, node):
    """The kept set with fewest tuples among those that are finer in every attribute."""
    best = 0
    for s in range(1, number):
        if sets[s, 1] >= sets[best, 1]:
            continue
        finer = True
        for j in range(node.size):
            if sets[s, 2 + j] > node[j]:
                finer = False
                break
        if finer:
            best = s
    return best


@njit(cache=True, nogil=True)
def _judge(counts, masks, first, last, k, wanted, least, passing, place):
    """Mark the classes that pass from ``first`` to ``last``; returns the records of the others."""
    lost = np.int64(0)
    for c in range(first, last):
        passes = counts[c] >= k
        for a in range(wanted.size):
            if not passes:
                break
            bits = masks[c] & wanted[a]
            number = 0
            while bits:
                bits &= bits - np.uint64(1)
                number += 1
            passes = number >= least[a]
        passing[c - place] = passes
        if not passes:
            lost += counts[c]
    return lost


@njit(cache=True, nogil=True)
def check(
    keys,
    counts,
    masks,
    sets,
    used,
    node,
    shifts,
    widths,
    steps,
    step_at,
    leaves,
    leaf_at,
    totals,
    rows,
    k,
    wanted,
    least,
    limit,
    wants_labels,
    slots,
    passing,
    out,
    labels,
):
    """Group a node, count the records that fail, and sum over the classes that pass.

    Parameters
    ----------
    keys, counts, masks : the pool
    sets : (kept, 2 + fields) int64 array
        Start and size of each kept set, and its levels.
    used : (2,) int64 array
        Kept sets, and where the pool is free.
    node : (fields,) int64 array
        Levels, in the order of the fields, the most significant first.
    steps, step_at : flat table of codes, and where it starts for (field, low level, high level)
        A negative start: the field has one label at the high level.
    leaves, leaf_at : leaves below each label, and where they start for (field, level)
    totals : (fields, levels) int64 array
        Σ leaves below the label over all records.
    rows : int
        Records of the table.
    limit : int
        A check may stop once more records than this have failed.
    wants_labels : bool
        Also count the failing records of each label.
    out : (6 + fields,) int64 array
        Filled with the failing records (at least), whether that is complete, classes, Σ |E|², the
        classes that pass, their Σ |E|², and for each field Σ |E| · leaves over those that pass.
    labels : int64 array, as long as ``leaves``
    """
    fields = node.size
    source = _source(sets, used[0], node)
    start, stop_all = sets[source, 0], sets[source, 0] + sets[source, 1]
    place = used[1]
    clear = np.uint64(0)
    moving = 0
    move_shift = np.empty(fields, dtype=np.uint64)
    move_width = np.empty(fields, dtype=np.uint64)
    move_at = np.empty(fields, dtype=np.int64)
    lead_at = np.int64(-1)
    lead_hidden = False
    for j in range(fields):
        low, high = sets[source, 2 + j], node[j]
        if low == high:
            continue
        clear |= widths[j] << shifts[j]
        at = step_at[j, low, high]
        if at < 0:
            lead_hidden |= j == 0
            continue
        if j == 0:
            lead_at = at
        move_shift[moving] = shifts[j]
        move_width[moving] = widths[j]
        move_at[moving] = at
        moving += 1
    clear = ~clear
    lead_shift, lead_width = shifts[0], widths[0]
    most = np.int64(limit + (rows - limit) // k) if k > 1 else np.int64(rows)
    lost = np.int64(0)
    classes = place
    slot_bits = _FEW_SLOTS
    while start < stop_all:
        stop = min(start + _BLOCK, stop_all)
        if lead_hidden:
            stop = stop_all
        elif stop < stop_all:
            last = (keys[stop - 1] >> lead_shift) & lead_width
            if lead_at >= 0:
                last = np.uint64(steps[lead_at + np.int64(last)])
            while stop < stop_all:
                here = (keys[stop] >> lead_shift) & lead_width
                if lead_at >= 0:
                    here = np.uint64(steps[lead_at + np.int64(here)])
                if here != last:
                    break
                stop += 1
        first = classes
        size = np.int64(1) << slot_bits
        room = size >> 1
        slot_shift = np.uint64(64 - slot_bits)
        wrap = size - 1
        slots[:size] = -1
        for i in range(start, stop):
            key = keys[i]
            coarse = key & clear
            for f in range(moving):
                code = np.int64((key >> move_shift[f]) & move_width[f])
                coarse |= np.uint64(steps[move_at[f] + code]) << move_shift[f]
            slot = np.int64((coarse * _MIX) >> slot_shift)
            found = slots[slot]
            while found >= 0 and keys[found] != coarse:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found >= 0:
                counts[found] += counts[i]
                if masks.size:
                    masks[found] |= masks[i]
                continue
            slots[slot] = classes
            keys[classes] = coarse
            counts[classes] = counts[i]
            if masks.size:
                masks[classes] = masks[i]
            classes += 1
            if classes - place > most:
                break
            if classes - first > room:
                slot_bits += 1
                size <<= 1
                room = size >> 1
                slot_shift = np.uint64(64 - slot_bits)
                wrap = size - 1
                slots[:size] = -1
                for c in range(first, classes):
                    slot = np.int64((keys[c] * _MIX) >> slot_shift)
                    while slots[slot] >= 0:
                        slot = (slot + 1) & wrap
                    slots[slot] = c
        number = classes - place
        if number > most:  # so many classes cannot all hold k
            out[0] = max(lost, (number * k - rows + k - 2) // (k - 1))
            out[1] = 0
            return
        lost += _judge(counts, masks, first, classes, k, wanted, least, passing, place)
        start = stop
        if lost > limit and start < stop_all:
            out[0] = lost
            out[1] = 0
            return
    number = classes - place
    out[0] = lost
    out[1] = 1
    _sums(
        keys,
        counts,
        place,
        number,
        node,
        shifts,
        widths,
        leaves,
        leaf_at,
        totals,
        rows,
        passing,
        wants_labels,
        out,
        labels,
    )
    if 2 * number <= sets[source, 1] and used[0] < sets.shape[0] and classes + sets[0, 1] <= keys.size:
        sets[used[0], 0] = place
        sets[used[0], 1] = number
        for j in range(fields):
            sets[used[0], 2 + j] = node[j]
        used[0] += 1
        used[1] = classes


@njit(cache=True, nogil=True)
def _sums(
    keys, counts, place, number, node, shifts, widths, leaves, leaf_at, totals, rows, passing, wants_labels, out, labels
):
    """Sums over the classes; leaves over whichever side has fewer classes, the other follows from the totals."""
    fields = node.size
    squares = np.int64(0)
    kept_squares = np.int64(0)
    kept = np.int64(0)
    for c in range(number):
        size = np.int64(counts[place + c])
        squares += size * size
        if passing[c]:
            kept += 1
            kept_squares += size * size
    out[2] = number
    out[3] = squares
    out[4] = kept
    out[5] = kept_squares
    side = 2 * kept <= number and not wants_labels
    for j in range(fields):
        first = leaf_at[j, node[j]]
        labels_here = leaf_at[j, node[j] + 1] - first
        shift, width = shifts[j], widths[j]
        if wants_labels:
            labels[first : first + labels_here] = 0
        total = np.int64(0)
        if labels_here == 1:
            lost = np.int64(out[0])
            total = leaves[first] * (rows - lost if side else lost)
            if wants_labels:
                labels[first] = lost
        else:
            for c in range(number):
                if passing[c] == side:
                    size = np.int64(counts[place + c])
                    at = first + np.int64((keys[place + c] >> shift) & width)
                    total += size * leaves[at]
                    if wants_labels:
                        labels[at] += size
        out[6 + j] = total if side else totals[j, node[j]] - total


@njit(cache=True, nogil=True)
def raise_finer(floor, shape, strides, place, value):
    """Raise every node that is finer than ``place``, and itself, to at least ``value``."""
    fields = shape.size
    here = np.zeros(fields, dtype=np.int64)
    last = fields - 1
    base = np.int64(0)
    while True:
        for step in range(place[last] + 1):
            at = base + step * strides[last]
            floor[at] = max(floor[at], value)
        j = last - 1
        while j >= 0 and here[j] == place[j]:
            base -= here[j] * strides[j]
            here[j] = 0
            j -= 1
        if j < 0:
            return
        here[j] += 1
        base += strides[j]
