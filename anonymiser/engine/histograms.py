"""Counts of sensitive values in each class, as compressed rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend, fallback

__all__ = ["Histogram", "count_values", "merge"]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often each sensitive value occurs in each class.

    Attributes
    ----------
    starts : (classes + 1,) int64 array
        Class ``c`` has the pairs ``starts[c]:starts[c + 1]``.
    values : (pairs,) int32 array
        Sensitive code of each pair.
    counts : (pairs,) int32 array
        Records of each pair, at least 1.
    cardinality : int
        Codes are below it.
    missing : int or None
        Code of a missing value.
    """

    starts: npt.NDArray[np.int64]
    values: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    cardinality: int
    missing: int | None

    @property
    def nbytes(self) -> int:
        """Memory held."""
        return self.starts.nbytes + self.values.nbytes + self.counts.nbytes

    @property
    def totals(self) -> npt.NDArray[np.int64]:
        """Records of each value over all classes, shape (cardinality,)."""
        return np.bincount(self.values, weights=self.counts, minlength=self.cardinality).astype(np.int64)


def count_values(
    class_of: npt.NDArray[np.int32],
    classes: int,
    codes: npt.NDArray[np.unsignedinteger],
    cardinality: int,
    missing: int | None,
) -> Histogram:
    """Count one sensitive attribute's codes in each class.

    Parameters
    ----------
    class_of : (rows,) int32 array
        Class of each record.
    codes : (rows,) unsigned array
        Sensitive code of each record.
    """
    rows = class_of.size
    each = Histogram(
        np.arange(rows + 1, dtype=np.int64),
        codes.astype(np.int32),
        np.ones(rows, dtype=np.int32),
        cardinality,
        missing,
    )
    return merge(class_of, classes, each)


def merge(class_of: npt.NDArray[np.int32], classes: int, finer: Histogram) -> Histogram:
    """Add up the histograms of the tuples of each class."""
    kernels: Any = backend.kernels_or_none() or fallback
    starts = np.empty(classes + 1, dtype=np.int64)
    values = np.empty(finer.values.size, dtype=np.int32)
    counts = np.empty(finer.values.size, dtype=np.int32)
    written = kernels.merge_histograms(
        class_of, classes, finer.starts, finer.values, finer.counts, finer.cardinality, starts, values, counts
    )
    return Histogram(starts, values[:written].copy(), counts[:written].copy(), finer.cardinality, finer.missing)
