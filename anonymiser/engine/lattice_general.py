"""The walk over a lattice through roll-ups: for any models, any width of keys, and before the kernels are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.engine.lattice_plan import Found, Plan
from anonymiser.engine.profile import profile_of

__all__ = ["Models", "walk_models"]

Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Models:
    """What classes have to satisfy, as functions of a frequency set.

    Attributes
    ----------
    passes : function
        (classes,) bool array: requirements beside k.
    sizes : function or None
        (classes,) integer array: what k counts; the records where it is left out.
    """

    passes: Callable[[FrequencySet], npt.NDArray[np.bool_]]
    sizes: Callable[[FrequencySet], npt.NDArray[np.integer]] | None = None


def walk_models(
    plan: Plan, sensitive: Sequence[str], models: Models | None, progress: Wholes, *, details: bool
) -> Found | None:
    """Measure every node, each rolled up from the one before; None where it was stopped.

    Parameters
    ----------
    plan : Plan
    sensitive : sequence of str
        Attributes whose diversity and distance are measured.
    models : Models or None
        Those of the plan's limits where they are left out.
    progress : (2,) int64 array
        Nodes done; whether to stop.
    details : bool
        Also what entropy and ambiguity need.
    """
    rule = models or Models(lambda classes: _within_limits(plan, classes))
    found = plan.room(details=details)
    for at, classes in enumerate(_nodes(plan, plan.root, 0)):
        if progress[1]:
            return None
        sizes = classes.counts if rule.sizes is None else rule.sizes(classes)
        buckets = np.searchsorted(plan.grid, sizes, side="right")
        buckets[~rule.passes(classes)] = 0
        _sum_up(plan, classes, buckets, found, at)
        _extremes(classes, sensitive, found.extremes[at])
        progress[0] += 1
    return found


def _nodes(plan: Plan, classes: FrequencySet, wheel: int) -> Iterator[FrequencySet]:
    """Every setting of the wheels from one on, the last turning fastest."""
    if wheel == len(plan.order):
        yield classes
        return
    attribute = plan.order[wheel]
    for level in range(plan.shape[wheel]):
        node = tuple(level if j == attribute else before for j, before in enumerate(classes.node))
        classes = roll_up(classes, node)
        yield from _nodes(plan, classes, wheel + 1)


def _sum_up(plan: Plan, classes: FrequencySet, buckets: npt.NDArray[np.intp], found: Found, at: int) -> None:
    """Sums by how many values of k a class passes with, added up from the largest k down."""
    steps = plan.grid.size
    size = classes.counts.astype(np.int64)
    sums = found.sums[at]
    columns = [np.ones_like(size), size, size * size]
    cells = np.ones(classes.classes)
    entropy = np.zeros(steps)
    for j in plan.order:
        leaves, code = classes.hierarchies[j].leaf_counts[classes.node[j]], np.zeros(classes.classes, dtype=np.int64)
        if classes.layout.bits[j]:
            code = classes.layout.codes(classes.keys, j).astype(np.int64)
        columns.append(size * leaves[code])
        if found.details.size:
            cells *= leaves[code]
            entropy += [_entropy(np.bincount(code[buckets <= s], weights=size[buckets <= s])) for s in range(steps)]
    for column, weights in enumerate(columns):
        sums[:, column] = _from_above(np.bincount(buckets, weights=weights, minlength=steps + 1))
    smallest = np.full(steps + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, buckets, size)
    smallest = np.minimum.accumulate(smallest[:0:-1])[::-1]
    sums[:, -1] = np.where(sums[:, 0] > 0, smallest, 0)
    if found.details.size:
        found.details[at, :, 0] = entropy
        found.details[at, :, 1] = _from_above(np.bincount(buckets, weights=size * cells, minlength=steps + 1))
    found.extremes[at, :3] = classes.classes, int(size.min(initial=plan.root.rows)), int((size * size).sum())


def _from_above(by_bucket: npt.NDArray[np.number[Any]]) -> npt.NDArray[np.float64]:
    """What passes with each k: the sum over its bucket and all above it; bucket 0 passes with none."""
    return np.cumsum(by_bucket[:0:-1])[::-1]


def _entropy(records: npt.NDArray[np.number[Any]]) -> float:
    """−Σ c · log2(c / Σ c), in bits."""
    there, total = records[records > 0], float(records.sum())
    return total * float(np.log2(total)) - float((there * np.log2(there)).sum()) if total else 0.0


def _extremes(classes: FrequencySet, sensitive: Sequence[str], out: npt.NDArray[np.float64]) -> None:
    """The worst diversity and distance over the sensitive attributes."""
    distinct, entropy, distance = np.inf, np.inf, 0.0
    for name in sensitive:
        of = profile_of(classes.histograms[name])
        distinct = min(distinct, float(of.distinct.min()))
        entropy = min(entropy, float((np.log(of.size) - of.log_sum / of.size).min()))
        distance = max(distance, float((of.gained / (of.size.astype(np.float64) * of.rows)).max()))
    out[3:] = (distinct, np.exp(entropy), distance) if sensitive else (0.0, 1.0, 0.0)


def _within_limits(plan: Plan, classes: FrequencySet) -> npt.NDArray[np.bool_]:
    """The plan's limits on its sensitive attribute; a missing value counts towards no diversity."""
    if plan.sensitive is None:
        return np.ones(classes.classes, dtype=np.bool_)
    of = profile_of(classes.histograms[plan.sensitive])
    least, low, far = plan.rules.limits
    known = of.size - of.missing
    blank, divisor = np.maximum(of.missing, 1), np.maximum(known, 1)
    alone = np.log(divisor) - (of.log_sum - blank * np.log(blank)) / divisor
    alone[known == 0] = -np.inf
    entropy = np.minimum(np.log(of.size) - of.log_sum / of.size, alone)
    distance = of.gained / (of.size.astype(np.float64) * of.rows)
    result: npt.NDArray[np.bool_] = (of.distinct - (of.missing > 0) >= least) & (entropy >= low) & (distance <= far)
    return result
