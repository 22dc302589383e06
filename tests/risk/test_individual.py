"""Individual risk: the closed sums of the papers, in exact arithmetic, and their limits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import ColumnError
from anonymiser.microdata import Microdata
from anonymiser.risk.individual import approximate_inverse, expected_inverse, individual_risk, sampling_weights
from tests.risk.risk_tables import members


def summed(f: int, p: float, terms: int = 200_000) -> float:
    """Σ_{F ≥ f} 1/F · C(F − 1, f − 1) p^f q^(F − f), term by term."""
    total, term = 0.0, p**f
    for population in range(f, f + terms):
        total += term / population
        term *= population * (1 - p) / (population - f + 1)
        if term < 1e-30 and population > f / p:
            break
    return total


@pytest.mark.parametrize("f", [1, 2, 3, 4, 7, 20, 63, 64, 65, 150])
@pytest.mark.parametrize("p", [0.02, 0.3, 0.499, 0.5, 0.6, 0.9, 0.999, 1 - 1e-9])
def test_it_is_the_expectation(f: int, p: float) -> None:
    assert float(expected_inverse(np.array([f]), np.array([p]))[0]) == pytest.approx(summed(f, p), rel=1e-10)


@pytest.mark.parametrize("f", [3, 5, 12, 40])
def test_small_shares_against_exact_fractions(f: int) -> None:
    """With p = 1/3 the recurrence is exact in rational numbers but for one logarithm."""
    p = Fraction(1, 3)
    rational, factor = Fraction(0), p / (1 - p)
    for size in range(2, f + 1):  # r(f) = rational + factor · ln 3
        rational, factor = p / (1 - p) * (Fraction(1, size - 1) - rational), -p / (1 - p) * factor
    exact = float(rational) + float(factor) * float(np.log(3))
    assert float(expected_inverse(np.array([f]), np.array([1 / 3]))[0]) == pytest.approx(exact, rel=1e-12)


@settings(deadline=None)
@given(st.integers(1, 3000), st.floats(1e-9, 1.0))
def test_its_range(f: int, p: float) -> None:
    exact = float(expected_inverse(np.array([f]), np.array([p]))[0])
    approximate = float(approximate_inverse(np.array([f]), np.array([p]))[0])
    assert p / f * (1 - 1e-12) <= exact <= 1 / f
    assert exact <= approximate * (1 + 1e-12)
    assert approximate <= 1 / f * (1 + 1e-12)


@settings(deadline=None)
@given(st.integers(1, 200), st.floats(1e-6, 0.99))
def test_a_larger_share_is_a_larger_risk(f: int, p: float) -> None:
    low, high = expected_inverse(np.array([f, f]), np.array([p, p + 0.01]))
    assert low < high


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.data())
def test_without_weights_it_is_one_over_f_and_with_them_never_above(values: list[str], data: st.DataObject) -> None:
    classes, class_of = members({"x": values})
    plain = individual_risk(classes, class_of)
    assert plain.expected_reidentifications == pytest.approx(len(set(values)))
    weights = data.draw(st.lists(st.floats(0.1, 1e4), min_size=len(values), max_size=len(values)))
    weighted = individual_risk(classes, class_of, np.array(weights))
    assert (weighted.risks <= plain.risks * (1 + 1e-12)).all()
    assert (weighted.risks > 0).all()
    assert weighted.sample_sizes.tolist() == [values.count(value) for value in values]


def test_weights_below_one_never_lower_the_risk() -> None:
    classes, class_of = members({"x": ["a", "a", "b"]})
    risk = individual_risk(classes, class_of, np.array([0.2, 0.3, 0.5]))
    assert risk.risks.tolist() == [0.5, 0.5, 1.0]
    assert risk.highest == 1


def test_missing_is_a_value_of_its_own() -> None:
    classes, class_of = members({"x": ["a", None, "a"]})
    assert individual_risk(classes, class_of).risks.tolist() == [0.5, 1.0, 0.5]


@pytest.mark.parametrize("bad", ["", "0", "-1", "many"])
def test_a_weight_is_a_number_above_zero(bad: str) -> None:
    column = Microdata.from_columns({"w": ["2.5", bad]}).column("w")
    with pytest.raises(ColumnError, match="1 records") as caught:
        sampling_weights(column)
    assert "many" not in str(caught.value)
    good = Microdata.from_columns({"w": ["2.5", "1"]}).column("w")
    assert sampling_weights(good).tolist() == [2.5, 1.0]
