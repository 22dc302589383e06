"""Microaggregation against sdcMicro 5.8.1 and against every possible grouping."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymiser.errors import InputError
from anonymiser.transform.microaggregate import group_means, lost_share, mdav, optimal, projected, ranked
from anonymiser.utility.numbers import eigenvalue_loss, il1, il1s
from tests.oracles.tables import SMALL, rounded_numbers

ORACLE = json.loads((SMALL / "sdcmicro.json").read_text(encoding="utf-8"))["microagg"]
VALUES = arrays(np.float64, st.integers(3, 11), elements=st.integers(-9, 9))


def each_alone(grouping: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[np.ndarray, int], np.ndarray]:
    def released(table: np.ndarray, k: int) -> np.ndarray:
        return np.column_stack([group_means(column, grouping(column, k)) for column in table.T])

    return released


def together(grouping: Callable[[np.ndarray, int], np.ndarray]) -> Callable[[np.ndarray, int], np.ndarray]:
    return lambda table, k: group_means(table, grouping(table, k))


METHODS = {
    "mdav": together(mdav),
    "onedims": each_alone(ranked),
    "pca": together(projected),
    "single": together(lambda table, k: ranked(table[:, 0], k)),
    "simple": together(lambda table, k: ranked(np.arange(table.shape[0]), k)),
}


@pytest.mark.parametrize("k", [3, 5])
@pytest.mark.parametrize("method", METHODS)
def test_same_numbers_as_sdcmicro(method: str, k: int) -> None:
    original, _ = rounded_numbers()
    released = METHODS[method](original, k)
    expected = ORACLE[f"{method}_k{k}"]
    assert il1s(original, released) == pytest.approx(expected["IL1s"], rel=1e-9)
    assert il1(original, released) == pytest.approx(expected["IL1"], rel=1e-9)
    assert eigenvalue_loss(original, released) == pytest.approx(expected["eigen"], rel=1e-9)
    assert 100 * lost_share(original, released) == pytest.approx(expected["SSE_SST_pct"], rel=1e-9)
    _, sizes = np.unique(released, axis=0, return_counts=True)
    assert (sizes.size, sizes.min()) == (expected["n_distinct"], expected["min_class"])


@pytest.mark.parametrize("k", [3, 5])
def test_the_optimum_of_one_column_loses_less_than_groups_of_equal_size(k: int) -> None:
    original, _ = rounded_numbers()
    best = lost_share(original, each_alone(optimal)(original, k))
    assert 100 * best < ORACLE[f"onedims_k{k}"]["SSE_SST_pct"]


def squares(values: np.ndarray, group: np.ndarray) -> float:
    return float(((values - group_means(values, group)) ** 2).sum())


@given(values=VALUES, k=st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_no_grouping_of_one_column_is_better_than_the_optimum(values: np.ndarray, k: int) -> None:
    if values.size < k:
        return
    found = optimal(values, k)
    assert np.bincount(found).min() >= k
    ordered = np.sort(values)
    best = np.inf
    for parts in range(values.size // k):
        for cuts in combinations(range(1, values.size), parts):
            group = np.searchsorted(cuts, np.arange(values.size), side="right")
            if np.bincount(group).min() >= k:
                best = min(best, squares(ordered, group))
    assert squares(values, found) == pytest.approx(best, abs=1e-9)


@given(
    table=arrays(np.float64, st.tuples(st.integers(1, 60), st.integers(1, 4)), elements=st.integers(-5, 5)),
    k=st.integers(1, 7),
)
@settings(max_examples=60, deadline=None)
def test_every_group_has_k_to_twice_k_less_one(table: np.ndarray, k: int) -> None:
    for grouping in (mdav, projected):
        if table.shape[0] < k:
            with pytest.raises(InputError, match="records"):
                grouping(table, k)
            continue
        sizes = np.bincount(grouping(table, k))
        assert sizes.min() >= k
        assert sizes.max() < 2 * k
    if table.shape[0] >= k:
        means = group_means(table, mdav(table, k))
        assert means.mean(axis=0) == pytest.approx(table.mean(axis=0))


def test_units_do_not_matter() -> None:
    original, _ = rounded_numbers()
    assert (mdav(original, 5) == mdav(original * [1024.0, 0.5, 8.0], 5)).all()


def test_many_columns_and_records_taken_out() -> None:
    table = np.random.default_rng(3).normal(size=(900, 5))
    assert (np.bincount(mdav(table, 4)) == 4).all()


def test_missing_numbers_stay_missing_and_count_nothing() -> None:
    means = group_means(np.array([[1.0], [np.nan], [3.0]]), np.array([0, 0, 0]))
    assert means[[0, 2], 0].tolist() == [2.0, 2.0]
    assert np.isnan(means[1, 0])
    assert lost_share([[1.0], [np.nan]], [[1.0], [2.0]]) == 0
    assert lost_share([[np.nan]], [[np.nan]]) == 0


def test_a_group_needs_records() -> None:
    with pytest.raises(InputError, match="size of 1 or more"):
        mdav([[1.0]], 0)
