"""The frontier of risk and utility: the nodes that no other beats in both."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.search.lattice_table import LatticeTable
from anonymiser.search.objective import By

__all__ = ["Risk", "frontier", "pareto", "risk_of"]

Reals = npt.NDArray[np.float64]


class Risk(Enum):
    """What a picture of the trade-off may have as risk; less is safer."""

    LARGEST = "largest risk"
    """1 / k over the released records."""
    MEAN = "mean risk"
    """Released classes / released records."""
    EXPOSED = "records exposed"
    """Records in classes that break a requirement, before suppression."""
    LARGEST_RAW = "largest risk before suppression"
    """1 / k over all records."""
    DISTANCE = "t-closeness"
    """Largest distance of a class from the table, before suppression."""
    SAMENESS = "sameness"
    """1 / distinct l, before suppression: 1 where some class has one sensitive value."""


def risk_of(table: LatticeTable, risk: Risk) -> Reals:
    """The risk of each node: (nodes,) float64 array; NaN where nothing is released or it was not measured."""
    left = table.classes > 0
    kept = table.records - table.suppressed
    columns = {
        Risk.LARGEST: _inverse(table.smallest),
        Risk.MEAN: table.classes * _inverse(kept),
        Risk.EXPOSED: table.suppressed.astype(np.float64),
        Risk.LARGEST_RAW: _inverse(table.smallest_raw),
        Risk.DISTANCE: table.distance,
        Risk.SAMENESS: _inverse(table.distinct),
    }
    return np.where(left, columns[risk], np.nan)


def _inverse(numbers: npt.NDArray[Any]) -> Reals:
    """1/x; NaN where there is nothing to divide by."""
    found: Reals = np.divide(1.0, numbers, out=np.full(len(numbers), np.nan), where=numbers > 0)
    return found


def frontier(
    table: LatticeTable, risk: Risk = Risk.LARGEST, by: By = By.LOSS, *, only_met: bool = False
) -> npt.NDArray[np.intp]:
    """Rows of the nodes that no other beats in risk and in utility, safest first.

    Parameters
    ----------
    table : LatticeTable
    risk : Risk
    by : By
    only_met : bool
        Leave out the nodes whose failing records do not fit the limit.
    """
    axis = risk_of(table, risk)
    if only_met:
        axis = np.where(table.met, axis, np.nan)
    return pareto(axis, table.score(by))


def pareto(first: Reals, second: Reals) -> npt.NDArray[np.intp]:
    """Places of the pairs that no other pair is at most as large as in both, by the first; NaN takes no part.

    Of equal pairs one is named.

    >>> pareto(np.array([1.0, 2.0, 3.0, 1.0]), np.array([5.0, 3.0, 4.0, 6.0]))
    array([0, 1])
    """
    there = np.flatnonzero(~(np.isnan(first) | np.isnan(second)))
    order = there[np.lexsort((second[there], first[there]))]
    if not order.size:
        return order
    least = np.minimum.accumulate(second[order])
    return order[np.r_[True, second[order][1:] < least[:-1]]]
