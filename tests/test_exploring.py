from __future__ import annotations

import threading
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from anonymiser import exploring
from anonymiser.errors import InputError
from anonymiser.exploring import Lattice, Question, lattice, score, stepping, tasks
from anonymiser.planning import requirements_in_force
from anonymiser.policy import GOVERNMENT
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.search import (
    Axis,
    By,
    Cancelled,
    LatticeTable,
    RolledUp,
    Tabulated,
    along,
    frontier,
    moves,
    neighbours,
    optimum,
    path,
)

SAMPLE = Path(__file__).parents[1] / "sample_data" / "customers.csv"
SAFE = {"gender": 0, "birthdate": 5, "country_of_birth": 3, "postcode": 7, "education_level": 2}


def measured(project: Project) -> Lattice:
    walk = exploring.explore(project)
    assert walk is None or walk.wait(60)
    found = exploring.found(project)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def government() -> Project:
    project = Project(read(SAMPLE))
    project.choose_policy(GOVERNMENT.name)
    measured(project)
    return project


@pytest.fixture
def scores(government: Project) -> LatticeTable:
    return score(measured(government), government.recipe.k, government.recipe.suppression)


def levels_of(project: Project, node: tuple[int, ...]) -> dict[str, int]:
    return dict(zip((plan.name for plan in project.recipe.qis), node, strict=True))


def test_scores_are_those_of_the_assessment(government: Project, scores: LatticeTable) -> None:
    recipe = government.recipe
    for row in np.random.default_rng(4).integers(0, scores.nodes, 40):
        found = government.assess(recipe.with_levels(levels_of(government, scores.node(row))).changed(suppression=1.0))
        assert scores.suppressed[row] == found.failing
        assert scores.exposed[row] == found.records_below_k
        assert scores.smallest[row] == found.k
        assert scores.classes_raw[row] == found.classes_raw
        assert scores.loss[row] == pytest.approx(found.loss_if_suppressed, abs=1e-12)
        assert scores.detail[row] == pytest.approx(found.detail_kept, abs=1e-12)
        assert scores.met[row] == (found.failing <= scores.limit and found.classes > 0)


def test_scores_count_every_requirement() -> None:
    project = Project(read(SAMPLE))
    scores = score(measured(project), project.recipe.k, project.recipe.suppression)
    assert (scores.exposed <= scores.suppressed).all()
    assert (scores.exposed < scores.suppressed).any()
    for row in (0, 1000, 2000, 2687):
        found = project.assess(project.recipe.with_levels(levels_of(project, scores.node(row))))
        assert (scores.suppressed[row], scores.exposed[row]) == (found.failing, found.records_below_k)


@pytest.mark.parametrize("by", [By.LOSS, By.PRECISION])
def test_the_best_is_the_optimum(government: Project, scores: LatticeTable, by: By) -> None:
    recipe = government.recipe
    root = government.classes(recipe.with_levels({plan.name: 0 for plan in recipe.qis}))
    row, expected = scores.best(by), optimum(root, requirements_in_force(recipe), recipe.suppression, by=by)
    assert row is not None
    assert expected is not None
    assert scores.score(by)[row] == pytest.approx(expected.score, abs=1e-12)


@pytest.mark.parametrize("x", [Axis.DETAIL, Axis.LOSS])
@pytest.mark.parametrize("y", [Axis.DELETED, Axis.GROUP, Axis.SMALLEST, Axis.EXPOSED])
def test_nothing_that_meets_the_requirements_beats_the_frontier(scores: LatticeTable, x: Axis, y: Axis) -> None:
    line = frontier(scores, x, y)
    across = along(scores, x) * (1 if x.more_is_better else -1)
    up = along(scores, y) * (1 if y.more_is_better else -1)
    assert line.size
    assert scores.met[line].all()
    for row in np.flatnonzero(scores.met):
        as_good = (across >= across[row]) & (up >= up[row])
        beaten = (as_good & ((across > across[row]) | (up > up[row])) & scores.met).any()
        on_it = ((across[line] == across[row]) & (up[line] == up[row])).any()
        assert on_it != beaten


def test_bounds_leave_nodes_out(scores: LatticeTable) -> None:
    low, high = (0, 3, 0, 0, 1), (1, 4, 4, 7, 1)
    inside = scores.within(low, high)
    assert inside.nodes == 2 * 2 * 5 * 8
    assert inside.row_of((0, 0, 0, 0, 0)) is None
    row = inside.row_of((1, 3, 2, 5, 1))
    assert row is not None
    assert inside.loss[row] == scores.loss[scores.row_of((1, 3, 2, 5, 1))]
    assert scores.within((0,) * 5, tuple(scores.levels.max(axis=0))) is scores


def test_a_larger_k_never_lets_more_settings_pass(government: Project) -> None:
    whole = measured(government)
    passing = [score(whole, int(k), 0.05).met for k in whole.sums.grid]
    for smaller, larger in pairwise(passing):
        assert not (larger & ~smaller).any()
    assert score(whole, 5, 0.2).met.sum() >= score(whole, 5, 0.0).met.sum()


