"""PRAM: the matrix, the draws, and the way back to the counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from anonymiser.transform.randomised import (
    estimate_counts,
    invariant_matrix,
    randomise,
    retention_matrix,
    rounded_matrix,
)

COUNTS = arrays(np.float64, st.integers(1, 8), elements=st.integers(0, 500))


@given(counts=COUNTS, keep=st.floats(0.05, 1.0), strength=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_the_invariant_matrix_leaves_expected_counts(counts: np.ndarray, keep: float, strength: float) -> None:
    matrix = invariant_matrix(counts, retention_matrix(counts.size, keep), strength)
    assert matrix.sum(axis=1) == pytest.approx(1)
    assert matrix.min() >= -1e-12
    assert counts @ matrix == pytest.approx(counts, abs=1e-6)
    assert np.diag(matrix).min() >= 1 - strength - 1e-12


def test_sdcmicros_formula_by_hand() -> None:
    """Two values, 30 and 10 records, diagonal 0.8 and 0.9, α = 0.5: worked out from the formula of ``pram``."""
    start = np.array([[0.8, 0.2], [0.1, 0.9]])
    back = np.array([[24 / 25, 1 / 25], [6 / 15, 9 / 15]])
    expected = 0.5 * start @ back + 0.5 * np.eye(2)
    assert invariant_matrix([30, 10], start, 0.5) == pytest.approx(expected)


@given(counts=COUNTS, keep=st.floats(0.3, 1.0))
@settings(max_examples=40, deadline=None)
def test_published_probabilities_are_round_and_sum_to_one(counts: np.ndarray, keep: float) -> None:
    matrix = rounded_matrix(invariant_matrix(counts, retention_matrix(counts.size, keep), 0.5))
    assert np.round(matrix * 1e4) == pytest.approx(matrix * 1e4, abs=1e-8)
    assert matrix.sum(axis=1) == pytest.approx(1)
    assert matrix.min() >= 0


def test_draws_follow_the_matrix_and_missing_stays() -> None:
    matrix = np.array([[0.7, 0.2, 0.1], [0.0, 0.5, 0.5], [0.25, 0.25, 0.5]])
    codes = np.repeat([0, 1, 2, 3], 20_000)
    found = randomise(codes, matrix, np.random.default_rng(2))
    assert (found[codes == 3] == 3).all()
    for value, row in enumerate(matrix):
        seen = np.bincount(found[codes == value], minlength=3)
        assert (seen[row == 0] == 0).all()
        some = row > 0
        assert stats.chisquare(seen[some], 20_000 * row[some]).pvalue > 1e-6


def test_counts_are_estimated_back_without_bias_and_with_the_right_error() -> None:
    """500 releases: the mean estimate within 5 standard errors, the spread as foretold within 15 per cent."""
    counts = np.array([700, 250, 50])
    codes = np.repeat(np.arange(3), counts)
    matrix = retention_matrix(3, 0.7)
    generator = np.random.default_rng(5)
    results = [
        estimate_counts(np.bincount(randomise(codes, matrix, generator), minlength=3), matrix) for _ in range(500)
    ]
    estimates = np.array([result[0] for result in results if result])
    foretold = np.mean([result[1] for result in results if result], axis=0)
    assert (np.abs(estimates.mean(axis=0) - counts) < 5 * foretold / np.sqrt(500)).all()
    assert estimates.std(axis=0, ddof=1) == pytest.approx(foretold, rel=0.15)


def test_a_matrix_that_forgets_everything_has_no_way_back() -> None:
    assert estimate_counts([5, 5], np.full((2, 2), 0.5)) is None
    assert estimate_counts([], np.ones((0, 0))) is None
    assert retention_matrix(1, 0.2).tolist() == [[1.0]]
