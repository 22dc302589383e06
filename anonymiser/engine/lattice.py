"""Every node of a lattice measured at once, for a grid of k."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet

__all__ = ["LatticeSums", "Limits", "Progress", "evaluate"]

_THREADS = 2
_WORD = 64


@dataclass(frozen=True)
class Limits:
    """Requirements beside k that a class has to satisfy, on one sensitive attribute."""

    distinct: int = 0
    entropy: float = 0.0
    distance: float = 1.0


@dataclass(eq=False)
class Progress:
    """Nodes done, and a way to stop; shared between threads."""

    total: int = 0
    counters: list[npt.NDArray[np.int64]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def counter(self) -> npt.NDArray[np.int64]:
        """A counter of its own for one walk."""
        with self._lock:
            own = np.zeros(2, dtype=np.int64)
            if self.cancelled:
                own[1] = 1
            self.counters.append(own)
            return own

    @property
    def done(self) -> int:
        """Nodes measured so far."""
        return int(sum(c[0] for c in self.counters))

    cancelled: bool = False

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
    nodes : (nodes, attributes) int array
        Levels of each node; the last attribute turns fastest.
    grid : (steps,) int64 array
        Values of k, ascending.
    kept_classes, kept_rows, kept_squares : (nodes, steps) int64 arrays
        Classes that pass with each k, their records, and the sum of their squared sizes.
    kept_leaves : (nodes, steps, attributes) int64 array
        Σ |E| · leaves below the label over the classes that pass.
    classes, smallest, squares : (nodes,) int64 arrays
        Before suppression.
    distinct, entropy, distance : (nodes,) arrays
        Fewest distinct values, smallest exp-entropy and largest equal distance of any class; only
        with a sensitive attribute.
    """

    nodes: npt.NDArray[np.int64]
    grid: npt.NDArray[np.int64]
    kept_classes: npt.NDArray[np.int64]
    kept_rows: npt.NDArray[np.int64]
    kept_squares: npt.NDArray[np.int64]
    kept_leaves: npt.NDArray[np.int64]
    classes: npt.NDArray[np.int64]
    smallest: npt.NDArray[np.int64]
    squares: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.int64]
    entropy: npt.NDArray[np.float64]
    distance: npt.NDArray[np.float64]


def evaluate(
    root: FrequencySet,
    grid: Sequence[int],
    *,
    sensitive: str | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> LatticeSums:
    """Measure every node of the lattice above a frequency set at level 0.

    Parameters
    ----------
    root : FrequencySet
        At level 0, with keys of one word; with histograms where ``sensitive`` is given.
    grid : sequence of int
        Values of k for which sums are kept.
    sensitive : str or None
        The sensitive attribute that is carried along.
    """
    from anonymiser.engine import lattice_kernels

    plan = _Plan.of(root, sensitive)
    state = progress or Progress()
    shape = tuple(int(h) + 1 for h in plan.heights)
    total = int(np.prod(shape))
    state.total = total
    steps = np.unique(np.asarray(grid, dtype=np.int64))
    sums = np.zeros((total, steps.size, 3 + len(shape)), dtype=np.int64)
    extremes = np.zeros((total, 6), dtype=np.float64)
    strides = np.array([int(np.prod(shape[j + 1 :])) for j in range(len(shape))], dtype=np.int64)
    bounds = limits or Limits()
    bound = np.array(
        [bounds.distinct, np.log(bounds.entropy) - 1e-9 if bounds.entropy else -1.0, bounds.distance + 1e-12]
    )
    split = min(2, len(shape))
    prefixes = list(np.ndindex(*shape[:split]))

    def visit(prefix: tuple[int, ...]) -> None:
        start = np.zeros(len(shape), dtype=np.int64)
        start[:split] = prefix
        keys, counts, hist = plan.tuples_at(prefix)
        lattice_kernels.walk(
            keys,
            counts,
            hist,
            start,
            split,
            plan.heights,
            plan.shifts,
            plan.widths,
            plan.steps,
            plan.leaves,
            steps,
            plan.totals,
            plan.n_log_n,
            bound,
            strides,
            sums,
            extremes,
            state.counter(),
        )

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(visit, prefixes))
    nodes = np.stack(np.unravel_index(np.arange(total), shape), axis=1)
    back = np.argsort(plan.order)  # from wheels to the attributes' own order
    return LatticeSums(
        nodes=nodes[:, back],
        grid=steps,
        kept_classes=sums[:, :, 0],
        kept_rows=sums[:, :, 1],
        kept_squares=sums[:, :, 2],
        kept_leaves=sums[:, :, 3:][:, :, back],
        classes=extremes[:, 0].astype(np.int64),
        smallest=extremes[:, 1].astype(np.int64),
        squares=extremes[:, 2].astype(np.int64),
        distinct=extremes[:, 3].astype(np.int64),
        entropy=extremes[:, 4],
        distance=extremes[:, 5],
    )


