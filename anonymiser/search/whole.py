"""Requirements as the walk over a whole lattice takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import AlongOrder, LatticeSums, Limits, Models, Progress, Share, evaluate
from anonymiser.privacy import (
    AlphaK,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    TCloseness,
)
from anonymiser.privacy.orders import codes_of, ranks_of
from anonymiser.privacy.people import class_sizes, entity_of

__all__ = ["measure_lattice"]

_MOST_CELLS: Final = 1 << 25


def measure_lattice(
    root: FrequencySet,
    requirements: Sequence[PrivacyModel],
    *,
    grid: Sequence[int] = (),
    details: bool = False,
    extremes: bool = True,
    partial: bool = False,
    progress: Progress | None = None,
) -> LatticeSums | None:
    """Measure every node of the lattice under some requirements; None where it was cancelled.

    Parameters
    ----------
    root : FrequencySet
        At level 0; with histograms where entropy l and t of each node are wanted.
    requirements : sequence of PrivacyModel
    grid : sequence of int
        Values of k, beside the one required, for which sums are kept: then k moves without another walk.
    details : bool
        Also what entropy and ambiguity need.
    extremes : bool
        Also the worst l and t of each node.
    partial : bool
        Whether a walk that is cancelled gives the nodes that it measured.
    progress : Progress or None
        Counts the nodes, and can stop the walk.

    Notes
    -----
    Distinct l, entropy l, t by the equal and the ordered distance, and (α,k) on any number of
    attributes go through the compiled walk; other models, and people who are counted instead of
    records, node by node.
    """
    person = entity_of(root)
    names = [name for name in root.sensitive if name != person]
    limits, others = _as_limits(root, requirements, names)
    needs_counts = any(limit.needs_counts for limit in limits.values())
    cells = root.classes * sum(root.sensitive[name].cardinality for name in names)
    counts_values = all(name in root.histograms for name in names) and (needs_counts or cells <= _MOST_CELLS)
    if not counts_values:
        limits = {name: limit for name, limit in limits.items() if name in root.mask_places}
        uncounted = [r for r in requirements if r.attribute in names and r not in others]
        others += [r for r in uncounted if r.needs_histogram or r.attribute not in limits]
    models = None
    if others or person is not None:
        models = Models(lambda classes: _pass_all(classes, others), None if person is None else class_sizes)
    wanted = {r.k for r in requirements if isinstance(r, KAnonymity)}
    steps = {*grid, max(wanted, default=1)}
    return evaluate(
        root,
        sorted(steps),
        limits=limits,
        counts_values=counts_values,
        models=models,
        details=details,
        extremes=extremes,
        partial=partial,
        progress=progress,
    )


def _as_limits(
    root: FrequencySet, requirements: Sequence[PrivacyModel], names: Sequence[str]
) -> tuple[dict[str, Limits], list[PrivacyModel]]:
    """Limits on each sensitive attribute, and the requirements beside k that they cannot say."""
    limits = {name: Limits() for name in names}
    others: list[PrivacyModel] = []
    for r in requirements:
        before = limits.get(r.attribute or "")
        if isinstance(r, KAnonymity):
            continue
        if before is not None and isinstance(r, DistinctDiversity):
            limits[r.attribute] = replace(before, distinct=max(before.distinct, r.l))
        elif before is not None and isinstance(r, EntropyDiversity):
            limits[r.attribute] = replace(before, entropy=max(before.entropy, r.l))
        elif before is not None and isinstance(r, TCloseness) and r.distance is Distance.EQUAL:
            limits[r.attribute] = replace(before, distance=min(before.distance, r.t))
        elif before is not None and isinstance(r, TCloseness) and (order := _along(root, r)):
            limits[r.attribute] = replace(before, orders=(*before.orders, order))
        elif before is not None and isinstance(r, AlphaK) and _is_plain(root, r):
            codes = codes_of(r.attribute, root.sensitive[r.attribute], r.values) if r.values else ()
            share = Share(r.alpha, tuple(map(int, codes)))
            limits[r.attribute] = replace(before, shares=(*before.shares, share), fewest=max(before.fewest, r.k))
        else:
            others.append(r)
    return limits, others


def _is_plain(root: FrequencySet, requirement: AlphaK) -> bool:
    """Whether its shares are those of all records, and its k counts them."""
    every_one_answered = root.sensitive[requirement.attribute].missing is None
    return every_one_answered and (requirement.k == 1 or entity_of(root) is None)


def _along(root: FrequencySet, requirement: TCloseness) -> AlongOrder | None:
    """An ordered distance as a limit; None for one along a hierarchy, or where the values have no order."""
    if requirement.distance is not Distance.ORDERED:
        return None
    ranks = ranks_of(requirement.attribute, root.sensitive[requirement.attribute], requirement.order)
    return None if ranks is None else AlongOrder(requirement.t, tuple(map(int, ranks)))


def _pass_all(classes: FrequencySet, models: Sequence[PrivacyModel]) -> npt.NDArray[np.bool_]:
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in models:
        passing &= model.passes(classes)
    return passing
