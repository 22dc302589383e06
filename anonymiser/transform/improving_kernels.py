"""Making given groups of records lose less, each keeping k records (compiled).

A group's loss is the weighted sum of its ranges (at most 1 each), charged to the mass of its records. Coordinates are
as in ``clustering_kernels.py``.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0912, PLR0917, C901 - Numba infers types; a kernel is one loop
# mypy: ignore-errors

from __future__ import annotations

import numba as nb
import numpy as np

__all__ = ["assign", "improve", "regroup"]

_LEAST = 1e-6
_OUT = np.float32(9.0)  # beyond every coordinate


@nb.njit(cache=True, nogil=True)
def _loss(weights, low, high, g):
    total = np.float32(0.0)
    for j in range(weights.size):
        total += weights[j] * min(np.float32(1.0), high[j, g] - low[j, g])
    return total


@nb.njit(cache=True, nogil=True)
def _gather(points, weights, records, group, groups, spare):
    """Members, sizes, masses, ends and losses of the groups; records of no group are left out."""
    width, rows = points.shape
    sizes, mass = np.zeros(groups, dtype=np.int64), np.zeros(groups)
    for i in range(rows):
        if group[i] >= 0:
            sizes[group[i]] += 1
    members = np.zeros((groups, sizes.max() + spare), dtype=np.int64)
    low = np.full((width, groups), _OUT, dtype=np.float32)
    high = np.full((width, groups), -_OUT, dtype=np.float32)
    sizes[:] = 0
    for i in range(rows):
        if group[i] >= 0:
            _enter(points, records, i, group[i], members, sizes, mass, low, high)
    losses = np.zeros(groups, dtype=np.float32)
    for g in range(groups):
        if sizes[g]:
            losses[g] = _loss(weights, low, high, g)
    return members, sizes, mass, low, high, losses


@nb.njit(cache=True, nogil=True)
def _enter(points, records, i, g, members, sizes, mass, low, high):
    members[g, sizes[g]] = i
    sizes[g] += 1
    mass[g] += records[i]
    for j in range(points.shape[0]):
        x = points[j, i]
        low[j, g], high[j, g] = min(low[j, g], x), max(high[j, g], x)


@nb.njit(cache=True, nogil=True)
def _empty(g, sizes, mass, low, high, losses):
    sizes[g], mass[g], losses[g] = 0, 0.0, np.float32(0.0)
    low[:, g], high[:, g] = _OUT, -_OUT


@nb.njit(cache=True, nogil=True, fastmath=True)
def _ranges_with(points, weights, i, low, high, out):
    """What every group would lose with a record."""
    one = np.float32(1.0)
    out[:] = np.float32(0.0)
    for j in range(points.shape[0]):
        x, weight, least, most = points[j, i], weights[j], low[j], high[j]
        for g in range(out.size):
            out[g] += weight * min(one, max(most[g], x) - min(least[g], x))


@nb.njit(cache=True, nogil=True)
def _best_home(points, weights, records, i, own, members, sizes, mass, low, high, losses, out):
    """The group to which a record adds least, and what it adds to the loss of all its records."""
    _ranges_with(points, weights, i, low, high, out)
    best, home = np.inf, -1
    for g in range(out.size):
        if g != own and 0 < sizes[g] < members.shape[1]:
            cost = (mass[g] + records[i]) * out[g] - mass[g] * losses[g]
            if cost < best:
                best = cost
                home = g
    return best, home


@nb.njit(cache=True, nogil=True)
def assign(points, weights, records, group, groups, k):
    """Give every record of no group (−1) to the group to which it adds least."""
    members, sizes, mass, low, high, losses = _gather(points, weights, records, group, groups, 4 * k)
    out = np.empty(groups, dtype=np.float32)
    for i in range(group.size):
        if group[i] < 0:
            _, home = _best_home(points, weights, records, i, -1, members, sizes, mass, low, high, losses, out)
            group[i] = home
            _enter(points, records, i, home, members, sizes, mass, low, high)
            losses[home] = _loss(weights, low, high, home)


@nb.njit(cache=True, nogil=True)
def improve(points, weights, records, group, groups, k, rounds):
    """Dissolve groups whose records lose less elsewhere, and move single records out of groups larger than k.

    Parameters
    ----------
    points : (attributes, records) float32 array
    weights : (attributes,) float32 array
    records : (records,) float64 array
        Mass of each record.
    group : (records,) int64 array, changed
        Dissolved groups leave their numbers unused.
    groups, k, rounds : int
    """
    members, sizes, mass, low, high, losses = _gather(points, weights, records, group, groups, 10 * k)
    out = np.empty(groups, dtype=np.float32)
    for _ in range(rounds):
        changed = 0
        for g in np.argsort(-losses):
            count, have = sizes[g], mass[g] * losses[g]
            if count == 0 or count >= 2 * k:
                continue
            wanted = 0.0
            for m in range(count):
                cost, home = _best_home(
                    points, weights, records, members[g, m], g, members, sizes, mass, low, high, losses, out
                )
                wanted += cost
                if wanted > have - _LEAST:
                    break
            if wanted > have - _LEAST:
                continue
            _empty(g, sizes, mass, low, high, losses)
            for m in range(count):
                i = members[g, m]
                _, home = _best_home(points, weights, records, i, g, members, sizes, mass, low, high, losses, out)
                home = g if home < 0 else home
                group[i] = home
                _enter(points, records, i, home, members, sizes, mass, low, high)
                losses[home] = _loss(weights, low, high, home)
            changed += 1
        for g in range(groups):
            m = 0
            while m < sizes[g] and sizes[g] > k:
                i = members[g, m]
                gain = mass[g] * losses[g] - (mass[g] - records[i]) * _without(points, weights, members[g], sizes[g], m)
                m += 1
                if gain <= _LEAST:
                    continue
                cost, home = _best_home(points, weights, records, i, g, members, sizes, mass, low, high, losses, out)
                if cost >= gain - _LEAST:
                    continue
                count = sizes[g]
                _empty(g, sizes, mass, low, high, losses)
                for other in range(count):
                    if members[g, other] != i:
                        _enter(points, records, members[g, other], g, members, sizes, mass, low, high)
                losses[g] = _loss(weights, low, high, g)
                group[i] = home
                _enter(points, records, i, home, members, sizes, mass, low, high)
                losses[home] = _loss(weights, low, high, home)
                changed += 1
                m -= 1
        if not changed:
            break


@nb.njit(cache=True, nogil=True)
def _without(points, weights, members, count, skipped):
    """What a group would lose without one of its members."""
    total = 0.0
    for j in range(points.shape[0]):
        least, most = _OUT, -_OUT
        for m in range(count):
            if m != skipped:
                x = points[j, members[m]]
                least, most = min(least, x), max(most, x)
        total += weights[j] * min(1.0, most - least)
    return total


@nb.njit(cache=True, nogil=True)
def _divide(points, weights, pool, seed, k, label, low, high):
    """Groups of k among a few records: from a seed whoever costs least, the next seed furthest from the last one.

    Returns how many; the last records, fewer than k, go where they widen least.
    """
    width, one = points.shape[0], np.float32(1.0)
    count = pool.size
    label[:count] = -1
    left, made = count, 0
    while left >= k:
        for j in range(width):
            low[j, made] = high[j, made] = points[j, pool[seed]]
        place = seed
        for member in range(k):
            if member:
                best, place = np.float32(np.inf), 0
                for i in range(count):
                    if label[i] < 0:
                        cost = np.float32(0.0)
                        for j in range(width):
                            x = points[j, pool[i]]
                            cost += weights[j] * min(one, max(high[j, made], x) - min(low[j, made], x))
                        if cost < best:
                            best = cost
                            place = i
            label[place] = made
            for j in range(width):
                x = points[j, pool[place]]
                low[j, made], high[j, made] = min(low[j, made], x), max(high[j, made], x)
        left -= k
        best, after = np.float32(-1.0), seed
        for i in range(count):
            if label[i] < 0:
                cost = np.float32(0.0)
                for j in range(width):
                    cost += weights[j] * min(one, abs(points[j, pool[i]] - points[j, pool[seed]]))
                if cost > best:
                    best = cost
                    after = i
        seed = after
        made += 1
    for i in range(count):
        if label[i] < 0:
            best, home = np.float32(np.inf), 0
            for g in range(made):
                cost = np.float32(0.0)
                for j in range(width):
                    x = points[j, pool[i]]
                    cost += weights[j] * (
                        min(one, max(high[j, g], x) - min(low[j, g], x)) - min(one, high[j, g] - low[j, g])
                    )
                if cost < best:
                    best = cost
                    home = g
            label[i] = home
            for j in range(width):
                x = points[j, pool[i]]
                low[j, home], high[j, home] = min(low[j, home], x), max(high[j, home], x)
    return made


@nb.njit(cache=True, nogil=True)
def regroup(points, weights, records, group, groups, k, near, draws, first, last):
    """Put each group together with its nearest ones and divide their records anew; what loses less stays.

    Parameters
    ----------
    points, weights, records, group, groups, k
        As in `improve`.
    near : int
        How many neighbours are tried, one more at a time.
    draws : (groups,) float64 array
        From 0 to below 1: which record of the pool becomes the first seed.
    first, last : int
        Groups first to last are looked at.

    Returns
    -------
    int
        How often groups changed.
    """
    members, sizes, mass, low, high, losses = _gather(points, weights, records, group, groups, 8 * k)
    width, changes, one = points.shape[0], 0, np.float32(1.0)
    largest = (near + 1) * members.shape[1]
    label, pool = np.empty(largest, dtype=np.int64), np.empty(largest, dtype=np.int64)
    tried_low = np.empty((width, largest // max(k, 1) + 1), dtype=np.float32)
    tried_high = np.empty_like(tried_low)
    tried_mass = np.empty(tried_low.shape[1])
    chosen, apart = np.empty(near + 1, dtype=np.int64), np.empty(groups, dtype=np.float32)
    for g in range(first, last):
        if sizes[g] == 0 or losses[g] <= 0:
            continue
        apart[:] = np.float32(0.0)
        for j in range(width):
            least, most, weight = low[j, g], high[j, g], weights[j]
            for h in range(groups):
                apart[h] += weight * min(one, max(high[j, h], most) - min(low[j, h], least))
        for h in range(groups):
            apart[h] = np.float32(np.inf) if h == g or sizes[h] == 0 else apart[h] - max(losses[h], losses[g])
        chosen[0] = g
        count = sizes[g]
        pool[:count] = members[g, :count]
        have = mass[g] * losses[g]
        for number in range(1, near + 1):
            h = np.argmin(apart)
            if not apart[h] < np.inf:
                break
            apart[h] = np.float32(np.inf)
            chosen[number] = h
            pool[count : count + sizes[h]] = members[h, : sizes[h]]
            count += sizes[h]
            have += mass[h] * losses[h]
            made = _divide(points, weights, pool[:count], int(draws[g] * count), k, label, tried_low, tried_high)
            if made > number + 1:
                continue
            tried_mass[:made] = 0.0
            for i in range(count):
                tried_mass[label[i]] += records[pool[i]]
            total = 0.0
            for t in range(made):
                total += tried_mass[t] * _loss(weights, tried_low, tried_high, t)
            if total >= have - _LEAST:
                continue
            for c in range(number + 1):
                _empty(chosen[c], sizes, mass, low, high, losses)
            for i in range(count):
                home = chosen[label[i]]  # of fewer than 2k records: there is room
                group[pool[i]] = home
                _enter(points, records, pool[i], home, members, sizes, mass, low, high)
            for c in range(made):
                losses[chosen[c]] = _loss(weights, low, high, chosen[c])
            changes += 1
            break
    return changes
