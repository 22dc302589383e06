"""The compiled loop of SUDA2: which tuples are alone in one subset of the attributes."""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912, PLR0917 - Numba infers types and takes arguments in order
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_MIX = np.uint64(0x9E3779B97F4A7C15)
_PARTITION = 1 << 15  # keys of a partition: its table stays in the second-level cache
_MOST_PART_BITS = 11


@njit(cache=True, nogil=True)
def new_uniques(
    codes, given, chosen, shifts, missing, smaller, own, alone, seen, dense, keys, rows, spare, spare_rows, out
):
    """Tuples that are alone in a subset and in none of its subsets; returns how many, their numbers in ``out``.

    Parameters
    ----------
    codes : (attributes, tuples) uint32 array
    given : (tuples,) uint64 array, or empty
        Keys of the tuples, where they are not made of the codes here.
    chosen, shifts : (k,) arrays
        The subset, and the lowest bit of each of its attributes in a key.
    missing : (attributes,) int64 array
        Code of a missing value, -1 where there is none: a tuple with one takes no part.
    smaller : (k,) int64 array
        Numbers of the subsets with one attribute less; ``own`` is the number of this one.
    alone : (tuples,) bool array
        Tuples of one record.
    seen : (tuples, words) uint64 array
        Bit per subset: the tuple is alone in it. The bit ``own`` is filled here.
    dense : (2 ** bits,) int32 array, or empty
        A table with a place for each key, where there are few.
    keys, rows, spare, spare_rows : (tuples,) arrays
        Scratch memory.
    """
    size = chosen.size
    word, bit = own >> 6, np.uint64(1) << np.uint64(own & 63)
    taken = np.int64(0)  # a plain 0 would have what is called below compiled twice
    for i in range(alone.size):
        absent = False
        covered = False
        key = np.uint64(0)
        for a in range(size):
            code = codes[chosen[a], i]
            absent |= np.int64(code) == missing[chosen[a]]
            key |= np.uint64(code) << shifts[a]
            below = smaller[a]
            if below >= 0:
                covered |= (seen[i, below >> 6] >> np.uint64(below & 63)) & np.uint64(1) != 0
        if covered:  # nobody shares its key, so nobody misses it
            seen[i, word] |= bit
        elif not absent:
            keys[taken] = given[i] if given.size else key
            rows[taken] = i
            taken += 1
    if dense.size:
        return _by_table(keys, rows, taken, dense, alone, seen, word, bit, out)
    return _by_hash(keys, rows, taken, spare, spare_rows, alone, seen, word, bit, out)


@njit(cache=True, nogil=True)
def _by_table(keys, rows, taken, dense, alone, seen, word, bit, out):
    dense[:] = 0
    for at in range(taken):
        held = dense[keys[at]]
        dense[keys[at]] = rows[at] + 1 if held == 0 else -1
    found = 0
    for at in range(taken):
        i = rows[at]
        if dense[keys[at]] == i + 1 and alone[i]:
            seen[i, word] |= bit
            out[found] = i
            found += 1
    return found


@njit(cache=True, nogil=True)
def _by_hash(keys, rows, taken, spare, spare_rows, alone, seen, word, bit, out):
    part_bits = 1
    while (taken >> part_bits) > _PARTITION and part_bits < _MOST_PART_BITS:
        part_bits += 1
    parts = 1 << part_bits
    shift = np.uint64(64 - part_bits)
    starts = np.zeros(parts + 1, dtype=np.int64)
    for at in range(taken):
        starts[np.int64((keys[at] * _MIX) >> shift) + 1] += 1
    largest = np.int64(0)
    for p in range(parts):
        largest = max(largest, starts[p + 1])
        starts[p + 1] += starts[p]
    place = starts[:parts].copy()
    for at in range(taken):
        p = np.int64((keys[at] * _MIX) >> shift)
        spare[place[p]] = keys[at]
        spare_rows[place[p]] = rows[at]
        place[p] += 1
    most = np.int64(16)
    while most < 2 * largest:
        most <<= 1
    slots = np.empty(most, dtype=np.int32)
    shared = np.empty(largest, dtype=np.bool_)
    found = 0
    for p in range(parts):
        first, count = starts[p], starts[p + 1] - starts[p]
        size = np.int64(16)
        bits = 4
        while size < 2 * count:
            size <<= 1
            bits += 1
        slots[:size] = -1
        wrap = size - 1
        slot_shift = np.uint64(64 - part_bits - bits)
        for at in range(count):
            key = spare[first + at]
            slot = np.int64((key * _MIX) >> slot_shift) & wrap
            held = slots[slot]
            while held >= 0 and spare[first + held] != key:
                slot = (slot + 1) & wrap
                held = slots[slot]
            shared[at] = held >= 0
            if held < 0:
                slots[slot] = at
            else:
                shared[held] = True
        for at in range(count):
            i = spare_rows[first + at]
            if not shared[at] and alone[i]:
                seen[i, word] |= bit
                out[found] = i
                found += 1
    return found
