"""Rounding, and top and bottom coding of numbers; a missing number is NaN and stays so.

References
----------
Willenborg, de Waal (2001), Elements of statistical disclosure control.
Fellegi (1975), Controlled random rounding (random rounding here is independent, not controlled).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["between", "round_at_random", "round_to"]

Numbers = npt.NDArray[np.float64]


def round_to(values: npt.ArrayLike, base: float) -> Numbers:
    """Nearest multiple of the base; a number in the middle goes to the even multiple.

    >>> round_to([12.0, 12.5, 17.5, -3.0], 5).tolist()
    [10.0, 10.0, 20.0, -5.0]
    """
    return np.round(np.asarray(values, dtype=np.float64) / base) * base


def round_at_random(values: npt.ArrayLike, base: float, generator: np.random.Generator) -> Numbers:
    """One of the two multiples around each number, the nearer the likelier, so that the expected value is the number.

    A multiple of the base stays as it is.
    """
    parts = np.asarray(values, dtype=np.float64) / base
    whole = np.round(parts)
    exact = np.isclose(parts, whole, rtol=0, atol=1e-9)
    below = np.floor(parts)
    up = generator.random(parts.shape) < parts - below
    return np.where(exact, whole, below + up) * base


def between(values: npt.ArrayLike, lowest: float | None, highest: float | None) -> Numbers:
    """Numbers beyond a limit replaced by the limit.

    >>> between([1.0, 50.0, 99.0], 10, 90).tolist()
    [10.0, 50.0, 90.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    return np.clip(numbers, lowest, highest) if (lowest, highest) != (None, None) else numbers
