"""The compiled groupings: equal keys are brought together, their counts added up, their masks united.

Keys are 64-bit words in which each quasi-identifier has its own bits. Where nothing else helps they are
grouped by a hash whose tables fit the second-level cache: keys are first dealt into partitions, then
each partition is grouped in a small table (9–10 ns a key at ten million distinct keys, where one large
table takes ten times that in cache misses).

``backend.group`` chooses between them; ``fallback.group`` is the NumPy twin of all.
"""
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_BLOCK = 1 << 12  # keys of a block that is cut where the leading attribute changes
_MOST_PART_BITS = 11
_LEAST_SLOT_BITS = 4
_MIX = np.uint64(0x9E3779B97F4A7C15)
_PARTITION = 1 << 16  # keys a partition may hold: its table of 2^17 slots stays in the second-level cache


@njit(cache=True, nogil=True)
def group_dense(keys, counts, masks, slots, out_keys, out_counts, out_masks, class_of):
    """Group keys that are small numbers, through a table with a slot for each; returns the classes."""
    has_masks = masks.size > 0
    wants_class = class_of.size > 0
    slots[:] = -1
    classes = 0
    for i in range(keys.size):
        key = keys[i]
        found = slots[key]
        if found < 0:
            found = classes
            slots[key] = found
            out_keys[found] = key
            out_counts[found] = 0
            if has_masks:
                out_masks[found] = np.uint64(0)
            classes += 1
        out_counts[found] += counts[i]
        if has_masks:
            out_masks[found] |= masks[i]
        if wants_class:
            class_of[i] = found
    return classes


@njit(cache=True, nogil=True)
def _slots_for(keys):
    """Slots of a table for so many keys: at least twice as many, a power of two."""
    size = np.int64(1) << _LEAST_SLOT_BITS
    while size < 2 * keys:
        size <<= 1
    return size


@njit(cache=True, nogil=True)
def _slot_shift(part_bits, size):
    """How far down the bits of the hash behind those of the partition have to come."""
    slot_bits = 0
    while (np.int64(1) << slot_bits) < size:
        slot_bits += 1
    return np.uint64(64 - part_bits - slot_bits)


@njit(cache=True, nogil=True)
def group_hashed(
    keys,
    counts,
    masks,
    part_keys,
    part_rows,
    out_keys,
    out_counts,
    out_masks,
    class_of,
):
    """Group any keys; returns the number of classes."""
    rows = keys.size
    has_masks = masks.size > 0
    wants_class = class_of.size > 0
    part_bits = 0
    while (rows >> part_bits) > _PARTITION and part_bits < _MOST_PART_BITS:
        part_bits += 1
    parts = 1 << part_bits
    shift = np.uint64(64 - part_bits) if part_bits else np.uint64(63)
    starts = np.zeros(parts + 1, dtype=np.int64)
    if part_bits:
        for i in range(rows):
            starts[np.int64((keys[i] * _MIX) >> shift) + 1] += 1
        largest = 0
        for p in range(parts):
            largest = max(largest, starts[p + 1])
            starts[p + 1] += starts[p]
        place = starts[:parts].copy()
        for i in range(rows):
            key = keys[i]
            p = np.int64((key * _MIX) >> shift)
            at = place[p]
            place[p] = at + 1
            part_keys[at] = key
            part_rows[at] = i
    else:
        starts[1] = rows
        largest = rows
    slots = np.empty(_slots_for(largest), dtype=np.int32)
    classes = 0
    for p in range(parts):
        size = _slots_for(starts[p + 1] - starts[p])
        slots[:size] = -1
        wrap = np.int64(size - 1)
        slot_shift = _slot_shift(part_bits, size)
        for at in range(starts[p], starts[p + 1]):
            if part_bits:
                key = part_keys[at]
                i = np.int64(part_rows[at])
            else:
                key = keys[at]
                i = at
            slot = np.int64((key * _MIX) >> slot_shift) & wrap
            found = slots[slot]
            while found >= 0 and out_keys[found] != key:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found < 0:
                found = classes
                slots[slot] = found
                out_keys[found] = key
                out_counts[found] = counts[i]
                if has_masks:
                    out_masks[found] = masks[i]
                classes += 1
            else:
                out_counts[found] += counts[i]
                if has_masks:
                    out_masks[found] |= masks[i]
            if wants_class:
                class_of[i] = found
    return classes


