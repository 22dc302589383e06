"""Every node of a lattice with all its measures, for one k and one suppression limit: plain columns.

From the sums of a walk this takes milliseconds, so that k and the limit move without another walk.
Every node is scored as if its failing records were suppressed, as ARX does; ``met`` says whether
they fit the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import limit_in_records
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import LatticeSums
from anonymiser.search.objective import By, entropy_at

__all__ = ["LatticeTable", "tabulate"]

_DIGITS: Final = 12
"""Scores that differ only beyond are called equal."""

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LatticeTable:
    """Columns of one length, a row a node.

    Attributes
    ----------
    attributes : tuple of str
        The quasi-identifiers.
    records, k, limit : int
        Records of the table; the k asked for; records that may be suppressed.
    levels : (nodes, attributes) int64 array
    classes_raw, smallest_raw : (nodes,) int64 arrays
        Before suppression.
    exposed, suppressed, classes, smallest : (nodes,) int64 arrays
        Records in classes smaller than k; failing records; classes that are released and the smallest of them (0
        where there is none).
    met : (nodes,) bool array
        Whether the failing records fit the limit and anything is left.
    loss, loss_arithmetic, precision : (nodes,) float64 arrays
        0 (all detail kept) to 1.
    average_class_size, discernibility, discernibility_raw : (nodes,) float64 arrays
        AECS, DM, and Σ |E|² without suppression.
    entropy, entropy_raw, normalised_entropy, ambiguity : (nodes,) float64 arrays
        Non-uniform entropy with the suppressed records and without, in bits; Σ of the attributes'
        entropies over their largest; Σ |E| · cells. NaN where the walk was made without details.
    height : (nodes,) int64 array
        Sum of the levels.
    distinct, exp_entropy, distance : (nodes,) float64 arrays
        The worst l and t of any class, before suppression; NaN where nothing was counted.
    """

    attributes: tuple[str, ...]
    records: int
    k: int
    limit: int
    levels: Wholes
    classes_raw: Wholes
    smallest_raw: Wholes
    exposed: Wholes
    suppressed: Wholes
    classes: Wholes
    smallest: Wholes
    met: npt.NDArray[np.bool_]
    loss: Reals
    loss_arithmetic: Reals
    precision: Reals
    average_class_size: Reals
    discernibility: Reals
    discernibility_raw: Reals
    entropy: Reals
    entropy_raw: Reals
    normalised_entropy: Reals
    ambiguity: Reals
    height: Wholes
    distinct: Reals
    exp_entropy: Reals
    distance: Reals

    def score(self, by: By) -> Reals:
        """The column of a measure that a search can make small."""
        column: Reals = getattr(self, by.value)
        return column.astype(np.float64)

    @property
    def nodes(self) -> int:
        """How many there are."""
        return int(self.levels.shape[0])

    @property
    def detail(self) -> Reals:
        """Detail kept, 1 − precision: (nodes,) float64 array, 1 (all of it) to 0."""
        kept: Reals = 1.0 - self.precision
        return kept

    def best(self, by: By = By.LOSS) -> int | None:
        """Row of the best node that meets the requirements, of several the one that deletes least; None without one."""
        rows = np.flatnonzero(self.met)
        if not rows.size:
            return None
        return int(rows[np.lexsort((self.suppressed[rows], self.score(by)[rows].round(_DIGITS)))[0]])

    def row_of(self, node: Sequence[int]) -> int | None:
        """Row of a node; None where it was left out."""
        return self._rows.get(tuple(node))

    @cached_property
    def _rows(self) -> dict[tuple[int, ...], int]:
        return {tuple(node): row for row, node in enumerate(self.levels.tolist())}

    def node(self, row: int) -> tuple[int, ...]:
        """Levels of a row."""
        return tuple(self.levels[row].tolist())

    def within(self, lowest: Sequence[int], highest: Sequence[int]) -> LatticeTable:
        """The nodes inside some bounds."""
        inside = ((self.levels >= np.asarray(lowest)) & (self.levels <= np.asarray(highest))).all(axis=1)
        if inside.all():
            return self
        columns: dict[str, Any] = {
            name: value[inside] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        return replace(self, **columns)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """Columns by name: the level of each attribute, then those that ARX's tables have."""
        by_name: dict[str, npt.NDArray[Any]] = {
            f"lv_{name}": self.levels[:, j] for j, name in enumerate(self.attributes)
        }
        by_name["node"] = np.array([" ".join(map(str, levels)) for levels in self.levels.tolist()])
        return by_name | {
            "n_classes_raw": self.classes_raw,
            "min_class_raw": self.smallest_raw,
            "n_suppressed_records": self.suppressed,
            "n_classes_kept": self.classes,
            "min_class_kept": self.smallest,
            "privacy_fulfilled": self.met,
            "loss": self.loss,
            "aecs": self.average_class_size,
            "dm": self.discernibility,
            "dmstar": self.discernibility_raw,
            "entropy": self.entropy,
            "entropy_mono": self.entropy_raw,
            "precision": self.precision,
            "height": self.height,
            "ambiguity": self.ambiguity,
            "loss_am": self.loss_arithmetic,
            "nentropy": self.normalised_entropy,
        }

    def write(self, path: Path, *, of: int | None = None) -> None:
        """Save as Parquet; nothing is left behind where that fails.

        Parameters
        ----------
        path : Path
        of : int, optional
            Nodes of the whole lattice: the file says so where it does not hold all of them.
        """
        part = path.with_name(f"{path.name}.part")
        try:
            part.write_bytes(self.to_parquet(of=of))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def to_parquet(self, *, of: int | None = None) -> bytes:
        """The columns as a Parquet file: numbers of settings, no value of the table. ``of`` as in `write`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = pa.BufferOutputStream()
        said = {"settings": str(self.nodes if of is None else of), "settings_written": str(self.nodes)}
        pq.write_table(pa.table(self.columns(), metadata=said), file)
        found: bytes = file.getvalue().to_pybytes()
        return found


def tabulate(
    root: FrequencySet,
    sums: LatticeSums,
    k: int,
    suppression: float,
    *,
    weights: Sequence[float] | None = None,
) -> LatticeTable:
    """The table for one k of the grid and one limit.

    Parameters
    ----------
    root : FrequencySet
        That the sums were made from.
    sums : LatticeSums
    k : int
        One of ``sums.grid``.
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    weights : sequence of float, optional
        One an attribute, for loss and precision.

    Raises
    ------
    ValueError
        ``k`` is not in the grid.
    """
    step = int(np.searchsorted(sums.grid, k))
    if step == sums.grid.size or sums.grid[step] != k:
        raise ValueError("the walk was made for other values of k")
    rows, limit = sums.rows, limit_in_records(suppression, sums.rows)
    kept = sums.kept_rows[:, step]
    suppressed = rows - kept
    weight = np.ones(len(root.hierarchies)) if weights is None else np.asarray(weights, dtype=np.float64)
    losses = _losses(root, sums, step) * weight
    classes = sums.kept_classes[:, step]
    entropies = _entropies(root, sums)
    removed = sums.removed_entropy[:, step] if sums.removed_entropy is not None else np.full_like(losses, np.nan)
    return LatticeTable(
        attributes=tuple(h.attribute for h in root.hierarchies),
        records=rows,
        k=k,
        limit=limit,
        levels=sums.nodes,
        classes_raw=sums.classes,
        smallest_raw=sums.smallest,
        exposed=rows - sums.reached[:, step],
        suppressed=suppressed,
        classes=classes,
        smallest=sums.kept_smallest[:, step],
        met=(suppressed <= limit) & (classes > 0),
        loss=np.expm1(np.log1p(losses).mean(axis=1)),
        loss_arithmetic=losses.mean(axis=1),
        precision=(_precisions(root, sums, suppressed) * weight).mean(axis=1),
        average_class_size=rows / np.maximum(classes + (suppressed > 0), 1),
        discernibility=(sums.kept_squares[:, step] + rows * suppressed).astype(np.float64),
        discernibility_raw=sums.squares.astype(np.float64),
        entropy=(entropies + removed).sum(axis=1),
        entropy_raw=entropies.sum(axis=1),
        normalised_entropy=_normalised(root, entropies + removed),
        ambiguity=_ambiguity(root, sums, step, suppressed),
        height=sums.nodes.sum(axis=1),
        distinct=sums.distinct,
        exp_entropy=sums.entropy,
        distance=sums.distance,
    )


def _losses(root: FrequencySet, sums: LatticeSums, step: int) -> Reals:
    """Loss of each attribute at each node; see ``utility.information_loss``."""
    size = np.array([h.size for h in root.hierarchies], dtype=np.int64)
    suppressed = (sums.rows - sums.kept_rows[:, step])[:, np.newaxis]
    leaves = sums.kept_leaves[:, step] + suppressed * size
    spread = np.maximum(sums.rows * (size - 1), 1)
    lost: Reals = np.where(size > 1, np.maximum(leaves - sums.rows, 0) / spread, 0.0)
    return lost


def _precisions(root: FrequencySet, sums: LatticeSums, suppressed: Wholes) -> Reals:
    height = np.array([max(h.height, 1) for h in root.hierarchies])
    share, gone = sums.nodes / height, suppressed[:, np.newaxis]
    found: Reals = ((sums.rows - gone) * share + gone) / max(sums.rows, 1)
    return found


def _entropies(root: FrequencySet, sums: LatticeSums) -> Reals:
    """Non-uniform entropy of each attribute without suppression."""
    each = [np.array(entropy_at(root, j))[sums.nodes[:, j]] for j in range(len(root.hierarchies))]
    return np.stack(each, axis=1)


def _normalised(root: FrequencySet, entropies: Reals) -> Reals:
    """Σ over the attributes of the entropy over the largest possible: every record in one group."""
    largest = [_largest(root, j) for j in range(len(root.hierarchies))]
    each = [entropies[:, j] / most if most else np.zeros(len(entropies)) for j, most in enumerate(largest)]
    found: Reals = np.sum(each, axis=0)
    return found


def _largest(root: FrequencySet, attribute: int) -> float:
    if root.origin is None:
        raise ValueError("a frequency set made by build() or roll_up() knows its origin")
    records = root.origin.records_at(attribute, root.hierarchies[attribute], 0)
    there = records[records > 0]
    return float(-(there * np.log2(there / there.sum())).sum())


def _ambiguity(root: FrequencySet, sums: LatticeSums, step: int, suppressed: Wholes) -> Reals:
    """Σ |E| · cells that the labels stand for, every cell of the domain for a suppressed record.

    References
    ----------
    Goldberger, Tassa (2010), Efficient anonymizations with enhanced utility.
    """
    if sums.kept_cells is None:
        return np.full(len(sums.nodes), np.nan)
    domain = float(np.prod([float(h.size) for h in root.hierarchies]))
    return sums.kept_cells[:, step] + suppressed * domain
