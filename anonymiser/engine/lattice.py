"""Every node of a lattice measured at once, for a grid of k."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice_general import Models, walk_models
from anonymiser.engine.lattice_plan import Plan
from anonymiser.engine.lattice_records import AlongOrder, Commonest, Found, Limits, Shares, Tuples

__all__ = ["AlongOrder", "Commonest", "LatticeSums", "Limits", "Models", "Progress", "Shares", "evaluate"]

_THREADS: Final = 2


@dataclass(eq=False)
class Progress:
    """Nodes done, and a way to stop; shared between threads."""

    total: int = 0
    counters: list[npt.NDArray[np.int64]] = field(default_factory=list)
    cancelled: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def counter(self) -> npt.NDArray[np.int64]:
        """A counter of its own for one walk: nodes done, and whether to stop."""
        with self._lock:
            own = np.array([0, 1 if self.cancelled else 0], dtype=np.int64)
            self.counters.append(own)
            return own

    @property
    def done(self) -> int:
        """Nodes measured so far."""
        return int(sum(c[0] for c in self.counters))

    def cancel(self) -> None:
        """Stop every walk at its next node."""
        with self._lock:
            self.cancelled = True
            for own in self.counters:
                own[1] = 1


@dataclass(frozen=True, eq=False)
class LatticeSums:
    """Sums of every node, from which all class-based measures follow.

    Attributes
    ----------
    rows : int
        Records of the table.
    nodes : (nodes, attributes) int64 array
        Levels of each node.
    grid : (steps,) int64 array
        Values of k, ascending.
    kept_classes, kept_rows, kept_squares, kept_smallest : (nodes, steps) int64 arrays
        Classes that pass with each k, their records, the sum of their squared sizes, the smallest (0: none).
    reached : (nodes, steps) int64 array
        Records in classes that reach each k, whatever else they break.
    kept_leaves : (nodes, steps, attributes) int64 array
        Σ |E| · leaves below the label over the classes that pass.
    classes, smallest, squares : (nodes,) int64 arrays
        Before suppression.
    distinct, entropy, distance : (nodes,) float64 arrays
        Fewest distinct values, smallest exp-entropy and largest equal distance of any class, missing
        being a value of its own; the worst of several sensitive attributes; NaN where none was counted.
    removed_entropy : (nodes, steps, attributes) float64 array or None
        −Σ c · log2(c / suppressed) over the labels of the suppressed records, in bits.
    kept_cells : (nodes, steps) float64 array or None
        Σ |E| · cells of the domain below the labels over the classes that pass.
    """

    rows: int
    nodes: npt.NDArray[np.int64]
    grid: npt.NDArray[np.int64]
    kept_classes: npt.NDArray[np.int64]
    kept_rows: npt.NDArray[np.int64]
    kept_squares: npt.NDArray[np.int64]
    kept_smallest: npt.NDArray[np.int64]
    reached: npt.NDArray[np.int64]
    kept_leaves: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int64]
    smallest: npt.NDArray[np.int64]
    squares: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.float64]
    entropy: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]
    removed_entropy: npt.NDArray[np.float64] | None = None
    kept_cells: npt.NDArray[np.float64] | None = None


def evaluate(
    root: FrequencySet,
    grid: Sequence[int],
    *,
    limits: Mapping[str, Limits] | None = None,
    counts_values: bool = True,
    models: Models | None = None,
    details: bool = False,
    extremes: bool = True,
    partial: bool = False,
    progress: Progress | None = None,
) -> LatticeSums | None:
    """Measure every node of the lattice above a frequency set at level 0.

    Parameters
    ----------
    root : FrequencySet
        At level 0.
    grid : sequence of int
        Values of k for which sums are kept.
    limits : mapping of str to Limits
        The sensitive attributes that are measured, and what classes have to satisfy on them beside k.
    counts_values : bool
        Whether the values are counted (the root needs histograms), or only told apart by bit masks:
        then nothing is known of entropy and distance, and limits that need counts are not looked at.
    models : Models or None
        What limits cannot say, as functions; slower.
    details : bool
        Also what entropy and ambiguity need.
    extremes : bool
        Also the worst diversity and distance of each node; without, classes that fail are not looked at further.
    partial : bool
        Whether a walk that is cancelled gives the nodes that it measured.
    progress : Progress or None
        Counts the nodes, and can stop the walk.

    Returns
    -------
    LatticeSums or None
        None where the walk was cancelled and no half result is wanted.

    Notes
    -----
    The compiled walk takes keys of one word, on two threads. Everything else, and everything before
    the kernels are loaded, goes node by node.
    """
    if any(root.node):
        raise ValueError("the walk starts from level 0")
    state = progress or Progress()
    plan = Plan(
        root, np.unique(np.asarray(grid, dtype=np.int64)), limits or {}, counts_values and bool(limits), extremes
    )
    state.total = math.prod(plan.shape)
    if models is None and backend.is_warm() and plan.fits:
        found = _walk(plan, state, details=details)
    else:
        found = walk_models(plan, models, state.counter(), details=details)
    if not state.cancelled:
        return _in_own_order(plan, found, np.arange(state.total))
    return _in_own_order(plan, found, np.flatnonzero(found.extremes[:, 0])) if partial else None


def _walk(plan: Plan, state: Progress, *, details: bool) -> Found:
    """The compiled walks, as many at a time as there are threads, so that few copies of the tuples are held."""
    from anonymiser.engine import lattice_kernels

    kernels: Any = lattice_kernels
    found, lattice, rules = plan.room(details=details), plan.lattice, plan.rules
    first = min(2, len(plan.shape))
    waiting: set[Future[None]] = set()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for start, tuples in plan.starts(kernels, plan.finest()):
                if state.cancelled:
                    break
                if len(waiting) > _THREADS:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for one in done:
                        one.result()
                waiting.add(pool.submit(_run, kernels, tuples, (start, first, lattice, rules, found, state.counter())))
            for one in waiting:
                one.result()
        except BaseException:
            state.cancel()
            raise
    return found


def _run(kernels: Any, tuples: Tuples, given: tuple[Any, ...]) -> None:
    kernels.walk(*tuples, *given)


def _in_own_order(plan: Plan, every: Found, done: npt.NDArray[np.intp]) -> LatticeSums:
    """From the order of the wheels to that of the attributes, for the nodes that were measured."""
    back = np.argsort(plan.order)
    nodes = np.stack(np.unravel_index(done, plan.shape), axis=1)
    has_details = bool(every.details.shape[0])
    found = every
    if done.size < every.sums.shape[0]:
        parts: list[Any] = [part[done] if part.shape[0] else part for part in every]
        found = Found(*parts)
    sums, extremes = found.sums, found.extremes
    return LatticeSums(
        rows=plan.root.rows,
        nodes=nodes[:, back].astype(np.int64),
        grid=plan.grid,
        kept_classes=sums[:, :, 0],
        kept_rows=sums[:, :, 1],
        kept_squares=sums[:, :, 2],
        reached=found.reached,
        kept_leaves=sums[:, :, 3:-1][:, :, back],
        kept_smallest=sums[:, :, -1],
        classes=extremes[:, 0].astype(np.int64),
        smallest=extremes[:, 1].astype(np.int64),
        squares=extremes[:, 2].astype(np.int64),
        distinct=extremes[:, 3],
        entropy=extremes[:, 4],
        distance=extremes[:, 5],
        removed_entropy=found.details[:, :, 1:][:, :, back] if has_details else None,
        kept_cells=found.details[:, :, 0] if has_details else None,
    )
