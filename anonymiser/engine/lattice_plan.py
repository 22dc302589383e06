"""What the walk over a lattice is given: the attributes as wheels, the rules, room for what is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet

__all__ = ["Found", "Lattice", "Limits", "Plan", "Rules", "Tuples"]

_KNOWN_LOGS: Final = 4096
_OUTER: Final = 2
_SLACK: Final = 1e-9  # a real number that meets a limit exactly counts as met
_MOST_CELLS: Final = 1 << 26


@dataclass(frozen=True)
class Limits:
    """Requirements beside k that a class has to satisfy, on one sensitive attribute.

    A missing value never counts towards ``distinct`` and ``entropy``; for ``distance`` (½ Σ |p − q|
    from the whole table) it is a value of its own.
    """

    distinct: int = 0
    entropy: float = 0.0
    distance: float = 1.0


class Lattice(NamedTuple):
    """What does not change from node to node; attributes in the order of the wheels.

    Attributes
    ----------
    rows : int
        Records of the table.
    heights : (attributes,) int64 array
    strides : (attributes,) int64 array
        How far apart neighbouring levels stand among the nodes.
    shifts, widths : (attributes,) uint64 arrays
        Where an attribute's bits stand in a key, and their mask.
    tables, table_at : flat uint64 array of the codes one level up, and where it starts for (attribute, level)
    leaves, every, label_at : leaves below each label, its records, and where they start for (attribute, level)
    """

    rows: int
    heights: npt.NDArray[np.int64]
    strides: npt.NDArray[np.int64]
    shifts: npt.NDArray[np.uint64]
    widths: npt.NDArray[np.uint64]
    tables: npt.NDArray[np.uint64]
    table_at: npt.NDArray[np.int64]
    leaves: npt.NDArray[np.int64]
    every: npt.NDArray[np.int64]
    label_at: npt.NDArray[np.int64]


class Rules(NamedTuple):
    """What a class has to satisfy.

    Attributes
    ----------
    bucket_of : int64 array
        How many values of k a class of each size reaches; the last entry is for all larger ones.
    limits : (3,) float64 array
        Fewest known values, smallest entropy (natural logarithm), largest equal distance.
    table : (values,) int64 array
        Records of each sensitive value.
    missing : int
        The sensitive value that stands for missing, or -1.
    logs : float64 array
        x · ln x of small x.
    """

    bucket_of: npt.NDArray[np.int64]
    limits: npt.NDArray[np.float64]
    table: npt.NDArray[np.int64]
    missing: int
    logs: npt.NDArray[np.float64]


class Found(NamedTuple):
    """What is written, a row a node.

    Attributes
    ----------
    sums : (nodes, steps, 4 + attributes) int64 array
        For each k: classes that pass, their records, Σ |E|², Σ |E| · leaves of each attribute, the smallest.
    extremes : (nodes, 6) float64 array
        Classes, smallest, Σ |E|², fewest values, smallest exp-entropy, largest equal distance.
    details : (nodes or 1, steps, 2) float64 array
        Entropy of the suppressed records' labels in bits; Σ |E| · cells over the classes that pass.
    """

    sums: npt.NDArray[np.int64]
    extremes: npt.NDArray[np.float64]
    details: npt.NDArray[np.float64]


class Tuples(NamedTuple):
    """Keys, records and (a row a tuple) counts of sensitive values."""

    keys: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int32]
    hist: npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Plan:
    """The lattice above a frequency set, the attribute with most values outermost.

    Attributes
    ----------
    root : FrequencySet
        At level 0, with keys of one word.
    grid : (steps,) int64 array
        Values of k, ascending.
    sensitive : str or None
        The attribute whose counts are carried along.
    limits : Limits
    """

    root: FrequencySet
    grid: npt.NDArray[np.int64]
    sensitive: str | None
    limits: Limits

    @staticmethod
    def fits(root: FrequencySet, sensitive: str | None) -> bool:
        """Whether keys are one word and the counts of sensitive values no burden as a full table."""
        values = 0 if sensitive is None else root.sensitive[sensitive].cardinality
        return root.layout.n_words == 1 and root.classes > 0 and root.classes * values <= _MOST_CELLS

    @cached_property
    def order(self) -> list[int]:
        """The attributes as wheels: the most significant field first."""
        layout = self.root.layout
        return sorted(range(len(self.root.hierarchies)), key=lambda j: -layout.shifts[j] - layout.bits[j])

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels of each wheel."""
        return tuple(self.root.hierarchies[j].height + 1 for j in self.order)

    @cached_property
    def lattice(self) -> Lattice:
        """The wheels as arrays."""
        root = self.root
        shifts, widths = root.layout.field(self.order)
        shape = self.shape
        table_at = np.zeros((len(shape), max(shape)), dtype=np.int64)
        label_at = np.zeros((len(shape), max(shape) + 1), dtype=np.int64)
        tables: list[Any] = [np.zeros(1, dtype=np.uint64)]
        leaves: list[Any] = []
        every: list[Any] = []
        moved, labels = 1, 0
        for i, j in enumerate(self.order):
            hierarchy = root.hierarchies[j]
            for level in range(shape[i]):
                label_at[i, level] = labels
                leaves.append(hierarchy.leaf_counts[level])
                every.append(self._records(j, level))
                labels += leaves[-1].size
                if level < hierarchy.height:
                    table_at[i, level] = moved
                    tables.append(hierarchy.parents(level, level + 1).astype(np.uint64))
                    moved += tables[-1].size
            label_at[i, shape[i]] = labels
        return Lattice(
            rows=root.rows,
            heights=np.array(shape, dtype=np.int64) - 1,
            strides=np.cumprod([1, *shape[:0:-1]])[::-1].astype(np.int64),
            shifts=shifts,
            widths=widths,
            tables=np.concatenate(tables),
            table_at=table_at,
            leaves=np.concatenate(leaves),
            every=np.concatenate(every),
            label_at=label_at,
        )

    def _records(self, attribute: int, level: int) -> npt.NDArray[np.int64]:
        if self.root.origin is None:
            raise ValueError("a frequency set made by build() or roll_up() knows its origin")
        return self.root.origin.records_at(attribute, self.root.hierarchies[attribute], level)

    @property
    def rules(self) -> Rules:
        """The grid of k and the limits as arrays."""
        largest = int(min(self.grid[-1], self.root.rows + 1))
        sizes = np.arange(largest + 1)
        limits = self.limits
        entropy = np.log(limits.entropy - _SLACK) if limits.entropy else -np.inf
        table, missing = np.zeros(0, dtype=np.int64), -1
        if self.sensitive is not None:
            histogram = self.root.histograms[self.sensitive]
            table = histogram.totals
            missing = -1 if histogram.missing is None else histogram.missing
        number = np.arange(_KNOWN_LOGS, dtype=np.float64)
        return Rules(
            bucket_of=np.searchsorted(self.grid, sizes, side="right").astype(np.int64),
            limits=np.array([limits.distinct, entropy, limits.distance + _SLACK]),
            table=table,
            missing=missing,
            logs=number * np.log(np.maximum(number, 1.0)),
        )

    def room(self, *, details: bool) -> Found:
        """Arrays to write to."""
        nodes = int(np.prod(self.shape))
        steps = self.grid.size
        return Found(
            np.zeros((nodes, steps, 4 + len(self.shape)), dtype=np.int64),
            np.zeros((nodes, 6)),
            np.zeros((nodes if details else 0, steps, 2)),
        )

    def finest(self) -> Tuples:
        """The tuples of level 0, in the order of their keys."""
        root = self.root
        order = np.argsort(root.keys[0]) if root.lead is None else np.arange(root.classes)
        hist = np.zeros((root.classes, 0), dtype=np.int32)
        if self.sensitive is not None:
            given = root.histograms[self.sensitive]
            hist = np.zeros((root.classes, given.cardinality), dtype=np.int32)
            hist[np.repeat(np.arange(root.classes), np.diff(given.starts)), given.values] = given.counts
        return Tuples(root.keys[0][order], root.counts[order], hist[order])

    def starts(self, kernels: Any, tuples: Tuples, prefix: tuple[int, ...] = ()) -> Iterator[tuple[Any, Tuples]]:
        """Where walks begin: each setting of the two outermost wheels, with its tuples."""
        wheel = len(prefix)
        if wheel == min(_OUTER, len(self.shape)):
            start = np.zeros(len(self.shape), dtype=np.int64)
            start[:wheel] = prefix
            yield start, tuples
            return
        for level in range(self.shape[wheel]):
            if level:
                tuples = self._up(kernels, tuples, wheel, level - 1)
            yield from self.starts(kernels, tuples, (*prefix, level))

    def _up(self, kernels: Any, given: Tuples, wheel: int, level: int) -> Tuples:
        lattice = self.lattice
        rows = given.keys.size
        out = Tuples(np.empty_like(given.keys), np.empty_like(given.counts), np.empty_like(given.hist))
        fields = (lattice.shifts, lattice.widths)
        (shift, lead_shift), (width, lead_width) = ((f[wheel], f[0]) for f in fields)
        table = lattice.tables[lattice.table_at[wheel, level] :]
        slots = np.empty(kernels.slots_for(rows), dtype=np.int32)
        classes = kernels.step(*given, rows, shift, width, table, lead_shift, lead_width, slots, *out)
        return Tuples(out.keys[:classes].copy(), out.counts[:classes].copy(), out.hist[:classes].copy())
