"""Fuzzy c-means over many centres, and groups of at least k from its memberships (compiled).

Coordinates are as in ``clustering_kernels.py``; only a record's nearest centres count: to all others its membership is
next to nothing.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0912, PLR0915, PLR0917, C901 - Numba infers types; a kernel is one loop
# mypy: ignore-errors

from __future__ import annotations

import numba as nb
import numpy as np

__all__ = ["centres_of", "memberships", "nearest", "settle"]

_CLOSE = 1e-6


@nb.njit(cache=True, nogil=True, fastmath=True)
def _apart(points, weights, centres, i, out):
    """Squared distances of a record from all centres."""
    one = np.float32(1.0)
    out[:] = np.float32(0.0)
    for j in range(points.shape[0]):
        x, weight, row = points[j, i], weights[j], centres[j]
        for c in range(out.size):
            off = min(one, abs(x - row[c]))
            out[c] += weight * off * off


@nb.njit(cache=True, nogil=True)
def nearest(points, weights, centres, first, last, at, apart):
    """The nearest centres of records first to last, nearest first.

    Parameters
    ----------
    points : (attributes, records) float32 array
    weights : (attributes,) float32 array
    centres : (attributes, centres) float32 array
    at : (records, top) int32 array, written to
    apart : (records, top) float32 array, written to
        Squared distances.
    """
    out = np.empty(centres.shape[1], dtype=np.float32)
    top = at.shape[1]
    for i in range(first, last):
        _apart(points, weights, centres, i, out)
        apart[i] = np.float32(np.inf)
        at[i] = 0
        for c in range(out.size):
            if out[c] >= apart[i, top - 1]:
                continue
            place = top - 1
            while place and apart[i, place - 1] > out[c]:
                apart[i, place], at[i, place] = apart[i, place - 1], at[i, place - 1]
                place -= 1
            apart[i, place], at[i, place] = out[c], c


@nb.njit(cache=True, nogil=True)
def memberships(apart, fuzziness, out):
    """U of each record in its nearest centres: (1/d²)^(1/(m − 1)), summing to 1 over them."""
    power = -1.0 / (fuzziness - 1.0)
    for i in range(apart.shape[0]):
        total = 0.0
        for t in range(apart.shape[1]):
            value = (max(apart[i, t], _CLOSE) / max(apart[i, 0], _CLOSE)) ** power if apart[i, t] < np.inf else 0.0
            out[i, t] = value
            total += value
        for t in range(apart.shape[1]):
            out[i, t] /= total


@nb.njit(cache=True, nogil=True)
def centres_of(points, at, shares, fuzziness, centres):
    """Means of the records, weighted by u^m; a centre near which nobody is stays."""
    width, rows = points.shape
    sums, mass = np.zeros(centres.shape), np.zeros(centres.shape[1])
    for i in range(rows):
        for t in range(at.shape[1]):
            weight = shares[i, t] ** fuzziness
            c = at[i, t]
            mass[c] += weight
            for j in range(width):
                sums[j, c] += weight * points[j, i]
    for c in range(mass.size):
        if mass[c] > _CLOSE:
            for j in range(width):
                centres[j, c] = sums[j, c] / mass[c]


@nb.njit(cache=True, nogil=True)
def settle(at, apart, shares, share, k, group, sizes):
    """One group a record: its nearest centre, but for boundary records that a small group needs more.

    A group of fewer than k takes the boundary records (those whose membership in it is at least ``share`` times their
    largest) that groups larger than k can spare, where that costs less than giving its own records to their next
    centres; otherwise it is dissolved.

    Parameters
    ----------
    at, apart, shares : (records, top) arrays
        From `nearest` and `memberships`.
    share : float
    k : int
    group : (records,) int64 array, written to
        Number of the centre; −1 for records without an open centre among their nearest.
    sizes : (centres,) int64 array, written to

    Returns
    -------
    int
        Boundary records that were in question between groups.
    """
    rows, top = at.shape
    sizes[:] = 0
    for i in range(rows):
        group[i] = at[i, 0]
        sizes[group[i]] += 1
    open_ = sizes > 0
    wanting_start = np.zeros(sizes.size + 1, dtype=np.int64)
    shared = 0
    for i in range(rows):
        for t in range(1, top):
            if shares[i, t] >= share * shares[i, 0]:
                wanting_start[at[i, t] + 1] += 1
                shared += t == 1
    wanting_start = np.cumsum(wanting_start)
    fill = wanting_start[:-1].copy()
    wanting, place = np.empty(wanting_start[-1], dtype=np.int64), np.empty(wanting_start[-1], dtype=np.int64)
    for i in range(rows):
        for t in range(1, top):
            if shares[i, t] >= share * shares[i, 0]:
                c = at[i, t]
                wanting[fill[c]], place[fill[c]] = i, t
                fill[c] += 1
    own = np.empty(rows, dtype=np.int64)
    for c in np.argsort(-sizes):
        if sizes[c] == 0 or sizes[c] >= k:
            continue
        offers, count = np.empty(wanting_start[c + 1] - wanting_start[c]), 0
        names = np.empty(offers.size, dtype=np.int64)
        for w in range(wanting_start[c], wanting_start[c + 1]):
            i = wanting[w]
            if group[i] >= 0 and group[i] != c and sizes[group[i]] > k:
                now = _distance_to(at, apart, i, group[i])
                offers[count], names[count] = apart[i, place[w]] - now, i
                count += 1
        order = np.argsort(offers[:count])
        taken, price = 0, 0.0
        while taken < count and sizes[c] + taken < k:
            price += offers[order[taken]]
            taken += 1
        loss, members = 0.0, 0
        for i in range(rows):  # others may have come since
            if group[i] == c:
                own[members] = i
                members += 1
                loss += _next_home(at, apart, open_, i, c)[1]
        if sizes[c] + taken >= k and price <= loss:
            for o in range(count):  # one that was to spare may not be any more: the next takes its place
                i = names[order[o]]
                if sizes[c] < k and sizes[group[i]] > k:
                    sizes[group[i]] -= 1
                    group[i] = c
                    sizes[c] += 1
                    own[members] = i
                    members += 1
        if sizes[c] >= k:
            continue
        open_[c] = False
        for o in range(members):
            home = _next_home(at, apart, open_, own[o], c)[0]
            group[own[o]] = home
            if home >= 0:
                sizes[home] += 1
        sizes[c] = 0
    return shared


@nb.njit(cache=True, nogil=True)
def _distance_to(at, apart, i, c):
    for t in range(at.shape[1]):
        if at[i, t] == c:
            return apart[i, t]
    return apart[i, at.shape[1] - 1]


@nb.njit(cache=True, nogil=True)
def _next_home(at, apart, open_, i, c):
    """The nearest open centre other than c, and how much further away it is."""
    now = _distance_to(at, apart, i, c)
    for t in range(at.shape[1]):
        if at[i, t] != c and open_[at[i, t]]:
            return at[i, t], apart[i, t] - now
    return -1, 1.0 + apart[i, at.shape[1] - 1]
