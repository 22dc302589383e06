"""Microaggregation: numbers are replaced by the mean of a small group of people with similar numbers.

Tables are (records, columns) arrays without missing numbers. Each record's group is a number from 0.

References
----------
Domingo-Ferrer, Mateo-Sanz (2002), Practical data-oriented microaggregation for statistical disclosure
control (MDAV; here the multivariate fixed-size variant of Domingo-Ferrer and Torra (2005), Ordinal,
continuous and heterogeneous k-anonymity through microaggregation, which sdcMicro computes too).
Hansen, Mukherjee (2003), A polynomial algorithm for optimal univariate microaggregation.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError

__all__ = ["group_means", "lost_share", "mdav", "optimal", "projected", "ranked"]

Groups = npt.NDArray[np.int64]
Table = npt.NDArray[np.float64]


def mdav(table: npt.ArrayLike, k: int) -> Groups:
    """Groups of k similar records: those around the farthest record, those around the one farthest from it, and so on.

    Parameters
    ----------
    table : (records, columns) array
        Each column counts in units of its standard deviation.
    k : int
        Every group has k records, the last one up to 2k − 1.

    Returns
    -------
    (records,) int64 array

    Raises
    ------
    InputError
        Fewer than k records.

    Notes
    -----
    Distances are squared and standardised (variance with n). Ties are broken as in sdcMicro 5.8: the first of the
    farthest records, the last of the nearest ones, in single precision.

    Examples
    --------
    >>> mdav([[1.0], [9.0], [2.0], [8.0]], 2)
    array([0, 1, 0, 1])
    """
    from anonymiser.transform import microaggregation_kernels

    numbers = _table(table, k)
    variance = (numbers**2).mean(axis=0) - numbers.mean(axis=0) ** 2
    weight = np.divide(1.0, variance, out=np.ones_like(variance), where=variance > 0)
    group = np.empty(numbers.shape[0], dtype=np.int64)
    microaggregation_kernels.mdav(np.array(numbers.T, order="C"), weight, k, group)
    return _in_order(group)


def optimal(values: npt.ArrayLike, k: int) -> Groups:
    """Groups of one column with the least sum of squares that groups of at least k can have.

    Parameters
    ----------
    values : (records,) array
    k : int

    Returns
    -------
    (records,) int64 array
        Numbered from the smallest values.

    Raises
    ------
    InputError
        Fewer than k records.

    Examples
    --------
    >>> optimal([1.0, 10.0, 2.0, 11.0, 3.0], 2)
    array([0, 1, 0, 1, 0])
    """
    from anonymiser.transform import microaggregation_kernels

    numbers = _table(values, k)[:, 0]
    order = np.argsort(numbers, kind="stable")
    place = np.empty(numbers.size, dtype=np.int64)
    made = microaggregation_kernels.optimum(numbers[order], k, place)
    group = np.empty_like(place)
    group[order] = made - 1 - place
    return group


def ranked(values: npt.ArrayLike, k: int) -> Groups:
    """Groups of k neighbours in the order of one column, the last up to 2k − 1 (individual ranking).

    Raises
    ------
    InputError
        Fewer than k records.

    Examples
    --------
    >>> ranked([5.0, 1.0, 4.0, 2.0, 3.0], 2)
    array([1, 0, 1, 0, 1])
    """
    numbers = _table(values, k)[:, 0]
    group = np.empty(numbers.size, dtype=np.int64)
    group[np.argsort(numbers, kind="stable")] = np.minimum(np.arange(numbers.size) // k, numbers.size // k - 1)
    return group


def projected(table: npt.ArrayLike, k: int) -> Groups:
    """Groups of k neighbours along the first principal component of the standardised columns.

    Raises
    ------
    InputError
        Fewer than k records.
    """
    numbers = _table(table, k)
    away = numbers - numbers.mean(axis=0)
    spread = away.std(axis=0)
    scaled = np.divide(away, spread, out=np.zeros_like(away), where=spread > 0)
    _, vectors = np.linalg.eigh(scaled.T @ scaled)
    first = vectors[:, -1]
    first *= np.sign(first[np.argmax(np.abs(first))])  # either sign is an eigenvector
    return ranked(scaled @ first, k)


def group_means(table: npt.ArrayLike, group: npt.NDArray[np.integer]) -> Table:
    """Each record's number replaced by the mean of its group; a missing number stays, and counts nothing."""
    numbers = np.asarray(table, dtype=np.float64)
    wide = numbers.reshape(numbers.shape[0], -1)
    result = np.empty_like(wide)
    for j in range(wide.shape[1]):
        known = ~np.isnan(wide[:, j])
        total = np.bincount(group[known], wide[known, j], minlength=int(group.max(initial=0)) + 1)
        size = np.bincount(group[known], minlength=total.size)
        mean = np.divide(total, size, out=np.full(total.size, np.nan), where=size > 0)
        result[:, j] = np.where(known, mean[group], np.nan)
    return result.reshape(numbers.shape)


def lost_share(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """SSE / SST of the standardised columns, from 0 (nothing changed) to 1 (all at the mean).

    Records with a missing number in either table are left out; constant columns count nothing.
    """
    before, after = (np.asarray(table, dtype=np.float64) for table in (original, released))
    before, after = (table.reshape(table.shape[0], -1) for table in (before, after))
    there = ~(np.isnan(before) | np.isnan(after)).any(axis=1)
    before, after = before[there], after[there]
    if not before.size:
        return 0.0
    variance = before.var(axis=0)
    varies = variance > 0
    if not varies.any():
        return 0.0
    error = ((before - after) ** 2).mean(axis=0)
    return float((error[varies] / variance[varies]).mean())


def _table(table: npt.ArrayLike, k: int) -> Table:
    numbers = np.asarray(table, dtype=np.float64)
    numbers = numbers.reshape(numbers.shape[0], -1)
    if k < 1:
        raise InputError("A group has at least one record: choose a size of 1 or more.")
    if numbers.shape[0] < k:
        raise InputError(f"Groups of {k:,} need at least {k:,} records; there are {numbers.shape[0]:,}.")
    return numbers


def _in_order(group: Groups) -> Groups:
    """Groups numbered in the order of their first record, so that the order of their making is not seen."""
    _, first, inverse = np.unique(group, return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(first.size)
    return rank[inverse]
