"""What a picture of the trade-off can show, and its frontier: the nodes that no other beats in both."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.search.lattice_table import LatticeTable

__all__ = ["Axis", "along", "frontier", "pareto"]

Reals = npt.NDArray[np.float64]


class Axis(Enum):
    """What an axis can show, in words."""

    DETAIL = "detail kept"
    """1 − precision."""
    LOSS = "information loss"
    CLASS_SIZE = "average class size"
    DISCERNIBILITY = "discernibility"
    DELETED = "rows in groups that fail"
    """Records in classes that break a requirement, before suppression."""
    EXPOSED = "records exposed"
    """Records in classes smaller than k, before suppression."""
    GROUP = "smallest group left"
    SMALLEST = "smallest group before deleting"
    LARGEST_RISK = "highest risk left"
    """1 / k over the released records."""
    MEAN_RISK = "mean risk left"
    """Released classes / released records."""
    DISTANCE = "t-closeness"
    """Largest distance of a class from the table, before suppression."""
    SAMENESS = "sameness of sensitive values"
    """1 / distinct l, before suppression: 1 where some class has one sensitive value."""

    @property
    def more_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        return self in {Axis.DETAIL, Axis.GROUP, Axis.SMALLEST}


def along(table: LatticeTable, axis: Axis) -> Reals:
    """The values of an axis: (nodes,) float64 array; NaN where nothing is released or it was not measured.

    Counts before suppression have a value everywhere.
    """
    match axis:
        case Axis.LARGEST_RISK:
            return _inverse(table.smallest)
        case Axis.MEAN_RISK:
            return table.classes * _inverse(table.records - table.suppressed)
        case Axis.SAMENESS:
            return _inverse(table.distinct)
        case _:
            column: npt.NDArray[Any] = getattr(table, _COLUMNS[axis])
            return column.astype(np.float64)


_COLUMNS = {
    Axis.DETAIL: "detail",
    Axis.LOSS: "loss",
    Axis.CLASS_SIZE: "average_class_size",
    Axis.DISCERNIBILITY: "discernibility",
    Axis.DELETED: "suppressed",
    Axis.EXPOSED: "exposed",
    Axis.GROUP: "smallest",
    Axis.SMALLEST: "smallest_raw",
    Axis.DISTANCE: "distance",
}


def _inverse(numbers: npt.NDArray[Any]) -> Reals:
    """1/x; NaN where there is nothing to divide by."""
    found: Reals = np.divide(1.0, numbers, out=np.full(len(numbers), np.nan), where=numbers > 0)
    return found


def frontier(table: LatticeTable, x: Axis, y: Axis, *, only_met: bool = True) -> npt.NDArray[np.intp]:
    """Rows of the nodes that no other beats on both axes, from the best of x down.

    Parameters
    ----------
    table : LatticeTable
    x, y : Axis
    only_met : bool
        Leave out the nodes whose failing records do not fit the limit; otherwise those that release nothing.
    """
    costs = [-along(table, axis) if axis.more_is_better else along(table, axis) for axis in (x, y)]
    taken = table.met if only_met else table.classes > 0
    return pareto(np.where(taken, costs[0], np.nan), costs[1])


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
