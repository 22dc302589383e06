"""Noise for counts: in distribution against SciPy, and the promise of differential privacy by definition."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from anonymiser.release.discrete_laplace import KeyStream, add_noise, discrete_laplace, off_by

KEY = bytes(range(32))
ERROR_RATE = 1e-6
"""With which a right implementation fails one of the tests below."""


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(1), Fraction(7, 3), Fraction(20)])
def test_drawn_as_scipy_says(scale: Fraction) -> None:
    noise = add_noise(np.zeros(20_000, dtype=np.int64), scale, KEY)
    law = stats.dlaplace(1 / float(scale))
    far = int(law.ppf(0.9995))
    values = np.arange(-far, far + 1)
    seen = np.array([(noise < -far).sum(), *((noise == v).sum() for v in values), (noise > far).sum()])
    expected = 20_000 * np.array([law.cdf(-far - 1), *law.pmf(values), 1 - law.cdf(far)])
    keep = expected >= 5
    seen = np.append(seen[keep], seen[~keep].sum())
    expected = np.append(expected[keep], expected[~keep].sum())
    if not expected[-1]:
        seen, expected = seen[:-1], expected[:-1]
    assert stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue > ERROR_RATE


def test_the_error_that_is_told_is_the_laws_quantile() -> None:
    for scale in (Fraction(1, 3), Fraction(2), Fraction(45, 2), Fraction(180)):
        law = stats.dlaplace(1 / float(scale))
        far = off_by(scale)
        assert law.sf(far) + law.cdf(-far - 1) <= 0.05 + 1e-12
        assert far == 0 or law.sf(far - 1) + law.cdf(-far) > 0.05


def test_numbers_of_the_key_stream_are_uniform() -> None:
    stream = KeyStream(KEY)
    assert {stream.below(1) for _ in range(10)} == {0}
    for limit in (2, 3, 256, 257):
        seen = np.bincount([stream.below(limit) for _ in range(30_000)], minlength=limit)
        assert seen.size == limit
        assert stats.chisquare(seen).pvalue > ERROR_RATE
    wide = [stream.below(10**30) for _ in range(2_000)]
    assert stats.kstest([value / 10**30 for value in wide], "uniform").pvalue > ERROR_RATE


def test_the_same_key_gives_the_same_noise_and_another_key_another() -> None:
    counts = np.arange(50).reshape(5, 10)
    once = add_noise(counts, Fraction(3), KEY)
    assert (add_noise(counts, Fraction(3), KEY) == once).all()
    assert (add_noise(counts + 7, Fraction(3), KEY) == once + 7).all()
    assert (add_noise(counts, Fraction(3), bytes(32)) != once).any()


def test_one_draw_is_a_whole_number_of_any_sign() -> None:
    stream = KeyStream(KEY)
    drawn = [discrete_laplace(stream, Fraction(5)) for _ in range(200)]
    assert {type(x) for x in drawn} == {int}
    assert min(drawn) < 0 < max(drawn)