def test_moves_say_what_the_tune_page_would_show(government: Project, scores: LatticeTable) -> None:
    recipe = government.recipe.with_levels(SAFE)
    before = government.assess(recipe)
    for move in moves(Tabulated(scores), recipe.node):
        after = government.assess(recipe.with_levels(levels_of(government, move.after.node)))
        assert move.made_safe == before.failing - after.failing
        assert move.k_gained == after.k - before.k
        assert move.detail_gained == pytest.approx(after.detail_kept - before.detail_kept, abs=1e-12)
        assert move.after.met == after.met


def test_a_measured_lattice_and_roll_ups_say_the_same(government: Project, scores: LatticeTable) -> None:
    recipe = government.recipe
    root = government.classes(recipe.with_levels({plan.name: 0 for plan in recipe.qis}))
    rolled = RolledUp(root, requirements_in_force(recipe), recipe.suppression)
    for node in (recipe.node, tuple(SAFE.values()), (1, 2, 3, 4, 3)):
        one, other = moves(Tabulated(scores), node), moves(rolled, node)
        assert {m.after.node for m in one} == {m.after.node for m in other}
        assert [m.after.score for m in one] == pytest.approx([m.after.score for m in other])
        ways = [path(standings, node) for standings in (Tabulated(scores), rolled)]
        assert None not in ways
        assert len({len(way or ()) for way in ways}) == 1


def test_neighbours_are_one_step_away(scores: LatticeTable) -> None:
    node = tuple(SAFE.values())
    around = neighbours(Tabulated(scores), node)
    heights = scores.levels.max(axis=0)
    assert sum(not move.coarser for move in around) == sum(level > 0 for level in node)
    assert sum(move.coarser for move in around) == sum(level < top for level, top in zip(node, heights, strict=True))


def test_the_next_step_is_the_shortest_way_to_the_requirements(government: Project) -> None:
    step = exploring.next_step(government)
    assert step is not None
    assert step.possible
    assert not step.is_met
    assert step.goal is not None
    assert government.assess(government.recipe.with_levels(levels_of(government, step.goal))).met
    assert step.move is not None
    assert not step.move.after.met


def test_the_next_step_from_a_safe_setting_wins_detail_back(scores: LatticeTable) -> None:
    top = tuple(scores.levels.max(axis=0).tolist())
    step = exploring.step_from(Tabulated(scores), top)
    assert step.is_met
    assert step.move is not None
    assert step.move.after.met
    assert step.move.detail_gained > 0
    best = scores.best(By.LOSS)
    assert best is not None
    assert exploring.step_from(Tabulated(scores), scores.node(best)).move is None


def test_where_nothing_passes_there_is_no_best(government: Project) -> None:
    nothing = score(measured(government), 100, 0.0)
    none = replace(nothing, met=np.zeros(nothing.nodes, dtype=bool))
    assert none.best() is None
    assert not exploring.step_from(Tabulated(none), none.node(0)).possible
    assert frontier(none, Axis.DETAIL, Axis.GROUP).size == 0


def test_the_next_step_of_a_large_table_is_searched_when_the_sliders_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(read(SAMPLE))
    project.choose_policy(GOVERNMENT.name)
    monkeypatch.setattr(stepping, "_LITTLE", 0)
    monkeypatch.setattr(stepping, "_REST", 0.0)
    assert exploring.next_step(project) is None
    while exploring.think(project):
        pass
    found = exploring.next_step(project)
    assert found is not None
    assert exploring.found(project) is None
    measured(project)
    known = exploring.next_step(project)
    assert known is not None
    assert known.goal == found.goal


def test_a_search_for_the_next_step_stops_when_a_slider_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(read(SAMPLE))
    monkeypatch.setattr(stepping, "_LITTLE", 0)
    monkeypatch.setattr(stepping, "_REST", 600.0)
    assert exploring.think(project)
    assert exploring.think(project)
    thought = tasks.under_way(project, "step", stepping._key(project))
    assert thought is not None
    exploring.pause(project)
    assert thought.wait(60)
    assert exploring.next_step(project) is None
    with pytest.raises(Cancelled):
        moves(RolledUp(*lattice.root_of(project), 0.0, cancelled=lambda: True), project.recipe.node)


def test_a_saved_lattice_holds_levels_and_measures_and_no_value(government: Project, scores: LatticeTable) -> None:
    table = pq.read_table(BytesIO(exploring.as_file(government, government.recipe.k)))
    assert table.num_rows == scores.nodes
    assert table.column_names[:5] == [f"lv_{plan.name}" for plan in government.recipe.qis]
    assert table.column("loss").to_pylist() == pytest.approx(scores.loss.tolist())
    assert table.column("entropy").null_count == 0
    words = {str(field.type) for field in table.schema}
    assert words == {"int64", "double", "bool", "string"}
    assert all(set(node) <= set("0123456789 ") for node in table.column("node").to_pylist())


