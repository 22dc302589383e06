"""What a table was before anything was generalised: from it the measures of loss start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from anonymiser.hierarchies.base import Hierarchy

__all__ = ["FinestSums", "Origin", "finest_sums", "origin_of"]

T = TypeVar("T")


@dataclass(frozen=True)
class FinestSums:
    """Sums over the classes of level 0.

    Attributes
    ----------
    classes : int
    sum_squares : int
        Σ |E|².
    sum_logs : float
        Σ |E| · ln |E|.
    """

    classes: int
    sum_squares: int
    sum_logs: float


@dataclass(frozen=True, eq=False)
class Origin:
    """Carried unchanged from a frequency set to every coarser one.

    Attributes
    ----------
    marginals : tuple of (leaves,) int64 arrays, one a quasi-identifier
        Records of each leaf.
    finest : FinestSums or None
        None where the set was built at a coarser node, so that level 0 was never grouped.
    """

    marginals: tuple[npt.NDArray[np.int64], ...]
    finest: FinestSums | None
    _memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def records_at(self, attribute: int, hierarchy: Hierarchy, level: int) -> npt.NDArray[np.int64]:
        """Records of each label of one quasi-identifier at a level."""

        def count() -> npt.NDArray[np.int64]:
            labels = len(hierarchy.labels[level])
            counted = np.bincount(hierarchy.maps[level], weights=self.marginals[attribute], minlength=labels)
            return counted.astype(np.int64)

        return self.once(("records", attribute, level), count)

    def once(self, key: object, compute: Callable[[], T]) -> T:
        """The value kept under a key, computed the first time: it depends on the table and the hierarchies alone."""
        if key not in self._memo:
            self._memo[key] = compute()
        kept: T = self._memo[key]
        return kept


def origin_of(
    hierarchies: Sequence[Hierarchy], codes: Sequence[npt.NDArray[np.unsignedinteger]], finest: FinestSums | None
) -> Origin:
    """Count the records of each leaf."""
    counted = (np.bincount(c, minlength=len(h.leaves)) for h, c in zip(hierarchies, codes, strict=True))
    return Origin(tuple(each.astype(np.int64) for each in counted), finest)


def finest_sums(counts: npt.NDArray[np.int32]) -> FinestSums:
    """Sums over the classes of level 0."""
    several = counts[counts > 1].astype(np.int64)
    alone = int(counts.size - several.size)
    logs = several * np.log(several)
    return FinestSums(int(counts.size), alone + int((several * several).sum()), float(logs.sum()))
