"""The compiled walk over a whole lattice: an odometer in which each node is grouped from the one before.

Keys keep the bits that they have at level 0, so that a step changes one field and moves no other.
The attribute with most values is the outermost wheel and the most significant field: classes that
differ in it are never compared, which keeps the tables of the grouping in the cache.

``lattice``, ``rules`` and ``found`` are the records of ``lattice_records.py``. Everything stands in one
file: Numba's cache on disk does not see that a function called from another file has changed.
"""

from __future__ import annotations

import numpy as np
from numba import njit

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
def _classify(counts, hist, masks, classes, rows, rules, buckets, tally, smallest, extremes, broken):
    """Put each class into the bucket of how many values of k it passes with (0 where it breaks a limit).

    ``broken`` counts the records that do, by how many values of k their class reaches, less one.
    """
    bucket_of, table, logs, limits = rules.bucket_of, rules.table, rules.logs, rules.limits
    first, missing, bits, known_bits = rules.first, rules.missing, rules.bits, rules.known
    attributes = limits.shape[0]
    has_hist, has_masks = hist.shape[1] > 0, masks.size > 0
    extremes_too, with_logs, counted, fewest = rules.extremes, rules.with_logs, rules.counted, rules.fewest
    has_shares, has_ratios = rules.shares.bounded.any(), rules.recursive.most.size > 0
    has_orders, has_trees = rules.orders.most.size > 0, rules.trees.most.size > 0
    top = np.empty(rules.recursive.length.max() if has_ratios else 0, dtype=np.int64)
    mass = np.empty(rules.trees.table.size, dtype=np.int64)
    cap = bucket_of.size - 1
    least = np.int64(rows + 1)
    squares = np.int64(0)
    worst_distinct = np.int64(rows + 1)
    worst_entropy = np.inf
    worst_distance = 0.0
    for c in range(classes):
        size = np.int64(counts[c])
        least = min(least, size)
        squares += size * size
        bucket = bucket_of[min(size, cap)]
        reaches = bucket
        if has_hist:
            if size < fewest:
                bucket = 0
            for a in range(attributes):
                if not extremes_too and not (bucket and counted[a]):
                    continue
                absent = np.int64(hist[c, missing[a]]) if missing[a] >= 0 else np.int64(0)
                distinct = 0
                if not with_logs[a]:
                    for v in range(first[a], first[a + 1]):
                        distinct += hist[c, v] > 0
                    if distinct - (absent > 0) < limits[a, 0]:
                        bucket = 0
                    continue
                log_sum = 0.0
                over = np.int64(0)
                for v in range(first[a], first[a + 1]):
                    here = np.int64(hist[c, v])
                    if here:
                        over += max(here * rows - size * table[v], 0)
                        distinct += 1
                        log_sum += logs[here] if here < logs.size else here * np.log(np.float64(here))
                whole = logs[size] if size < logs.size else size * np.log(np.float64(size))
                entropy = (whole - log_sum) / size
                distance = over / (np.float64(size) * rows)
                worst_distinct = min(worst_distinct, distinct)
                worst_entropy = min(worst_entropy, entropy)
                worst_distance = max(worst_distance, distance)
                if absent:
                    distinct -= 1
                    known = size - absent
                    log_sum -= absent * np.log(np.float64(absent))
                    entropy = min(entropy, np.log(np.float64(known)) - log_sum / known) if known else -np.inf
                if distinct < limits[a, 0] or entropy < limits[a, 1] or distance > limits[a, 2]:
                    bucket = 0
            if bucket and has_shares and _has_a_share_out_of_bounds(hist, c, size, rules):
                bucket = 0
            if bucket and has_ratios and _has_too_common_a_value(hist, c, rules, top):
                bucket = 0
            if bucket and has_orders and _is_too_far(hist, c, size, rows, rules.orders):
                bucket = 0
            if bucket and has_trees and _is_too_far_along_a_tree(hist, c, size, rows, rules, mass):
                bucket = 0
        elif has_masks:
            for a in range(attributes):
                worst_distinct = min(worst_distinct, _number_of_bits(masks[c] & bits[a]))
                if _number_of_bits(masks[c] & known_bits[a]) < limits[a, 0]:
                    bucket = 0
        if bucket != reaches:
            broken[reaches - 1] += size
        buckets[c] = bucket
        tally[bucket, 0] += 1
        tally[bucket, 1] += size
        tally[bucket, 2] += size * size
        smallest[bucket] = min(smallest[bucket], size)
    extremes[0] = classes
    extremes[1] = least
    extremes[2] = squares
    extremes[3] = worst_distinct if extremes_too and (has_hist or has_masks) else np.nan
    extremes[4] = np.exp(worst_entropy) if extremes_too and has_hist else np.nan
    extremes[5] = worst_distance if extremes_too and has_hist else np.nan


