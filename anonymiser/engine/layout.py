"""How the codes of several attributes share 64-bit words at one node of the lattice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymiser.hierarchies.base import Hierarchy

__all__ = ["Layout", "Recoding", "layout_for"]

_WORD = 64


@dataclass(frozen=True)
class Layout:
    """Where each attribute's code stands.

    Attributes
    ----------
    cardinalities : tuple of int
        Labels of each attribute at this node.
    words, shifts : tuple of int
        Word and lowest bit of each attribute. The widest is the most significant.
    """

    cardinalities: tuple[int, ...]
    words: tuple[int, ...]
    shifts: tuple[int, ...]

    @cached_property
    def bits(self) -> tuple[int, ...]:
        """Bits of each attribute; none for one that is hidden."""
        return tuple(_bits(c) for c in self.cardinalities)

    @property
    def n_words(self) -> int:
        """64-bit words a key takes."""
        return max(self.words, default=0) + 1

    @property
    def key_bits(self) -> int:
        """Bits of a one-word key."""
        return sum(self.bits)

    def active(self) -> list[int]:
        """Attributes that take any bits."""
        return [j for j, bits in enumerate(self.bits) if bits]

    def field(self, attributes: Sequence[int]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
        """Shift and mask of some attributes."""
        shifts = np.array([self.shifts[j] for j in attributes], dtype=np.uint64)
        masks = np.array([(1 << self.bits[j]) - 1 for j in attributes], dtype=np.uint64)
        return shifts, masks

    def codes(self, keys: npt.NDArray[np.uint64], attribute: int) -> npt.NDArray[np.uint64]:
        """Codes of one attribute; ``keys`` has the shape (words, tuples)."""
        mask = np.uint64((1 << self.bits[attribute]) - 1)
        codes: npt.NDArray[np.uint64] = (keys[self.words[attribute]] >> np.uint64(self.shifts[attribute])) & mask
        return codes


@dataclass(frozen=True, eq=False)
class Recoding:
    """Tables that carry keys of one node to a coarser one.

    ``table[offsets[j] + code]`` is the new code of field ``j``, already shifted to its new place.
    """

    source: Layout
    target: Layout
    attributes: tuple[int, ...]
    offsets: npt.NDArray[np.int64]
    table: npt.NDArray[np.uint64]


def _bits(cardinality: int) -> int:
    return (cardinality - 1).bit_length() if cardinality > 1 else 0


def layout_for(hierarchies: Sequence[Hierarchy], node: Sequence[int]) -> Layout:
    """Pack the attributes of a node, widest first, into as few words as they need."""
    cardinalities = tuple(len(h.labels[level]) for h, level in zip(hierarchies, node, strict=True))
    order = sorted(range(len(cardinalities)), key=lambda j: -cardinalities[j])
    words, shifts = [0] * len(order), [0] * len(order)
    free: list[int] = []
    for j in order:
        bits = _bits(cardinalities[j])
        word = next((w for w, room in enumerate(free) if room >= bits), len(free))
        if word == len(free):
            free.append(_WORD)
        words[j] = word
        shifts[j] = free[word] - bits if bits else 0
        free[word] -= bits
    for j in order:
        shifts[j] = shifts[j] - free[words[j]] if _bits(cardinalities[j]) else 0  # unused bits stay on top
    return Layout(cardinalities, tuple(words), tuple(shifts))


def recoding(hierarchies: Sequence[Hierarchy], low: Sequence[int], high: Sequence[int]) -> Recoding:
    """Tables from node ``low`` to node ``high`` (low ≤ high in every attribute)."""
    source, target = layout_for(hierarchies, low), layout_for(hierarchies, high)
    chosen = tuple(target.active())
    starts = np.cumsum([0, *(len(hierarchies[j].labels[low[j]]) for j in chosen)]).astype(np.int64)
    table = np.empty(starts[-1], dtype=np.uint64)
    for j, start, stop in zip(chosen, starts[:-1], starts[1:], strict=True):
        np.left_shift(hierarchies[j].parents(low[j], high[j]), np.uint64(target.shifts[j]), out=table[start:stop])
    return Recoding(source, target, chosen, starts[:-1], table)
