"""The records that the compiled walk over a lattice takes and fills; numbers and arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "AlongOrder",
    "Commonest",
    "Found",
    "Lattice",
    "Limits",
    "OrderRules",
    "RecursiveRules",
    "Rules",
    "ShareRules",
    "Shares",
    "TreeRules",
    "Tuples",
]


@dataclass(frozen=True)
class Shares:
    """How large a part of a class each value may be; one number a code, compared as they stand.

    Attributes
    ----------
    low, high : tuple of float
        Of all its records. A value that no record has makes up 0.
    known : tuple of float
        Of the records whose value is known, at most; that of the missing value is not looked at.
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    known: tuple[float, ...]


class Commonest(NamedTuple):
    """r1 / (rl + … + rm), the counts of a class in descending order, lies below ``most``."""

    most: float
    length: int


@dataclass(frozen=True)
class AlongOrder:
    """A class lies within some distance of the table along an order of the values; a rank for each code."""

    most: float
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class Limits:
    """Requirements beside k that a class has to satisfy, on one sensitive attribute.

    A missing value never counts towards ``distinct`` and ``entropy``; for ``distance`` (½ Σ |p − q|
    from the whole table), along an order and along the attribute's hierarchy (``tree``) it is a value
    of its own. ``commonest`` holds with missing as a value and without it. ``fewest`` are records.
    """

    distinct: int = 0
    entropy: float = 0.0
    distance: float = 1.0
    shares: Shares | None = None
    orders: tuple[AlongOrder, ...] = ()
    tree: float = 1.0
    commonest: tuple[Commonest, ...] = ()
    fewest: int = 1

    @property
    def needs_counts(self) -> bool:
        """Whether bit masks do not tell."""
        counts = self.entropy or self.shares or self.orders or self.commonest
        return bool(counts) or min(self.distance, self.tree) < 1


class Lattice(NamedTuple):
    """What does not change from node to node; attributes in the order of the wheels.

    Attributes
    ----------
    rows : int
        Records of the table.
    heights : (attributes,) int64 array
    strides : (attributes,) int64 array
        How far apart neighbouring levels stand among the nodes.
    shifts, widths : (attributes,) uint64 arrays
        Where an attribute's bits stand in a key, and their mask.
    tables, table_at : flat uint64 array of the codes one level up, and where it starts for (attribute, level)
    leaves, every, label_at : leaves below each label, its records, and where they start for (attribute, level)
    """

    rows: int
    heights: npt.NDArray[np.int64]
    strides: npt.NDArray[np.int64]
    shifts: npt.NDArray[np.uint64]
    widths: npt.NDArray[np.uint64]
    tables: npt.NDArray[np.uint64]
    table_at: npt.NDArray[np.int64]
    leaves: npt.NDArray[np.int64]
    every: npt.NDArray[np.int64]
    label_at: npt.NDArray[np.int64]


class ShareRules(NamedTuple):
    """Bounds of each value's share, values of all sensitive attributes one after the other.

    Attributes
    ----------
    bounded : (sensitive,) bool array
        Whether an attribute's shares have bounds.
    low, high, known : (values,) float64 arrays
        As in `Shares`.
    """

    bounded: npt.NDArray[np.bool_]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    known: npt.NDArray[np.float64]


class RecursiveRules(NamedTuple):
    """Attribute, smallest ratio that fails, and l of each rule (r1 against rl + … + rm)."""

    attribute: npt.NDArray[np.int64]
    most: npt.NDArray[np.float64]
    length: npt.NDArray[np.int64]


class OrderRules(NamedTuple):
    """Distances along orders of values.

    Attributes
    ----------
    most : (orders,) float64 array
        Largest distance along each order.
    missing, absent : (orders,) int64 arrays
        Place of the value that stands for missing, or -1; records of the table that have it.
    at : (orders + 1,) int64 array
        Where the ranks of each order start among all.
    cumulated, rank_at, rank_values : records of the table up to each rank; where its values start, and their
        places in a row of counts
    """

    most: npt.NDArray[np.float64]
    missing: npt.NDArray[np.int64]
    absent: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    cumulated: npt.NDArray[np.int64]
    rank_at: npt.NDArray[np.int64]
    rank_values: npt.NDArray[np.int64]


