"""l-diversity: how many sensitive values a class holds, and how evenly.

A *measure* counts a missing value as a value of its own, as ARX does. A *requirement* never counts
it towards l, because "unknown" protects nobody: it holds only if it holds both with missing as a
value and over the known values alone, so that a class of blanks is never the safer one.

References
----------
Machanavajjhala, Gehrke, Kifer, Venkitasubramaniam (2006), l-Diversity: privacy beyond k-anonymity.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anonymiser.engine.class_backend import highest, lowest
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.histograms import Histogram
from anonymiser.engine.profile import once, profile_of, recursive_infimum
from anonymiser.privacy.base import TOLERANCE, histogram_of

__all__ = [
    "DistinctDiversity",
    "EntropyDiversity",
    "RecursiveDiversity",
    "distinct_values",
    "entropy_diversity",
    "known_entropy_diversity",
    "known_recursive_infimum",
]


class DistinctDiversity(BaseModel):
    """Every class holds at least l different values of the attribute; a missing value does not count.

    l is a whole number from 1; higher is safer. The *measure* ``distinct_l`` counts missing as a
    value of its own, as ARX does; a requirement does not.
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


class EntropyDiversity(BaseModel):
    """The entropy of the attribute in every class is at least ln l: exp(−Σ p ln p) ≥ l.

    l is a real number from 1 (one value) to the number of values (all equally often); higher is
    safer. It is never floored, and a tie is met: three values of two records each satisfy l = 3,
    which ARX's floating expression denies. A class without a known value reaches 0.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["entropy_l"] = "entropy_l"
    attribute: str
    l: float = Field(ge=1, allow_inf_nan=False)  # noqa: E741 - the model's own name

    @property
    def needs_histogram(self) -> bool:
        """It needs how often each value occurs."""
        return True

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes whose exp-entropy is at least l."""
        return known_entropy_diversity(histogram_of(classes, self.attribute)) >= self.l - TOLERANCE

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The smallest exp-entropy of a chosen class."""
        return lowest(known_entropy_diversity(histogram_of(classes, self.attribute)), chosen)


class RecursiveDiversity(BaseModel):
    """In every class the commonest value is not too common: r1 < c · (rl + … + rm).

    Counts r stand in descending order, m is the number of values. The inequality is strict, and a
    class of fewer than l values fails for every c. What is reached is the infimum of c,
    r1 / (rl + … + rm), from above 0 to infinity: lower is safer, and c has to be above it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["recursive_cl"] = "recursive_cl"
    attribute: str
    c: float = Field(gt=0, allow_inf_nan=False)
    l: int = Field(ge=1)  # noqa: E741 - the model's own name

    @property
    def needs_histogram(self) -> bool:
        """It needs how often each value occurs."""
        return True

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes whose infimum lies below c; a tie fails, also one that rounding hides."""
        found = known_recursive_infimum(histogram_of(classes, self.attribute), self.l)
        result: npt.NDArray[np.bool_] = found < self.c * (1.0 - TOLERANCE)
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The largest infimum of a chosen class."""
        return highest(known_recursive_infimum(histogram_of(classes, self.attribute), self.l), chosen)


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
    histogram = histogram_of(classes, attribute)
    number = np.diff(histogram.starts)
    if histogram.missing is None or count_missing:
        return number
    return number - _holders(histogram, histogram.missing)


def entropy_diversity(histogram: Histogram) -> npt.NDArray[np.float64]:
    """Exp of the Shannon entropy of each class, from 1: (classes,) float64 array.

    A real number, never floored; compare with ``>= l - 1e-9``, so that a tie counts as met.
    """
    found = profile_of(histogram)
    return once(histogram, "entropy", lambda: np.exp(np.log(found.size) - found.log_sum / found.size))


def known_entropy_diversity(histogram: Histogram) -> npt.NDArray[np.float64]:
    """The smaller exp-entropy of each class: with missing as a value, and of the known values alone.

    0 for a class without a known value.
    """
    every = entropy_diversity(histogram)
    if histogram.missing is None:
        return every
    found = profile_of(histogram)
    blank = np.maximum(found.missing, 1)
    known = found.size - found.missing
    divisor = np.maximum(known, 1)
    log_sum = found.log_sum - blank * np.log(blank)
    alone = np.where(known > 0, np.exp(np.log(divisor) - log_sum / divisor), 0.0)
    return np.minimum(every, alone)


def known_recursive_infimum(histogram: Histogram, length: int) -> npt.NDArray[np.float64]:
    """The larger infimum of c of each class: with missing as a value, and of the known values alone."""
    every = recursive_infimum(histogram, length)
    if histogram.missing is None:
        return every
    return np.maximum(every, recursive_infimum(histogram, length, skip=histogram.missing))


def _holders(histogram: Histogram, value: int) -> npt.NDArray[np.int64]:
    """1 for each class that holds the value."""
    owner = np.repeat(np.arange(histogram.starts.size - 1), np.diff(histogram.starts))
    return np.bincount(owner[histogram.values == value], minlength=histogram.starts.size - 1).astype(np.int64)
