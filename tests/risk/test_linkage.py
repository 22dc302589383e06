"""Record linkage by definition, and interval disclosure against sdcMicro's dRisk."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymiser.methods import (
    LocalSuppression,
    MethodSpec,
    Microaggregation,
    Mondrian,
    Noise,
    Pram,
    RankSwapping,
    Rounding,
    Sampling,
)
from anonymiser.risk.linkage import KnownColumn, LinkKind, interval_disclosure, link, near_in_rank, near_in_value
from anonymiser.risk.perturbed import perturbed_risk
from anonymiser.transform.microaggregate import group_means, mdav, projected, ranked
from tests.oracles.tables import SMALL, rounded_numbers
from tests.transform.perturbing import recipe_for, run, small400

ORACLE = json.loads((SMALL / "sdcmicro.json").read_text(encoding="utf-8"))
RNG = np.random.default_rng(0)
NUMBERS = ("age", "income", "hours")


@pytest.mark.parametrize("k", [3, 5])
def test_interval_disclosure_is_sdcmicros(k: int) -> None:
    original, rounded = rounded_numbers()
    released = {
        "mdav": group_means(original, mdav(original, k)),
        "pca": group_means(original, projected(original, k)),
        "single": group_means(original, ranked(original[:, 0], k)),
        "onedims": np.column_stack([group_means(column, ranked(column, k)) for column in original.T]),
    }
    for name, table in released.items():
        expected = ORACLE["microagg"][f"{name}_k{k}"]
        assert interval_disclosure(original, table) == pytest.approx(expected["dRisk"])
        assert interval_disclosure(original, table, 0.01) == pytest.approx(expected["dRisk01"])
    assert interval_disclosure(original, rounded) == pytest.approx(ORACLE["rounding"]["dRisk"])


def by_definition(true: np.ndarray, shown: np.ndarray) -> float:
    """In plain Python: nearest by standardised squares, ties shared."""
    spread = [float(column.std()) or 1.0 for column in true.T]
    linked = 0.0
    for person, values in enumerate(true.tolist()):
        distance = [
            sum(((a - b) / s) ** 2 for a, b, s in zip(values, other, spread, strict=True)) for other in shown.tolist()
        ]
        near = [i for i, d in enumerate(distance) if d <= min(distance) + 1e-9]
        linked += (person in near) / len(near)
    return linked


@given(
    table=arrays(np.float64, st.tuples(st.integers(1, 15), st.integers(1, 3)), elements=st.integers(0, 4)),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_numbers_are_linked_by_definition(table: np.ndarray, seed: int) -> None:
    shown = np.round(table + np.random.default_rng(seed).normal(size=table.shape))
    columns = tuple(KnownColumn(str(j), LinkKind.NUMBER, table[:, j], shown[:, j]) for j in range(table.shape[1]))
    found = link(columns, np.arange(table.shape[0]), RNG)
    assert found.linked == pytest.approx(by_definition(table, shown))
    assert found.interval is None
    assert found.certain <= found.linked + 1e-9


def test_values_that_are_true_exclude_and_blanks_fit_everybody() -> None:
    true = np.array([0, 0, 1, 2])
    shown = np.array([0, 0, 1, -1])
    found = link((KnownColumn("a", LinkKind.TRUE, true, shown),), np.arange(4), RNG)
    assert found.linked == pytest.approx(1 / 3 + 1 / 3 + 1 / 2 + 1)
    assert found.certain == 1
    changed = link((KnownColumn("a", LinkKind.VALUE, true, np.array([1, 0, 1, 0])),), np.arange(4), RNG)
    assert changed.linked == pytest.approx(0 + 1 / 2 + 1 / 2 + 1 / 4)


def test_people_without_a_record_are_looked_for_in_vain() -> None:
    column = KnownColumn("a", LinkKind.TRUE, np.array([0, 1, 2]), np.array([0, 1]))
    found = link((column,), np.array([0, 1, -1]), RNG)
    assert (found.people, found.linked) == (3, 2)
    assert link((KnownColumn("a", LinkKind.TRUE, np.zeros(0), np.zeros(0)),), np.zeros(0, dtype=int), RNG).share == 0


def test_a_sample_of_a_large_table_comes_with_an_interval_that_holds() -> None:
    """The true share is known: half of the records are alone, half share with one other."""
    n = 60_000
    values = np.concatenate([np.arange(n // 2), n + np.arange(n // 2) // 2]).astype(np.int64)
    found = link((KnownColumn("a", LinkKind.TRUE, values, values),), np.arange(values.size), np.random.default_rng(3))
    assert found.people < values.size
    assert found.interval is not None
    low, high = found.interval
    assert low < 0.75 < high
    assert high - low < 0.07


def risk_of(method: MethodSpec, qis: tuple[str, ...] = NUMBERS, others: tuple[str, ...] = ()):  # noqa: ANN201
    found = run(small400(), recipe_for(qis, others, method, suppression=1.0))
    return perturbed_risk(found.start, found.draft)


def test_more_noise_links_fewer() -> None:
    shares = [risk_of(Noise(names=NUMBERS, size=size)).linkage.share for size in (0.01, 0.1, 0.5, 2.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.95
    assert shares[-1] < 0.05
    assert risk_of(Noise(names=NUMBERS, size=0.01)).before.share > 0.99


def test_microaggregation_links_at_most_one_in_k() -> None:
    for k in (3, 5):
        found = risk_of(Microaggregation(names=NUMBERS, k=k))
        assert found.linkage.share <= 1 / k
        assert found.interval == pytest.approx(ORACLE["microagg"][f"mdav_k{k}"]["dRisk"], abs=0.02)  # whole numbers


def test_coding_that_anybody_can_repeat_links_as_well_as_groups_say() -> None:
    found = run(small400(), recipe_for(["age", "sex"], [], Rounding(names=("age",), base=10)))
    risk = perturbed_risk(found.start, found.draft)
    assert risk.linkage.linked == pytest.approx(found.assessment.classes)


def test_emptied_cells_hide_but_do_not_hide_all() -> None:
    risk = risk_of(LocalSuppression(k=3), ("sex", "age10", "zip3"))
    assert 0 < risk.linkage.share < risk.before.share


def test_categories_swaps_and_samples_are_linked_too() -> None:
    assert risk_of(Pram(names=("disease",), keep=0.6), ("sex", "age10"), ("disease",)).linkage.columns == (
        "sex",
        "age10",
        "disease",
    )
    swapped = risk_of(RankSwapping(names=("income",), share=0.2))
    assert swapped.linkage.share < swapped.before.share
    sampled = risk_of(Sampling(share=0.25))
    assert sampled.linkage.share == pytest.approx(0.25, abs=0.01)
    assert sampled.linkage.people == 400


def test_ranges_are_left_to_their_groups() -> None:
    found = run(small400(), recipe_for(NUMBERS, [], Mondrian(), k=5))
    risk = perturbed_risk(found.start, found.draft)
    assert risk.linkage is None
    assert "from group to group" in risk.why_not


def test_nearness_in_value_and_in_rank() -> None:
    x = np.arange(100.0)
    assert near_in_rank(x, x[::-1]) == pytest.approx(0.02)
    assert near_in_rank(x, x) == near_in_value(x, x) == 1
    assert near_in_rank([np.nan], [1.0]) == near_in_value([np.nan], [1.0]) == 0
    assert near_in_value(x, x + 100) == 0
