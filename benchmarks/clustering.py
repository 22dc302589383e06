"""k-member clustering beside Mondrian: what both lose, and how long it takes."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.methods import FuzzyClustering
from anonymiser.transform import fuzzy
from anonymiser.transform.base import silent
from anonymiser.transform.k_member import cluster
from anonymiser.transform.points import Points
from benchmarks.tables import adult, customers_root
from benchmarks.timing import Figure, customers

_K = 10


def figures(*, large: bool = True) -> list[Figure]:
    """Adult and a hundred thousand customers."""
    result = []
    table = adult()
    if table is not None:
        result += _adult(_points(table, table.rows))
    if large:
        many = _points(customers_root(customers(1_000_000, ".csv")), 100_000)
        _, seconds = _timed(many, 1)
        result.append(_line("k-member, 100,000 customers, six QIs, k = 10", seconds, 60))
    return result


def _adult(points: Points) -> list[Figure]:
    _timed(_first(points, 2_000), 1)  # compiles
    group, seconds = _timed(points, 10)
    lost, theirs = spans(points, group), spans(points, mondrian(points))
    less = 1 - lost / theirs
    begin = time.process_time()
    fuzzy.cluster(points, _K, FuzzyClustering(), np.random.default_rng(1), silent)
    return [
        _line("k-member, Adult 30,162 rows, nine QIs, k = 10", seconds, 6),
        Figure(
            f"mean range share: k-member {lost:.4f}, Mondrian {theirs:.4f}",
            f"{100 * less:.0f} % less",
            "at least 40 % less",
            less >= 0.4,
        ),
        _line("fuzzy clustering, the same", time.process_time() - begin, 6),
    ]


def _points(root: FrequencySet, rows: int) -> Points:
    codes = [np.repeat(root.layout.codes(root.keys, j), root.counts)[:rows] for j in range(len(root.hierarchies))]
    at = [column / max(h.size - 1, 1) for column, h in zip(codes, root.hierarchies, strict=True)]
    shuffled = np.random.default_rng(0).permutation(codes[0].size)
    return Points(np.array(at, dtype=np.float32)[:, shuffled], np.ones(len(at), dtype=np.float32))


def _first(points: Points, rows: int) -> Points:
    return Points(np.ascontiguousarray(points.at[:, :rows]), points.weights)


def _timed(points: Points, rounds: int) -> tuple[npt.NDArray[np.int64], float]:
    begin = time.process_time()
    group = cluster(points, _K, None, np.random.default_rng(1), rounds=rounds, progress=silent)
    return group, time.process_time() - begin


def mondrian(points: Points) -> npt.NDArray[np.int64]:
    """Strict Mondrian's groups of the same points."""
    from anonymiser.transform import mondrian_kernels as kernels

    columns = [np.unique(row, return_inverse=True)[1] for row in points.at]
    rows = np.array(columns).T.astype(np.uint16).copy()
    sizes = rows.max(axis=0).astype(np.int64) + 1
    index, begins = np.arange(points.rows, dtype=np.int32), np.zeros(points.rows, dtype=np.bool_)
    kernels.divide(rows, index, 0, points.rows, sizes, _K, False, int(sizes.max()), begins)
    group = np.empty(points.rows, dtype=np.int64)
    group[index] = np.cumsum(begins) - 1
    return group


def spans(points: Points, group: npt.NDArray[np.int64]) -> float:
    """Mean over records and attributes of the range of the record's group."""
    total = 0.0
    for row in points.at:
        low, high = np.full(group.max() + 1, np.inf), np.full(group.max() + 1, -np.inf)
        np.minimum.at(low, group, row)
        np.maximum.at(high, group, row)
        total += float((high - low)[group].mean())
    return total / len(points.at)


def _line(what: str, seconds: float, wanted: float) -> Figure:
    return Figure(what, f"{seconds:.1f} s", f"at most {wanted:g} s CPU", seconds <= wanted)
