"""The hash demonstration."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest

from anonymiser.risk.hashes import (
    NATIONAL_INSURANCE,
    UK_MOBILE,
    HashDemonstration,
    Protection,
    demonstrate,
    duration,
    hashes_per_second,
)


def test_the_spaces() -> None:
    assert NATIONAL_INSURANCE.size == 373 * 10**6 * 4 == 1_492_000_000
    assert UK_MOBILE.size == 10**9
    for space, length in ((NATIONAL_INSURANCE, 9), (UK_MOBILE, 13)):
        some = {space.nth(n) for n in (0, 1, 5, 4_000_000, space.size - 1)}
        assert len(some) == 5
        assert {len(one) for one in some} == {length}
    assert NATIONAL_INSURANCE.nth(0) == b"AA000000A"
    assert NATIONAL_INSURANCE.nth(NATIONAL_INSURANCE.size - 1) == b"ZY999999D"
    assert UK_MOBILE.nth(UK_MOBILE.size - 1) == b"+447999999999"


def test_a_number_of_the_space_is_found_by_trying() -> None:
    wanted = hashlib.sha256(b"AA000123C").digest()
    assert next(n for n in count() if hashlib.sha256(NATIONAL_INSURANCE.nth(n)).digest() == wanted) == 123 * 4 + 2


def test_the_rate_is_hashes_over_time() -> None:
    ticks = iter([10.0, 10.1, 10.3])
    rate, elapsed = hashes_per_second(UK_MOBILE, 0.25, lambda: next(ticks))
    assert elapsed == pytest.approx(0.3)
    assert rate == pytest.approx(2 * 4096 / 0.3)


def test_how_long_each_protection_lasts() -> None:
    shown = HashDemonstration(UK_MOBILE, 2e6, 0.3, 1_000)
    assert shown.seconds(Protection.UNSALTED) == 500
    assert shown.seconds(Protection.SALTED) == 500_000
    assert shown.seconds(Protection.KEYED) > 1e70
    text = " ".join(shown.sentences)
    for part in ("Measured just now", "2,000,000", "1,000,000,000", "8 minutes", "6 days", "extrapolated", "universe"):
        assert part in text
    for claim in ("impossible", "never be", "GDPR", "0 %"):
        assert claim not in text


def test_it_is_measured_here() -> None:
    shown = demonstrate(NATIONAL_INSURANCE, 10, 0.02)
    assert shown.rate > 1_000
    assert shown.measured_seconds >= 0.02
    assert "2^256" in shown.sentences[-1]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (3600, "1 hour"),
        (90_000, "1 day"),
        (1e12, "32,000 years"),
        (1e13, "320,000 years"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
