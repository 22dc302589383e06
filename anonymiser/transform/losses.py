"""What a draft loses: charged by label and record, from the exact values behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from anonymiser.hierarchies.base import Hierarchy
from anonymiser.transform.base import Draft, DraftColumn
from anonymiser.transform.start import Start

__all__ = ["ColumnLoss", "ambiguous_cells", "bits_by_level", "loss_by_attribute", "loss_of_columns", "scaled"]

Wholes = npt.NDArray[np.integer]


@dataclass(frozen=True)
class ColumnLoss:
    """What one quasi-identifier loses; suppressed records count as hidden.

    Attributes
    ----------
    share : float
        Mean part of the hierarchy's leaves that a cell stands for, from 1/D to 1.
    loss, penalty, steps : float
        Loss; NCP; mean level over height (the share of detail lost where a label is no level): 0 to 1.
    bits, bits_kept : float
        Non-uniform entropy, with suppressed records and as if they were released; NaN where it cannot be said.
    most_bits : float
        Bits of hiding the column.
    """

    share: float
    loss: float
    penalty: float
    steps: float
    bits: float
    bits_kept: float
    most_bits: float


def loss_of_columns(draft: Draft, start: Start, gone: npt.NDArray[np.bool_]) -> tuple[ColumnLoss, ...]:
    """Each quasi-identifier's loss.

    Parameters
    ----------
    draft : Draft
    start : Start
    gone : (rows,) bool array
        Records that are suppressed.
    """
    return tuple(
        _column(column, hierarchy, leaves[draft.source_rows], gone)
        for column, hierarchy, leaves in zip(draft.qis, start.hierarchies, start.leaves, strict=True)
    )


def loss_by_attribute(draft: Draft, gone: npt.NDArray[np.bool_]) -> list[float]:
    """Loss of each quasi-identifier, from 0 to 1, if those records were suppressed."""
    return [_share_and_loss(column, gone)[1] for column in draft.qis]


def _share_and_loss(column: DraftColumn, gone: npt.NDArray[np.bool_]) -> tuple[float, float]:
    lost, rows = int(np.count_nonzero(gone)), max(column.codes.size, 1)
    kept = np.bincount(column.codes[~gone] if lost else column.codes, minlength=len(column.labels) + 1)
    share = (float(kept @ column.cover.share) + lost) / rows
    least = 1.0 / column.size
    return share, max(0.0, (share - least) / (1.0 - least)) if column.size > 1 else 0.0


def _column(column: DraftColumn, hierarchy: Hierarchy, leaves: Wholes, gone: npt.NDArray[np.bool_]) -> ColumnLoss:
    rows, lost = max(column.codes.size, 1), int(np.count_nonzero(gone))
    entries = len(column.labels) + 1
    kept = np.bincount(column.codes[~gone] if lost else column.codes, minlength=entries)
    cover = column.cover
    share, loss = _share_and_loss(column, gone)
    least = 1.0 / column.size
    detail = np.clip((cover.share - least) / (1.0 - least), 0.0, 1.0) if column.size > 1 else np.zeros(entries)
    steps = np.where(cover.levels < 0, detail, cover.levels / max(hierarchy.height, 1))
    bits_kept = _bits(column, hierarchy, leaves, np.zeros(0, dtype=np.bool_))
    return ColumnLoss(
        share=share,
        loss=loss,
        penalty=(float(kept @ cover.penalty) + lost) / rows,
        steps=(float(kept @ steps) + lost) / rows,
        bits=_bits(column, hierarchy, leaves, gone) if lost else bits_kept,
        bits_kept=bits_kept,
        most_bits=_logs(np.array([column.codes.size])) - _logs(np.bincount(leaves)),
    )


def _bits(column: DraftColumn, hierarchy: Hierarchy, leaves: Wholes, gone: npt.NDArray[np.bool_]) -> float:
    levels = column.cover.levels[column.codes]
    if column.codes.size == 0 or levels.min() >= 0:
        if gone.size:
            levels = np.where(gone, hierarchy.height, levels)
        return bits_by_level(hierarchy, leaves, levels)
    support = column.cover.support[column.codes]
    if gone.size:
        support = np.where(gone, float(column.codes.size), support)
    exact = np.bincount(leaves)[leaves]
    return float(np.log2(np.maximum(support / exact, 1.0)).sum())


def bits_by_level(hierarchy: Hierarchy, leaves: Wholes, levels: Wholes) -> float:
    """Non-uniform entropy where each record has a level of its own, in bits, as ARX computes it for local recoding.

    Parameters
    ----------
    hierarchy : Hierarchy
    leaves : (rows,) integer array
    levels : (rows,) integer array
        Level of each record's label.

    Notes
    -----
    From each level that occurs to the next, the records at least as high are generalised together:
    Σ_i (Σ_g C_g log2 C_g − Σ_v c_v log2 c_v), c and C counted among them before and after the step.

    References
    ----------
    Prasser, Bild, Kuhn (2016), A generic method for assessing the quality of de-identified health data.
    """
    total = 0.0
    for before, level in pairwise([0, *np.unique(levels).tolist()]):
        high = leaves[levels >= level]
        total += _logs(np.bincount(hierarchy.maps[level][high])) - _logs(np.bincount(hierarchy.maps[before][high]))
    return max(0.0, total)


def ambiguous_cells(draft: Draft, gone: npt.NDArray[np.bool_]) -> float:
    """Cells of the domain that the records may have come from, summed: see the measure ``ambiguity``."""
    cells, whole = np.ones(draft.rows), 1.0
    for column in draft.qis:
        cells *= np.maximum(column.cover.share * column.size, 1.0)[column.codes]
        whole *= column.size
    return float(np.where(gone, whole, cells).sum())


def scaled(values: Sequence[float], least: Sequence[float], most: Sequence[float]) -> float:
    """Quality: 1 − Σ(x − min)/Σ(max − min), from 0 to 1; 1 where nothing can be lost."""
    low, high = math.fsum(least), math.fsum(most)
    return 1.0 - min(1.0, max(0.0, (math.fsum(values) - low) / (high - low))) if high > low else 1.0


def _logs(records: Wholes) -> float:
    """Σ x·log2 x, with 0·log2 0 = 0."""
    there = records[records > 0].astype(np.float64)
    return float((there * np.log2(there)).sum())
