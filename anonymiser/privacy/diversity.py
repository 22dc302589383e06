"""l-diversity: how many sensitive values a class holds.

References
----------
Machanavajjhala, Gehrke, Kifer, Venkitasubramaniam (2006), l-Diversity: privacy beyond k-anonymity.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.histograms import Histogram

__all__ = ["DistinctDiversity", "distinct_values", "entropy_diversity"]


class DistinctDiversity(BaseModel):
    """Every class holds at least l different values of the attribute; a missing value does not count.

    The *measure* ``distinct_l`` counts missing as a value of its own, as ARX does; a requirement
    does not, because "unknown" protects nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["distinct_l"] = "distinct_l"
    attribute: str
    l: int = Field(ge=1)  # noqa: E741 - the model's own name

    @property
    def needs_histogram(self) -> bool:
        """A bit mask suffices."""
        return False

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes with at least l known values."""
        result: npt.NDArray[np.bool_] = distinct_values(classes, self.attribute, count_missing=False) >= self.l
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The fewest known values in a chosen class."""
        known = distinct_values(classes, self.attribute, count_missing=False)
        known = known if chosen is None else known[chosen]
        return int(known.min()) if known.size else None


def distinct_values(classes: FrequencySet, attribute: str, *, count_missing: bool) -> npt.NDArray[np.int64]:
    """Number of different values of a sensitive attribute in each class: (classes,) int64 array."""
    info = classes.sensitive[attribute]
    place = classes.mask_places.get(attribute)
    if place is not None and classes.masks is not None:
        wanted = (1 << info.cardinality) - 1
        if info.missing is not None and not count_missing:
            wanted &= ~(1 << info.missing)
        number: npt.NDArray[np.int64] = np.bitwise_count(classes.masks & np.uint64(wanted << place)).astype(np.int64)
        return number
    histogram = classes.histograms[attribute]
    number = np.diff(histogram.starts)
    if histogram.missing is None or count_missing:
        return number
    return number - _holders(histogram, histogram.missing)


def entropy_diversity(histogram: Histogram) -> npt.NDArray[np.float64]:
    """Exp of the Shannon entropy of each class, from 1: (classes,) float64 array.

    A real number, never floored; compare with ``>= l - 1e-9``, so that a tie counts as met.
    """
    if histogram.starts.size == 1:
        return np.zeros(0)
    counts = histogram.counts.astype(np.float64)
    size = np.add.reduceat(counts, histogram.starts[:-1])
    log_sum = np.add.reduceat(counts * np.log(counts), histogram.starts[:-1])
    return np.exp(np.log(size) - log_sum / size)


def _holders(histogram: Histogram, value: int) -> npt.NDArray[np.int64]:
    """1 for each class that holds the value."""
    owner = np.repeat(np.arange(histogram.starts.size - 1), np.diff(histogram.starts))
    return np.bincount(owner[histogram.values == value], minlength=histogram.starts.size - 1).astype(np.int64)
