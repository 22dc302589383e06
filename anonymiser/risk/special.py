"""Digamma and trigamma functions: the derivatives of the logarithm of Γ, for the estimators."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["digamma", "trigamma"]

Reals = npt.NDArray[np.float64]

_LARGE: Final = 10.0
"""From here on the asymptotic series is exact to the last digit."""
_DIGAMMA: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12)
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)


def digamma(x: npt.ArrayLike) -> Reals:
    """ψ(x) for x > 0.

    Notes
    -----
    ψ(x) = ψ(x + 1) − 1/x up to 10, then ln x − 1/(2x) − Σ B₂ₖ / (2k x²ᵏ).

    References
    ----------
    Abramowitz, Stegun (1964), Handbook of mathematical functions, 6.3.5 and 6.3.18.

    Examples
    --------
    >>> round(float(digamma(1.0)), 12)
    -0.577215664902
    """
    value, below = _lifted(x, power=1)
    square = 1.0 / value**2
    series = _horner(_DIGAMMA, square) * square
    result: Reals = np.log(value) - 0.5 / value - series - below
    return result


def trigamma(x: npt.ArrayLike) -> Reals:
    """ψ′(x) for x > 0.

    Notes
    -----
    ψ′(x) = ψ′(x + 1) + 1/x² up to 10, then 1/x + 1/(2x²) + Σ B₂ₖ / x²ᵏ⁺¹.

    References
    ----------
    Abramowitz, Stegun (1964), Handbook of mathematical functions, 6.4.6 and 6.4.12.

    Examples
    --------
    >>> round(float(trigamma(1.0)), 12)
    1.644934066848
    """
    value, below = _lifted(x, power=2)
    square = 1.0 / value**2
    series = _horner(_TRIGAMMA, square) * square / value
    result: Reals = 1.0 / value + 0.5 * square + series + below
    return result


def _lifted(x: npt.ArrayLike, power: int) -> tuple[Reals, Reals]:
    """``x`` raised above 10 in steps of one, and the terms 1/xᵖ passed on the way, summed."""
    value = np.array(x, dtype=np.float64)
    below = np.zeros_like(value)
    for _ in range(int(_LARGE)):
        small = value < _LARGE
        if not small.any():
            break
        below += np.where(small, 1.0 / value**power, 0.0)
        value = np.where(small, value + 1.0, value)
    return value, below


def _horner(coefficients: tuple[float, ...], x: Reals) -> Reals:
    total = np.zeros_like(x)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total