@njit(cache=True, nogil=True)
def group_packed(keys, counts, masks, key_bits, mask_bits, words, out_keys, out_counts, out_masks):
    """Group keys whose count and mask fit beside them in one word; returns the number of classes.

    The word is all that moves into the partitions, so nothing is fetched from its old place again:
    at ten million rows this halves the time of ``group_hashed``.
    """
    rows = keys.size
    has_masks = masks.size > 0
    part_bits = 1
    while (rows >> part_bits) > _PARTITION and part_bits < _MOST_PART_BITS:
        part_bits += 1
    parts = 1 << part_bits
    shift = np.uint64(64 - part_bits)
    mask_place = np.uint64(key_bits)
    count_place = np.uint64(key_bits + mask_bits)
    key_width = (np.uint64(1) << mask_place) - np.uint64(1)
    mask_width = (np.uint64(1) << np.uint64(mask_bits)) - np.uint64(1)
    starts = np.zeros(parts + 1, dtype=np.int64)
    for i in range(rows):
        starts[np.int64((keys[i] * _MIX) >> shift) + 1] += 1
    largest = np.int64(0)
    for p in range(parts):
        largest = max(largest, starts[p + 1])
        starts[p + 1] += starts[p]
    place = starts[:parts].copy()
    for i in range(rows):
        key = keys[i]
        p = np.int64((key * _MIX) >> shift)
        word = key | (np.uint64(counts[i]) << count_place)
        if has_masks:
            word |= masks[i] << mask_place
        words[place[p]] = word
        place[p] += 1
    slots = np.empty(_slots_for(largest), dtype=np.int32)
    classes = 0
    for p in range(parts):
        size = _slots_for(starts[p + 1] - starts[p])
        slots[:size] = -1
        wrap = np.int64(size - 1)
        slot_shift = _slot_shift(part_bits, size)
        for at in range(starts[p], starts[p + 1]):
            word = words[at]
            key = word & key_width
            slot = np.int64((key * _MIX) >> slot_shift) & wrap
            found = slots[slot]
            while found >= 0 and out_keys[found] != key:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found < 0:
                slots[slot] = classes
                out_keys[classes] = key
                out_counts[classes] = np.int64(word >> count_place)
                if has_masks:
                    out_masks[classes] = (word >> mask_place) & mask_width
                classes += 1
            else:
                out_counts[found] += np.int64(word >> count_place)
                if has_masks:
                    out_masks[found] |= (word >> mask_place) & mask_width
    return classes


@njit(cache=True, nogil=True)
def group_runs(keys, counts, masks, lead_shift, lead_width, out_keys, out_counts, out_masks):
    """Group keys whose leading attribute never decreases; returns the number of classes.

    Keys that differ in it cannot be one class, so blocks cut between its values are grouped one
    after the other, and nothing is dealt into partitions.
    """
    rows = keys.size
    has_masks = masks.size > 0
    slots = np.empty(_slots_for(2 * _BLOCK), dtype=np.int32)
    classes = 0
    start = 0
    while start < rows:
        stop = min(start + _BLOCK, rows)
        if stop < rows:
            lead = (keys[stop - 1] >> lead_shift) & lead_width
            while stop < rows and ((keys[stop] >> lead_shift) & lead_width) == lead:
                stop += 1
        size = _slots_for(stop - start)
        if size > slots.size:
            slots = np.empty(size, dtype=np.int32)
        slots[:size] = -1
        wrap = np.int64(size - 1)
        slot_shift = _slot_shift(0, size)
        for i in range(start, stop):
            key = keys[i]
            slot = np.int64((key * _MIX) >> slot_shift) & wrap
            found = slots[slot]
            while found >= 0 and out_keys[found] != key:
                slot = (slot + 1) & wrap
                found = slots[slot]
            if found < 0:
                slots[slot] = classes
                out_keys[classes] = key
                out_counts[classes] = counts[i]
                if has_masks:
                    out_masks[classes] = masks[i]
                classes += 1
            else:
                out_counts[found] += counts[i]
                if has_masks:
                    out_masks[found] |= masks[i]
        start = stop
    return classes


@njit(cache=True, nogil=True)
def group_cells(keys, counts, masks, lead_shift, lead_bits, cells, out_keys, out_counts, out_masks):
    """As ``group_runs``, where the rest of a key is a small number: nothing is hashed, nothing compared.

    ``cells`` has a cell for each key without its leading attribute (of no bits where there is none).
    """
    cells[:] = -1
    has_masks = masks.size > 0
    above = lead_shift + lead_bits
    low = (np.uint64(1) << lead_shift) - np.uint64(1)
    width = (np.uint64(1) << lead_bits) - np.uint64(1)
    lead = np.uint64(0)
    classes = np.int64(0)
    first = np.int64(0)
    for i in range(keys.size):
        key = keys[i]
        here = (key >> lead_shift) & width
        if here != lead:
            for c in range(first, classes):
                cells[np.int64(((out_keys[c] >> above) << lead_shift) | (out_keys[c] & low))] = -1
            first = classes
            lead = here
        cell = np.int64(((key >> above) << lead_shift) | (key & low))
        found = cells[cell]
        if found < 0:
            cells[cell] = classes
            out_keys[classes] = key
            out_counts[classes] = counts[i]
            if has_masks:
                out_masks[classes] = masks[i]
            classes += 1
        else:
            out_counts[found] += counts[i]
            if has_masks:
                out_masks[found] |= masks[i]
    for c in range(first, classes):
        cells[np.int64(((out_keys[c] >> above) << lead_shift) | (out_keys[c] & low))] = -1
    return classes