@dataclass(frozen=True, eq=False)
class _Plan:
    """The lattice in the order of the wheels, widest attribute outermost."""

    root: FrequencySet
    order: list[int]
    heights: npt.NDArray[np.int64]
    shifts: npt.NDArray[np.uint64]
    widths: npt.NDArray[np.uint64]
    steps: npt.NDArray[np.uint64]
    leaves: npt.NDArray[np.int64]
    hist: npt.NDArray[np.int32]
    totals: npt.NDArray[np.float64]
    n_log_n: npt.NDArray[np.float64]
    keys: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int32]

    @classmethod
    def of(cls, root: FrequencySet, sensitive: str | None) -> _Plan:
        layout = root.layout
        order = sorted(range(len(root.hierarchies)), key=lambda j: -layout.cardinalities[j])
        hierarchies = [root.hierarchies[j] for j in order]
        heights = np.array([h.height for h in hierarchies], dtype=np.int64)
        shifts, widths = layout.field(order)
        widest = max(len(h.labels[0]) for h in hierarchies)
        tallest = int(heights.max(initial=0)) + 1
        steps = np.zeros((len(order), tallest, widest), dtype=np.uint64)
        leaves = np.zeros((len(order), tallest, widest), dtype=np.int64)
        for j, h in enumerate(hierarchies):
            for level in range(h.height + 1):
                leaves[j, level, : len(h.labels[level])] = h.leaf_counts[level]
                if level < h.height:
                    steps[j, level, : len(h.labels[level])] = h.parents(level, level + 1)
        sort = np.argsort(root.keys[0])
        hist = np.zeros((root.classes if sensitive else 0, 0), dtype=np.int32)
        totals, n_log_n = np.zeros(0), np.zeros(1)
        if sensitive is not None:
            given = root.histograms[sensitive]
            hist = np.zeros((root.classes, given.cardinality), dtype=np.int32)
            owner = np.repeat(np.arange(root.classes), np.diff(given.starts))
            hist[owner, given.values] = given.counts
            hist = hist[sort]
            totals = given.totals.astype(np.float64)
            number = np.arange(root.rows + 1, dtype=np.float64)
            number[0] = 1.0
            n_log_n = number * np.log(number)
        else:
            hist = np.zeros((root.classes, 0), dtype=np.int32)
        return cls(
            root,
            order,
            heights,
            shifts,
            widths,
            steps,
            leaves,
            hist,
            totals,
            n_log_n,
            root.keys[0][sort],
            root.counts[sort],
        )

    def tuples_at(self, prefix: Sequence[int]) -> tuple[Any, Any, Any]:
        """Tuples with the outer wheels at some levels, still in the bits of level 0."""
        keys, counts, hist = self.keys, self.counts, self.hist
        for j, level in enumerate(prefix):
            if level:
                table = np.arange(self.steps.shape[2], dtype=np.uint64)
                for step in range(level):
                    table = self.steps[j, step][table]
                field_bits = (keys >> self.shifts[j]) & self.widths[j]
                keys = (keys & ~(self.widths[j] << self.shifts[j])) | (table[field_bits] << self.shifts[j])
        if not any(prefix):
            return keys, counts, hist
        found, inverse = np.unique(keys, return_inverse=True)
        summed = np.bincount(inverse, weights=counts, minlength=found.size).astype(np.int32)
        if hist.shape[1]:
            together = np.zeros((found.size, hist.shape[1]), dtype=np.int32)
            np.add.at(together, inverse, hist)
            hist = together
        else:
            hist = np.zeros((found.size, 0), dtype=np.int32)
        return found, summed, hist
