"""The rules of the walk over a lattice as arrays: what a class of every node has to satisfy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, SensitiveInfo
from anonymiser.engine.lattice_records import (
    AlongOrder,
    Limits,
    OrderRules,
    RecursiveRules,
    Rules,
    ShareRules,
    TreeRules,
)
from anonymiser.engine.profile import tree_of

__all__ = ["SLACK", "make_rules", "thresholds"]

SLACK: Final = 1e-9
"""A real number that meets a limit exactly counts as met."""
_KNOWN_LOGS: Final = 4096
_WORD: Final = 2**64 - 1

Wholes = npt.NDArray[np.int64]


def thresholds(limits: Limits) -> tuple[float, float, float]:
    """What a class is compared with; a tie is met."""
    entropy = float(np.log(limits.entropy - SLACK)) if limits.entropy else -np.inf
    return limits.distinct, entropy, limits.distance + SLACK


def make_rules(
    root: FrequencySet, grid: Wholes, limits: Mapping[str, Limits], *, counts_values: bool, extremes: bool
) -> Rules:
    """The grid of k and the limits as arrays.

    Parameters
    ----------
    root : FrequencySet
    grid : (steps,) int64 array
    limits : mapping of str to Limits
    counts_values : bool
        Whether sensitive values are counted; otherwise only distinct values have a limit.
    extremes : bool
        Whether the worst diversity and distance of each node are wanted.
    """
    sizes = np.arange(int(min(grid[-1], root.rows + 1)) + 1)
    given = list(limits.values())
    infos = [root.sensitive[name] for name in limits]
    first = np.cumsum([0, *(info.cardinality for info in infos)]).astype(np.int64)
    places = [root.mask_places.get(name, 0) for name in limits]
    bits = [((1 << info.cardinality) - 1) << place for info, place in zip(infos, places, strict=True)]
    absent = [0 if i.missing is None else 1 << (p + i.missing) for i, p in zip(infos, places, strict=True)]
    number = np.arange(_KNOWN_LOGS, dtype=np.float64)
    totals = [root.histograms[name].totals for name in limits] if counts_values else []
    return Rules(
        bucket_of=np.searchsorted(grid, sizes, side="right").astype(np.int64),
        limits=np.array([thresholds(limit) for limit in given]).reshape(-1, 3),
        first=first,
        table=_flat(totals),
        missing=np.array([_missing(info, at) for info, at in zip(infos, first, strict=False)], dtype=np.int64),
        bits=_words(bits),
        known=_words([every & ~gone for every, gone in zip(bits, absent, strict=True)]),
        logs=number * np.log(np.maximum(number, 1.0)),
        extremes=extremes,
        counted=np.array([bool(limit.distinct) or _reads_logs(limit) for limit in given], dtype=np.bool_),
        with_logs=np.array([extremes or _reads_logs(limit) for limit in given], dtype=np.bool_),
        fewest=max((limit.fewest for limit in given), default=1),
        shares=_shares(given, infos if counts_values else []),
        recursive=_recursive(given),
        orders=_orders(list(zip(given, infos, first.tolist(), totals, strict=False))),
        trees=_trees(list(zip(given, infos, totals, strict=False))),
    )


def _reads_logs(limit: Limits) -> bool:
    return limit.entropy > 0 or limit.distance < 1


def _shares(given: Sequence[Limits], infos: Sequence[SensitiveInfo]) -> ShareRules:
    low, high, known = [], [], []
    for limit, info in zip(given, infos, strict=False):
        free = np.full(info.cardinality, np.inf)
        low.append(-free if limit.shares is None else np.array(limit.shares.low))
        high.append(free if limit.shares is None else np.array(limit.shares.high))
        known.append(free if limit.shares is None else np.array(limit.shares.known))
    bounded = np.array([limit.shares is not None for limit in given], dtype=np.bool_)
    return ShareRules(bounded, *(np.concatenate([np.zeros(0), *parts]) for parts in (low, high, known)))


def _recursive(given: Sequence[Limits]) -> RecursiveRules:
    rules = [(a, one.most, one.length) for a, limit in enumerate(given) for one in limit.commonest]
    attribute, most, length = zip(*rules, strict=True) if rules else ((), (), ())
    return RecursiveRules(
        np.array(attribute, dtype=np.int64), np.array(most, dtype=np.float64), np.array(length, dtype=np.int64)
    )


class _Order(NamedTuple):
    """One order: its limit; place and records of the missing value; places of each rank's values, and records up to it.

    Only what occurs in the table has a rank here; the place is -1 where no value stands for missing.
    """

    most: float
    missing: int
    absent: int
    values: list[Wholes]
    cumulated: Wholes


def _orders(counted: Sequence[tuple[Limits, SensitiveInfo, int, Wholes]]) -> OrderRules:
    orders = [_order(order, info, at, table) for limit, info, at, table in counted for order in limit.orders]
    ranks: list[Wholes] = [values for order in orders for values in order.values]
    return OrderRules(
        most=np.array([order.most for order in orders], dtype=np.float64) + SLACK,
        missing=np.array([order.missing for order in orders], dtype=np.int64),
        absent=np.array([order.absent for order in orders], dtype=np.int64),
        at=_starts(order.values for order in orders),
        cumulated=_flat([order.cumulated for order in orders]),
        rank_at=_starts(ranks),
        rank_values=_flat(ranks),
    )


def _order(order: AlongOrder, info: SensitiveInfo, first: int, table: Wholes) -> _Order:
    there = table > 0
    absent = 0
    if info.missing is not None:
        absent = int(table[info.missing])
        there[info.missing] = False
    ranks = np.array(order.ranks, dtype=np.int64)
    values = [np.flatnonzero(there & (ranks == rank)) for rank in np.unique(ranks[there])]
    cumulated = np.cumsum([table[v].sum() for v in values], dtype=np.int64)
    return _Order(order.most, _missing(info, first), absent, [first + v for v in values], cumulated)


def _trees(counted: Sequence[tuple[Limits, SensitiveInfo, Wholes]]) -> TreeRules:
    found = [
        (a, limit.tree, tree)
        for a, (limit, info, table) in enumerate(counted)
        if limit.tree < 1 and info.hierarchy is not None and (tree := tree_of(info.hierarchy, info.level, table)).height
    ]
    return TreeRules(
        attribute=np.array([a for a, _, _ in found], dtype=np.int64),
        height=np.array([tree.height for _, _, tree in found], dtype=np.int64),
        most=np.array([most for _, most, _ in found], dtype=np.float64) + SLACK,
        at=_starts(tree.up for _, _, tree in found),
        up=_flat([tree.up for _, _, tree in found]),
        table=_flat([tree.table for _, _, tree in found]),
    )


def _missing(info: SensitiveInfo, first: int) -> int:
    return -1 if info.missing is None else int(first) + info.missing


def _starts(parts: Iterable[Sized]) -> Wholes:
    return np.cumsum([0, *map(len, parts)]).astype(np.int64)


def _flat(parts: Sequence[Wholes]) -> Wholes:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _words(numbers: list[int]) -> npt.NDArray[Any]:
    return np.array([number & _WORD for number in numbers], dtype=np.uint64)
