"""Released numbers against the originals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymiser.utility.numbers import (
    compare_statistics,
    eigenvalue_loss,
    il1,
    il1s,
    il_correlations,
    il_variables,
)
from tests.oracles.tables import rounded_numbers

NAN = math.nan
TABLES = arrays(np.float64, st.tuples(st.integers(3, 12), st.integers(2, 3)), elements=st.integers(-50, 50))
MEASURES = (il1s, il1, eigenvalue_loss, il_correlations, il_variables)


@given(table=TABLES)
@settings(max_examples=40, deadline=None)
def test_the_table_itself_is_as_near_as_can_be(table: np.ndarray) -> None:
    for measure in (il1s, il1, il_variables):
        assert measure(table, table) == 0
    for measure in (eigenvalue_loss, il_correlations):
        assert math.isnan(measure(table, table)) or measure(table, table) == pytest.approx(0, abs=1e-9)
    same = compare_statistics(table, table)
    assert set(same.means) | set(same.variances) == {0.0}


@given(table=TABLES, seed=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_bounds_and_order_of_records(table: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    released = table + rng.normal(size=table.shape)
    order = rng.permutation(table.shape[0])
    for measure in MEASURES:
        value = measure(table, released)
        assert math.isnan(value) or value >= 0
        again = measure(table[order], released[order])
        assert again == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True)
    assert 0 <= il_variables(table, released) <= 1
    assert not il_correlations(table, released) > 1


def test_il1s_is_free_of_units_and_il1_of_offsets_is_not() -> None:
    original, rounded = rounded_numbers()
    scale = np.array([7.0, 0.01, 3.0])
    assert il1s(original * scale, rounded * scale) == pytest.approx(il1s(original, rounded))
    assert il1(original * scale, rounded * scale) == pytest.approx(il1(original, rounded))


def test_missing_numbers() -> None:
    x, y = np.array([1.0, 2.0, NAN, 4.0]), np.array([1.0, NAN, 3.0, 5.0])
    assert il1s(x, y) == pytest.approx(1 / (math.sqrt(2) * np.array([1.0, 2.0, 4.0]).std(ddof=1)))
    assert il1(x, y) == pytest.approx(25)
    farthest = max(abs(1.0 - 4.0), abs(5.0 - 1.0))
    expected = 2 / math.pi * (2 * math.atan(farthest) + math.atan(1.0)) / 4
    assert il_variables(x, y) == pytest.approx(expected)
    assert il_variables([NAN, 1.0], [NAN, 1.0]) == 0
    assert il_variables([NAN, NAN], [1.0, 1.0]) == 1
    found = compare_statistics(x, y)
    assert found.means == pytest.approx((abs(3 - 7 / 3) / (7 / 3),))
    assert math.isnan(found.correlations)


def test_constant_columns_and_single_records() -> None:
    constant, moved = np.full((4, 1), 3.0), np.array([[3.0], [3.0], [3.0], [4.0]])
    assert il1s(constant, constant) == 0
    assert il1s(constant, moved) == math.inf
    assert math.isnan(eigenvalue_loss(np.c_[constant, moved], np.c_[constant, moved]))
    assert il1s([[1.0]], [[1.0]]) == 0
    assert math.isnan(eigenvalue_loss([[1.0, 2.0]], [[1.0, 2.0]]))
    assert compare_statistics([[0.0], [0.0]], [[1.0], [1.0]]).means == (math.inf,)


def test_columns_that_depend_on_each_other_have_no_inverse() -> None:
    x = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    y = np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 7.0]])
    assert eigenvalue_loss(x, y) == math.inf
    assert math.isnan(il_correlations(x, y))


def test_correlations_that_are_turned_round_are_two_apart() -> None:
    x = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert compare_statistics(x, x * [1, -1]).correlations == pytest.approx(2)


def test_tables_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="same records"):
        il1s([[1.0, 2.0]], [[1.0]])
