"""One slider move inside the engine, side by side with a pandas group-by on generalised strings."""

from __future__ import annotations

import statistics
import time

import pandas as pd

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.keeping import KeptSets
from anonymiser.privacy import KAnonymity
from benchmarks.tables import adult, customers_root, random_nodes
from benchmarks.timing import Figure, cpu_ms, customers

_REQUIRED = (KAnonymity(k=5),)

Node = tuple[int, ...]


def nodes_ms(root: FrequencySet, nodes: list[Node], repeat: int = 3) -> list[float]:
    """Milliseconds of CPU for each node, grouped from level 0 and measured."""
    return [cpu_ms(lambda node=node: assess(roll_up(root, node), _REQUIRED, 0.05, live=True), repeat) for node in nodes]


def pressed(root: FrequencySet, nodes: list[Node]) -> tuple[list[Node], list[float]]:
    """Where the sliders stand after one is moved one level up from each node, and the CPU milliseconds of that.

    As the tune page does it: what was looked at before is kept, and the new setting is rolled up from the
    nearest kept set; each press goes to a setting that was not looked at yet.
    """
    moved, times = [], []
    for i, node in enumerate(nodes):
        free = [j for j, (level, h) in enumerate(zip(node, root.hierarchies, strict=True)) if level < h.height]
        up = free[i % len(free)] if free else None
        kept = KeptSets(lambda wanted: roll_up(root, wanted), first=(0,) * len(node))
        kept.at(node)
        target = tuple(level + (j == up) for j, level in enumerate(node))
        start = time.process_time()
        assess(kept.at(target), _REQUIRED, 0.05, live=True)
        times.append(1e3 * (time.process_time() - start))
        moved.append(target)
    return moved, times


def pandas_ms(root: FrequencySet, node: Node, kind: str) -> tuple[float, float]:
    """CPU milliseconds of pandas for the same node: the group-by alone, and with recoding one column before it.

    The strings are generalised beforehand; ``kind`` is "str" (Arrow strings, pandas 3) or "object".
    """
    columns = {}
    for j, (hierarchy, level) in enumerate(zip(root.hierarchies, node, strict=True)):
        labels = pd.Series(list(hierarchy.labels[level]), dtype=kind)
        codes = root.layout.codes(root.keys, j).astype("int64")
        columns[str(j)] = labels.take(hierarchy.maps[level][codes]).reset_index(drop=True)
    frame = pd.DataFrame(columns)
    moved = frame["0"].astype(object).to_list()
    recode = dict.fromkeys(moved, "x")
    start = time.process_time()
    frame["0"].map(recode)
    between = time.process_time()
    frame.groupby(list(columns), dropna=False, sort=False).size().min()
    end = time.process_time()
    return 1e3 * (end - between), 1e3 * (end - start)


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
    result += [_pandas(root, nodes, times, kind, "same nodes") for kind in ("str", "object")]
    moved, presses = pressed(root, nodes)
    result.append(_line("    a press one level up from each, from the nearest kept set", presses, 35.0))
    result += [_pandas(root, moved, presses, kind, "same presses") for kind in ("str", "object")]
    result.append(_cached(root))
    if large:
        big = customers_root(customers(10_000_000, ".parquet"))
        times = nodes_ms(big, random_nodes(big, 8), repeat=2)
        result.append(_line("ten million customers, six QIs, slowest of 8 nodes (median)", times, 250.0))
    return result


def _line(what: str, times: list[float], wanted: float) -> Figure:
    shown = f"{max(times):.2f} ms ({statistics.median(times):.2f})"
    return Figure(what, shown, f"at most {wanted:g} ms CPU", max(times) <= wanted)


def _pandas(root: FrequencySet, nodes: list[Node], times: list[float], kind: str, which: str) -> Figure:
    """How many times longer pandas takes from generalised strings than the engine did."""
    chosen = list(range(0, len(nodes), 3))
    alone, whole = zip(*(pandas_ms(root, nodes[i], kind) for i in chosen), strict=True)
    ratio = statistics.median(slow / times[i] for slow, i in zip(alone, chosen, strict=True))
    moved = statistics.median(slow / times[i] for slow, i in zip(whole, chosen, strict=True))
    what = f"pandas group-by on {'Arrow' if kind == 'str' else 'object'} strings, {which}: ratio (with recoding)"
    return Figure(what, f"{ratio:.0f} x ({moved:.0f} x)", "at least 50 x", ratio >= 50)


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