@njit(cache=True, nogil=True)
def _has_a_share_out_of_bounds(hist, c, size, rules):
    """Whether a value makes up too much or too little of a class, or too much of its known records."""
    shares, first, missing = rules.shares, rules.first, rules.missing
    for a in range(missing.size):
        if not shares.bounded[a]:
            continue
        blank = missing[a]
        known = size - hist[c, blank] if blank >= 0 else size
        for v in range(first[a], first[a + 1]):
            here = hist[c, v]
            if here < size * shares.low[v] or here > size * shares.high[v]:
                return True
            if v != blank and here > known * shares.known[v]:
                return True
    return False


@njit(cache=True, nogil=True)
def _has_too_common_a_value(hist, c, rules, top):
    """Whether r1 is too much beside rl + … + rm, with missing as a value or without it."""
    asked = rules.recursive
    for r in range(asked.most.size):
        a = asked.attribute[r]
        start, stop, blank = rules.first[a], rules.first[a + 1], rules.missing[a]
        if _ratio(hist, c, start, stop, -1, asked.length[r], top) >= asked.most[r]:
            return True
        if blank >= 0 and _ratio(hist, c, start, stop, blank, asked.length[r], top) >= asked.most[r]:
            return True
    return False


@njit(cache=True, nogil=True)
def _ratio(hist, c, start, stop, skip, length, top):
    """r1 / (rl + … + rm) of a class without one value; infinite where there are fewer than l."""
    top[:length] = 0
    tail = np.int64(0)
    for v in range(start, stop):
        rest = np.int64(0) if v == skip else np.int64(hist[c, v])
        tail += rest
        for place in range(length):  # no branches: nothing here can be foretold
            before = top[place]
            top[place] = max(before, rest)
            rest = min(before, rest)
    for place in range(length - 1):
        tail -= top[place]
    return top[0] / tail if tail else np.inf


@njit(cache=True, nogil=True)
def _is_too_far(hist, c, size, rows, orders):
    """Whether a class is too far from the table along an order of its values, one rank a column.

    As ``along_order`` of ``profile.py``: first what is missing is settled, then the known values.
    """
    for o in range(orders.most.size):
        absent = orders.absent[o]
        known = rows - absent
        lost = np.int64(hist[c, orders.missing[o]]) if orders.missing[o] >= 0 else np.int64(0)
        here = size - lost
        first, last = orders.at[o], orders.at[o + 1]
        far = 0.0
        if last - first > 1 and here:
            seen = np.int64(0)
            for at in range(first, last - 1):
                for place in range(orders.rank_at[at], orders.rank_at[at + 1]):
                    seen += hist[c, orders.rank_values[place]]
                far += abs(seen * known - here * orders.cumulated[at])
            far /= np.float64(here) * np.float64(known) * (last - first - 1)
            far *= here / size
        far += abs(lost * rows - size * absent) / (np.float64(size) * np.float64(rows))
        if min(1.0, far) > orders.most[o]:
            return True
    return False


@njit(cache=True, nogil=True)
def _is_too_far_along_a_tree(hist, c, size, rows, rules, mass):
    """Whether a class is too far from the table along a hierarchy; as ``along_hierarchy`` of ``profile.py``."""
    trees = rules.trees
    for t in range(trees.most.size):
        a, first, last = trees.attribute[t], trees.at[t], trees.at[t + 1]
        mass[: last - first] = 0
        for v in range(rules.first[a], rules.first[a + 1]):
            mass[v - rules.first[a]] = hist[c, v]
        gained = 0.0
        for node in range(last - first - 1):
            here = mass[node]
            gained += max(here * rows - size * trees.table[first + node], 0)
            mass[trees.up[first + node]] += here
        if gained / (np.float64(trees.height[t]) * np.float64(size) * np.float64(rows)) > trees.most[t]:
            return True
    return False


@njit(cache=True, nogil=True)
def _number_of_bits(word):
    number = 0
    while word:
        word &= word - np.uint64(1)
        number += 1
    return number


