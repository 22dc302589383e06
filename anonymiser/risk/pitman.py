"""Pitman's sampling formula fitted to the classes of a table.

References
----------
Hoshino (2001), Applying Pitman's sampling formula to microdata disclosure risk assessment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.risk.special import digamma, trigamma

__all__ = ["pitman_uniques"]

Reals = npt.NDArray[np.float64]

_STEPS: Final = 300
_HALVINGS: Final = 60
_CLOSE: Final = 1e-12
_STARTS: Final = ((100.0, 0.5), (10.0, 0.1), (1000.0, 0.8), (1.0, 0.01))


def pitman_uniques(sizes: npt.NDArray[np.int64], population: float) -> float | None:
    """People unique in the population, Γ(θ + 1)/Γ(θ + α) · N^α.

    Parameters
    ----------
    sizes : (sizes, 2) int64 array
        Class size and number of classes of that size.
    population : float
        N.

    Returns
    -------
    float or None
        None where the likelihood has no inner maximum or the search does not reach it: a table in
        which everybody is unique, a single class, a single record.

    Notes
    -----
    θ and α maximise Σ_{i<u} ln(θ + iα) − Σ_{i<n} ln(θ + i) + Σ_j c_j Σ_{l<j} ln(l − α), by Newton's
    method with halved steps from Hoshino's start (and a few others where that fails). The result is
    accepted only where the gradient vanishes and the likelihood is curved downwards.
    """
    likelihood = _Likelihood(sizes)
    for start in (likelihood.start, *_STARTS):
        found = _maximise(likelihood, start)
        if found is not None:
            theta, alpha = found
            return math.exp(math.lgamma(theta + 1) - math.lgamma(theta + alpha) + alpha * math.log(population))
    return None


@dataclass(frozen=True)
class _Slopes:
    """Gradient and second derivatives at a point."""

    theta: float
    alpha: float
    theta2: float
    both: float
    alpha2: float


class _Likelihood:
    """The log-likelihood of the classes as a function of θ and α."""

    def __init__(self, sizes: npt.NDArray[np.int64]) -> None:
        larger = sizes[sizes[:, 0] > 1].astype(np.float64)
        self._size, self._number = larger[:, 0], larger[:, 1]
        self.records = float((sizes[:, 0] * sizes[:, 1]).sum())
        self.classes = int(sizes[:, 1].sum())
        self._rank = np.arange(1.0, self.classes)
        ones, twos = (float(sizes[sizes[:, 0] == size, 1].sum()) for size in (1, 2))
        self.start = self._moments(ones, twos or 1.0)

    def _moments(self, ones: float, twos: float) -> tuple[float, float]:
        n, u = self.records, float(self.classes)
        c = ones * (ones - 1) / twos
        below = 2 * ones * u + ones * c - n * c
        theta = (n * u * c - ones * (n - 1) * (2 * u + c)) / below if below else math.nan
        return theta, (theta * (ones - n) + (n - 1) * ones) / (n * u)

    def holds(self, theta: float, alpha: float) -> bool:
        """Whether every factor of the likelihood is positive."""
        last = theta + (self.classes - 1) * alpha
        return bool(alpha < 1 and theta > -1 and theta + alpha > 0 and last > 0 and math.isfinite(theta + alpha))

    def slopes(self, theta: float, alpha: float) -> _Slopes:
        """First and second derivatives."""
        inverse = 1.0 / (theta + self._rank * alpha)
        ranked = self._rank * inverse
        records = self.records
        n1 = float(digamma(records + theta) - digamma(theta + 1))
        n2 = float(trigamma(theta + 1) - trigamma(records + theta))
        c1 = float((self._number * (digamma(self._size - alpha) - digamma(1 - alpha))).sum())
        c2 = float((self._number * (trigamma(1 - alpha) - trigamma(self._size - alpha))).sum())
        return _Slopes(
            theta=float(inverse.sum()) - n1,
            alpha=float(ranked.sum()) - c1,
            theta2=n2 - float((inverse * inverse).sum()),
            both=-float((inverse * ranked).sum()),
            alpha2=-float((ranked * ranked).sum()) - c2,
        )


def _maximise(likelihood: _Likelihood, start: tuple[float, float]) -> tuple[float, float] | None:
    theta, alpha = start
    if not (math.isfinite(theta) and math.isfinite(alpha) and likelihood.holds(theta, alpha)):
        return None
    for _ in range(_STEPS):
        slope = likelihood.slopes(theta, alpha)
        step = _newton(slope)
        if step is None:
            return None
        scale = 1.0
        for _ in range(_HALVINGS):
            if likelihood.holds(theta - scale * step[0], alpha - scale * step[1]):
                break
            scale /= 2
        theta, alpha = theta - scale * step[0], alpha - scale * step[1]
        if abs(step[0]) <= _CLOSE * max(1.0, abs(theta)) and abs(step[1]) <= _CLOSE and scale == 1.0:
            slope = likelihood.slopes(theta, alpha)
            curved = slope.theta2 < 0 and slope.theta2 * slope.alpha2 - slope.both**2 > 0
            return (theta, alpha) if curved and alpha != 0 else None
    return None


def _newton(slope: _Slopes) -> tuple[float, float] | None:
    determinant = slope.theta2 * slope.alpha2 - slope.both * slope.both
    if not math.isfinite(determinant) or determinant == 0:
        return None
    return (
        (slope.theta * slope.alpha2 - slope.alpha * slope.both) / determinant,
        (slope.alpha * slope.theta2 - slope.theta * slope.both) / determinant,
    )
