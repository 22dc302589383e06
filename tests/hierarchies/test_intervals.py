from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import IntervalLevel, IntervalSpec, bands_for, intervals_for, preview
from anonymiser.hierarchies.cuts import numbers_of
from anonymiser.hierarchies.numbers import parse_numbers, show_number
from anonymiser.microdata import Column, Microdata


def numbers(*values: float | str | None) -> Column:
    return Microdata.from_columns({"n": [None if v is None else str(v) for v in values]}).column("n")


def test_worked_example() -> None:
    level = IntervalLevel(name="5 kg", edges=(60, 65, 120))
    spec = IntervalSpec(levels=(level,), unit="kg")
    hierarchy = spec.build(numbers("64.9", "7", "65", "119.99", "120", "1,234", "heavy", None))
    assert hierarchy.leaves == ("7", "64.9", "65", "119.99", "120", "1,234", "heavy", "missing")
    assert hierarchy.labels[1] == (
        "under 60 kg",
        "60 to <65 kg",
        "65 to <120 kg",
        "120 kg or more",
        "not a number",
        "missing",
    )
    assert spec.level_names == ("exact", "5 kg", "hidden")
    assert spec.unseen(numbers("7", "heavy")) == ("heavy",)


def test_whole_numbers_and_own_labels() -> None:
    spec = IntervalSpec(levels=(IntervalLevel(name="bands", edges=(0, 1, 6)),), whole=True)
    assert spec.build(numbers(0, 1, 5, 6)).labels[1] == ("0", "1–5", "6 or more")
    own = IntervalLevel(name="bands", edges=(18,), labels=("minor", "adult"))
    assert IntervalSpec(levels=(own,)).build(numbers(17, 18)).labels[1] == ("minor", "adult")


@pytest.mark.parametrize(
    "levels",
    [
        (IntervalLevel(name="a", edges=(0, 5)), IntervalLevel(name="b", edges=(3,))),
        (IntervalLevel(name="a", edges=(0, 5)), IntervalLevel(name="a", edges=(0,))),
        (IntervalLevel(name="exact", edges=(0, 5)),),
    ],
)
def test_levels_that_do_not_nest_or_share_a_name_are_refused(levels: tuple[IntervalLevel, ...]) -> None:
    with pytest.raises(HierarchyError):
        IntervalSpec(levels=levels)


@pytest.mark.parametrize("edges", [(1.0, 1.0), (2.0, 1.0), (float("nan"),), (0.0, float("inf"))])
def test_edges_increase(edges: tuple[float, ...]) -> None:
    with pytest.raises(HierarchyError):
        IntervalLevel(name="a", edges=edges)


def test_ends_are_folded_until_they_hold_k() -> None:
    column = numbers(1, *[22] * 4, *[31] * 6, *[44] * 6, 71, 99)
    spec = intervals_for(column, (10, 20), min_count=5, unit="years")
    assert preview(spec.build(column), column, 1) == [
        ("under 30 years", 5),
        ("30–39 years", 6),
        ("40 years or more", 8),
    ]
    assert preview(spec.build(column), column, 2) == [("under 40 years", 11), ("40 years or more", 8)]
    next_month = numbers(-5, 150, 35)
    assert spec.build(next_month).labels[1] == ("under 30 years", "30–39 years", "40 years or more")


def test_bottom_and_top_coding() -> None:
    column = numbers(*range(20, 100))
    spec = intervals_for(column, (5, 10), bottom=42, top=80, min_count=1)
    labels = spec.build(column).labels
    assert (labels[1][0], labels[1][1], labels[1][-1]) == ("under 42", "42–44", "80 or more")
    assert (labels[2][0], labels[2][1], labels[2][-1]) == ("under 42", "42–49", "80 or more")


def test_levels_that_change_nothing_are_left_out() -> None:
    assert intervals_for(numbers(1, 2, 3), (5, 10), min_count=1).levels == ()
    assert intervals_for(numbers("a", None), (5, 10)).levels == ()


