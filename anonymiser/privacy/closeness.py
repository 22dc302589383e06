"""t-closeness: how far the sensitive values of a class lie from those of the table.

References
----------
Li, Li, Venkatasubramanian (2007), t-Closeness: privacy beyond k-anonymity and l-diversity.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymiser.engine.histograms import Histogram

__all__ = ["equal_distance"]


def equal_distance(histogram: Histogram) -> npt.NDArray[np.float64]:
    """½ Σ |p − q| of each class against the whole input table, suppressed records included.

    Missing is a value of its own. 0 is best, 1 worst; a constant attribute gives 0.

    Returns
    -------
    (classes,) float64 array
    """
    if histogram.starts.size == 1:
        return np.zeros(0)
    totals = histogram.totals
    rows = int(totals.sum())
    counts = histogram.counts.astype(np.int64)
    size = np.add.reduceat(counts, histogram.starts[:-1])
    each_size = np.repeat(size, np.diff(histogram.starts))
    expected = each_size * totals[histogram.values]
    over = np.abs(counts * rows - expected) - expected
    distance: npt.NDArray[np.float64] = (np.add.reduceat(over, histogram.starts[:-1]) + size * rows) / (
        2.0 * size * rows
    )
    return distance
