"""The nodes that a search may use: a box of levels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError

__all__ = ["Space"]


@dataclass(frozen=True)
class Space:
    """Levels from ``low`` to ``high`` of each attribute.

    A *place* counts levels from ``low``; a *node* is levels themselves.

    Attributes
    ----------
    low, high : tuple of int
    """

    low: tuple[int, ...]
    high: tuple[int, ...]

    @classmethod
    def of(cls, root: FrequencySet, lowest: Sequence[int] | None, highest: Sequence[int] | None) -> Space:
        """The bounds asked for; the whole lattice where there are none.

        Raises
        ------
        InputError
            A bound is outside the hierarchies.
        """
        heights = [h.height for h in root.hierarchies]
        low = tuple(lowest) if lowest is not None else (0,) * len(heights)
        high = tuple(highest) if highest is not None else tuple(heights)
        if not len(low) == len(high) == len(heights) or any(
            not 0 <= a <= b <= h for a, b, h in zip(low, high, heights, strict=True)
        ):
            raise InputError("The bounds of the levels lie outside the hierarchies. Use levels from 0 to the last.")
        return cls(low, high)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many levels each attribute has."""
        return tuple(b - a + 1 for a, b in zip(self.low, self.high, strict=True))

    @property
    def size(self) -> int:
        """Number of nodes, as a Python integer: it may be of any size."""
        return math.prod(self.shape)

    @property
    def strides(self) -> npt.NDArray[np.int64]:
        """How far apart neighbouring levels of each attribute stand in a flat array."""
        shape = self.shape
        return np.array([math.prod(shape[j + 1 :]) for j in range(len(shape))], dtype=np.int64)

    def node(self, place: Iterable[int]) -> tuple[int, ...]:
        """Levels of a place."""
        return tuple(a + p for a, p in zip(self.low, place, strict=True))