def test_a_setting_is_applied_and_undone() -> None:
    project = Project(read(SAMPLE))
    before = project.recipe
    exploring.apply(project, tuple(SAFE.values()))
    assert project.recipe.node == tuple(SAFE.values())
    project.undo()
    assert project.recipe == before


def test_results_are_kept_and_levels_do_not_matter(government: Project) -> None:
    before = measured(government)
    assert exploring.explore(government) is None
    exploring.apply(government, tuple(SAFE.values()))
    assert exploring.found(government) is before
    government.undo()


def test_cancel_leaves_the_previous_result() -> None:
    project = Project(read(SAMPLE))
    project.choose_policy(GOVERNMENT.name)
    before = measured(project)
    project.choose_policy("University researchers (restricted, under agreement)")
    walk = exploring.explore(project)
    assert walk is not None
    assert exploring.under_way(project) is walk
    exploring.cancel(project)
    assert walk.wait(60)
    assert exploring.under_way(project) is None
    assert exploring.was_cancelled(project)
    assert exploring.found(project) is before
    assert not exploring.is_current(project, before)


@pytest.mark.parametrize("axis", [Axis.DETAIL, Axis.LOSS, Axis.DELETED, Axis.EXPOSED, Axis.GROUP, Axis.SMALLEST])
def test_ticks_stand_where_their_numbers_are_drawn(scores: LatticeTable, axis: Axis) -> None:
    places, labels = exploring.ticks(axis, along(scores, axis))
    if places is None:
        assert axis in {Axis.DETAIL, Axis.LOSS}
        return
    assert places == sorted(places)
    assert len(places) == len(labels) >= 4
    numbers = np.array([0 if label == "none" else int(label.replace(",", "")) for label in labels])
    assert exploring.drawn(numbers, axis).tolist() == places


def question(project: Project, **changes: object) -> Question:
    tops = tuple(plan.top for plan in project.recipe.qis)
    return replace(Question(By.LOSS, (0,) * len(tops), tops), **changes)


def searched(project: Project, asked: Question) -> exploring.Answer:
    search = exploring.look_for(project, asked)
    assert search is None or search.wait(60)
    found = exploring.answer(project, asked)
    assert found is not None
    return found


def test_a_search_finds_what_the_lattice_has(government: Project, scores: LatticeTable) -> None:
    row = scores.best(By.LOSS)
    assert row is not None
    found = searched(government, question(government))
    assert found.gap == 0
    assert found.node is not None
    assert scores.loss[scores.row_of(found.node)] == pytest.approx(scores.loss[row])
    low, high = (1, 0, 0, 0, 0), (1, 3, 5, 7, 3)
    inside = scores.within(low, high)
    bounded = searched(government, question(government, lowest=low, highest=high))
    best = inside.best(By.LOSS)
    assert bounded.node is not None
    assert best is not None
    assert scores.loss[scores.row_of(bounded.node)] == pytest.approx(inside.loss[best])
    nothing = searched(government, question(government, highest=(0, 0, 0, 0, 0)))
    assert nothing.node is None


def test_a_fair_search_spares_every_group(government: Project) -> None:
    asked = question(government, column="education_level", most=1.5)
    found = searched(government, asked)
    assert found.node is not None
    there = government.recipe.with_levels(levels_of(government, found.node))
    gone = exploring.who_disappears(government, there, "education_level")
    assert all(times <= 1.5 + 1e-9 for times, rows in zip(gone.times, gone.rows, strict=True) if rows >= 10)
    assert gone.worst_times <= 1.5 + 1e-9
    unfair = question(government, column="education_level", most=0.5)
    with pytest.raises(InputError, match="share"):
        searched(government, unfair)


def test_a_search_is_stopped_or_given_up_and_earlier_answers_stay(
    government: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = searched(government, question(government))
    going, go_on = threading.Event(), threading.Event()
    watch = exploring.Search.watch

    def slow(search: exploring.Search, checked: int, best: float | None, gap: float) -> bool:
        going.set()
        go_on.wait(60)
        return watch(search, checked, best, gap)

    monkeypatch.setattr(exploring.Search, "watch", slow)
    for asked, stop in (
        (question(government, by=By.PRECISION), exploring.give_up),
        (question(government, by=By.HEIGHT), lambda p: exploring.looking(p, question(p, by=By.HEIGHT)).end()),
    ):
        going.clear()
        go_on.clear()
        search = exploring.look_for(government, asked)
        assert search is not None
        assert exploring.look_for(government, asked) is search
        assert going.wait(60)
        stop(government)
        go_on.set()
        assert search.wait(60)
        assert exploring.looking(government, asked) is None
        assert exploring.answer(government, question(government)) is first
    assert exploring.was_given_up(government, question(government, by=By.PRECISION)) is False  # another one ran since
    assert exploring.answer(government, question(government, by=By.PRECISION)) is None
    ended = exploring.answer(government, question(government, by=By.HEIGHT))
    assert ended is not None
    assert ended.checked == 1
