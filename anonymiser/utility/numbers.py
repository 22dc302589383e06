"""How far released numbers lie from the originals: record by record, and in what analysts compute.

Tables are (records, columns) arrays of the same shape, record for record; a missing or suppressed
number is NaN. All but the two by Młodak are not bounded above; 0 is best everywhere.

References
----------
Yancey, Winkler, Creecy (2002), Disclosure risk assessment in perturbative microdata protection
(IL1s).
Templ, Meindl (2008), Robust statistics meets SDC: new disclosure risk measures for continuous
microdata masking (eigenvalues).
Młodak (2020), Information loss resulting from statistical disclosure control of output data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "Statistics",
    "compare_statistics",
    "eigenvalue_loss",
    "il1",
    "il1s",
    "il_correlations",
    "il_variables",
]

Table = npt.NDArray[np.float64]

_SINGULAR = 1e12


def il1s(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """Σ |x − x'| / (√2 · s) over all cells, s the standard deviation of the original column.

    Pairs with a missing number count nothing, as in sdcMicro. A constant column counts nothing
    where it is unchanged, and infinity where it is not.
    """
    x, y = _pair(original, released)
    spread = np.array([_deviation(column) for column in x.T])
    return float(_ratio(np.nansum(np.abs(x - y), axis=0), np.sqrt(2.0) * spread).sum())


def il1(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """100 · Σ |x − x'| / |x| over all cells: summed change in per cent of the original number.

    Pairs with a missing number count nothing. A changed 0 makes it infinite.
    """
    x, y = _pair(original, released)
    return float(100.0 * np.nansum(_ratio(np.abs(x - y), np.abs(x))))


def eigenvalue_loss(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """Σ |e − e'| / e over the eigenvalues of the two correlation matrices, in descending order.

    Records with a missing number in either table are left out. NaN where a column is constant or
    fewer than two records are left; infinite where only the original columns depend on each other.
    """
    x, y = _complete(*_pair(original, released))
    before, after = _correlations(x), _correlations(y)
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return float("nan")
    first, second = (np.linalg.eigvalsh(table)[::-1] for table in (before, after))
    first, second = (np.where(each > each[0] / _SINGULAR, each, 0.0) for each in (first, second))
    return float(_ratio(np.abs(first - second), first).sum())


def il_correlations(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """Distance of the diagonals of the inverse correlation matrices, each scaled to length 1; over √2.

    From 0 to 1. NaN where a correlation matrix has no inverse.
    """
    matrices = [_correlations(table) for table in _complete(*_pair(original, released))]
    if not all(np.isfinite(each).all() and np.linalg.cond(each) < _SINGULAR for each in matrices):
        return float("nan")
    diagonals = (np.diag(np.linalg.inv(each)) for each in matrices)
    before, after = (each / np.sqrt((each**2).sum()) for each in diagonals)
    return float(np.sqrt(((before - after) ** 2).sum() / 2.0))


def il_variables(original: npt.ArrayLike, released: npt.ArrayLike) -> float:
    """Mean over all cells of (2/π)·arctan |x − x'|, from 0 to 1.

    A number missing on one side only counts as far off as the two columns can be.
    """
    x, y = _pair(original, released)
    apart = np.abs(x - y)
    for j in range(x.shape[1]):
        gone, new = np.isnan(x[:, j]), np.isnan(y[:, j])
        known = not (gone.all() or new.all())
        ends = (np.nanmax(y[:, j]) - np.nanmin(x[:, j]), np.nanmin(y[:, j]) - np.nanmax(x[:, j])) if known else ()
        apart[gone ^ new, j] = max(map(abs, ends), default=np.inf)
        apart[gone & new, j] = 0.0
    return float((2.0 / np.pi * np.arctan(apart)).mean()) if apart.size else 0.0


@dataclass(frozen=True)
class Statistics:
    """What an analyst would find changed; numbers that are there on both sides only.

    Attributes
    ----------
    means, variances : tuple of float, one a column
        |released − original| / |original|; infinite where an original 0 changed.
    correlations : float
        Mean |released − original| over pairs of columns, from 0 to 2; NaN with fewer than two
        columns that vary.
    """

    means: tuple[float, ...]
    variances: tuple[float, ...]
    correlations: float


def compare_statistics(original: npt.ArrayLike, released: npt.ArrayLike) -> Statistics:
    """Means, variances (n − 1) and correlations before and after."""
    x, y = _pair(original, released)
    means, variances = [], []
    for before, after in zip(x.T, y.T, strict=True):
        one, other = before[~np.isnan(before)], after[~np.isnan(after)]
        means.append(_change(_mean(one), _mean(other)))
        variances.append(_change(_deviation(one) ** 2, _deviation(other) ** 2))
    left, right = _complete(x, y)
    upper = np.triu_indices(x.shape[1], 1)
    apart = np.abs(_correlations(left) - _correlations(right))[upper]
    apart = apart[np.isfinite(apart)]
    return Statistics(tuple(means), tuple(variances), float(apart.mean()) if apart.size else float("nan"))


def _pair(original: npt.ArrayLike, released: npt.ArrayLike) -> tuple[Table, Table]:
    x, y = (np.asarray(table, dtype=np.float64) for table in (original, released))
    x, y = (table.reshape(-1, 1) if table.ndim == 1 else table for table in (x, y))
    if x.shape != y.shape:
        raise ValueError("the two tables need the same records and columns")
    return x, y


def _complete(x: Table, y: Table) -> tuple[Table, Table]:
    there = ~(np.isnan(x).any(axis=1) | np.isnan(y).any(axis=1))
    return x[there], y[there]


def _correlations(table: Table) -> Table:
    if table.shape[0] <= 1:
        return np.full((table.shape[1], table.shape[1]), np.nan)
    away = table - table.mean(axis=0)
    length = np.sqrt((away**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Table = (away.T @ away) / np.outer(length, length)
    return found


def _mean(column: Table) -> float:
    return float(column.mean()) if column.size else float("nan")


def _deviation(column: Table) -> float:
    known = column[~np.isnan(column)]
    return float(known.std(ddof=1)) if known.size > 1 else 0.0


def _change(before: float, after: float) -> float:
    return float(_ratio(np.array(abs(after - before)), np.array(abs(before))))


def _ratio(top: npt.NDArray[np.floating], bottom: npt.NDArray[np.floating]) -> Table:
    """A quotient, 0 where both are 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((top == 0) & (bottom == 0), 0.0, top / bottom)
