"""How much more likely a class makes a sensitive value: (α,k), β-likeness, δ-disclosure privacy.

A missing value is a value of its own (see `AlphaK` for what a requirement makes of it). p is a value's
share in the class, q in the whole input table, suppressed records included.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anonymiser.engine.class_backend import highest
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.histograms import Histogram
from anonymiser.engine.profile import once, profile_of
from anonymiser.privacy.base import TOLERANCE, histogram_of
from anonymiser.privacy.orders import codes_of
from anonymiser.privacy.people import class_sizes

__all__ = [
    "AlphaK",
    "BetaLikeness",
    "DeltaDisclosure",
    "basic_beta",
    "delta_disclosure",
    "delta_disclosure_present",
    "enhanced_beta",
    "largest_known_share",
    "largest_share",
]

Reals = npt.NDArray[np.float64]


class AlphaK(BaseModel):
    """Every class holds at least k people, and no value makes up more than α of it.

    What is reached is the largest share, from above 0 to 1; lower is safer, a tie is met. With
    ``values`` only those count ("yes" of a diagnosis, say), each by itself: then a class may reach 0.

    Records without an answer hide nobody's: nine blanks and one "yes" are no tenth. As for l-diversity
    the requirement holds only if it holds both of all records, where a missing value is a value of its
    own as in the paper, and of those alone whose answer is known; a class without any answer reaches 0
    there. The *measures* ``alpha`` and ``alpha_known`` give the two apart.

    Attributes
    ----------
    attribute : str
    alpha : float
    k : int
    values : tuple of str
        The harmful values as they would be released; empty for all of them.

    References
    ----------
    Wong, Li, Fu, Wang (2006), (α,k)-anonymity: an enhanced k-anonymity model for privacy preserving
    data publishing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["alpha_k"] = "alpha_k"
    attribute: str
    alpha: float = Field(gt=0, le=1)
    k: int = Field(default=1, ge=1)
    values: tuple[str, ...] = ()

    @property
    def needs_histogram(self) -> bool:
        """It needs how often each value occurs."""
        return True

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes of at least k people in which no value exceeds α."""
        result: npt.NDArray[np.bool_] = (class_sizes(classes) >= self.k) & (
            self._shares(classes) <= self.alpha + TOLERANCE
        )
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The largest share in a chosen class."""
        return highest(self._shares(classes), chosen)

    def _shares(self, classes: FrequencySet) -> Reals:
        histogram = histogram_of(classes, self.attribute)
        codes = None
        if self.values:
            codes = codes_of(self.attribute, classes.sensitive[self.attribute], self.values)
        return np.maximum(largest_share(histogram, codes), largest_known_share(histogram, codes))


class BetaLikeness(BaseModel):
    """No value gains more than β times its share in the table: (p − q)/q ≤ β wherever p > q.

    From 0 (no value is likelier than in the table) upwards; lower is safer, a tie is met. The
    enhanced form asks for (p − q)/q ≤ min(β, −ln q): rare values may gain more than common ones,
    and some classes hold for no β (infinity is reached).

    References
    ----------
    Cao, Karras (2012), Publishing microdata with a robust privacy guarantee.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["beta_likeness"] = "beta_likeness"
    attribute: str
    beta: float = Field(gt=0, allow_inf_nan=False)
    enhanced: bool = False

    @property
    def needs_histogram(self) -> bool:
        """It needs how often each value occurs."""
        return True

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes whose largest gain is at most β."""
        return self._gains(classes) <= self.beta + TOLERANCE

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The largest gain in a chosen class; infinite where enhanced β-likeness holds for no β."""
        return highest(self._gains(classes), chosen)

    def _gains(self, classes: FrequencySet) -> Reals:
        histogram = histogram_of(classes, self.attribute)
        return enhanced_beta(histogram) if self.enhanced else basic_beta(histogram)


class DeltaDisclosure(BaseModel):
    """No value's share differs from the table's by a factor of 2^δ or more: |log2(p/q)| < δ.

    From 0 upwards; lower is safer. Strict in both senses: a tie fails, and a value of the table
    that is absent from a class makes it infinite (ARX looks at the values present only). Base 2, as
    in ARX; pycanon takes the natural logarithm.

    References
    ----------
    Brickell, Shmatikov (2008), The cost of privacy: destruction of data-mining utility in anonymized
    data publishing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["delta_disclosure"] = "delta_disclosure"
    attribute: str
    delta: float = Field(gt=0, allow_inf_nan=False)

    @property
    def needs_histogram(self) -> bool:
        """It needs how often each value occurs."""
        return True

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes below δ; a tie fails, also one that rounding hides."""
        result: npt.NDArray[np.bool_] = delta_disclosure(histogram_of(classes, self.attribute)) < self.delta - TOLERANCE
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The largest |log2(p/q)| in a chosen class; infinite where a value of the table is absent."""
        return highest(delta_disclosure(histogram_of(classes, self.attribute)), chosen)


def largest_share(histogram: Histogram, codes: npt.NDArray[np.int64] | None = None) -> Reals:
    """Share of the commonest value in each class, of all values or of some: (classes,) float64 array."""
    found = profile_of(histogram)
    if codes is None or not found.size.size:
        return once(histogram, "share", lambda: found.largest / found.size)
    chosen = np.zeros(histogram.cardinality, dtype=np.bool_)
    chosen[codes] = True
    counts = np.where(chosen[histogram.values], histogram.counts, 0)
    largest: Reals = np.maximum.reduceat(counts, histogram.starts[:-1]) / found.size
    return largest


def largest_known_share(histogram: Histogram, codes: npt.NDArray[np.int64] | None = None) -> Reals:
    """As `largest_share`, of the records whose value is known; 0 for a class without any."""
    found = profile_of(histogram)
    if histogram.missing is None or not found.size.size:
        return largest_share(histogram, codes)
    chosen = np.ones(histogram.cardinality, dtype=np.bool_)
    if codes is not None:
        chosen[:] = False
        chosen[codes] = True
    chosen[histogram.missing] = False
    counts = np.where(chosen[histogram.values], histogram.counts, 0)
    largest = np.maximum.reduceat(counts, histogram.starts[:-1]).astype(np.float64)
    known = (found.size - found.missing).astype(np.float64)
    return np.divide(largest, known, out=np.zeros(known.size), where=known > 0)


def basic_beta(histogram: Histogram) -> Reals:
    """Largest (p − q)/q of each class, 0 where no value is likelier than in the table."""
    return once(histogram, "basic beta", lambda: np.maximum(profile_of(histogram).most - 1.0, 0.0))


def enhanced_beta(histogram: Histogram) -> Reals:
    """As `basic_beta`; infinite where some value gains more than −ln q, so that no β will do."""
    beyond = profile_of(histogram).beyond
    return once(histogram, "enhanced beta", lambda: np.where(beyond, np.inf, basic_beta(histogram)))


def delta_disclosure(histogram: Histogram) -> Reals:
    """Largest |log2(p/q)| over all values of the table; infinite where one is absent from the class."""
    found = profile_of(histogram)
    return np.where(found.distinct < found.values, np.inf, delta_disclosure_present(histogram))


def delta_disclosure_present(histogram: Histogram) -> Reals:
    """Largest |log2(p/q)| over the values present in the class, as ARX and pycanon take it."""
    found = profile_of(histogram)
    return once(histogram, "delta", lambda: np.log2(np.maximum(found.most, 1.0 / found.least)))
