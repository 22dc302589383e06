"""The frontier, single moves, the way to a safe setting, and who disappears."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import SensitiveCodes, build, roll_up
from anonymiser.errors import InputError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.search import (
    Axis,
    Move,
    RolledUp,
    along,
    cheapest_move,
    fair_optimum,
    frontier,
    measure_lattice,
    moves,
    optimum,
    path,
    removal_by_group,
    tabulate,
)
from anonymiser.search.frontier import pareto
from tests.engine_tables import Table, nodes, tables, wide_table
from tests.test_search import models, nodes_of

NUMBER = st.sampled_from([0.0, 0.5, 1.0, 2.0, float("nan")])


@given(st.lists(st.tuples(NUMBER, NUMBER), max_size=12))
def test_nothing_beats_the_frontier_and_it_beats_the_rest(pairs: list[tuple[float, float]]) -> None:
    first, second = (np.array([p[i] for p in pairs], dtype=float) for i in (0, 1))
    found = pareto(first, second)
    assert (np.diff(first[found]) > 0).all()
    assert (np.diff(second[found]) < 0).all()
    for i, (a, b) in enumerate(pairs):
        if np.isnan(a) or np.isnan(b):
            assert i not in found
        elif i not in found:
            assert any(first[f] <= a and second[f] <= b for f in found)


@settings(max_examples=25, deadline=None)
@given(st.data(), tables(), st.sampled_from(list(Axis)), st.sampled_from(list(Axis)))
def test_the_frontier_of_a_lattice(data: st.DataObject, table: Table, x: Axis, y: Axis) -> None:
    root = table.build()
    sums = measure_lattice(root, [KAnonymity(k=data.draw(st.integers(1, 4)))], details=True)
    assert sums is not None
    every = tabulate(root, sums, int(sums.grid[-1]), 0.3)
    costs = [along(every, axis) * (-1 if axis.more_is_better else 1) for axis in (x, y)]
    if not table.sensitive and {x, y} & {Axis.DISTANCE, Axis.SAMENESS}:
        assert np.isnan(costs).any()
    for only_met in (False, True):
        found = frontier(every, x, y, only_met=only_met)
        assert not only_met or every.met[found].all()
        allowed = ~np.isnan(costs).any(axis=0) & (every.met if only_met else every.classes > 0)
        assert bool(found.size) == bool(allowed.any())
        for row in np.flatnonzero(allowed):
            assert ((costs[0][found] <= costs[0][row]) & (costs[1][found] <= costs[1][row])).any()


def test_risks_are_what_they_say() -> None:
    root = wide_table(1, qis=2, rows=60).build()
    sums = measure_lattice(root, [KAnonymity(k=3)])
    assert sums is not None
    every = tabulate(root, sums, 3, 0.5)
    for row, node in enumerate(map(tuple, every.levels.tolist())):
        after = assess(roll_up(root, node), [KAnonymity(k=3)], 1.0)
        assert along(every, Axis.EXPOSED)[row] == after.records_below_k
        if after.kept:
            assert along(every, Axis.LARGEST_RISK)[row] == pytest.approx(1 / after.k)
            assert along(every, Axis.MEAN_RISK)[row] == pytest.approx(after.mean_risk)
        else:
            assert np.isnan(along(every, Axis.MEAN_RISK)[row])


@settings(max_examples=40, deadline=None)
@given(st.data(), tables(), st.sampled_from([0.0, 0.2]))
def test_moves_are_all_there_and_say_what_they_do(data: st.DataObject, table: Table, limit: float) -> None:
    root, wanted = table.build(), data.draw(models(table))
    node = data.draw(nodes(table))
    found = moves(RolledUp(root, wanted, limit), node)
    before = assess(roll_up(root, node), wanted, limit)
    assert len(found) == sum(h.height for h in root.hierarchies)
    assert len({m.after.node for m in found}) == len(found)
    for move in found:
        after = assess(roll_up(root, move.after.node), wanted, limit)
        assert [i for i, (a, b) in enumerate(zip(node, move.after.node, strict=True)) if a != b] == [move.attribute]
        assert move.after.node[move.attribute] == move.level
        assert move.coarser == (move.level > node[move.attribute])
        assert move.made_safe == before.failing - after.failing
        assert move.after.met == after.met
        assert move.after.score == pytest.approx(after.loss_if_suppressed)
        assert move.k_gained == after.k - before.k
        assert move.detail_gained == pytest.approx(after.detail_kept - before.detail_kept, abs=1e-12)
    met = [m for m in found if m.after.met]
    assert found[: len(met)] == sorted(met, key=lambda m: m.after.score)
    cheapest = cheapest_move(found)
    assert (cheapest is None) == (not met)
    if cheapest is not None:
        assert cheapest.after.score == min(m.after.score for m in met)


@settings(max_examples=40, deadline=None)
@given(st.data(), tables(), st.sampled_from([0.0, 0.2]))
def test_the_way_is_the_shortest_and_ends_in_the_green(data: st.DataObject, table: Table, limit: float) -> None:
    root, wanted, node = table.build(), data.draw(models(table)), data.draw(nodes(table))
    way = path(RolledUp(root, wanted, limit), node)
    met = {n: a.loss_if_suppressed for n in nodes_of(root) if (a := assess(roll_up(root, n), wanted, limit)).met}
    if not met:
        assert way is None
        return
    assert way is not None
    apart = {n: sum(a != b for a, b in zip(n, node, strict=True)) for n in met}
    assert len(way) == min(apart.values())
    here = tuple(node)
    for move in way:
        assert move.before.node == here
        here = move.after.node
    assert here in met
    assert met[here] == pytest.approx(min(met[n] for n in met if apart[n] == len(way)))


def test_a_long_way_is_cut_short_by_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    from anonymiser.search import standings

    monkeypatch.setattr(standings, "_MOST_CHOICES", 1)
    root = wide_table(5, qis=4, rows=60).build()
    way = path(RolledUp(root, [KAnonymity(k=20)], 0.0), (0, 0, 0, 0))
    assert way
    assert isinstance(way[-1], Move)
    assert way[-1].after.met


def people(rows: int = 400, seed: int = 0) -> tuple[list[Hierarchy], list[np.ndarray], np.ndarray]:
    """Two attributes, and a group of one in ten that lives apart from the others."""
    rng = np.random.default_rng(seed)
    group = (rng.random(rows) < 0.1).astype(np.uint8)
    size = 24
    made, codes = [], []
    for j in range(3):
        exact = [f"{j}.{v}" for v in range(size)]
        halves = [f"{j}h{v // 6}" for v in range(size)]
        made.append(Hierarchy.from_levels(f"q{j}", [exact, halves, ["*"] * size], ["0", "1", "2"], missing=False))
        common = np.minimum(rng.geometric(0.3, rows) - 1, 11)
        codes.append(np.where(group == 1, rng.integers(12, size, rows), common).astype(np.uint8))
    return made, codes, group


def test_removal_by_group_counts_records() -> None:
    made, codes, group = people()
    root = build(made, codes, [SensitiveCodes("group", group, 3, 2)], histograms=True)
    wanted = [KAnonymity(k=3)]
    for node in itertools.product(range(3), repeat=3):
        found = removal_by_group(roll_up(root, node), wanted, "group")
        keys = np.stack([h.maps[level][c] for h, level, c in zip(made, node, codes, strict=True)])
        _, same, counts = np.unique(keys, axis=1, return_inverse=True, return_counts=True)
        gone = counts[same] < 3
        assert found.records.tolist() == [int((group == g).sum()) for g in range(3)]
        assert found.removed.tolist() == [int(gone[group == g].sum()) for g in range(3)]
        assert found.rate == pytest.approx(gone.mean())
        if gone.any():
            shares = [gone[group == g].mean() if (group == g).any() else 0 for g in range(3)]
            assert found.times == pytest.approx(np.array(shares) / gone.mean())
            assert found.worst() == int(np.argmax(shares))
            assert found.worst(smallest=10_000) is None
        else:
            assert found.worst() is None
            assert found.times.tolist() == [0, 0, 0]
            assert found.is_fair(1.0)


@pytest.mark.parametrize("most", [1.0, 1.5, 4.0, 100.0])
@pytest.mark.parametrize("limit", [0.0, 0.05, 0.3])
def test_the_fair_optimum_is_the_best_of_the_fair(most: float, limit: float) -> None:
    backend.warm()
    made, codes, group = people()
    root = build(made, codes, [SensitiveCodes("group", group, 2)], histograms=True)
    wanted = [KAnonymity(k=3)]
    scores = []
    for node in nodes_of(root):
        classes = roll_up(root, node)
        alone = assess(classes, wanted, limit)
        fair = removal_by_group(classes, wanted, "group").times.max() <= most + 1e-9
        if alone.met and fair:
            scores.append(alone.loss_if_suppressed)
    found = fair_optimum(root, wanted, limit, "group", most)
    assert (found is None) == (not scores)
    if found is not None:
        assert found.score == pytest.approx(min(scores))
        assert removal_by_group(roll_up(root, found.node), wanted, "group").is_fair(most)


def test_fairness_costs_something_here() -> None:
    made, codes, group = people()
    root = build(made, codes, [SensitiveCodes("group", group, 2)], histograms=True)
    wanted = [KAnonymity(k=3), DistinctDiversity(attribute="group", l=1)]
    plain, fair = optimum(root, wanted, 0.3), fair_optimum(root, wanted, 0.3, "group", 1.5)
    assert plain is not None
    assert fair is not None
    assert not removal_by_group(roll_up(root, plain.node), wanted, "group").is_fair(1.5)
    assert fair.score > plain.score


def test_less_than_its_share_is_refused() -> None:
    made, codes, group = people()
    root = build(made, codes, [SensitiveCodes("group", group, 2)], histograms=True)
    for most in (0.5, float("nan")):
        with pytest.raises(InputError, match="share"):
            fair_optimum(root, [KAnonymity(k=2)], 0.3, "group", most)
