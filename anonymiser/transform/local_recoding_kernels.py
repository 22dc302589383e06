"""The compiled loops of local recoding: which column a group of records is best shown more exactly in."""

# ruff: noqa: ANN001, ANN201, C901, PLR0917 - Numba infers types; a kernel is one loop
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["better_groups", "choose", "tighten"]

_LITTLE = 1e-3  # a step that costs no split is nearly free


@njit(cache=True, nogil=True)
def tighten(rows, order, lows, highs, maps, levels):
    """Lower the levels of each group as far as its records still read the same.

    Parameters
    ----------
    rows : (records, attributes) int32 array
        Codes at the finest level.
    order : (records of the groups,) int64 array
        Records, group by group.
    lows, highs : (groups,) int64 arrays
        Group ``g`` has the records ``order[lows[g]:highs[g]]``.
    maps : (attributes, levels, codes) int32 array
        Code at each level of each finest code.
    levels : (groups, attributes) int64 array, written to
    """
    for group in range(lows.size):
        for j in range(rows.shape[1]):
            while levels[group, j] > 0:
                below = maps[j, levels[group, j] - 1]
                first = below[rows[order[lows[group]], j]]
                same = True
                for place in range(lows[group] + 1, highs[group]):
                    if below[rows[order[place], j]] != first:
                        same = False
                        break
                if not same:
                    break
                levels[group, j] -= 1


@njit(cache=True, nogil=True)
def choose(rows, order, lows, highs, maps, losses, levels, tried, k, attributes):
    """The attribute in which one step down pays most in each group; −1 where none is possible.

    A step down puts the records of each label of at least k into a group of their own; the others stay, and have to
    be none or at least k, so that the smallest of the new groups may have to stay with them. What it pays is the loss
    saved a record, over the root of the bits by which it splits the group.

    Parameters
    ----------
    rows, order, lows, highs, maps, levels
        As in `tighten`.
    losses : (attributes, levels, codes) float64 array
        Loss of each label, 0 to 1.
    tried : (groups,) int64 array
        Bit j: not attribute j.
    k : int
    attributes : (groups,) int64 array, written to
    """
    records = np.zeros(maps.shape[2], np.int64)
    for group in range(lows.size):
        low, high = lows[group], highs[group]
        size = high - low
        attributes[group] = -1
        highest = 0.0
        for j in range(rows.shape[1]):
            level = levels[group, j]
            if level == 0 or (tried[group] >> j) & 1:
                continue
            below = maps[j, level - 1]
            least, most = maps.shape[2], -1
            for place in range(low, high):
                code = below[rows[order[place], j]]
                records[code] += 1
                least = min(least, code)
                most = max(most, code)
            left = size
            smallest = size + 1
            for code in range(least, most + 1):
                if records[code] >= k:
                    left -= records[code]
                    smallest = min(smallest, records[code])
            now = losses[j, level, maps[j, level, rows[order[low], j]]]
            stays = 0 < left < k
            gain = 0.0
            bits = 0.0
            for code in range(least, most + 1):
                number = records[code]
                records[code] = 0
                if number < k:
                    continue
                if stays and number == smallest:
                    stays = False
                    left += number
                    continue
                gain += number * (now - losses[j, level - 1, code])
                bits -= number / size * np.log2(number / size)
            if left:
                bits -= left / size * np.log2(left / size)
            score = gain / size / np.sqrt(bits + _LITTLE)
            if score > highest:
                highest = score
                attributes[group] = j


@njit(cache=True, nogil=True)
def better_groups(rows, maps, levels, labels, loss, begins, groups, group_of, movable, best):
    """For each record that may move, the group of least loss whose labels it reads as.

    Parameters
    ----------
    rows, maps, levels
        As in `tighten`.
    labels : (groups, attributes) int32 array
        Codes of each group at its levels.
    loss : (groups,) float64 array
    begins : (kinds + 1,) int64 array
        Groups of one kind (the same levels) are ``groups[begins[i]:begins[i + 1]]``.
    groups : (groups,) int64 array
    group_of : (records,) int64 array
    movable : (records,) bool array
    best : (records,) int64 array, written to
        −1 where no group is better than its own.
    """
    width = rows.shape[1]
    factors = np.empty(width, np.uint64)
    mixed = np.uint64(88172645463325252)
    for j in range(width):
        mixed ^= mixed << np.uint64(13)
        mixed ^= mixed >> np.uint64(7)
        mixed ^= mixed << np.uint64(17)
        factors[j] = mixed | np.uint64(1)
    lowest = loss[group_of]
    best[:] = -1
    for kind in range(begins.size - 1):
        first, stop = begins[kind], begins[kind + 1]
        places = 16
        while places < 3 * (stop - first):
            places *= 2
        table = np.full(places, -1, np.int64)
        mask = np.uint64(places - 1)
        least = np.inf
        for at in range(first, stop):
            least = min(least, loss[groups[at]])
            key = np.uint64(0)
            for j in range(width):
                key += np.uint64(labels[groups[at], j] + 1) * factors[j]
            place = (key >> np.uint64(24)) & mask
            while table[place] >= 0:
                place = (place + np.uint64(1)) & mask
            table[place] = groups[at]
        own = levels[groups[first]]
        for record in range(rows.shape[0]):
            if not movable[record] or lowest[record] <= least:
                continue
            key = np.uint64(0)
            for j in range(width):
                key += np.uint64(maps[j, own[j], rows[record, j]] + 1) * factors[j]
            place = (key >> np.uint64(24)) & mask
            while table[place] >= 0:
                group = table[place]
                same = loss[group] < lowest[record]
                for j in range(width):
                    same = same and labels[group, j] == maps[j, own[j], rows[record, j]]
                if same:
                    best[record] = group
                    lowest[record] = loss[group]
                place = (place + np.uint64(1)) & mask