@pytest.mark.parametrize("widths", [(5, 8), (5, 5), (0,), (-1,), (10, 5)])
def test_widths_that_do_not_nest_are_refused(widths: tuple[float, ...]) -> None:
    with pytest.raises(HierarchyError, match="do not nest"):
        intervals_for(numbers(1, 2), widths)


def test_too_many_intervals_are_refused() -> None:
    with pytest.raises(HierarchyError, match="larger width"):
        intervals_for(numbers(0, 1e9), (1,), min_count=1)


def test_small_widths_have_clean_edges() -> None:
    spec = intervals_for(numbers(*(i / 100 for i in range(140, 200))), (0.05, 0.1), min_count=5, unit="m")
    assert spec.levels[0].edges[:3] == (1.45, 1.5, 1.55)
    assert spec.level_names == ("exact", "0.05 m", "0.1 m", "hidden")


def test_bands_are_near_quartiles_and_round() -> None:
    level = bands_for(numbers(*range(2, 51)))
    assert level.name == "4 bands"
    assert level.edges == (0, 10, 30, 40)
    assert level.labels[1:] == ("0–9", "10–29", "30–39", "40 or more")
    assert bands_for(numbers(*(i / 4 for i in range(41)))).edges == (0, 2, 4, 8)
    assert bands_for(numbers(3, 3, 3)).edges == ()
    assert bands_for(numbers()).edges == ()


def test_zero_is_a_band_where_it_is_common() -> None:
    column = numbers(*[0] * 30, *range(1, 61))
    level = bands_for(column)
    spec = IntervalSpec(levels=(level,), whole=True)
    counted = preview(spec.build(column), column, 1)
    assert counted[0] == ("0", 30)
    assert len(counted) == 4
    assert all(records >= 15 for _, records in counted)
    decimals = bands_for(numbers(*[0] * 30, *(i / 2 for i in range(1, 61))), unit="a week")
    assert decimals.labels[1] == "0 a week"


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 2)), min_size=1, max_size=60),
    st.integers(1, 7),
    st.integers(2, 6),
)
@settings(max_examples=200, deadline=None)
def test_every_band_holds_k(values: list[float], k: int, count: int) -> None:
    column = numbers(*values)
    level = bands_for(column, count, min_count=k)
    spec = IntervalSpec(levels=(level,))
    counted = preview(spec.build(column), column, 1)
    assert len(counted) <= count
    assert len(counted) == 1 or min(records for _, records in counted) >= k


@given(st.lists(st.integers(-300, 300), min_size=1, max_size=60), st.integers(1, 7))
@settings(max_examples=200, deadline=None)
def test_end_intervals_hold_k(values: list[int], k: int) -> None:
    column = numbers(*values)
    spec = intervals_for(column, (1, 5, 10), min_count=k)
    hierarchy = spec.build(column)
    for level in range(1, hierarchy.height):
        counted = preview(hierarchy, column, level)
        assert counted[0][1] >= k
        assert counted[-1][1] >= k


@given(st.lists(st.text("0123456789.,-+eE ax", max_size=8), max_size=8))
def test_what_a_text_means_does_not_depend_on_its_neighbours(values: list[str]) -> None:
    for mark in (".", ","):
        together = parse_numbers(values, mark).tolist()
        alone = [parse_numbers([value], mark).tolist()[0] for value in values]
        assert str(together) == str(alone)


@pytest.mark.parametrize("text", ["inf", "nan", "1e999", "0x10", "1_000", "true", "12,34", "1,2345", "", "-", ".", "٣"])
def test_what_is_no_number(text: str) -> None:
    assert str(parse_numbers([text, "1"]).tolist()) == "[nan, 1.0]"


def test_the_decimal_mark_is_found() -> None:
    found = numbers_of(numbers("6,5", "7,25", "1.234,5", "8"))
    assert found.mark == ","
    assert found.sizes.tolist() == [6.5, 7.25, 8, 1234.5]
    assert numbers_of(numbers("1,234", "6.5")).mark == "."


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_shown_exactly(number: float) -> None:
    assert float(show_number(number)) == number
