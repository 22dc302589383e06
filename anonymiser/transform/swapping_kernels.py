"""The compiled loop of rank swapping: who changes places with whom."""

# ruff: noqa: ANN001, ANN201 - Numba infers types
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_TRIES = 24  # by then fewer than a handful of places in the window are free


@njit(cache=True, nogil=True)
def partners(rows, reach, generator):
    """Place from which each place of a ranking gets its value.

    From the first place on, every place not yet swapped is swapped with one of those not yet swapped that stand at
    most ``reach`` places later, each with the same chance; where there is none, it stays.
    """
    source = np.arange(rows)
    done = np.zeros(rows, dtype=np.bool_)
    free = np.empty(max(reach, 1), dtype=np.int64)
    for place in range(rows):
        if done[place]:
            continue
        last = min(rows - 1, place + reach)
        width = last - place
        if width <= 0:
            break
        other = -1
        for _ in range(_TRIES):
            guess = place + 1 + int(generator.random() * width)
            if not done[guess]:
                other = guess
                break
        if other < 0:
            found = 0
            for candidate in range(place + 1, last + 1):
                if not done[candidate]:
                    free[found] = candidate
                    found += 1
            if not found:
                continue
            other = free[int(generator.random() * found)]
        source[place] = other
        source[other] = place
        done[place] = True
        done[other] = True
    return source
