"""Noise, rank swapping, rounding and coding: exact where they are, in distribution where they are random.

Random ones: the seed is fixed, and each bound is one that a right implementation misses with a probability below the
one that stands beside it.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from anonymiser.transform.coded import between, round_at_random, round_to
from anonymiser.transform.noise_numbers import Noise, add_noise, within
from anonymiser.transform.swapped import swap_ranks
from anonymiser.utility.numbers import eigenvalue_loss, il1, il1s
from tests.oracles.tables import SMALL, rounded_numbers

ERROR_RATE = 1e-6
"""Of each statistical test below, for a right implementation and a seed not chosen."""


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def many(rows: int = 40_000) -> np.ndarray:
    """Three dependent columns."""
    base = rng(1).normal(size=(rows, 3))
    return base @ np.array([[2.0, 1.0, 0.0], [0.0, 3.0, -1.0], [0.0, 0.0, 5.0]]) + [10.0, 20.0, 30.0]


@pytest.mark.parametrize(
    ("noise", "law"),
    [(Noise(1.5), stats.norm()), (Noise(0.7, laplace=True), stats.laplace(scale=np.sqrt(0.5)))],
)
def test_independent_noise_has_the_law_of_sdcmicros_additive(noise: Noise, law: stats.rv_continuous) -> None:
    table = many()
    error = (add_noise(table, noise, rng()) - table) / (noise.size * table.std(axis=0, ddof=1))
    for column in error.T:
        assert stats.kstest(column, law.cdf).pvalue > ERROR_RATE
    assert np.abs(np.corrcoef(np.c_[error, table], rowvar=False)[:3] - np.eye(3, 6)).max() < 5 / np.sqrt(40_000)


def test_correlated_noise_has_the_law_of_sdcmicros_correlated() -> None:
    table = many()
    error = add_noise(table, Noise(np.sqrt(1.5), correlated=True), rng()) - table
    white = np.linalg.solve(np.linalg.cholesky(1.5 * np.cov(table, rowvar=False)), error.T)
    for column in white:
        assert stats.kstest(column, stats.norm.cdf).pvalue > ERROR_RATE
    assert np.abs(np.corrcoef(white) - np.eye(3)).max() < 5 / np.sqrt(40_000)


def test_correlated2_of_sdcmicro() -> None:
    delta = 0.1
    table = many()
    released = add_noise(table, Noise(delta / np.sqrt(1 - delta**2), keep_spread=True), rng())
    shrink = np.sqrt(1 - delta**2)
    mean, spread = table.mean(axis=0), table.std(axis=0, ddof=1)
    for column in ((released - shrink * table - (1 - shrink) * mean) / (delta * spread)).T:
        assert stats.kstest(column, stats.norm.cdf).pvalue > ERROR_RATE


@pytest.mark.parametrize("laplace", [False, True])
def test_kims_noise_keeps_means_and_covariances(laplace: bool) -> None:  # noqa: FBT001
    table = many()
    before = np.cov(table, rowvar=False)
    kept = add_noise(table, Noise(0.8, laplace=laplace, correlated=True, keep_spread=True), rng())
    scale = np.sqrt(np.outer(np.diag(before), np.diag(before)))
    assert (np.abs(np.cov(kept, rowvar=False) - before) / scale).max() < 0.03
    assert (np.abs(kept.mean(axis=0) - table.mean(axis=0)) / table.std(axis=0)).max() < 0.03
    spread_out = add_noise(table, Noise(0.8, correlated=True), rng())
    assert np.allclose(np.diag(np.cov(spread_out, rowvar=False)) / np.diag(before), 1 + 0.8**2, rtol=0.05)


def test_noise_of_sdcmicro_on_its_own_table_in_distribution() -> None:
    """IL1s of additive noise is Σ|e|/(√2·s): a sum of 1,200 half normals; within 5 standard deviations."""
    original, _ = rounded_numbers()
    found = il1s(original, add_noise(original, Noise(1.5), rng()))
    mean, deviation = 1_200 * 1.5 * np.sqrt(2 / np.pi), np.sqrt(1_200) * 1.5 * np.sqrt(1 - 2 / np.pi)
    assert abs(found * np.sqrt(2) - mean) < 5 * deviation


def test_missing_and_constant_numbers() -> None:
    table = np.array([[1.0, 5.0], [np.nan, 5.0], [3.0, 5.0]])
    for noise in (Noise(1.0), Noise(1.0, correlated=True, keep_spread=True), Noise(0.5, laplace=True)):
        released = add_noise(table, noise, rng())
        assert np.isnan(released[1, 0])
        assert not np.isnan(released[[0, 2]]).any()
        assert released[:, 1] == pytest.approx(5.0)
    assert add_noise([[4.0]], Noise(2.0, correlated=True), rng()) == pytest.approx(4.0)


@given(
    values=arrays(np.float64, st.integers(1, 20), elements=st.floats(-1e4, 1e4)),
    low=st.integers(-50, 0),
    width=st.integers(0, 80),
)
@settings(max_examples=60, deadline=None)
def test_bounds_hold_and_leave_what_is_inside(values: np.ndarray, low: int, width: int) -> None:
    kept = within(values, low, low + width)
    assert kept.min() >= low - 1e-9
    assert kept.max() <= low + width + 1e-9
    inside = (values >= low) & (values <= low + width)
    assert (kept[inside] == values[inside]).all() or width == 0
    assert within(values, low, None).min() >= low
    assert within(values, None, low).max() <= low


@given(rank=arrays(np.int64, st.integers(1, 200), elements=st.integers(0, 30)), percent=st.integers(1, 100))
@settings(max_examples=60, deadline=None)
def test_swapping_exchanges_pairs_of_near_rank(rank: np.ndarray, percent: int) -> None:
    source = swap_ranks(rank, percent / 100, rng())
    assert (source[source] == np.arange(rank.size)).all()
    assert (np.sort(rank[source]) == np.sort(rank)).all()
    ordered = np.sort(rank)
    reach = int(rank.size * percent / 100 + 1e-9)
    for own, given_value in zip(rank, rank[source], strict=True):
        low, high = sorted((own, given_value))
        apart = np.searchsorted(ordered, high) - (np.searchsorted(ordered, low, side="right") - 1)
        assert apart <= reach or low == high


def test_swapping_takes_nearly_everybody_and_each_partner_alike() -> None:
    rank = np.arange(2_000)
    source = swap_ranks(rank, 0.05, rng())
    assert np.count_nonzero(source == rank) < 60
    drawn = rng()
    first = np.array([swap_ranks(np.arange(12), 0.5, drawn)[0] for _ in range(6_000)])
    counts = np.bincount(first, minlength=12)[1:7]
    assert counts.sum() == 6_000
    assert stats.chisquare(counts).pvalue > ERROR_RATE


def test_rounding_of_sdcmicros_table() -> None:
    original, expected = rounded_numbers()
    found = np.column_stack([round_to(original[:, j], base) for j, base in enumerate((5, 100, 10))])
    assert (found == expected).all()
    from json import loads

    oracle = loads((SMALL / "sdcmicro.json").read_text(encoding="utf-8"))["rounding"]
    assert il1s(original, found) == pytest.approx(oracle["IL1s"])
    assert il1(original, found) == pytest.approx(oracle["IL1"])
    assert eigenvalue_loss(original, found) == pytest.approx(oracle["eigen"])


def test_random_rounding_is_right_on_average_and_never_far_off() -> None:
    values = np.tile([0.0, 3.0, 5.0, 7.0, -2.0, 0.1], 20_000).reshape(-1, 6)
    found = round_at_random(values, 5, rng())
    assert np.abs(found - values).max() < 5
    assert (found[:, [0, 2]] == [0, 5]).all()
    assert (np.mod(found, 5) == 0).all()
    assert np.abs(found.mean(axis=0) - values[0]).max() < 5 * 2.5 / np.sqrt(20_000)
    assert (round_at_random([0.3, 0.7], 0.1, rng()) == np.array([3, 7]) * 0.1).all()


def test_coding_leaves_the_middle() -> None:
    assert between([np.nan, 3.0], None, 2)[1] == 2
    assert np.isnan(between([np.nan, 3.0], None, 2)[0])
    assert between([1.0, 9.0], None, None).tolist() == [1.0, 9.0]
