"""Greedy clustering of records into groups of at least k (compiled).

Coordinates are an (attributes, records) float32 matrix from 0 to 1; 2 stands for a missing value, which is as far from
every other value as the two ends are. What a group loses in an attribute is the range of its coordinates, at most 1.
"""

# ruff: noqa: ANN001, ANN201, ANN202, PLR0917 - Numba infers types; a kernel is one loop
# mypy: ignore-errors

from __future__ import annotations

import numba as nb
import numpy as np

__all__ = ["distances", "k_member"]

_CHUNK = 1024
_COMPACT = np.float32(2.0)
"""How much the distance from the middle of a group counts beside what the group loses: of the values tried on Adult
(0, 0.1, 0.5, 2), the one with which groups lost least."""


@nb.njit(cache=True, nogil=True, fastmath=True)
def _costs(points, weights, low, high, middle, start, stop, out):
    """What a group would lose with each record of a chunk, and how far the record is from its middle, weighted."""
    for i in range(stop - start):
        out[i] = np.float32(0.0)
    one = np.float32(1.0)
    for j in range(points.shape[0]):
        least, most, centre, weight, row = low[j], high[j], middle[j], weights[j], points[j]
        for i in range(stop - start):
            x = row[start + i]
            off = min(one, abs(x - centre))
            out[i] += weight * (min(one, max(most, x) - min(least, x)) + _COMPACT * off * off)


@nb.njit(cache=True, nogil=True, fastmath=True)
def distances(points, weights, centre, start, stop, out):
    """Weighted sum over the attributes of the distances from a point: (stop − start,) float32 array, written to."""
    for i in range(stop - start):
        out[i] = np.float32(0.0)
    one = np.float32(1.0)
    for j in range(points.shape[0]):
        at, weight, row = centre[j], weights[j], points[j]
        for i in range(stop - start):
            out[i] += weight * min(one, abs(row[start + i] - at))


@nb.njit(cache=True, nogil=True)
def _cheapest(points, weights, low, high, middle, left, preference, chunk):
    """Place of the record that costs least, divided by how much it is preferred."""
    best, place = np.float32(np.inf), 0
    for start in range(0, left, _CHUNK):
        stop = min(start + _CHUNK, left)
        _costs(points, weights, low, high, middle, start, stop, chunk)
        for i in range(stop - start):
            cost = chunk[i] / preference[start + i]
            if cost < best:
                best = cost
                place = start + i
    return place


@nb.njit(cache=True, nogil=True)
def _furthest(points, weights, centre, left, rank, chunk):
    """Place of the record of the highest rank that is furthest from a point."""
    best, place = np.float32(-np.inf), 0
    for start in range(0, left, _CHUNK):
        stop = min(start + _CHUNK, left)
        distances(points, weights, centre, start, stop, chunk)
        for i in range(stop - start):
            score = chunk[i] + rank[start + i]
            if score > best:
                best = score
                place = start + i
    return place


@nb.njit(cache=True, nogil=True)
def k_member(points, weights, rank, preference, k, first, group):
    """Groups of k, one after the other: a seed far from the last one, then whoever costs least, again and again.

    Parameters
    ----------
    points : (attributes, records) float32 array, used up
    weights : (attributes,) float32 array
    rank, preference : (records,) float32 arrays, used up
        Added to the distance when a seed is chosen; by which the cost of a record is divided.
    k : int
    first : int
        The record from which the first seed is far.
    group : (records,) int64 array, written to
        Group of each record; the last records, fewer than k, have −1.

    Returns
    -------
    int
        Number of groups.
    """
    width, rows = points.shape
    index = np.arange(rows)
    chunk = np.empty(_CHUNK, dtype=np.float32)
    low, high = np.empty(width, dtype=np.float32), np.empty(width, dtype=np.float32)
    middle, centre = np.empty(width, dtype=np.float32), points[:, first].copy()
    group[:] = -1
    left, made = rows, 0
    while left >= k:
        place = _furthest(points, weights, centre, left, rank, chunk)
        for j in range(width):
            centre[j] = low[j] = high[j] = middle[j] = points[j, place]
        for member in range(k):
            if member:
                place = _cheapest(points, weights, low, high, middle, left, preference, chunk)
            left -= 1
            group[index[place]] = made
            index[place] = index[left]
            rank[place] = rank[left]
            preference[place] = preference[left]
            for j in range(width):
                x = points[j, place]
                low[j], high[j] = min(low[j], x), max(high[j], x)
                middle[j] += (x - middle[j]) / np.float32(member + 1)
                points[j, place] = points[j, left]
        made += 1
    return made
