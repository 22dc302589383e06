"""How much of each column's distribution a release keeps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymiser.engine.margins import Margins
from anonymiser.utility.base import Node

__all__ = ["marginal_distance", "marginal_distance_by_attribute", "total_variation"]


def total_variation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """½ Σ |p − q| of two tables of counts over the same values: 0 the same shares, 1 nothing in common.

    A table without records is as far from another as can be; two of them are the same.

    >>> total_variation([2, 2], [4, 0])
    0.5
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    sums = one.sum(), other.sum()
    if not all(sums):
        return 0.0 if sums[0] == sums[1] else 1.0
    return float(np.abs(one / sums[0] - other / sums[1]).sum() / 2)


def marginal_distance_by_attribute(node: Node, margins: Margins) -> tuple[float, ...]:
    """Total variation between each column's values and the best guess from its released labels.

    From 0 to 1; lower is better. The guess spreads the records of a label evenly over the values
    below it. Suppressed records are not in it: who publishes counts from the release has none.
    """
    result = []
    for j, (hierarchy, level) in enumerate(node):
        code = hierarchy.maps[level]
        below = np.bincount(code, minlength=len(hierarchy.labels[level]))
        guess = margins.released[j][code] / below[code]
        result.append(total_variation(margins.origin.marginals[j], guess))
    return tuple(result)


def marginal_distance(node: Node, margins: Margins) -> float:
    """Mean of `marginal_distance_by_attribute`: the share of each column's records that is misplaced."""
    each = marginal_distance_by_attribute(node, margins)
    return sum(each) / len(each) if each else 0.0
