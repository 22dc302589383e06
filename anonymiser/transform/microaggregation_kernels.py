"""The compiled loops of microaggregation: MDAV over several columns, and the optimum over one.

Distances are summed in single precision, as sdcMicro sums them: where two records are equally far in
that precision, the same one is taken, and the groups are the same.
"""

# ruff: noqa: ANN001, ANN201, ANN202, C901, PLR0912 - Numba infers types, and a call inside a loop costs more than a branch
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_REFRESH = 8  # records taken are swept out once they are one in eight


@njit(cache=True, nogil=True)
def mdav(table, weight, k, group):
    """Number of groups; ``group`` receives the group of each record.

    ``table`` (columns, rows) is overwritten: a record that is taken becomes NaN, is nearest and farthest
    to nothing, and is swept out from time to time. ``weight`` is one over each column's variance.
    """
    columns, rows = table.shape
    row = np.arange(rows)
    far = np.empty(rows, dtype=np.float32)
    centre = np.empty(columns)
    point = np.empty(columns)
    near = np.empty(k, dtype=np.float32)
    place = np.empty(k, dtype=np.int64)
    used = rows  # places in use, taken records included
    left = rows
    made = 0
    while left >= 2 * k:
        for j in range(columns):
            centre[j] = 0.0
            for i in range(used):
                value = table[j, i]
                if value == value:  # noqa: PLR0124 - a taken record is NaN
                    centre[j] += value
            centre[j] /= left
        _distances(table, weight, centre, used, far)
        start = _farthest(far, used)
        for _turn in range(2 if left >= 3 * k else 1):
            for j in range(columns):
                point[j] = table[j, start]
            _distances(table, weight, point, used, far)
            start = _farthest(far, used)
            _nearest(far, used, near, place)
            for at in range(k):
                group[row[place[at]]] = made
                for j in range(columns):
                    table[j, place[at]] = np.nan
            made += 1
            left -= k
        if (used - left) * _REFRESH > used:
            kept = 0
            for i in range(used):
                if table[0, i] == table[0, i]:
                    for j in range(columns):
                        table[j, kept] = table[j, i]
                    row[kept] = row[i]
                    kept += 1
            used = kept
    if left:
        for i in range(used):
            if table[0, i] == table[0, i]:
                group[row[i]] = made
        made += 1
    return made


@njit(cache=True, nogil=True)
def _distances(table, weight, point, used, far):
    columns = table.shape[0]
    if columns == 3:  # noqa: PLR2004 - unrolled for the common case: half the time
        for i in range(used):
            first = np.float32((table[0, i] - point[0]) ** 2 * weight[0])
            second = np.float32((table[1, i] - point[1]) ** 2 * weight[1])
            third = np.float32((table[2, i] - point[2]) ** 2 * weight[2])
            far[i] = first + second + third
        return
    for i in range(used):
        far[i] = np.float32((table[0, i] - point[0]) ** 2 * weight[0])
    for j in range(1, columns):
        for i in range(used):
            far[i] += np.float32((table[j, i] - point[j]) ** 2 * weight[j])


@njit(cache=True, nogil=True)
def _farthest(far, used):
    """The first of the farthest."""
    most = np.float32(-1.0)
    at = 0
    for i in range(used):
        if far[i] > most:
            most = far[i]
            at = i
    return at


@njit(cache=True, nogil=True)
def _nearest(far, used, near, place):
    """The places of the k nearest; among equally near ones those that stand last."""
    k = near.size
    near[:] = np.float32(np.inf)
    place[:] = -1
    worst = near[k - 1]
    for i in range(used - 1, -1, -1):
        value = far[i]
        if value < worst:
            at = k - 1
            while at and near[at - 1] > value:
                near[at] = near[at - 1]
                place[at] = place[at - 1]
                at -= 1
            near[at] = value
            place[at] = i
            worst = near[k - 1]


@njit(cache=True, nogil=True)
def optimum(values, k, group):
    """Number of groups of sorted values with least sum of squares, each of k to 2k − 1.

    A shortest path over the positions between records: ``best[i]`` is the least sum of squares of the
    first i records, and a group never needs 2k records, because two of k are at least as good.
    """
    rows = values.size
    total = np.zeros(rows + 1)
    square = np.zeros(rows + 1)
    middle = values[rows // 2]  # sums of small numbers lose less
    for i in range(rows):
        away = values[i] - middle
        total[i + 1] = total[i] + away
        square[i + 1] = square[i] + away * away
    best = np.full(rows + 1, np.inf)
    came = np.zeros(rows + 1, dtype=np.int64)
    best[0] = 0.0
    for i in range(k, rows + 1):
        for start in range(max(0, i - 2 * k + 1), i - k + 1):
            if best[start] == np.inf:
                continue
            length = i - start
            gone = total[i] - total[start]
            cost = best[start] + max(0.0, square[i] - square[start] - gone * gone / length)
            if cost < best[i]:
                best[i] = cost
                came[i] = start
    made = 0
    stop = rows
    while stop > 0:
        for i in range(came[stop], stop):
            group[i] = made
        made += 1
        stop = came[stop]
    return made