class TreeRules(NamedTuple):
    """Distances along hierarchies; the nodes of each from its values up to the root.

    Attributes
    ----------
    attribute, height : (trees,) int64 arrays
    most : (trees,) float64 array
        Largest distance along each tree.
    at : (trees + 1,) int64 array
        Where the nodes of each tree start among all.
    up, table : (nodes,) int64 arrays
        Parent of each node, counted from the first of its tree; records of the table below it.
    """

    attribute: npt.NDArray[np.int64]
    height: npt.NDArray[np.int64]
    most: npt.NDArray[np.float64]
    at: npt.NDArray[np.int64]
    up: npt.NDArray[np.int64]
    table: npt.NDArray[np.int64]


class Rules(NamedTuple):
    """What a class has to satisfy; sensitive attributes one after the other.

    Attributes
    ----------
    bucket_of : int64 array
        How many values of k a class of each size reaches; the last entry is for all larger ones.
    limits : (sensitive, 3) float64 array
        Fewest known values, smallest entropy (natural logarithm), largest equal distance.
    first : (sensitive + 1,) int64 array
        Where the values of each attribute start in a row of counts.
    table : (values,) int64 array
        Records of each sensitive value.
    missing : (sensitive,) int64 array
        Place of the value that stands for missing, or -1.
    bits, known : (sensitive,) uint64 arrays
        Bits of all values of an attribute in a mask, and of those that are known.
    logs : float64 array
        x · ln x of small x.
    extremes : bool
        Whether the worst diversity and distance of each node are wanted, and not only what the limits need.
    counted, with_logs : (sensitive,) bool arrays
        Whether the values of an attribute have to be counted for its limits; whether entropy and distance are
        looked at.
    fewest : int
        Records that a class needs at least, whatever the grid of k says.
    shares, recursive, orders, trees : records
        What is asked of an attribute beside its row of ``limits``.
    """

    bucket_of: npt.NDArray[np.int64]
    limits: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    table: npt.NDArray[np.int64]
    missing: npt.NDArray[np.int64]
    bits: npt.NDArray[np.uint64]
    known: npt.NDArray[np.uint64]
    logs: npt.NDArray[np.float64]
    extremes: bool
    counted: npt.NDArray[np.bool_]
    with_logs: npt.NDArray[np.bool_]
    fewest: int
    shares: ShareRules
    recursive: RecursiveRules
    orders: OrderRules
    trees: TreeRules


class Found(NamedTuple):
    """What is written, a row a node.

    Attributes
    ----------
    sums : (nodes, steps, 4 + attributes) int64 array
        For each k: classes that pass, their records, Σ |E|², Σ |E| · leaves of each attribute, the smallest.
    extremes : (nodes, 6) float64 array
        Classes, smallest, Σ |E|², fewest values, smallest exp-entropy, largest equal distance.
    details : (nodes or 0, steps, 1 + attributes) float64 array
        Σ |E| · cells over the classes that pass; entropy of the suppressed records' labels of each
        attribute, in bits.
    reached : (nodes, steps) int64 array
        Records in classes that reach each k, whatever other limits they break.
    """

    sums: npt.NDArray[np.int64]
    extremes: npt.NDArray[np.float64]
    details: npt.NDArray[np.float64]
    reached: npt.NDArray[np.int64]


class Tuples(NamedTuple):
    """Keys and records, and of the sensitive values either their counts (a row a tuple) or a bit mask, or none."""

    keys: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int32]
    hist: npt.NDArray[np.int32]
    masks: npt.NDArray[np.uint64]
