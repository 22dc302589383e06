"""Population uniqueness: against likelihoods written out, simulated populations, and cases without an answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import InputError
from anonymiser.risk import pitman
from anonymiser.risk.population import PopulationModel, Sample, dankar, estimate
from anonymiser.risk.slide_negative_binomial import shlosser_classes, snb_uniques
from anonymiser.risk.special import digamma, trigamma

PITMAN, ZAYATZ, SNB = PopulationModel


def sample(sizes: list[int], population: float) -> Sample:
    return Sample(np.stack(np.unique(sizes, return_counts=True), axis=1).astype(np.int64), population)


def log_likelihood(sizes: np.ndarray, theta: float, alpha: float) -> float:
    u, n = int(sizes[:, 1].sum()), int((sizes[:, 0] * sizes[:, 1]).sum())
    seen = sum(math.log(theta + i * alpha) for i in range(1, u)) - sum(math.log(theta + i) for i in range(1, n))
    return seen + sum(c * sum(math.log(k - alpha) for k in range(1, j)) for j, c in sizes.tolist())


@pytest.mark.parametrize("x", [1e-3, 0.3, 1.0, 2.5, 9.99, 10.0, 1e3, 1e8])
def test_digamma_and_trigamma_by_differences(x: float) -> None:
    h = 1e-4 * x
    slope = (math.lgamma(x - 2 * h) - 8 * math.lgamma(x - h) + 8 * math.lgamma(x + h) - math.lgamma(x + 2 * h)) / 12 / h
    assert float(digamma(x)) == pytest.approx(slope, rel=1e-6)
    assert float(digamma(x + 1) - digamma(x)) == pytest.approx(1 / x, rel=1e-6)
    assert float(trigamma(x) - trigamma(x + 1)) == pytest.approx(1 / x**2, rel=1e-5)


def test_digamma_of_one_half() -> None:
    assert float(digamma(0.5)) == pytest.approx(-1.9635100260214235, rel=1e-14)
    assert float(trigamma(0.5)) == pytest.approx(math.pi**2 / 2, rel=1e-14)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=60))
def test_what_pitman_finds_is_a_maximum(classes: list[int]) -> None:
    sizes = sample(classes, 1e4).sizes
    likelihood = pitman._Likelihood(sizes)
    for start in (likelihood.start, *pitman._STARTS):
        found = pitman._maximise(likelihood, start)
        if found is None:
            continue
        theta, alpha = found
        best = log_likelihood(sizes, theta, alpha)
        for along, across in ((1e-3, 0), (-1e-3, 0), (0, 1e-4), (0, -1e-4)):
            near = (theta * (1 + along), alpha + across)
            if likelihood.holds(*near):
                assert log_likelihood(sizes, *near) <= best + 1e-9


def test_zayatz_by_the_hypergeometric_distribution() -> None:
    classes, people = [1, 1, 1, 2, 2, 5], 60
    records = sum(classes)

    def one_of(size: int) -> float:
        return size * math.comb(people - size, records - 1) / math.comb(people, records)

    among = sum(map(one_of, classes)) / len(classes)
    unique = 3 / len(classes) * one_of(1) / among
    expected = 3 * unique / (records / people)
    assert estimate(sample(classes, people), ZAYATZ).uniques == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("model", PopulationModel)
def test_no_sample_unique_no_population_unique(model: PopulationModel) -> None:
    assert estimate(sample([2, 3, 9], 1000), model).uniques == 0
    assert dankar(sample([2, 3, 9], 1000)).share == 0


@pytest.mark.parametrize("classes", [[1], [1] * 50, [1, 400]])
def test_without_an_estimate_it_is_none_and_says_why(classes: list[int]) -> None:
    people = 20.0 * sum(classes)
    for model in (PITMAN, SNB):
        found = estimate(sample(classes, people), model)
        if found.uniques is None:
            assert found.share is None
            assert found.reason
        else:
            assert found.uniques > 0
    if set(classes) == {1}:
        assert estimate(sample(classes, people), PITMAN).uniques is None
        assert estimate(sample(classes, people), SNB).uniques is None
        assert dankar(sample(classes, people)).model is ZAYATZ
        assert dankar(sample(classes, people)).share == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=80), st.floats(1, 200))
def test_every_estimate_is_possible_or_none(classes: list[int], times: float) -> None:
    one = sample(classes, sum(classes) * times)
    for found in (*(estimate(one, model) for model in PopulationModel), dankar(one), dankar(one, with_snb=True)):
        if found.uniques is None:
            assert found.reason
        else:
            assert 0 <= found.uniques <= one.population
            assert 0 <= found.share <= 1
            assert (found.uniques > 0) == (1 in classes)
    assert dankar(one).uniques is not None


def test_one_record_of_many_people_is_an_estimate_whatever_the_rounding() -> None:
    found = dankar(sample([1], 59.25))
    assert found.uniques == 59.25


def test_a_full_sample_counts_its_own_uniques() -> None:
    one = sample([1, 1, 1, 2, 2, 7, 9], 23)
    assert one.fraction == 1
    for model in (ZAYATZ, SNB):
        assert estimate(one, model).uniques == pytest.approx(3)
    assert dankar(one).uniques == pytest.approx(3)


def test_rounding_makes_no_snb_estimate() -> None:
    """No β fits 7 classes of one beside 17 of two; near β = 1 rounding once did, and said that nobody is unique."""
    sizes = np.array([[1, 7], [2, 17], [3, 13], [4, 13], [5, 6], [6, 4], [7, 2]])
    found = estimate(Sample(sizes, 1000.0), SNB)
    assert found.uniques is None
    assert "fits" in found.reason


@pytest.mark.parametrize(("alpha", "beta", "fraction"), [(0.4, 0.3, 0.2), (1.5, 0.5, 0.3), (0.2, 0.05, 0.5)])
def test_snb_recovers_a_population_of_its_kind(alpha: float, beta: float, fraction: float) -> None:
    rng = np.random.default_rng(7)
    people = 1 + rng.negative_binomial(alpha, beta, size=200_000)
    seen = rng.binomial(people, fraction)
    one = sample(seen[seen > 0].tolist(), float(people.sum()))
    unique = np.count_nonzero(people == 1)
    assert snb_uniques(one.sizes, one.population, people.size) == pytest.approx(unique, rel=0.05)
    assert estimate(one, SNB).uniques == pytest.approx(unique, rel=0.5)  # Shlosser's K is rough
    assert shlosser_classes(one.sizes, one.fraction) == pytest.approx(people.size, rel=0.5)


def test_pitman_recovers_a_population_of_its_kind() -> None:
    rng = np.random.default_rng(11)
    theta, alpha = 300.0, 0.5
    tables: list[int] = []
    for i in range(20_000):  # the Chinese restaurant process draws from Pitman's formula
        if rng.random() < (theta + len(tables) * alpha) / (theta + i):
            tables.append(1)
        else:
            weights = np.cumsum(np.array(tables) - alpha)
            tables[int(np.searchsorted(weights, rng.random() * weights[-1]))] += 1
    people = np.repeat(np.arange(len(tables)), tables)
    drawn = np.bincount(rng.choice(people, 2_000, replace=False))
    one = sample(drawn[drawn > 0].tolist(), 20_000)
    assert dankar(one).model is PITMAN
    assert dankar(one).uniques == pytest.approx(sum(size == 1 for size in tables), rel=0.2)


def test_dankar_takes_the_smaller_only_where_asked() -> None:
    rng = np.random.default_rng(3)
    people = 1 + rng.negative_binomial(0.3, 0.1, size=20_000)
    seen = rng.binomial(people, 0.4)
    one = sample(seen[seen > 0].tolist(), float(people.sum()))
    zayatz, snb = estimate(one, ZAYATZ).uniques, estimate(one, SNB).uniques
    assert snb is not None
    assert dankar(one).uniques == zayatz
    assert dankar(one, with_snb=True).uniques == min(zayatz, snb)


def test_a_population_smaller_than_its_sample_is_refused() -> None:
    with pytest.raises(InputError, match="smaller"):
        sample([5, 5], 9)
    with pytest.raises(InputError, match="above 0"):
        Sample.of_fraction(np.array([[1, 2]]), 2, 0)
