"""The compiled loops over keys and classes beside grouping: one pass each, nothing about what they mean.

Every function here has a NumPy twin of the same name in ``fallback.py``.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def generalise(keys, shifts, widths, offsets, table, out):
    """Replace each field of each key by what the table says (already shifted to its new place)."""
    fields = shifts.size
    for i in range(keys.size):
        key = keys[i]
        coarse = np.uint64(0)
        for j in range(fields):
            coarse |= table[offsets[j] + np.int64((key >> shifts[j]) & widths[j])]
        out[i] = coarse


@njit(cache=True, nogil=True)
def summarise(keys, counts, kept, target, shifts, widths, offsets, leaves, side, totals, small):
    """Sums over the classes of a node; ``totals`` and ``small`` (classes of each small size) are filled.

    ``totals``: classes, smallest, records below the target, sum of squares; then the same of the
    kept ones with their records instead of those below; from 8 on, for each field, the sum of size
    times leaves below the label over the classes whose ``kept`` equals ``side``.
    """
    fields = shifts.size
    cap = small.size
    large = np.int64(9223372036854775807)
    smallest = large
    kept_smallest = large
    for c in range(keys.size):
        size = np.int64(counts[c])
        smallest = min(smallest, size)
        if size < target:
            totals[2] += size
        if size < cap:
            small[size] += 1
        totals[3] += size * size
        if kept[c]:
            totals[4] += 1
            kept_smallest = min(kept_smallest, size)
            totals[6] += size
            totals[7] += size * size
        if kept[c] == side:
            key = keys[c]
            for j in range(fields):
                totals[8 + j] += size * leaves[offsets[j] + np.int64((key >> shifts[j]) & widths[j])]
    totals[0] = keys.size
    totals[1] = smallest if keys.size else 0
    totals[5] = kept_smallest if totals[4] else 0


@njit(cache=True, nogil=True)
def merge_histograms(class_of, classes, starts, values, counts, cardinality, out_starts, out_values, out_counts):
    """Add up the sensitive-value counts of the tuples of each class; returns the pairs written.

    Input and output are compressed rows: tuple (class) ``t`` has the pairs ``starts[t]:starts[t+1]``.
    """
    tuples = class_of.size
    first = np.zeros(classes + 1, dtype=np.int64)
    for t in range(tuples):
        first[class_of[t] + 1] += 1
    for c in range(classes):
        first[c + 1] += first[c]
    place = first[:classes].copy()
    members = np.empty(tuples, dtype=np.int32)
    for t in range(tuples):
        c = class_of[t]
        members[place[c]] = t
        place[c] += 1
    tally = np.zeros(cardinality, dtype=np.int64)
    seen = np.empty(cardinality, dtype=np.int64)
    written = 0
    for c in range(classes):
        out_starts[c] = written
        distinct = 0
        for at in range(first[c], first[c + 1]):
            t = members[at]
            for pair in range(starts[t], starts[t + 1]):
                value = np.int64(values[pair])
                if tally[value] == 0:
                    seen[distinct] = value
                    distinct += 1
                tally[value] += counts[pair]
        for d in range(distinct):
            value = seen[d]
            out_values[written] = value
            out_counts[written] = tally[value]
            tally[value] = 0
            written += 1
    out_starts[classes] = written
    return written
