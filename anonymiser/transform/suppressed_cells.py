"""Local suppression: which cells to empty so that every group has k people.

Codes are (columns, records) arrays; the blank is one more than the largest code of a column.

References
----------
Templ, Kowarik, Meindl (2015), Statistical disclosure control for micro-data using the R package sdcMicro.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError

__all__ = ["MAX_COLUMNS", "class_sizes", "empty_any", "empty_own", "match_counts"]

Codes = npt.NDArray[np.int64]
MAX_COLUMNS = 12
"""Every set of columns is tried: 4,096 of them."""


def class_sizes(codes: Codes) -> npt.NDArray[np.int64]:
    """People in each record's class, where a blank is a value of its own: (records,) array."""
    keys = _keys(codes)
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return counts[inverse].astype(np.int64)


def match_counts(codes: Codes, blank: int, rows: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.int64]:
    """Records that each record matches, itself included, where a blank matches anything (sdcMicro's reading)."""
    from anonymiser.transform import local_suppression_kernels

    wanted = np.arange(codes.shape[1]) if rows is None else rows
    result = np.empty(wanted.size, dtype=np.int64)
    local_suppression_kernels.matches(codes, blank, wanted, result)
    return result


def empty_own(codes: Codes, blank: int, k: int, keep: Sequence[int] = ()) -> Codes:
    """Codes with cells emptied so that every record is one of k that read the same, blanks included.

    Parameters
    ----------
    codes : (columns, records) int64 array
    blank : int
        The code of an empty cell, in all columns.
    k : int
    keep : sequence of int
        Columns to empty last, the most important first.

    Returns
    -------
    (columns, records) int64 array
        Records that cannot be helped (fewer than k in the table) are empty altogether.

    Notes
    -----
    Sets of columns are emptied by rising size: among those of a size, the one that helps most people goes first (with
    ``keep``, the least important one). People left at the end lose all their cells; where these are fewer than k, the
    missing ones are taken from the classes that can spare them.

    Raises
    ------
    InputError
        Over twelve columns.
    """
    result = codes.copy()
    if k > codes.shape[1]:
        result[:] = blank
        return result
    poor = class_sizes(result) < k
    for size in range(1, codes.shape[0] + 1):
        sets = _sets(codes.shape[0], size, keep)
        if not keep:
            helped = [_helped(result, blank, poor, chosen, k).sum() for chosen in sets] if poor.any() else []
            sets = [sets[i] for i in np.argsort(-np.array(helped, dtype=np.int64), kind="stable").tolist()]
        for chosen in sets:
            if not poor.any():
                return result
            rows = np.flatnonzero(poor)[_helped(result, blank, poor, chosen, k)]
            result[np.ix_(np.array(chosen), rows)] = blank
            poor[rows] = False
    if poor.any():
        _join_the_rest(result, blank, poor, k)
    return result


def empty_any(codes: Codes, blank: int, k: int, keep: Sequence[int] = ()) -> Codes:
    """Codes with cells emptied so that every record matches k records, where a blank matches anything.

    The rarest people come first; each loses the smallest set of cells that is enough at that moment, of the least
    important columns among equals.

    Parameters
    ----------
    codes, blank, k, keep
        As in `empty_own`; of the columns that ``keep`` does not name, those with fewest values are kept longest, as in
        sdcMicro.

    Raises
    ------
    InputError
        Over twelve columns.
    """
    from anonymiser.transform import local_suppression_kernels

    result = codes.astype(np.int32)
    if k > codes.shape[1]:
        result[:] = blank
        return result.astype(np.int64)
    rows = np.flatnonzero(class_sizes(codes) < k)
    rows = rows[np.argsort(match_counts(codes, blank, rows), kind="stable")]
    few_first = sorted(range(codes.shape[0]), key=lambda j: (np.unique(codes[j]).size, j))
    important = [*keep, *(j for j in few_first if j not in keep)]
    order = [
        sum(1 << j for j in chosen)
        for size in range(1, codes.shape[0] + 1)
        for chosen in _sets(codes.shape[0], size, important)
    ]
    local_suppression_kernels.empty_cells(result, np.int32(blank), rows, np.array(order, dtype=np.int64), k)
    return result.astype(np.int64)


def _sets(columns: int, size: int, keep: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of columns, those with the least important columns first."""
    if columns > MAX_COLUMNS:
        raise InputError(
            f"Local suppression looks at all sets of quasi-identifiers and takes at most {MAX_COLUMNS} of them, not "
            f"{columns}. Hide some first."
        )
    weight = {column: len(keep) - place for place, column in enumerate(keep)}
    chosen = combinations(range(columns), size)
    return sorted(chosen, key=lambda each: sorted((weight.get(column, 0) for column in each), reverse=True))


def _keys(codes: Codes) -> npt.NDArray[np.int64]:
    """One number for each different record."""
    key = np.zeros(codes.shape[1], dtype=np.int64)
    for column in codes:
        key = np.unique(key * (int(column.max(initial=0)) + 1) + column, return_inverse=True)[1].astype(np.int64)
    return key


def _helped(
    codes: Codes, blank: int, poor: npt.NDArray[np.bool_], chosen: tuple[int, ...], k: int
) -> npt.NDArray[np.bool_]:
    """Which of the poor records would be one of k if those columns were emptied for all of the poor."""
    rows = np.flatnonzero(poor)
    trial = codes[:, rows].copy()
    trial[list(chosen)] = blank
    alike = (codes[list(chosen)] == blank).all(axis=0) & ~poor  # people who have these blanks already
    both = np.concatenate([trial, codes[:, alike]], axis=1)
    return class_sizes(both)[: rows.size] >= k


def _join_the_rest(codes: Codes, blank: int, poor: npt.NDArray[np.bool_], k: int) -> None:
    """Empty the rest altogether, with as many others as they need."""
    codes[:, poor] = blank
    empty = (codes == blank).all(axis=0)
    lacking = k - int(empty.sum())
    if lacking <= 0:
        return
    key = _keys(codes)
    sizes = np.bincount(key)
    for place in np.argsort(-sizes, kind="stable"):
        rows = np.flatnonzero(key == place)
        if lacking <= 0 or rows.size <= k or empty[rows[0]]:
            continue
        taken = rows[: min(lacking, rows.size - k)]
        codes[:, taken] = blank
        lacking -= taken.size
    if lacking > 0:  # nobody can be spared one by one: the smallest class goes whole
        for place in np.argsort(sizes, kind="stable"):
            rows = np.flatnonzero(key == place)
            if rows.size and not (codes[:, rows] == blank).all():
                codes[:, rows] = blank
                return
