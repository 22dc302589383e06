"""Counts and guesses made from a release."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import build, roll_up
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.utility.prediction import PredictiveTask, predictive_task
from anonymiser.utility.queries import query_error
from tests.engine_tables import Table, nodes, tables


@given(table=tables(), seed=st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_exact_values_answer_exactly(table: Table, seed: int) -> None:
    root = table.build()
    found = query_error(root, root, None, np.random.default_rng(seed), queries=20)
    assert found.worst == pytest.approx(0, abs=1e-12)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_seed_asks_the_same(data: st.DataObject) -> None:
    table = data.draw(tables())
    root = table.build()
    classes = roll_up(root, data.draw(nodes(table)))
    one, other = (query_error(root, classes, None, np.random.default_rng(7), queries=20) for _ in range(2))
    assert one == other
    assert 0 <= one.median <= one.worst
    assert 0 <= one.mean <= one.worst
    nothing = query_error(
        root, classes, np.zeros(classes.classes, dtype=np.bool_), np.random.default_rng(7), queries=20
    )
    assert nothing.worst <= 1


def test_a_wider_label_answers_worse() -> None:
    ages = [str(age) for age in range(100)]
    levels = [ages, [age.zfill(2)[0] for age in ages], ["*"] * 100]
    age = Hierarchy.from_levels("age", levels, ["exact", "ten", "hidden"], missing=False)
    rng = np.random.default_rng(1)
    root = build([age], [np.minimum(rng.exponential(20, 5_000), 99).astype(np.uint8)])
    errors = [query_error(root, roll_up(root, [level]), None, np.random.default_rng(2)).mean for level in (0, 1, 2)]
    assert errors[0] < errors[1] < errors[2]


def test_the_truth_is_counted_at_level_0() -> None:
    h = Hierarchy.from_levels("a", [["x", "y"], ["*", "*"]], ["exact", "hidden"], missing=False)
    root = build([h], [np.array([0, 1], dtype=np.uint8)])
    with pytest.raises(ValueError, match="level 0"):
        query_error(roll_up(root, [1]), root, None, np.random.default_rng(0))


def columns(rows: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    telling, noise = rng.integers(0, 4, rows), rng.integers(0, 3, rows)
    target = np.where(rng.random(rows) < 0.9, telling % 2, 1 - telling % 2)
    return telling, noise, target


def test_a_guess_from_what_tells() -> None:
    telling, noise, target = columns()
    hidden = np.zeros_like(telling)
    kept = predictive_task([telling, noise], [telling, noise], target, np.random.default_rng(0))
    lost = predictive_task([telling, noise], [hidden, hidden], target, np.random.default_rng(0))
    assert kept is not None
    assert lost is not None
    assert kept.original == kept.released > 0.85
    assert kept.kept == 1
    assert lost.released == pytest.approx(lost.baseline, abs=0.05)
    assert lost.kept is not None
    assert lost.kept < 0.2
    again = predictive_task([telling, noise], [hidden, hidden], target, np.random.default_rng(0))
    assert again == lost


def test_missing_and_rare_targets_are_left_out() -> None:
    telling, noise, target = columns()
    target = target.copy()
    target[:100] = -1
    target[100:103] = 7
    found = predictive_task([telling], [noise], target, np.random.default_rng(0))
    assert found is not None
    assert found.rows == 497


def test_one_value_needs_no_guessing() -> None:
    telling, _, _ = columns()
    assert predictive_task([telling], [telling], np.zeros(600, dtype=np.int64), np.random.default_rng(0)) is None


def test_an_original_that_teaches_nothing_has_no_share_to_keep() -> None:
    assert PredictiveTask(0.5, 0.6, 0.5, 10).kept is None
    assert PredictiveTask(0.9, 0.4, 0.5, 10).kept == 0
