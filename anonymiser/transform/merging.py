"""Groups that are too small or break a requirement are merged with the group next to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.privacy import DistinctDiversity, PrivacyModel
from anonymiser.transform.mondrian import Verdict
from anonymiser.transform.points import Points

__all__ = ["merge_failing", "numbered", "starting_size"]

_MOST_ROUNDS: Final = 64
Wholes = npt.NDArray[np.int64]


def numbered(group: Wholes) -> Wholes:
    """Groups numbered from 0 without gaps."""
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def starting_size(k: int, requirements: Sequence[PrivacyModel]) -> int:
    """Records with which groups begin: as many as k and the number of different values need."""
    return max([k, *(model.l for model in requirements if isinstance(model, DistinctDiversity))])


def merge_failing(points: Points, group: Wholes, k: int, verdict: Verdict) -> Wholes:
    """Merge until every group has k records and meets every requirement, or one group is left.

    Parameters
    ----------
    points : Points
    group : (records,) int64 array
    k : int
    verdict : Verdict
        The requirements beyond k.

    Returns
    -------
    (records,) int64 array
        From 0 without gaps.
    """
    for _ in range(_MOST_ROUNDS):
        group = numbered(group)
        groups = int(group.max()) + 1
        failing = np.bincount(group) < k
        if verdict:
            failing |= ~verdict.passes(group, groups)
        if groups == 1 or not failing.any():
            return group
        group = _joined(points, group, np.flatnonzero(failing))[group]
    return np.zeros_like(group)


def _joined(points: Points, group: Wholes, failing: Wholes) -> Wholes:
    """New number of each group: every failing one has that of the group with which it would span least."""
    groups = int(group.max()) + 1
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    low = np.minimum.reduceat(points.at[:, order], starts, axis=1)
    high = np.maximum.reduceat(points.at[:, order], starts, axis=1)
    to = np.arange(groups)
    for g in failing.tolist():
        if to[g] != g:
            continue  # another one has joined it in this round
        wide = np.minimum(1.0, np.maximum(high, high[:, [g]]) - np.minimum(low, low[:, [g]]))
        cost = points.weights @ wide
        cost[g] = np.inf
        home = to[int(np.argmin(cost))]
        to[to == g] = home
        to[g] = home
    return to