@njit(cache=True, nogil=True)
def _count_labels(keys, counts, classes, node, lattice, buckets, skip, tally, labels, rest):
    """Leaves (and records) of each label by bucket; those of ``skip`` are what the others leave of the whole."""
    leaves, every, label_at = lattice.leaves, lattice.every, lattice.label_at
    shifts, widths = lattice.shifts, lattice.widths
    steps = tally.shape[0]
    wants_labels = labels.size > 0
    many = 0
    for c in range(classes):
        rest[many] = c
        many += buckets[c] != skip
    for j in range(node.size):
        first, last = label_at[j, node[j]], label_at[j, node[j] + 1]
        shift, width = shifts[j], widths[j]
        if wants_labels:
            labels[:, first:last] = 0
        if last - first == 1:
            for b in range(steps):
                tally[b, 3 + j] = tally[b, 1] * leaves[first]
                if wants_labels:
                    labels[b, first] = tally[b, 1]
            continue
        for i in range(many):
            c = rest[i]
            size = np.int64(counts[c])
            at = first + np.int64((keys[c] >> shift) & width)
            tally[buckets[c], 3 + j] += size * leaves[at]
            if wants_labels:
                labels[buckets[c], at] += size
        for at in range(first, last):
            records = every[at]
            tally[skip, 3 + j] += records * leaves[at]
            if wants_labels:
                for b in range(steps):
                    if b != skip:
                        records -= labels[b, at]
                labels[skip, at] = records
        for b in range(steps):
            if b != skip:
                tally[skip, 3 + j] -= tally[b, 3 + j]


@njit(cache=True, nogil=True)
def _details(keys, counts, classes, node, lattice, buckets, labels, details):
    """For each k: Σ |E|·cells of the kept classes; −Σ c·log2(c/suppressed) over the suppressed records' labels."""
    fields = node.size
    steps = details.shape[0]
    details[:] = 0.0
    for s in range(steps):
        for j in range(fields):
            total = np.int64(0)
            for at in range(lattice.label_at[j, node[j]], lattice.label_at[j, node[j] + 1]):
                if s:
                    labels[s, at] += labels[s - 1, at]
                count = labels[s, at]
                if count:
                    total += count
                    details[s, 1 + j] -= count * np.log2(np.float64(count))
            if total:
                details[s, 1 + j] += total * np.log2(np.float64(total))
    for c in range(classes):
        if buckets[c]:
            cells = 1.0
            for j in range(fields):
                code = np.int64((keys[c] >> lattice.shifts[j]) & lattice.widths[j])
                cells *= lattice.leaves[lattice.label_at[j, node[j]] + code]
            details[buckets[c] - 1, 0] += counts[c] * cells
    for s in range(steps - 2, -1, -1):
        details[s, 0] += details[s + 1, 0]


@njit(cache=True, nogil=True)
def _measure(keys, counts, hist, masks, classes, node, at, lattice, rules, buckets, labels, rest, found):
    """Sums of a node for each k of the grid.

    A class is in bucket b if it passes with the first b values of k. What the fullest bucket holds
    follows from the sums over all records and the other buckets.
    """
    sums = found.sums[at]
    steps = sums.shape[0]
    columns = 3 + node.size
    tally = np.zeros((steps + 1, columns), dtype=np.int64)
    smallest = np.full(steps + 1, lattice.rows + 1)
    reached = found.reached[at]
    _classify(counts, hist, masks, classes, lattice.rows, rules, buckets, tally, smallest, found.extremes[at], reached)
    for s in range(steps - 1, -1, -1):
        reached[s] += tally[s + 1, 1] + (reached[s + 1] if s + 1 < steps else 0)
    skip = np.argmax(tally[:, 0])
    _count_labels(keys, counts, classes, node, lattice, buckets, skip, tally, labels, rest)
    for s in range(steps - 1, -1, -1):
        for column in range(columns):
            sums[s, column] = tally[s + 1, column] + (sums[s + 1, column] if s + 1 < steps else 0)
        if s + 1 < steps:
            smallest[s + 1] = min(smallest[s + 1], smallest[s + 2])
        sums[s, columns] = smallest[s + 1] if sums[s, 0] else 0
    if labels.size:
        _details(keys, counts, classes, node, lattice, buckets, labels, found.details[at])


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
    mask_buffers = np.empty((base + 1, masks.size), dtype=np.uint64)
    for i in range(tuples):  # assigned as wholes, the check of the shapes takes four seconds to compile
        key_buffers[base, i] = keys[i]
        count_buffers[base, i] = counts[i]
        for v in range(values):
            hist_buffers[base, i, v] = hist[i, v]
    for i in range(masks.size):
        mask_buffers[base, i] = masks[i]
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
        _measure(*tuples_here, node, at, lattice, rules, buckets, labels, rest, found)
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
