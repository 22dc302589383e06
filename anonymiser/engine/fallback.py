"""The NumPy twins of ``kernels.py`` and ``group_kernels.py``, until the compiled ones are warm and to check them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def generalise(keys: Array, shifts: Array, widths: Array, offsets: Array, table: Array, out: Array) -> None:
    """Replace each field of each key by what the table says."""
    out[:] = 0
    for shift, width, offset in zip(shifts, widths, offsets, strict=True):
        out |= table[offset + ((keys >> shift) & width).astype(np.int64)]


def group(keys: Array, counts: Array, masks: Array, class_of: Array) -> tuple[Array, Array, Array]:
    """Distinct keys with summed counts and united masks; ``class_of`` is filled where it has a size."""
    found, inverse = np.unique(keys, return_inverse=True)
    summed = np.bincount(inverse, weights=counts, minlength=found.size).astype(counts.dtype)
    united = masks
    if masks.size:
        united = np.zeros(found.size, dtype=np.uint64)
        np.bitwise_or.at(united, inverse, masks)
    if class_of.size:
        class_of[:] = inverse
    return found, summed, united


def summarise(
    keys: Array,
    counts: Array,
    kept: Array,
    target: int,
    shifts: Array,
    widths: Array,
    offsets: Array,
    leaves: Array,
    side: bool,  # noqa: FBT001 - the signature of the compiled twin
    totals: Array,
    small: Array,
) -> None:
    """Sums over the classes of a node; see ``kernels.summarise``."""
    sizes = counts.astype(np.int64)
    kept_sizes = sizes[kept]
    small += np.bincount(sizes[sizes < small.size], minlength=small.size)
    totals[0] = sizes.size
    totals[1] = sizes.min(initial=np.iinfo(np.int64).max) if sizes.size else 0
    totals[2] = sizes[sizes < target].sum()
    totals[3] = (sizes * sizes).sum()
    totals[4] = kept_sizes.size
    totals[5] = kept_sizes.min() if kept_sizes.size else 0
    totals[6] = kept_sizes.sum()
    totals[7] = (kept_sizes * kept_sizes).sum()
    chosen = kept == side
    for j, (shift, width, offset) in enumerate(zip(shifts, widths, offsets, strict=True)):
        label = offset + ((keys[chosen] >> shift) & width).astype(np.int64)
        totals[8 + j] = (sizes[chosen] * leaves[label]).sum()


def merge_histograms(
    class_of: Array,
    classes: int,
    starts: Array,
    values: Array,
    counts: Array,
    cardinality: int,
    out_starts: Array,
    out_values: Array,
    out_counts: Array,
) -> int:
    """Add up the sensitive-value counts of the tuples of each class; see ``kernels.merge_histograms``."""
    owner = np.repeat(class_of.astype(np.int64), np.diff(starts))
    pair, inverse = np.unique(owner * cardinality + values, return_inverse=True)
    written = int(pair.size)
    out_values[:written] = pair % cardinality
    out_counts[:written] = np.bincount(inverse, weights=counts, minlength=written)
    out_starts[:] = np.searchsorted(pair // cardinality, np.arange(classes + 1))
    return written
