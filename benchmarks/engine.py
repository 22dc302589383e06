"""One slider move inside the engine, side by side with a pandas group-by on generalised strings."""

from __future__ import annotations

import statistics
import time

import pandas as pd

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.privacy import KAnonymity
from benchmarks.tables import adult, customers_root, random_nodes
from benchmarks.timing import Figure, cpu_ms, customers

_REQUIRED = (KAnonymity(k=5),)


def nodes_ms(root: FrequencySet, nodes: list[tuple[int, ...]], repeat: int = 3) -> list[float]:
    """Milliseconds of CPU for each node, grouped from level 0 and measured."""
    return [cpu_ms(lambda node=node: assess(roll_up(root, node), _REQUIRED, 0.05), repeat) for node in nodes]


def pandas_ms(root: FrequencySet, node: tuple[int, ...]) -> float:
    """CPU milliseconds of a group-by on the generalised strings of the same node (made beforehand)."""
    columns = {}
    for j, (hierarchy, level) in enumerate(zip(root.hierarchies, node, strict=True)):
        labels = pd.array(list(hierarchy.labels[level]), dtype="str")
        codes = root.layout.codes(root.keys, j).astype("int64")
        columns[str(j)] = labels.take(hierarchy.maps[level][codes])
    frame = pd.DataFrame(columns)
    start = time.process_time()
    frame.groupby(list(columns), dropna=False, sort=False).size().min()
    return 1e3 * (time.process_time() - start)


def figures(*, large: bool = True) -> list[Figure]:
    """Adult, a million customers, ten million."""
    backend.warm()
    result = []
    table = adult()
    if table is not None:
        times = nodes_ms(table, random_nodes(table, 100))
        result.append(_line("Adult, one node of 100 drawn, all measures, slowest (median)", times, 1.0))
    root = customers_root(customers(1_000_000, ".csv"))
    nodes = random_nodes(root, 12)
    times = nodes_ms(root, nodes)
    result.append(_line("a million customers, six QIs, slowest of 12 nodes (median)", times, 35.0))
    slow = [pandas_ms(root, node) for node in nodes[:3]]
    ratio = statistics.median(s / t for s, t in zip(slow, times, strict=False))
    result.append(
        Figure("the same, pandas group-by on strings (3 nodes): ratio", f"{ratio:.0f} ×", "at least 50 ×", ratio >= 50)
    )
    result.append(_cached(root))
    if large:
        big = customers_root(customers(10_000_000, ".parquet"))
        times = nodes_ms(big, random_nodes(big, 8), repeat=2)
        result.append(_line("ten million customers, six QIs, slowest of 8 nodes (median)", times, 250.0))
    return result


def _line(what: str, times: list[float], wanted: float) -> Figure:
    shown = f"{max(times):.2f} ms ({statistics.median(times):.2f})"
    return Figure(what, shown, f"at most {wanted:g} ms CPU", max(times) <= wanted)


def _cached(root: FrequencySet) -> Figure:
    """The largest kept set of up to 500,000 classes, to a node above it."""
    finer = max(
        (roll_up(root, node) for node in random_nodes(root, 40, seed=2)),
        key=lambda s: s.classes if s.classes <= 500_000 else 0,
    )
    above = tuple(min(level + 1, h.height) for level, h in zip(finer.node, root.hierarchies, strict=True))
    steps = [
        tuple(high if i == j else low for i, (low, high) in enumerate(zip(finer.node, above, strict=True)))
        for j in range(len(above))
    ]
    times = nodes_ms(finer, [s for s in steps if s != finer.node])
    return _line(f"from a kept set of {finer.classes:,} classes, one level up, slowest", times, 10.0)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
