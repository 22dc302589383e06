"""Chooses between the compiled loops over classes and their NumPy twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine import backend, class_fallback

__all__ = ["class_kernels", "highest", "lowest"]


def class_kernels() -> Any:
    """The compiled loops over classes once they are loaded, their NumPy twins until then."""
    if not backend.is_warm():
        return class_fallback
    from anonymiser.engine import class_kernels as compiled

    return compiled


def highest(values: npt.NDArray[Any], chosen: npt.NDArray[np.bool_] | None) -> float | None:
    """The largest value of the chosen classes (None: of all); None where there are none."""
    if not (values.size if chosen is None else chosen.any()):
        return None
    return float(values.max() if chosen is None else class_kernels().highest(values, chosen))


def lowest(values: npt.NDArray[Any], chosen: npt.NDArray[np.bool_] | None) -> float | None:
    """The smallest value of the chosen classes (None: of all); None where there are none."""
    if not (values.size if chosen is None else chosen.any()):
        return None
    return float(values.min() if chosen is None else class_kernels().lowest(values, chosen))
