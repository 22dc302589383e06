from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from anonymiser import exploring
from anonymiser.exploring import Axis, Lattice, Scores, score
from anonymiser.planning import requirements_in_force
from anonymiser.policy import GOVERNMENT
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.search import By, optimum

SAMPLE = Path(__file__).parents[1] / "sample_data" / "customers.csv"
SAFE = {"gender": 0, "birthdate": 5, "country_of_birth": 3, "postcode": 7, "education_level": 2}


def measured(project: Project) -> Lattice:
    walk = exploring.explore(project)
    assert walk is None or walk.wait(60)
    lattice = exploring.found(project)
    assert lattice is not None
    return lattice


@pytest.fixture(scope="module")
def government() -> Project:
    project = Project(read(SAMPLE))
    project.choose_policy(GOVERNMENT.name)
    measured(project)
    return project


@pytest.fixture
def scores(government: Project) -> Scores:
    return score(measured(government), government.recipe.k, government.recipe.suppression)


def test_scores_are_those_of_the_assessment(government: Project, scores: Scores) -> None:
    recipe = government.recipe
    for place in np.random.default_rng(4).integers(0, len(scores.nodes), 40):
        levels = dict(zip((plan.name for plan in recipe.qis), map(int, scores.nodes[place]), strict=True))
        found = government.assess(recipe.with_levels(levels).changed(suppression=1.0))
        assert scores.deleted[place] == found.failing
        assert scores.group[place] == found.k
        assert scores.classes[place] == found.classes_raw
        assert scores.loss[place] == pytest.approx(found.loss_if_suppressed, abs=1e-12)
        assert scores.detail[place] == pytest.approx(found.detail_kept, abs=1e-12)
        assert scores.meets[place] == (found.failing <= scores.limit and found.classes > 0)


def test_scores_count_every_requirement() -> None:
    project = Project(read(SAMPLE))
    lattice = measured(project)
    scores = score(lattice, project.recipe.k, project.recipe.suppression)
    for place in (0, 1000, 2000, 2687):
        levels = dict(zip((plan.name for plan in project.recipe.qis), map(int, scores.nodes[place]), strict=True))
        assert scores.deleted[place] == project.assess(project.recipe.with_levels(levels)).failing


def test_the_best_is_the_optimum(government: Project, scores: Scores) -> None:
    recipe = government.recipe
    root = government.classes(recipe.with_levels({plan.name: 0 for plan in recipe.qis}))
    for axis, by in ((Axis.LOSS, By.LOSS), (Axis.DETAIL, By.PRECISION)):
        place = exploring.best(scores, axis)
        expected = optimum(root, requirements_in_force(recipe), recipe.suppression, by=by)
        assert place is not None
        assert expected is not None
        cost = scores.loss[place] if axis is Axis.LOSS else 1 - scores.detail[place]
        assert cost == pytest.approx(expected.score, abs=1e-12)


@pytest.mark.parametrize("x", [Axis.DETAIL, Axis.LOSS])
@pytest.mark.parametrize("y", [Axis.DELETED, Axis.GROUP, Axis.SMALLEST])
def test_nothing_that_meets_the_requirements_beats_the_frontier(scores: Scores, x: Axis, y: Axis) -> None:
    line = exploring.frontier(scores, x, y)
    across = scores.along(x) * (1 if x.more_is_better else -1)
    up = scores.along(y) * (1 if y.more_is_better else -1)
    assert line.size
    assert scores.meets[line].all()
    for place in np.flatnonzero(scores.meets):
        as_good = (across >= across[place]) & (up >= up[place])
        beaten = (as_good & ((across > across[place]) | (up > up[place])) & scores.meets).any()
        on_it = ((across[line] == across[place]) & (up[line] == up[place])).any()
        assert on_it != beaten


def test_a_larger_k_never_lets_more_settings_pass(government: Project) -> None:
    lattice = measured(government)
    passing = [score(lattice, int(k), 0.05).meets for k in lattice.sums.grid]
    for smaller, larger in pairwise(passing):
        assert not (larger & ~smaller).any()
    assert score(lattice, 5, 0.2).meets.sum() >= score(lattice, 5, 0.0).meets.sum()


def test_moves_change_one_slider_and_say_what_comes_of_it(government: Project, scores: Scores) -> None:
    recipe = government.recipe.with_levels(SAFE)
    here = exploring.place_of(scores, recipe.node)
    every = exploring.moves(scores, recipe)
    assert len(every) == sum(plan.top for plan in recipe.qis)
    for move in every:
        there = scores.nodes[move.place]
        assert (there != np.array(recipe.node)).sum() == 1
        assert scores.deleted[here] - scores.deleted[move.place] == move.made_safe
        assert move.meets == scores.meets[move.place]
    meeting = [move.meets for move in every]
    assert meeting == sorted(meeting, reverse=True)
    kept = [move.detail_gained for move in every if move.meets]
    assert kept == sorted(kept, reverse=True)


def test_neighbours_are_one_step_away(government: Project, scores: Scores) -> None:
    recipe = government.recipe.with_levels(SAFE)
    around = exploring.neighbours(scores, recipe)
    finer = sum(level > 0 for level in recipe.node)
    assert sum(not move.coarser for move in around) == finer
    assert sum(move.coarser for move in around) == sum(plan.level < plan.top for plan in recipe.qis)


def test_the_shortest_way_meets_the_requirements(government: Project, scores: Scores) -> None:
    target = exploring.nearest(scores, government.recipe)
    assert target is not None
    assert scores.meets[target]
    away = np.abs(scores.nodes - np.array(government.recipe.node)).sum(axis=1)
    assert away[target] == away[scores.meets].min()


def test_where_nothing_passes_there_is_no_best(government: Project) -> None:
    nothing = score(measured(government), 100, 0.0)
    none = Scores(**{**vars(nothing), "meets": np.zeros(len(nothing.nodes), dtype=bool)})
    assert exploring.best(none, Axis.DETAIL) is None
    assert exploring.nearest(none, government.recipe) is None
    assert exploring.frontier(none, Axis.DETAIL, Axis.GROUP).size == 0


def test_a_setting_is_applied_and_undone() -> None:
    project = Project(read(SAMPLE))
    before = project.recipe
    exploring.apply(project, tuple(SAFE.values()))
    assert project.recipe.node == tuple(SAFE.values())
    project.undo()
    assert project.recipe == before


def test_results_are_kept_and_levels_do_not_matter(government: Project) -> None:
    lattice = measured(government)
    assert exploring.explore(government) is None
    exploring.apply(government, tuple(SAFE.values()))
    assert exploring.found(government) is lattice
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


@pytest.mark.parametrize("axis", list(Axis))
def test_ticks_stand_where_their_numbers_are_drawn(scores: Scores, axis: Axis) -> None:
    places, labels = exploring.ticks(axis, scores.along(axis))
    if places is None:
        assert axis in {Axis.DETAIL, Axis.LOSS}
        return
    assert places == sorted(places)
    assert len(places) == len(labels) >= 4
    numbers = np.array([0 if label == "none" else int(label.replace(",", "")) for label in labels])
    assert exploring.drawn(numbers, axis).tolist() == places
