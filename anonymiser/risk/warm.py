"""Compile the kernels of SUDA2 and of the attacks, so that their first answer is at full speed."""

from __future__ import annotations

from typing import Final

import numpy as np

from anonymiser.engine import preparing

__all__ = ["PART", "warm"]

PART: Final = preparing.Part(
    ("anonymiser.risk.match_kernels", "anonymiser.risk.suda_kernels"), "anonymiser.risk.warm:warm"
)


def warm() -> None:
    """Load the compiled kernels, compiling them the first time; safe to call often, and on any thread."""
    from anonymiser.risk import match_kernels, suda_kernels

    codes = np.zeros((1, 1), dtype=np.uint32)
    one, none = np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.uint64)
    for dense in (np.empty(1, dtype=np.int32), np.empty(0, dtype=np.int32)):
        suda_kernels.new_uniques(
            codes,
            none,
            one,
            np.zeros(1, dtype=np.uint64),
            one - 1,
            one - 1,
            0,
            np.ones(1, dtype=np.bool_),
            np.zeros((1, 1), dtype=np.uint64),
            dense,
            *(np.empty(1, dtype=dtype) for dtype in (np.uint64, np.int32, np.uint64, np.int32, np.int32)),
        )
    shown = np.zeros((1, 1), dtype=np.int32)
    bounds = np.array([0, 1], dtype=np.int64)
    group = np.zeros(1, dtype=np.int32)
    match_kernels.count_people_in_windows(
        bounds, shown.astype(np.int32), one - 1, group, shown, shown, one.copy() - 1, 2, one.copy()
    )
    match_kernels.count_in_windows(bounds, shown, one, bounds, group, shown, shown, 2, one.copy())
