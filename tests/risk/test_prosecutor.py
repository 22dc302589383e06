"""Prosecutor, journalist, marketer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.engine.frequency import build, roll_up
from anonymiser.errors import InputError
from anonymiser.risk.prosecutor import (
    class_sizes,
    journalist,
    journalist_from_fraction,
    population_class_sizes,
    prosecutor,
)
from tests.engine_tables import tables, wide_table
from tests.risk.risk_tables import encoded

counts = st.lists(st.integers(1, 30), min_size=1, max_size=20)


def as_sizes(of: list[int]) -> np.ndarray:
    return np.stack(np.unique(of, return_counts=True), axis=1).astype(np.int64)


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


@given(counts)
def test_a_full_sample_is_the_prosecutors_risk(sizes: list[int]) -> None:
    assert journalist_from_fraction(as_sizes(sizes), 1.0).highest == prosecutor(as_sizes(sizes)).highest


@given(counts, st.floats(0.001, 0.999))
def test_a_fraction_is_never_kinder_than_the_plain_extrapolation(sizes: list[int], fraction: float) -> None:
    risk = journalist_from_fraction(as_sizes(sizes), fraction)
    assert risk.highest >= fraction / min(sizes) * (1 - 1e-12)
    assert risk.highest <= 1 / min(sizes)


@pytest.mark.parametrize("fraction", [0, -0.1, 1.5, float("nan")])
def test_a_fraction_that_is_none(fraction: float) -> None:
    with pytest.raises(InputError, match="above 0"):
        journalist_from_fraction(as_sizes([1]), fraction)


@given(tables())
def test_population_classes_are_found_by_their_values(table: object) -> None:
    hierarchies, leaves = table.engine_input()  # type: ignore[attr-defined]
    population = build(hierarchies, leaves)
    half = [leaf[::2] for leaf in leaves]
    sample = build(hierarchies, half)
    found = population_class_sizes(sample, population)
    assert (found >= sample.counts).all()
    again = population_class_sizes(population, sample)
    assert again.sum() == sample.rows
    assert np.count_nonzero(again) == sample.classes


def test_population_classes_of_keys_that_need_several_words() -> None:
    hierarchies, leaves = wide_table(3).engine_input()
    population = build(hierarchies, leaves)
    assert population.keys.shape[0] > 1
    assert (population_class_sizes(population, population) == population.counts).all()


def test_other_levels_are_not_compared() -> None:
    fine = build(*encoded({"a": ["x", "y"]}))
    with pytest.raises(ValueError, match="same levels"):
        population_class_sizes(fine, roll_up(fine, (1,)))


def test_class_sizes_of_the_kept_classes() -> None:
    classes = build(*encoded({"a": list("xxyyz")}))
    assert class_sizes(classes).tolist() == [[1, 1], [2, 2]]
    assert class_sizes(classes, classes.counts >= 2).tolist() == [[2, 2]]
    assert class_sizes(classes, classes.counts >= 9).shape == (0, 2)
