"""The slide negative binomial model fitted to the classes of one and of two records.

References
----------
Chen, Keller-McNulty (1998), Estimation of identification disclosure risk in microdata.
Shlosser (1981), On estimation of the size of the dictionary of a long text on the basis of a sample.
Haas, Stokes (1998), Estimating the number of classes in a finite population.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["shlosser_classes", "snb_uniques"]

Reals = npt.NDArray[np.float64]

_GRID: Final = np.linspace(-40.0, 40.0, 8001)
"""ln(β / (1 − β)) of the points between which a root is looked for."""
_BISECTIONS: Final = 80


def snb_uniques(sizes: npt.NDArray[np.int64], population: float, classes: float | None = None) -> float | None:
    """People unique in the population, K·β^α.

    Parameters
    ----------
    sizes : (sizes, 2) int64 array
        Class size and number of classes of that size.
    population : float
        N, at least the records in the classes.
    classes : float, optional
        K; estimated by `shlosser_classes` where it is left out.

    Returns
    -------
    float or None
        None where no parameters fit. Where several do, the largest estimate.

    Notes
    -----
    F − 1 of the K classes of the population is negative binomial (α, β). A sample of the fraction f then
    has, with q = (1 − f)(1 − β) and g = (β/(1 − q))^α,

    c₁ = K f g (1 + αq/(1 − q)),   c₂ = K f² α (1 − β) g (2 − (1 − α)q) / (2 (1 − q)²).

    For each β the ratio of the two gives one α, a root of a quadratic; β is then found by bisection.
    ARX multiplies by (1 − q)^(α+2) in the second equation where the paper divides, and leaves out a
    bracket in K: its figures are not comparable.
    """
    records = float((sizes[:, 0] * sizes[:, 1]).sum())
    ones, twos = (float(sizes[sizes[:, 0] == size, 1].sum()) for size in (1, 2))
    if not ones or not twos:
        return None
    fraction = records / population
    classes = shlosser_classes(sizes, fraction) if classes is None else classes
    beyond = _beyond(_GRID, ones, twos, fraction, classes)
    known = np.isfinite(beyond)
    turns = np.flatnonzero(known[:-1] & known[1:] & (np.sign(beyond[:-1]) != np.sign(beyond[1:])))
    if not turns.size:
        return None
    low, high = _GRID[turns], _GRID[turns + 1]
    sign = np.sign(beyond[turns])
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        left = np.sign(_beyond(middle, ones, twos, fraction, classes)) == sign
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    alpha, log_beta = _alpha(high, ones, twos, fraction)
    return float((classes * np.exp(alpha * log_beta)).max())


def shlosser_classes(sizes: npt.NDArray[np.int64], fraction: float) -> float:
    """Shlosser's estimate of the classes in the population (K), after Haas and Stokes, equation 3.

    Notes
    -----
    u + c₁ · Σ i f² (1 − f²)^(i−1) c_i / Σ (1 − f)^i ((1 + f)^i − 1) c_i · (Σ (1 − f)^i c_i / Σ i f (1 − f)^(i−1) c_i)²
    """
    size, number = sizes[:, 0].astype(np.float64), sizes[:, 1].astype(np.float64)
    seen = float(number.sum())
    ones = float(number[size == 1].sum())
    if fraction >= 1:
        return seen
    missed = (1 - fraction) ** size * number
    first = (size * fraction**2 * (1 - fraction**2) ** (size - 1) * number).sum()
    second = (((1 - fraction**2) ** size - (1 - fraction) ** size) * number).sum()
    third = (size * fraction * (1 - fraction) ** (size - 1) * number).sum()
    if not second or not third:
        return seen
    return seen + ones * float(first / second * (missed.sum() / third) ** 2)


def _alpha(logit: Reals, ones: float, twos: float, fraction: float) -> tuple[Reals, Reals]:
    """The α that gives c₂ : c₁ for each β, and ln β."""
    beta, rest = 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(logit))
    q = (1 - fraction) * rest
    p = fraction + (1 - fraction) * beta  # 1 − q, without cancellation
    slope = fraction * rest / (2 * p)
    ratio = twos / ones
    squared, linear = slope * q, slope * (1 + p) - ratio * q
    alpha = 2 * ratio * p / (linear + np.sqrt(linear**2 + 4 * squared * ratio * p))
    return alpha, -np.logaddexp(0.0, -logit)


def _beyond(logit: Reals, ones: float, twos: float, fraction: float, classes: float) -> Reals:
    """Expected classes of one record at each β, minus those there are."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        alpha, log_beta = _alpha(logit, ones, twos, fraction)
        rest = 1 / (1 + np.exp(logit))
        q = (1 - fraction) * rest
        p = fraction + (1 - fraction) / (1 + np.exp(-logit))
        g = np.exp(alpha * (log_beta - np.log1p(-q)))  # log1p: near β = 1 rounding alone would make roots
        result: Reals = classes * fraction * g * (1 + alpha * q / p) - ones
    return result
