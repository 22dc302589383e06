"""pMSE beside its definition, and beside what is expected of a fresh sample."""

from __future__ import annotations

import numpy as np
import pytest

from anonymiser.errors import InputError
from anonymiser.utility.propensity import propensity_score


def column(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


def test_one_column_by_hand() -> None:
    """The model of one column gives each value the share of its records that are released: 50/80 and 50/120."""
    found = propensity_score([column(30, 70)], [column(50, 50)])
    assert found.pmse == pytest.approx((80 * (50 / 80 - 0.5) ** 2 + 120 * (50 / 120 - 0.5) ** 2) / 200, rel=1e-5)
    assert (found.parameters, found.records) == (2, 200)
    assert found.expected == pytest.approx(0.25 * 0.5 / 200)
    assert found.ratio == pytest.approx(found.pmse / 0.000625)
    assert found.standardised == pytest.approx((found.pmse - 0.000625) / (np.sqrt(2) * 0.000625))


def test_tables_of_different_sizes() -> None:
    """c = 1/3; the second column says nothing beyond the first, and is no parameter more."""
    same, fewer = column(60, 40), column(20, 30)
    found = propensity_score([same, same], [fewer, fewer])
    share = 50 / 150
    by_hand = (80 * (20 / 80 - share) ** 2 + 70 * (30 / 70 - share) ** 2) / 150
    assert found.pmse == pytest.approx(by_hand, rel=1e-5)
    assert found.parameters == 2
    assert found.expected == pytest.approx((1 - share) ** 2 * share / 150)


def test_the_same_table_cannot_be_told_apart() -> None:
    table = [column(10, 20, 30), np.tile(np.arange(4), 15)]
    assert propensity_score(table, table).pmse == pytest.approx(0, abs=1e-9)
    constant = propensity_score([np.zeros(9, dtype=int)], [np.zeros(7, dtype=int)])
    assert (constant.pmse, constant.ratio, constant.standardised) == (0, None, None)


def test_a_value_that_only_one_table_has_tells_them_apart() -> None:
    found = propensity_score([column(50)], [column(0, 50)])
    assert found.pmse == pytest.approx(0.25, abs=1e-3)


def test_rare_values_count_as_one() -> None:
    found = propensity_score([np.arange(100)], [np.arange(100, 200)])
    assert found.parameters == 1
    assert found.pmse == 0


def test_a_draw_from_the_original_comes_out_as_expected() -> None:
    """Snoke et al.: the mean over draws from the original's distribution, here 60 of them, is the expected value."""
    rng = np.random.default_rng(5)
    first = rng.integers(0, 4, 800)
    original = [first, (first + rng.integers(0, 3, 800)) % 5]
    drawn = [rng.integers(0, 800, 800) for _ in range(60)]
    found = [propensity_score(original, [column[rows] for column in original]) for rows in drawn]
    assert {one.parameters for one in found} == {1 + 3 + 4}
    assert np.mean([one.ratio for one in found]) == pytest.approx(1, abs=0.2)
    assert np.std([one.standardised for one in found]) == pytest.approx(1, abs=0.35)


@pytest.mark.parametrize(
    ("before", "after"),
    [([], []), ([column(3)], []), ([column(3)], [column(0)]), ([column(3), column(4)], [column(3)] * 2)],
)
def test_tables_that_cannot_be_compared(before: list[np.ndarray], after: list[np.ndarray]) -> None:
    with pytest.raises(InputError, match="same columns"):
        propensity_score(before, after)
