"""Cutting parts of a table in two, the records moved in place (compiled).

Records are rows of a matrix of small codes, so that a part is one run of memory; ``index`` travels with them.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0917 - Numba infers types; a kernel is one loop
# mypy: ignore-errors

from __future__ import annotations

import numba as nb
import numpy as np

__all__ = ["cut_parts", "divide"]

_FEW = 512
"""Codes in a range that are counted whatever the number of records."""


@nb.njit(cache=True, nogil=True)
def _ranges(rows, low, high, least, most):
    """Smallest and largest code of each attribute among rows low to high."""
    width = rows.shape[1]
    for j in range(width):
        least[j] = rows[low, j]
        most[j] = rows[low, j]
    for i in range(low + 1, high):
        for j in range(width):
            code = rows[i, j]
            least[j] = min(least[j], code)
            most[j] = max(most[j], code)


@nb.njit(cache=True, nogil=True)
def _select(values, count, place):
    """The value that would stand at a place among the first ``count`` if they were sorted (quickselect)."""
    low, high = 0, count - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            break
    return values[place]


@nb.njit(cache=True, nogil=True)
def _median(rows, low, high, j, least, most, counts, values):
    """The median code of one attribute, with how many records lie below it and how many have it."""
    size = high - low
    span = most - least + 1
    half = size // 2
    if span <= _FEW or span <= 2 * size:
        counts[:span] = 0
        for i in range(low, high):
            counts[rows[i, j] - least] += 1
        below = 0
        code = 0
        while below + counts[code] <= half:
            below += counts[code]
            code += 1
        return code + least, below, counts[code]
    for i in range(low, high):
        values[i - low] = rows[i, j]
    median = _select(values, size, half)
    below = 0
    same = 0
    for i in range(low, high):
        below += rows[i, j] < median
        same += rows[i, j] == median
    return median, below, same


@nb.njit(cache=True, nogil=True)
def _swap(rows, index, i, j):
    for column in range(rows.shape[1]):
        rows[i, column], rows[j, column] = rows[j, column], rows[i, column]
    index[i], index[j] = index[j], index[i]


@nb.njit(cache=True, nogil=True)
def _move(rows, index, low, high, column, last):
    """Bring the rows whose code is at most ``last`` to the front; returns where the others begin."""
    i, j = low, high - 1
    while True:
        while i <= j and rows[i, column] <= last:
            i += 1
        while i <= j and rows[j, column] > last:
            j -= 1
        if i >= j:
            return i
        _swap(rows, index, i, j)
        i += 1
        j -= 1


@nb.njit(cache=True, nogil=True)
def _cut(rows, index, low, high, sizes, k, tried, relaxed, least, most, counts, values):
    """Cut one part where it is widest and both sides keep k records; returns the place and the attribute, or −1."""
    if high - low < 2 * k:
        return -1, -1
    _ranges(rows, low, high, least, most)
    for shared in range(2 if relaxed else 1):
        left = ~tried
        while True:
            best = -1
            widest = 0.0
            for j in range(rows.shape[1]):
                width = (most[j] - least[j]) / max(sizes[j] - 1.0, 1.0)
                if (left >> j) & 1 and width > widest:
                    widest = width
                    best = j
            if best < 0:
                break
            left &= ~(1 << best)
            median, below, same = _median(rows, low, high, best, least[best], most[best], counts, values)
            if shared:  # no cut between two values is possible: the records at the median are shared out
                middle = _move(rows, index, low, high, best, median)
                if below:
                    _move(rows, index, low, middle, best, median - 1)
                return low + (high - low) // 2, best
            front = min(below, high - low - below)
            back = min(below + same, high - low - below - same)
            if front >= k and front >= back:
                return _move(rows, index, low, high, best, median - 1), best
            if back >= k:
                return _move(rows, index, low, high, best, median), best
    return -1, -1


@nb.njit(cache=True, nogil=True)
def cut_parts(rows, index, lows, highs, tried, sizes, k, relaxed, largest, places, attributes):
    """Cut several parts once each.

    Parameters
    ----------
    rows : (records, attributes) unsigned array, reordered in place
    index : (records,) integer array, reordered with it
    lows, highs : (parts,) int64 arrays
        The part is rows low to high.
    tried : (parts,) int64 array
        Bit j: attribute j is not to be cut any more.
    sizes : (attributes,) int64 array
        Codes of each attribute.
    k : int
    relaxed : bool
    largest : int
        The largest size.
    places, attributes : (parts,) int64 arrays, written to
        Where the second side begins and along which attribute; −1 where there is no cut.
    """
    least, most = np.zeros(rows.shape[1], np.int64), np.zeros(rows.shape[1], np.int64)
    counts = np.zeros(largest + 1, np.int64)
    values = np.zeros(rows.shape[0], rows.dtype)
    for part in range(lows.size):
        places[part], attributes[part] = _cut(
            rows, index, lows[part], highs[part], sizes, k, tried[part], relaxed, least, most, counts, values
        )


@nb.njit(cache=True, nogil=True)
def divide(rows, index, low, high, sizes, k, relaxed, largest, begins):
    """Cut a part, and each side again, until no cut leaves k records on both sides.

    Parameters
    ----------
    rows, index, sizes, k, relaxed, largest
        As in `cut_parts`.
    low, high : int
    begins : (records,) bool array, written to
        True where a part begins.
    """
    least, most = np.zeros(rows.shape[1], np.int64), np.zeros(rows.shape[1], np.int64)
    counts = np.zeros(largest + 1, np.int64)
    values = np.zeros(high - low, rows.dtype)
    stack = np.zeros((128, 2), np.int64)  # the longer side waits, so that log2(records) places suffice
    stack[0, 0], stack[0, 1] = low, high
    top = 1
    while top:
        top -= 1
        low, high = stack[top, 0], stack[top, 1]
        begins[low] = True
        place, _ = _cut(rows, index, low, high, sizes, k, 0, relaxed, least, most, counts, values)
        if place < 0:
            continue
        if place - low > high - place:
            stack[top, 0], stack[top, 1] = low, place
            stack[top + 1, 0], stack[top + 1, 1] = place, high
        else:
            stack[top, 0], stack[top, 1] = place, high
            stack[top + 1, 0], stack[top + 1, 1] = low, place
        top += 2
