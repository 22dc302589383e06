"""The compiled loop that counts, for many people, the records in all windows of each."""

# ruff: noqa: ANN001, ANN201, PLR0917 - Numba infers types and takes arguments in order
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_BY_BISECTION = 1  # windows in which counting needs no scan


@njit(cache=True, nogil=True)
def count_in_windows(starts, codes, records, before, groups, low, high, most, out):
    """Records in the windows of each person, counted up to ``most``.

    Parameters
    ----------
    starts : (groups + 1,) int64 array
        Group ``g`` has the points ``starts[g]:starts[g + 1]``, ordered by their first code.
    codes : (windows, points) int32 array
    records : (points,) int64 array
        Records behind each point.
    before : (points + 1,) int64 array
        Their running sum.
    groups : (people,) array
        Group of each person.
    low, high : (windows, people) int32 arrays
    most : int
        Counting stops here; a count may go past it by the records of one point.
    out : (people,) int64 array
    """
    windows = codes.shape[0]
    for person in range(groups.size):
        first, stop = starts[groups[person]], starts[groups[person] + 1]
        first += np.searchsorted(codes[0, first:stop], low[0, person])
        last = first + np.searchsorted(codes[0, first:stop], high[0, person] + 1)
        if windows == _BY_BISECTION:
            out[person] = before[last] - before[first]
            continue
        total = np.int64(0)
        for at in range(first, last):
            agrees = True
            for w in range(1, windows):
                code = codes[w, at]
                agrees &= low[w, person] <= code <= high[w, person]
            if agrees:
                total += records[at]
                if total >= most:
                    break
        out[person] = total


@njit(cache=True, nogil=True)
def count_people_in_windows(starts, codes, numbers, groups, low, high, seen, most, out):
    """People with a record in the windows of each person asked about, counted up to ``most``.

    Parameters
    ----------
    starts, codes, groups, low, high, most, out
        As in `count_in_windows`; there may be no window.
    numbers : (points,) int64 array
        Person behind each point, -1 for nobody known.
    seen : (people,) int64 array
        All -1: who was counted for whom.
    """
    windows = codes.shape[0]
    for person in range(groups.size):
        first, last = starts[groups[person]], starts[groups[person] + 1]
        if windows:
            stop = last
            first += np.searchsorted(codes[0, first:stop], low[0, person])
            last = first + np.searchsorted(codes[0, first:stop], high[0, person] + 1)
        total, unknown = np.int64(0), np.int64(0)
        for at in range(first, last):
            agrees = True
            for w in range(1, windows):
                code = codes[w, at]
                agrees &= low[w, person] <= code <= high[w, person]
            number = numbers[at]
            if agrees and number < 0:
                unknown = 1
            elif agrees and seen[number] != person:
                seen[number] = person
                total += 1
                if total >= most:
                    break
        out[person] = max(total, unknown)
