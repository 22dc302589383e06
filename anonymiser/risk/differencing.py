"""What somebody learns who subtracts the counts of one table from those of another about the same people.

A cell of one table may hold whole cells of the other and a few people more: 40 people under 40, 34 of them under 38.
Neither count is small, and their difference is.

References
----------
A. Hundepool et al.: Handbook on Statistical Disclosure Control. Chapter 5 (differencing and linked tables).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymiser.risk.grouping import group_rows

__all__ = ["small_remainders"]

Codes = npt.NDArray[np.integer]


def small_remainders(one: Codes, other: Codes, limit: int) -> int:
    """Cells of a table that hold whole cells of another and from 1 to ``limit`` people more.

    Parameters
    ----------
    one, other : (people,) integer arrays
        Cell of each person in each table, from 0; below 0 where the person is in none.
    limit : int
        Cells of up to so many people are hidden in both tables.

    Returns
    -------
    int

    Notes
    -----
    Of a shown cell T all shown cells S that lie inside it are taken away, if there are any: |T| − Σ|S|.

    Examples
    --------
    >>> under_40 = np.array([0] * 40 + [1] * 20)
    >>> under_38 = np.array([0] * 34 + [1] * 26)
    >>> small_remainders(under_40, under_38, 7), small_remainders(under_38, under_38, 7)
    (1, 0)
    """
    first, second = (np.maximum(np.asarray(codes, dtype=np.int64), -1) + 1 for codes in (one, other))
    columns = [(codes, int(codes.max(initial=0)) + 1) for codes in (first, second)]
    pair_of, pairs = group_rows(columns, int(first.size))
    counts = np.bincount(pair_of, minlength=pairs)
    outer, inner = np.zeros(pairs, dtype=np.int64), np.zeros(pairs, dtype=np.int64)
    outer[pair_of], inner[pair_of] = first, second
    size, inside = np.bincount(first, minlength=columns[0][1]), np.bincount(second, minlength=columns[1][1])
    whole = (outer > 0) & (inner > 0) & (counts == inside[inner]) & (counts > limit)
    taken = np.bincount(outer[whole], weights=counts[whole], minlength=size.size).astype(np.int64)
    left = size - taken
    found = (taken > 0) & (left >= 1) & (left <= limit) & (size > limit)
    return int(np.count_nonzero(found[1:]))
