"""Prosecutor, journalist, marketer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import build
from anonymiser.errors import InputError
from anonymiser.risk.prosecutor import (
    journalist,
    journalist_from_fraction,
    prosecutor,
    prosecutor_over_people,
    released_sizes,
)
from tests.risk.risk_tables import encoded

counts = st.lists(st.integers(1, 30), min_size=1, max_size=20)


def as_sizes(of: list[int]) -> np.ndarray:
    return np.stack(np.unique(of, return_counts=True), axis=1).astype(np.int64)


@settings(deadline=None)
@given(counts, st.sampled_from([0.0, 0.05, 0.1, 0.2, 1 / 3, 0.5, 1.0]))
def test_prosecutor_is_the_mean_over_records(sizes: list[int], threshold: float) -> None:
    risk = prosecutor(as_sizes(sizes), threshold)
    each = [1 / size for size in sizes for _ in range(size)]
    assert risk.highest == max(each)
    assert risk.mean == pytest.approx(sum(each) / len(each), rel=1e-12)
    assert risk.success_rate == risk.mean == len(sizes) / sum(sizes)
    assert risk.records_at_risk == sum(r > threshold for r in each)
    assert risk.share_at_risk == pytest.approx(sum(r > threshold for r in each) / len(each))


def test_a_risk_equal_to_the_threshold_is_not_above_it() -> None:
    assert prosecutor(as_sizes([5, 5]), 0.2).records_at_risk == 0
    assert prosecutor(as_sizes([11]), 1 / 11).records_at_risk == 0


def test_one_record_one_class_and_nothing() -> None:
    assert prosecutor(as_sizes([1])).highest == 1
    assert prosecutor(as_sizes([400])).highest == 1 / 400
    nothing = prosecutor(np.zeros((0, 2), dtype=np.int64))
    assert (nothing.highest, nothing.mean, nothing.success_rate, nothing.share_at_risk) == (0, 0, 0, 0)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 50)), min_size=1, max_size=12))
def test_journalist_by_hand(classes: list[tuple[int, int]]) -> None:
    sample = np.array([f for f, _ in classes])
    population = np.array([f + more for f, more in classes])
    risk = journalist(sample, population, 0.1)
    each = [1 / F for f, F in zip(sample, population, strict=True) for _ in range(f)]
    assert risk.highest == pytest.approx(max(each))
    assert risk.mean == pytest.approx(sum(each) / len(each))
    assert risk.success_rate == pytest.approx(max(len(classes) / population.sum(), sum(each) / len(each)))
    assert risk.records_at_risk == sum(r > 0.1 for r in each)
    assert risk.highest <= prosecutor(as_sizes(sample.tolist())).highest


def test_a_population_smaller_than_the_table_is_refused() -> None:
    with pytest.raises(InputError, match="In 1 groups"):
        journalist(np.array([2, 3]), np.array([5, 2]))


@settings(deadline=None)
@given(counts)
def test_a_full_sample_is_the_prosecutors_risk(sizes: list[int]) -> None:
    assert journalist_from_fraction(as_sizes(sizes), 1.0).highest == prosecutor(as_sizes(sizes)).highest


@settings(deadline=None)
@given(counts, st.floats(0.001, 0.999))
def test_a_fraction_is_never_kinder_than_the_plain_extrapolation(sizes: list[int], fraction: float) -> None:
    risk = journalist_from_fraction(as_sizes(sizes), fraction)
    assert risk.highest >= fraction / min(sizes) * (1 - 1e-12)
    assert risk.highest <= 1 / min(sizes)


@pytest.mark.parametrize("fraction", [0, -0.1, 1.5, float("nan")])
def test_a_fraction_that_is_none(fraction: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        journalist_from_fraction(as_sizes([1]), fraction)


def test_class_sizes_of_the_kept_classes() -> None:
    classes = build(*encoded({"a": list("xxyyz")}))
    assert released_sizes(classes).tolist() == [[1, 1], [2, 2]]
    assert released_sizes(classes, classes.counts >= 2).tolist() == [[2, 2]]
    assert released_sizes(classes, classes.counts >= 9).shape == (0, 2)


def test_large_classes_are_counted_like_small_ones() -> None:
    counts = np.array([3, 1, 3, 1 << 21], dtype=np.int32)
    classes = dataclasses.replace(build(*encoded({"a": list("wxyz")})), counts=counts)
    assert released_sizes(classes).tolist() == [[1, 1], [3, 2], [1 << 21, 1]]


def test_people_rather_than_records() -> None:
    risk = prosecutor_over_people(np.array([4, 6, 2]), np.array([1, 3, 0]), 0.4)
    assert (risk.highest, risk.records_at_risk, risk.mean) == (1, 6, pytest.approx((4 + 2 + 2) / 12))
