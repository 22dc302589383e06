"""Requirements as the walk over a whole lattice takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import LatticeSums, Limits, Models, Progress, evaluate
from anonymiser.privacy import KAnonymity, PrivacyModel
from anonymiser.privacy.people import class_sizes, entity_of
from anonymiser.search.limits import as_limits

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
        Also the worst l and t of each node, where those of every attribute are known.
    partial : bool
        Whether a walk that is cancelled gives the nodes that it measured.
    progress : Progress or None
        Counts the nodes, and can stop the walk.

    Notes
    -----
    Every model on the values of the sensitive attributes, any number of them, goes through the compiled
    walk; models against a population, and people who are counted instead of records, node by node.
    """
    person = entity_of(root)
    names = [name for name in root.sensitive if name != person]
    limits, others = as_limits(root, requirements, names)
    if not extremes:
        limits = {name: limit for name, limit in limits.items() if limit != Limits()}
    needs_counts = any(limit.needs_counts for limit in limits.values())
    cells = root.classes * sum(root.sensitive[name].cardinality for name in limits)
    counts_values = all(name in root.histograms for name in limits) and (needs_counts or cells <= _MOST_CELLS)
    if not counts_values:
        extremes &= all(name in root.mask_places for name in limits)
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


def _pass_all(classes: FrequencySet, models: Sequence[PrivacyModel]) -> npt.NDArray[np.bool_]:
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in models:
        passing &= model.passes(classes)
    return passing
