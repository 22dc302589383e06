"""The walk over a lattice through roll-ups: for any models, any width of keys, and before the kernels are loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, SensitiveInfo, roll_up
from anonymiser.engine.histograms import Histogram
from anonymiser.engine.lattice_plan import Plan
from anonymiser.engine.lattice_records import Found, Limits, Shares
from anonymiser.engine.lattice_rules import SLACK, thresholds
from anonymiser.engine.profile import along_hierarchy, along_order, profile_of, recursive_infimum

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


def walk_models(plan: Plan, models: Models | None, progress: Wholes, *, details: bool) -> Found:
    """Measure every node, each rolled up from the one before; where it is stopped, the rest stays empty.

    Parameters
    ----------
    plan : Plan
    models : Models or None
        Requirements beside those of the plan.
    progress : (2,) int64 array
        Nodes done; whether to stop.
    details : bool
        Also what entropy and ambiguity need.
    """
    found = plan.room(details=details)
    for at, classes in enumerate(_nodes(plan, plan.root, 0)):
        if progress[1]:
            break
        sizes = classes.counts if models is None or models.sizes is None else models.sizes(classes)
        buckets = np.searchsorted(plan.grid, sizes, side="right")
        found.reached[at] = _from_above(plan, buckets, classes.counts)
        if models is not None:
            buckets[~models.passes(classes)] = 0
        _sum_up(plan, classes, buckets, found, at)
        _smallest(plan, sizes.astype(np.int64), buckets, found, at)
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
    size = classes.counts.astype(np.int64)
    found.extremes[at, 0], found.extremes[at, 2] = classes.classes, int((size * size).sum())
    found.extremes[at, 3:] = _sensitive(plan, classes, buckets)
    columns = [np.ones_like(size), size, size * size]
    cells = np.ones(classes.classes)
    for i, j in enumerate(plan.order):
        leaves, code = classes.hierarchies[j].leaf_counts[classes.node[j]], np.zeros(classes.classes, dtype=np.int64)
        if classes.layout.bits[j]:
            code = classes.layout.codes(classes.keys, j).astype(np.int64)
        columns.append(size * leaves[code])
        if found.details.size:
            cells *= leaves[code]
            for step in range(plan.grid.size):
                gone = buckets <= step
                found.details[at, step, 1 + i] = _entropy(np.bincount(code[gone], weights=size[gone]))
    for column, weights in enumerate(columns):
        found.sums[at, :, column] = _from_above(plan, buckets, weights)
    if found.details.size:
        found.details[at, :, 0] = _from_above(plan, buckets, size * cells)


def _smallest(plan: Plan, sizes: Wholes, buckets: npt.NDArray[np.intp], found: Found, at: int) -> None:
    """The smallest class of all and of those that pass with each k, in what k counts."""
    found.extremes[at, 1] = int(sizes.min(initial=plan.root.rows))
    smallest = np.full(plan.grid.size + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, buckets, sizes)
    smallest = np.minimum.accumulate(smallest[:0:-1])[::-1]
    found.sums[at, :, -1] = np.where(found.sums[at, :, 0] > 0, smallest, 0)


def _from_above(plan: Plan, buckets: npt.NDArray[np.intp], weights: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """What passes with each k: the sum over its bucket and all above it; bucket 0 passes with none."""
    by_bucket = np.bincount(buckets, weights=weights, minlength=plan.grid.size + 1)
    passing: npt.NDArray[np.float64] = np.cumsum(by_bucket[:0:-1], dtype=np.float64)[::-1]
    return passing


def _entropy(records: npt.NDArray[np.number[Any]]) -> float:
    """−Σ c · log2(c / Σ c), in bits."""
    there, total = records[records > 0], float(records.sum())
    return total * float(np.log2(total)) - float((there * np.log2(there)).sum()) if total else 0.0


def _sensitive(plan: Plan, classes: FrequencySet, buckets: npt.NDArray[np.intp]) -> tuple[float, float, float]:
    """The worst diversity and distance over the sensitive attributes; a class beyond a limit passes with no k."""
    found = []
    for name, limits in plan.limits.items():
        of_name = _of_counts(classes, name) if plan.counts_values else _of_masks(classes, name)
        least, low, far = thresholds(limits)
        buckets[(of_name.known < least) | (of_name.known_entropy < low) | (of_name.distance > far)] = 0
        buckets[classes.counts < limits.fewest] = 0
        if plan.counts_values:
            buckets[_breaks_counts(classes.histograms[name], limits, classes.sensitive[name])] = 0
        found.append((of_name.distinct.min(), of_name.entropy.min(), of_name.distance.max()))
    if not found or not plan.extremes:
        return np.nan, np.nan, np.nan
    distinct, entropy, distance = zip(*found, strict=True)
    if not plan.counts_values:
        return min(distinct), np.nan, np.nan
    return min(distinct), float(np.exp(min(entropy))), max(distance)


def _breaks_counts(histogram: Histogram, limits: Limits, info: SensitiveInfo) -> npt.NDArray[np.bool_]:
    """Classes that break what only counts tell: shares, ratios, distances along an order or a hierarchy."""
    broken = np.zeros(histogram.starts.size - 1, dtype=np.bool_)
    if limits.shares is not None:
        broken |= _out_of_bounds(histogram, limits.shares)
    for most, length in limits.commonest:
        broken |= recursive_infimum(histogram, length) >= most
        if info.missing is not None:
            broken |= recursive_infimum(histogram, length, skip=info.missing) >= most
    for order in limits.orders:
        broken |= along_order(histogram, np.array(order.ranks, dtype=np.int64)) > order.most + SLACK
    if limits.tree < 1 and info.hierarchy is not None:
        broken |= along_hierarchy(histogram, info.hierarchy, info.level) > limits.tree + SLACK
    return broken


def _out_of_bounds(histogram: Histogram, shares: Shares) -> npt.NDArray[np.bool_]:
    """Classes with too large or too small a share of a value."""
    low, high, known = (np.array(part) for part in (shares.low, shares.high, shares.known))
    values, counts, of = histogram.values, histogram.counts, profile_of(histogram)
    owner = np.repeat(np.arange(of.size.size), of.distinct)
    size, answered = of.size[owner], (of.size - of.missing)[owner]
    wrong = (counts < size * low[values]) | (counts > size * high[values])
    other = np.ones(values.size, dtype=np.bool_) if histogram.missing is None else values != histogram.missing
    wrong[other] |= counts[other] > answered[other] * known[values[other]]
    needed = np.bincount(owner, weights=low[values] > 0, minlength=of.size.size)
    broken: npt.NDArray[np.bool_] = np.bincount(owner[wrong], minlength=of.size.size) > 0
    return broken | (needed < np.count_nonzero(low > 0))


class _Values(NamedTuple):
    """Diversity of each class, entropies as natural logarithms; without counts no entropy is too low."""

    distinct: npt.NDArray[np.number[Any]]
    known: npt.NDArray[np.number[Any]]
    entropy: npt.NDArray[np.float64]
    known_entropy: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]


def _of_counts(classes: FrequencySet, name: str) -> _Values:
    of = profile_of(classes.histograms[name])
    known = of.size - of.missing
    blank, divisor = np.maximum(of.missing, 1), np.maximum(known, 1)
    entropy = np.log(of.size) - of.log_sum / of.size
    alone = np.log(divisor) - (of.log_sum - blank * np.log(blank)) / divisor
    alone[known == 0] = -np.inf
    distance = of.gained / (of.size.astype(np.float64) * of.rows)
    return _Values(of.distinct, of.distinct - (of.missing > 0), entropy, np.minimum(entropy, alone), distance)


def _of_masks(classes: FrequencySet, name: str) -> _Values:
    info, place = classes.sensitive[name], classes.mask_places[name]
    every = ((1 << info.cardinality) - 1) << place
    absent = 0 if info.missing is None else 1 << (place + info.missing)
    if classes.masks is None:
        raise ValueError("a frequency set with places in masks has masks")
    distinct, known = (np.bitwise_count(classes.masks & np.uint64(bits)) for bits in (every, every & ~absent))
    nothing = np.zeros(classes.classes)
    return _Values(distinct, known, nothing, nothing + np.inf, nothing)
