"""Individual risk (Benedetti–Franconi): the chance to find a record's owner in the population.

References
----------
Benedetti, Franconi (1998), Statistical and technological solutions for controlled data dissemination.
Franconi, Polettini (2004), Individual risk estimation in μ-Argus: a review.
Templ, Kowarik, Meindl (2015), Statistical disclosure control for micro-data using the R package sdcMicro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import ColumnError
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.microdata import Column

__all__ = ["IndividualRisk", "approximate_inverse", "expected_inverse", "individual_risk", "sampling_weights"]

Reals = npt.NDArray[np.float64]

_SERIES_FROM: Final = 64
"""Class sizes from which twelve terms of the series are exact to the last digit."""
_TERMS: Final = 12
_HALF: Final = 0.5
_TWO: Final = 2


@dataclass(frozen=True, eq=False)
class IndividualRisk:
    """Risk of each record, and what it adds up to.

    Attributes
    ----------
    risks : (rows,) float64 array
        From above 0 to 1; 1 is worst.
    sample_sizes : (rows,) int64 array
        Records of the table that share the record's quasi-identifiers (f).
    population_sizes : (rows,) float64 array
        People in the population who do, as the weights say (F).
    """

    risks: Reals
    sample_sizes: npt.NDArray[np.int64]
    population_sizes: Reals

    @property
    def expected_reidentifications(self) -> float:
        """ER: the sum of the risks, in people."""
        return float(self.risks.sum())

    @property
    def global_risk(self) -> float:
        """ER / rows, from 0 to 1; 0 for an empty table."""
        return float(self.risks.mean()) if self.risks.size else 0.0

    @property
    def highest(self) -> float:
        """The largest risk; 0 for an empty table."""
        return float(self.risks.max(initial=0.0))


def individual_risk(
    classes: FrequencySet,
    class_of: npt.NDArray[np.int32],
    weights: Reals | None = None,
    *,
    exact: bool = True,
) -> IndividualRisk:
    """Individual risk of each record.

    Parameters
    ----------
    classes, class_of
        As ``build_members`` gives them. A missing quasi-identifier is a value of its own (sdcMicro
        lets it match everything, which makes the risk smaller).
    weights : (rows,) float64 array, optional
        How many people of the population a record stands for. Without them the table is taken to be
        the population: the risk is 1/f.
    exact : bool
        The exact expectation, or sdcMicro's approximation (its default), which lies slightly above.

    Notes
    -----
    f and F are the class's records and the sum of their weights, p = f/F, and r = E(1/F | f) where F is
    negative binomial. ER = Σ r. Where the weights say F ≤ f the risk is 1/f, never less.
    """
    sample = classes.counts.astype(np.int64)
    population = sample.astype(np.float64)
    if weights is not None:
        population = np.bincount(class_of, weights=weights, minlength=sample.size).astype(np.float64)
    share = np.minimum(sample / np.maximum(population, np.finfo(np.float64).tiny), 1.0)
    risk = expected_inverse(sample, share) if exact else approximate_inverse(sample, share)
    return IndividualRisk(risk[class_of], sample[class_of], population[class_of])


def expected_inverse(sizes: npt.NDArray[np.int64], share: Reals) -> Reals:
    """E(1/F | f) for a negative binomial F, exactly.

    Parameters
    ----------
    sizes : (n,) int64 array
        f, at least 1.
    share : (n,) float64 array
        p = f/F, above 0 to 1.

    Returns
    -------
    (n,) float64 array
        From above 0 to 1/f.

    Notes
    -----
    r(f) = ∫₀^∞ e^(−fu) p eᵘ / (q + p eᵘ) du, q = 1 − p. Integration by parts gives
    r(1) = (p/q) ln(1/p) and r(f) = (p/q)(1/(f − 1) − r(f − 1)), the closed sums of the papers; it is run
    forwards for p < ½ and backwards otherwise, so that rounding errors shrink. From f = 64 on, the
    series Σ g⁽ᵏ⁾(0) / fᵏ⁺¹ of the logistic function g is used. p = 1 gives 1/f.

    Examples
    --------
    >>> expected_inverse(np.array([1, 2]), np.array([0.5, 1.0])).round(6).tolist()
    [0.693147, 0.5]
    """
    size = np.asarray(sizes, dtype=np.int64)
    p = np.asarray(share, dtype=np.float64)
    result = 1.0 / size
    series = (size >= _SERIES_FROM) & (p < 1)
    result[series] = _series(size[series].astype(np.float64), p[series])
    forwards = (size < _SERIES_FROM) & (p < _HALF)
    result[forwards] = _forwards(size[forwards], p[forwards])
    backwards = (size < _SERIES_FROM) & (p >= _HALF) & (p < 1)
    result[backwards] = _backwards(size[backwards], p[backwards])
    return result


def approximate_inverse(sizes: npt.NDArray[np.int64], share: Reals) -> Reals:
    """As `expected_inverse`, with p / (f − (1 − p)) from f = 3 on: what sdcMicro computes by default."""
    size = np.asarray(sizes, dtype=np.int64)
    p = np.asarray(share, dtype=np.float64)
    return np.where(size <= _TWO, expected_inverse(size, p), p / (size - (1.0 - p)))


def _forwards(size: npt.NDArray[np.int64], p: Reals) -> Reals:
    order = np.argsort(size, kind="stable")
    start = np.searchsorted(size[order], np.arange(_SERIES_FROM + 1))
    odds = (p / (1.0 - p))[order]
    risk = odds * -np.log(p[order])
    for f in range(2, int(size.max(initial=1)) + 1):
        left = slice(start[f], None)  # classes that are at least so large
        risk[left] = odds[left] * (1.0 / (f - 1) - risk[left])
    result = np.empty_like(risk)
    result[order] = risk
    return result


def _backwards(size: npt.NDArray[np.int64], p: Reals) -> Reals:
    odds = (1.0 - p) / p
    risk = _series(np.full(p.size, float(_SERIES_FROM)), p)
    for f in range(_SERIES_FROM, 1, -1):
        risk = np.where(size < f, 1.0 / (f - 1) - odds * risk, risk)
    return risk


def _series(size: Reals, p: Reals) -> Reals:
    """Σ g⁽ᵏ⁾(0) / fᵏ⁺¹, where every derivative of g is a polynomial in g itself and g(0) = p."""
    polynomial = np.polynomial.Polynomial([0.0, 1.0])
    step = np.polynomial.Polynomial([0.0, 1.0, -1.0])  # g′ = g − g²
    total = np.zeros_like(p)
    power = 1.0 / size
    for _ in range(_TERMS):
        total += polynomial(p) * power
        power /= size
        polynomial = polynomial.deriv() * step
    return total


def sampling_weights(column: Column) -> Reals:
    """The sampling weight of each record: (rows,) float64 array.

    Raises
    ------
    ColumnError
        A record has none, or one that is not a number above 0.
    """
    numbers = np.r_[parse_numbers(column.values), np.nan]
    bad = int(np.count_nonzero(~(numbers[column.codes] > 0)))
    if bad:
        raise ColumnError(
            f"The column '{column.name}' cannot be a sampling weight: {bad:,} records have no number above 0 in it. "
            "Correct them, or choose another column."
        )
    weights: Reals = numbers[column.codes]
    return weights
