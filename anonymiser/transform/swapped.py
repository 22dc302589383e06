"""Rank swapping: values change places with values of nearby rank.

References
----------
Moore (1996), Controlled data-swapping techniques for masking public use microdata sets.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["swap_ranks"]


def swap_ranks(rank: npt.ArrayLike, share: float, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Record from which each record gets its value.

    Parameters
    ----------
    rank : (records,) array
        What the values are ordered by; equal values stand in random order.
    share : float
        How far apart two values that change places may stand, as a share of all records.
    generator : numpy Generator

    Returns
    -------
    (records,) int64 array
        A permutation that undoes itself; records with no partner keep their value.
    """
    from anonymiser.transform import swapping_kernels

    ranks = np.asarray(rank)
    shuffled = generator.permutation(ranks.size)
    order = shuffled[np.argsort(ranks[shuffled], kind="stable")]
    source = swapping_kernels.partners(ranks.size, int(ranks.size * share + 1e-9), generator)
    result = np.empty(ranks.size, dtype=np.int64)
    result[order] = order[source]
    return result
