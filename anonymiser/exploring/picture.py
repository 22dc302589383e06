"""How values stand on the axes of the picture of every setting."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.search import Axis

__all__ = ["drawn", "ticks"]

Reals = npt.NDArray[np.float64]

_NOBODY: Final = -0.3
"""Below the logarithm of one."""
_BY_ROOT: Final = (Axis.DELETED, Axis.EXPOSED)
_BY_SIZE: Final = (Axis.GROUP, Axis.SMALLEST)


def drawn(values: npt.NDArray[Any], axis: Axis) -> Reals:
    """Where values stand on an axis: counts of rows by their square root, sizes of groups by their logarithm.

    A group of nobody stands below a group of one.

    >>> drawn(np.array([0, 100]), Axis.DELETED).tolist(), drawn(np.array([0, 100]), Axis.GROUP).tolist()
    ([0.0, 10.0], [-0.3, 2.0])
    """
    real = np.asarray(values, dtype=np.float64)
    if axis in _BY_ROOT:
        return np.sqrt(real)
    if axis in _BY_SIZE:
        return np.where(real >= 1, np.log10(np.maximum(real, 1)), _NOBODY)
    return real


def ticks(axis: Axis, values: Reals) -> tuple[list[float], list[str]] | tuple[None, None]:
    """Round numbers for an axis that is not drawn evenly, and where they stand; None where it is."""
    if axis not in _BY_ROOT and axis not in _BY_SIZE:
        return None, None
    most = max(float(values.max(initial=1)), 1.0)
    power = len(str(int(most))) - 1
    if axis in _BY_ROOT:
        steps = (int(f * 10 ** max(power - 1, 0)) for f in (1, 5, 10, 25, 50, 100) if f * 10 ** (power - 1) <= most)
        chosen = [0, *steps]
    else:
        chosen = [0, *(f * 10**p for p in range(power + 1) for f in (1, 2, 5) if f * 10**p <= most)]
    labels = ["none" if n == 0 and axis.more_is_better else f"{n:,}" for n in chosen]
    return drawn(np.array(chosen), axis).tolist(), labels
