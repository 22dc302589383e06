"""What the pages draw: cards, bars, the smallest groups."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser import figures
from anonymiser.assessment import Assessment, assess
from anonymiser.attributes import Role
from anonymiser.engine.frequency import FrequencySet, build
from anonymiser.hierarchies import FlatSpec
from anonymiser.microdata import Microdata
from anonymiser.policy import RESEARCHERS, Policy
from anonymiser.privacy import KAnonymity
from anonymiser.recipe import AttributePlan, Recipe

SIZES = st.lists(st.integers(1, 400), min_size=1, max_size=25)


def classes_of(sizes: list[int]) -> FrequencySet:
    towns = [f"town {number}" for number, size in enumerate(sizes) for _ in range(size)]
    column = Microdata.from_columns({"town": towns}).column("town")
    hierarchy = FlatSpec().build(column)
    return build((hierarchy,), (hierarchy.encode(column.values)[column.codes],), ())


def measured(sizes: list[int], k: int = 5, limit: float = 0.0) -> Assessment:
    return assess(classes_of(sizes), (KAnonymity(k=k),), limit)


@settings(max_examples=100, deadline=None)
@given(sizes=SIZES, k=st.integers(2, 60))
def test_bins_hold_every_group_once_and_never_straddle_the_policy_s_line(sizes: list[int], k: int) -> None:
    bins = figures.size_bins(measured(sizes, k))
    assert len(bins) <= figures.MOST_BARS
    assert sum(b.groups for b in bins) == len(sizes)
    assert sum(b.people for b in bins) == sum(sizes)
    assert sum(b.people for b in bins if not b.safe) == sum(size for size in sizes if size < k)
    assert [b.low for b in bins if b.low == k] == [k]
    for b in bins:
        inside = [size for size in sizes if b.low <= size <= (b.high or 10**9)]
        assert b.groups == len(inside)
        assert b.people == sum(inside)


def test_small_sizes_stand_alone_and_bins_stay_in_their_places() -> None:
    one, other = figures.size_bins(measured([1, 999])), figures.size_bins(measured([500, 500]))
    assert [b.label for b in one][:6] == ["1", "2", "3", "4", "5–9", "10–19"]
    assert [b.label for b in one] == [b.label for b in other]
    assert one[-1].label == "500+"


@pytest.mark.parametrize("rows", [1, 2, 10, 1000, 10**6, 10**9])
@pytest.mark.parametrize("k", [1, 2, 5, 11, 20, 100, 1000])
def test_bins_are_few_and_in_order_whatever_the_table(rows: int, k: int) -> None:
    starts = figures._starts({k}, rows)
    assert starts == sorted(set(starts))
    assert len(starts) <= figures.MOST_BARS
    assert starts[0] == 1
    assert k in starts


def test_cards_count_and_explain() -> None:
    shown = {card.label: card for card in figures.cards(measured([1, 2, 40]), RESEARCHERS)}
    assert shown["Hidden among"].value == "1"
    assert shown["Records exposed"].value == "3"
    assert shown["People alone"].value == "1"
    assert shown["Rows deleted"].value == "0"
    assert "3 would have to go, your limit is 0" in shown["Rows deleted"].meaning
    assert shown["Detail kept"].value == "100 %"
    assert shown["Sensitive values"].value == "–"
    assert all(card.meaning.endswith(".") for card in shown.values())


def test_deleted_records_are_not_exposed() -> None:
    shown = {card.label: card.value for card in figures.cards(measured([1, 2, 97], limit=0.05), RESEARCHERS)}
    assert shown["Records exposed"] == "0"
    assert shown["Rows deleted"] == "3"
    assert shown["Hidden among"] == "97"


def test_nothing_left_is_no_number() -> None:
    shown = {card.label: card.value for card in figures.cards(measured([1], limit=1.0), RESEARCHERS)}
    assert shown["Hidden among"] == "nobody left"


@settings(max_examples=60, deadline=None)
@given(sizes=SIZES)
def test_the_smallest_groups_come_first_with_their_labels(sizes: list[int]) -> None:
    shown = figures.smallest_groups(classes_of(sizes), (KAnonymity(k=5),), 5)
    assert [group.people for group in shown] == sorted(sizes)[:8]
    truth = Counter({f"town {number}": size for number, size in enumerate(sizes)})
    assert all(truth[group.labels[0]] == group.people for group in shown)
    assert all((group.status == "too small") == (group.people < 5) for group in shown)


def test_the_table_of_groups_can_be_shown_to_others() -> None:
    recipe = Recipe(attributes=(AttributePlan(name="town", role=Role.QUASI, hierarchy=FlatSpec()),))
    shown = figures.smallest_groups(classes_of([1, 9]), (), 5)
    assert figures.groups_table(shown, recipe, hide_values=False)["town"] == ["town 0", "town 1"]
    assert figures.groups_table(shown, recipe, hide_values=True)["town"] == ["•••", "•••"]


def test_at_most_twenty_columns_are_drawn_and_the_order_is_kept() -> None:
    names = [f"c{i}" for i in range(25)]
    rng = np.random.default_rng(1)
    table = Microdata.from_columns({n: [str(v) for v in rng.integers(0, 4, 30)] for n in names})
    recipe = Recipe(
        attributes=tuple(
            AttributePlan(name=n, role=Role.QUASI, hierarchy=FlatSpec(), level=i % 2) for i, n in enumerate(names)
        )
    )
    columns = [table.column(n) for n in names]
    hierarchies = tuple(FlatSpec().build(c) for c in columns)
    leaves = tuple(h.encode(c.values)[c.codes] for h, c in zip(hierarchies, columns, strict=True))
    found = assess(build(hierarchies, leaves, (), node=recipe.node), (KAnonymity(k=2),), 0.0)
    bars = figures.losses(found, recipe)
    assert len(bars) == 20
    assert [b.name for b in bars] == sorted((b.name for b in bars), key=names.index)
    assert {b.name for b in bars if b.loss} == set(names[1::2])


def test_a_policy_without_diversity_says_so() -> None:
    own = Policy.custom("Own", open_release=True, k=3, suppression=0.0, distinct_l=None)
    assert "asks nothing of sensitive columns" in figures.cards(measured([5]), own)[5].meaning
