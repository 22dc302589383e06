"""What the walk over a lattice is given: the attributes as wheels, the rules, room for what is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice_records import Found, Lattice, Limits, Rules, Tuples
from anonymiser.engine.lattice_rules import make_rules

__all__ = ["Plan"]

_OUTER: Final = 2
_MOST_CELLS: Final = 1 << 25


@dataclass(frozen=True, eq=False)
class Plan:
    """The lattice above a frequency set, the attribute with most values outermost.

    Attributes
    ----------
    root : FrequencySet
        At level 0, with keys of one word.
    grid : (steps,) int64 array
        Values of k, ascending.
    limits : mapping of str to Limits
        For each sensitive attribute that is carried along.
    counts_values : bool
        Whether their counts are carried, or only a bit mask of the values that occur.
    extremes : bool
        Whether the worst diversity and distance of each node are wanted.
    """

    root: FrequencySet
    grid: npt.NDArray[np.int64]
    limits: Mapping[str, Limits]
    counts_values: bool
    extremes: bool = True

    @property
    def fits(self) -> bool:
        """Whether the compiled walk can take it: keys of one word, and no excessive table of counts."""
        root = self.root
        if root.layout.n_words > 1 or not root.classes:
            return False
        if not self.counts_values:
            return all(name in root.mask_places for name in self.limits)
        values = sum(root.sensitive[name].cardinality for name in self.limits)
        return root.classes * values <= _MOST_CELLS

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
        return make_rules(self.root, self.grid, self.limits, counts_values=self.counts_values, extremes=self.extremes)

    def room(self, *, details: bool) -> Found:
        """Arrays to write to."""
        nodes = int(np.prod(self.shape))
        steps = self.grid.size
        return Found(
            np.zeros((nodes, steps, 4 + len(self.shape)), dtype=np.int64),
            np.zeros((nodes, 6)),
            np.zeros((nodes if details else 0, steps, 1 + len(self.shape))),
            np.zeros((nodes, steps), dtype=np.int64),
        )

    def finest(self) -> Tuples:
        """The tuples of level 0, in the order of their keys."""
        root = self.root
        order = np.argsort(root.keys[0]) if root.lead is None else np.arange(root.classes)
        masks = np.zeros(0, dtype=np.uint64)
        parts = [np.zeros((root.classes, 0), dtype=np.int32)]
        if not self.counts_values and self.limits and root.masks is not None:
            masks = root.masks[order]
        for name in self.limits if self.counts_values else ():
            given = root.histograms[name]
            table = np.zeros((root.classes, given.cardinality), dtype=np.int32)
            table[np.repeat(np.arange(root.classes), np.diff(given.starts)), given.values] = given.counts
            parts.append(table)
        return Tuples(root.keys[0][order], root.counts[order], np.hstack(parts)[order], masks)

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
        parts: list[Any] = [np.empty_like(part) for part in given]
        fields = (lattice.shifts, lattice.widths)
        (shift, lead_shift), (width, lead_width) = ((f[wheel], f[0]) for f in fields)
        table = lattice.tables[lattice.table_at[wheel, level] :]
        slots = np.empty(kernels.slots_for(rows), dtype=np.int32)
        classes = kernels.step(*given, rows, shift, width, table, lead_shift, lead_width, slots, *parts)
        parts = [part[:classes].copy() for part in parts]
        return Tuples(*parts)
