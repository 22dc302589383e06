"""What the labels of the released classes stand for: records of each label, cells of the domain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine.class_backend import class_kernels
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.origin import Origin

__all__ = ["Margins", "margins_of"]

Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Margins:
    """One node with its suppressed classes taken out.

    Attributes
    ----------
    rows, kept : int
        Records of the table; records released.
    every, released : tuple of (labels,) int64 arrays, one a quasi-identifier
        Records of each label at the node's level, before and after suppression.
    cells : float
        Σ over released classes of |E| times the cells of the domain that its labels stand for.
    log_sum : float
        The same of |E| · ln(|E|/cells + suppressed/domain), a missing value being a cell like others.
    log_domain : float
        ln of the number of cells of the domain, Π D.
    log_domain_with_missing : float
        The same with a missing value as one more value of each attribute that has any.
    origin : Origin
    memo : dict
        What several measures need, computed by the first.
    """

    rows: int
    kept: int
    every: tuple[Wholes, ...]
    released: tuple[Wholes, ...]
    cells: float
    log_sum: float
    log_domain: float
    log_domain_with_missing: float
    origin: Origin
    memo: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def suppressed(self) -> int:
        """Records that are not released."""
        return self.rows - self.kept


def margins_of(classes: FrequencySet, released: npt.NDArray[np.bool_] | None) -> Margins:
    """Walk through the released classes of a node (None: all of them)."""
    origin = classes.origin
    if origin is None:
        raise ValueError("a frequency set made by build() or roll_up() knows its origin")
    kept = classes.rows if released is None else int(classes.counts[released].sum(dtype=np.int64))
    each = list(zip(classes.hierarchies, classes.node, strict=True))
    every = tuple(origin.records_at(j, h, level) for j, (h, level) in enumerate(each))
    log_domain = sum(math.log(h.size) for h, _ in each)
    log_wide = sum(math.log(max(len(h.leaves), 1)) for h, _ in each)
    suppressed = classes.rows - kept
    other = math.exp(math.log(suppressed) - log_wide) if suppressed else 0.0
    walked, sums = _walk(classes, released, other)
    return Margins(
        rows=classes.rows,
        kept=kept,
        every=every,
        released=tuple(walked[j] if j in walked else np.array([kept]) for j in range(len(each))),
        cells=float(sums[0]),
        log_sum=float(sums[1]),
        log_domain=log_domain,
        log_domain_with_missing=log_wide,
        origin=origin,
    )


def _walk(
    classes: FrequencySet, released: npt.NDArray[np.bool_] | None, other: float
) -> tuple[dict[int, Wholes], npt.NDArray[np.float64]]:
    """Records of each label of the attributes that are not hidden, and the two sums."""
    layout = classes.layout
    chosen = layout.active()
    tables = [classes.hierarchies[j].leaf_counts[classes.node[j]].astype(np.float64) for j in chosen]
    hidden = set(range(len(classes.hierarchies))) - set(chosen)
    below = {j: max(float(classes.hierarchies[j].leaf_counts[classes.node[j]][0]), 1.0) for j in hidden}
    fixed = math.prod(below.values(), start=1.0)
    blanks = math.prod((len(classes.hierarchies[j].leaves) / below[j] for j in hidden), start=1.0)
    offsets = np.cumsum([0, *(t.size for t in tables)]).astype(np.int64)
    leaves = np.maximum(np.concatenate(tables), 1.0) if tables else np.zeros(0)
    records, sums = np.zeros(leaves.size, dtype=np.int64), np.zeros(2)
    if layout.n_words == 1:
        mask = np.zeros(0, dtype=np.bool_) if released is None else released
        shifts, widths = layout.field(chosen)
        tables_of = (offsets[:-1], leaves, fixed, blanks, other, records, sums)
        class_kernels().spread(classes.keys[0], classes.counts, mask, released is None, shifts, widths, *tables_of)
    else:
        _walk_wide(classes, released, (offsets, leaves, fixed, blanks, other), records, sums)
    return {j: records[offsets[i] : offsets[i + 1]] for i, j in enumerate(chosen)}, sums


def _walk_wide(
    classes: FrequencySet,
    released: npt.NDArray[np.bool_] | None,
    tables: tuple[Wholes, npt.NDArray[np.float64], float, float, float],
    records: Wholes,
    sums: npt.NDArray[np.float64],
) -> None:
    """As the kernel, for keys of several words."""
    offsets, leaves, fixed, blanks, other = tables
    part = slice(None) if released is None else released
    size = classes.counts[part].astype(np.int64)
    cells = np.full(size.size, fixed)
    for i, j in enumerate(classes.layout.active()):
        at = offsets[i] + classes.layout.codes(classes.keys, j)[part].astype(np.int64)
        cells *= leaves[at]
        records += np.bincount(at, weights=size, minlength=records.size).astype(np.int64)
    sums[0] = (size * cells).sum()
    sums[1] = (size * np.log(size / (cells * blanks) + other)).sum()
