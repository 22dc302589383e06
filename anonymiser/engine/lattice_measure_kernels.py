"""The compiled sums over the classes of one node of a lattice, for a grid of k.

``lattice``, ``rules`` and ``found`` are the records of ``lattice_records.py``.
"""
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _classify(counts, hist, masks, classes, rows, rules, buckets, tally, smallest, extremes):
    """Put each class into the bucket of how many values of k it passes with (0 where it breaks a limit)."""
    bucket_of, table, logs, limits = rules.bucket_of, rules.table, rules.logs, rules.limits
    first, missing, bits, known_bits = rules.first, rules.missing, rules.bits, rules.known
    attributes = limits.shape[0]
    has_hist, has_masks = hist.shape[1] > 0, masks.size > 0
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
        if has_hist:
            whole = logs[size] if size < logs.size else size * np.log(np.float64(size))
            for a in range(attributes):
                distinct = 0
                log_sum = 0.0
                over = np.int64(0)
                for v in range(first[a], first[a + 1]):
                    here = np.int64(hist[c, v])
                    over += max(here * rows - size * table[v], 0)
                    if here:
                        distinct += 1
                        log_sum += logs[here] if here < logs.size else here * np.log(np.float64(here))
                entropy = (whole - log_sum) / size
                distance = over / (np.float64(size) * rows)
                worst_distinct = min(worst_distinct, distinct)
                worst_entropy = min(worst_entropy, entropy)
                worst_distance = max(worst_distance, distance)
                absent = np.int64(hist[c, missing[a]]) if missing[a] >= 0 else np.int64(0)
                if absent:
                    distinct -= 1
                    known = size - absent
                    log_sum -= absent * np.log(np.float64(absent))
                    entropy = min(entropy, np.log(np.float64(known)) - log_sum / known) if known else -np.inf
                if distinct < limits[a, 0] or entropy < limits[a, 1] or distance > limits[a, 2]:
                    bucket = 0
        elif has_masks:
            for a in range(attributes):
                worst_distinct = min(worst_distinct, _number_of_bits(masks[c] & bits[a]))
                if _number_of_bits(masks[c] & known_bits[a]) < limits[a, 0]:
                    bucket = 0
        buckets[c] = bucket
        tally[bucket, 0] += 1
        tally[bucket, 1] += size
        tally[bucket, 2] += size * size
        smallest[bucket] = min(smallest[bucket], size)
    extremes[0] = classes
    extremes[1] = least
    extremes[2] = squares
    extremes[3] = worst_distinct if has_hist or has_masks else np.nan
    extremes[4] = np.exp(worst_entropy) if has_hist else np.nan
    extremes[5] = worst_distance if has_hist else np.nan


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
def measure(keys, counts, hist, masks, classes, node, at, lattice, rules, buckets, labels, rest, found):
    """Sums of a node for each k of the grid.

    A class is in bucket b if it passes with the first b values of k. What the fullest bucket holds
    follows from the sums over all records and the other buckets.
    """
    sums = found.sums[at]
    steps = sums.shape[0]
    columns = 3 + node.size
    tally = np.zeros((steps + 1, columns), dtype=np.int64)
    smallest = np.full(steps + 1, lattice.rows + 1)
    _classify(counts, hist, masks, classes, lattice.rows, rules, buckets, tally, smallest, found.extremes[at])
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
