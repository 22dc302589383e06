"""What holds of every hierarchy, whatever rule built it, whatever the values are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import (
    SPECS,
    CountrySpec,
    DateSpec,
    FlatSpec,
    Group,
    GroupLevel,
    GroupSpec,
    Hierarchy,
    HierarchySpec,
    IntervalLevel,
    IntervalSpec,
    MaskSpec,
    PostcodeSpec,
    RareSpec,
    TableSpec,
    preview,
    rare_for,
    read_arx_csv,
    table_of,
    write_arx_csv,
)
from anonymiser.microdata import Column, Microdata

GROUPS = GroupSpec(
    levels=(
        GroupLevel(
            name="4 groups", groups=(Group(label="low", members=("a", "b")), Group(label="high", members=("c",)))
        ),
        GroupLevel(name="1 group", groups=(Group(label="all", members=("low", "high")),)),
    )
)
TABLE = TableSpec(rows=(("a", "x", "*"), ("b", "x", "*"), ("c", "y", "*")))
INTERVALS = IntervalSpec(
    levels=(IntervalLevel(name="5", edges=(0, 5, 10, 15)), IntervalLevel(name="10", edges=(0, 10))), unit="kg"
)
SPECIMENS: dict[str, HierarchySpec] = {
    "flat": FlatSpec(),
    "dates": DateSpec(steps=("day", "month", "year", "5 years", "20 years"), first=1950, last=2000),
    "two digits": DateSpec(format="%d/%m/%y", latest=2030),
    "intervals": INTERVALS,
    "decimal comma": INTERVALS.model_copy(update={"decimal_mark": ","}),
    "postcodes": PostcodeSpec(),
    "nations": PostcodeSpec(above_region="nations"),
    "countries": CountrySpec(together=("Oceania", "Antarctica", "other / not recognised")),
    "groups": GROUPS,
    "mask right": MaskSpec(steps=(1, 2, 4)),
    "mask left": MaskSpec(side="left", steps=(1, 3), character="#"),
    "rare": RareSpec(kept=("a", "1")),
    "rare dates": RareSpec(kept=("1980–1999",), inner=DateSpec(steps=("month", "20 years"))),
    "rare table": RareSpec(kept=("x",), inner=TABLE),
    "table": TABLE,
    "deep table": TableSpec(rows=(("a", "x", "*", "*"), ("b", "*", "*", "*"))),
}
TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=8)
LIKELY = st.sampled_from(
    [
        *(
            "a",
            "b",
            "c",
            "x",
            "low",
            "*",
            "missing",
            "not listed",
            "other (rare)",
            "NA",
            "=cmd()",
            "<script>",
            "a;b",
            '"',
        ),
        *("05/07/1984", "31/02/1980", "01/01/9999", "1/1/55", "1984", "1980–1999"),
        *("6.5", "1,234", "-3", "12", "007", "inf"),
        *("LS5 8FN", "sw1a1aa", "ZZ9 9ZZ", "LS5", "France", "UK", "Korea", "Atlantis"),
    ]
)
VALUES = st.lists(st.one_of(TEXT, LIKELY).map(str.strip).filter(bool), unique=True, max_size=12)


def column_of(values: Sequence[str], *, missing: bool = False) -> Column:
    codes = np.arange(len(values) + missing, dtype=np.uint32)
    return Column("x", tuple(values), codes)


@pytest.mark.parametrize("name", SPECIMENS)
@given(values=VALUES, missing=st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_value_has_one_place_at_every_level(name: str, values: list[str], *, missing: bool) -> None:
    spec = SPECIMENS[name]
    column = column_of(values, missing=missing)
    hierarchy = spec.build(column, strict=False)
    assert hierarchy.level_names == spec.level_names
    assert len(hierarchy.labels) == len(hierarchy.maps) == len(hierarchy.leaf_counts) == len(spec.level_names)
    assert set(values) <= set(hierarchy.leaves)
    assert hierarchy.missing == missing
    codes = hierarchy.encode(column.values)
    assert [hierarchy.leaves[code] for code in codes[:-1]] == values
    if missing:
        assert hierarchy.leaves[codes[-1]] == "missing"
    copied = hierarchy.encode(list(values))
    assert np.array_equal(copied, codes)


@pytest.mark.parametrize("name", SPECIMENS)
@given(values=VALUES, missing=st.booleans())
@settings(max_examples=60, deadline=None)
def test_levels_nest_and_stay_contiguous(name: str, values: list[str], *, missing: bool) -> None:
    hierarchy = SPECIMENS[name].build(column_of(values, missing=missing), strict=False)
    check(hierarchy)
    assert hierarchy.labels[-1] == ("*",) or not hierarchy.leaves
    assert set(hierarchy.labels[-1]) <= {"*"}


def check(hierarchy: Hierarchy) -> None:
    leaves = len(hierarchy.leaves)
    for level, codes in enumerate(hierarchy.maps):
        assert codes.dtype == np.uint32
        assert len(codes) == leaves
        assert np.all(np.diff(codes.astype(np.int64)) >= 0)
        used = np.bincount(codes, minlength=len(hierarchy.labels[level]))
        assert len(used) == len(hierarchy.labels[level])
        assert np.all(used > 0)
        top_missing = hierarchy.missing and hierarchy.labels[level] == ("*",) and level > 0
        assert np.array_equal(used, hierarchy.leaf_counts[level] + top_missing)
    for low in range(len(hierarchy.maps)):
        for high in range(low, len(hierarchy.maps)):
            assert np.array_equal(hierarchy.parents(low, high)[hierarchy.maps[low]], hierarchy.maps[high])


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_spec_survives_json_and_can_be_a_key(name: str) -> None:
    spec = SPECIMENS[name]
    again = SPECS.validate_json(SPECS.dump_json(spec))
    assert again == spec
    assert hash(again) == hash(spec)
    assert type(again) is type(spec)
    with pytest.raises(Exception, match="frozen"):
        spec.kind = "flat"  # type: ignore[misc, assignment]


@pytest.mark.parametrize("name", SPECIMENS)
def test_building_twice_gives_the_same(name: str) -> None:
    column = column_of(["05/07/1984", "6.5", "a", "LS5 8FN", "France"])
    first, second = (SPECIMENS[name].build(column, strict=False) for _ in range(2))
    assert first.labels == second.labels
    assert all(np.array_equal(a, b) for a, b in zip(first.maps, second.maps, strict=True))


@given(values=VALUES.filter(bool), name=st.sampled_from(sorted(SPECIMENS)))
@settings(max_examples=150, deadline=None)
def test_arx_csv_round_trip(values: list[str], name: str) -> None:
    column = column_of(values)
    hierarchy = SPECIMENS[name].build(column, strict=False)
    again = read_arx_csv(write_arx_csv(hierarchy), "x").build(column)
    assert again.leaves == hierarchy.leaves
    assert again.size == hierarchy.size
    for level in range(len(hierarchy.maps)):
        shown = [hierarchy.labels[level][code] for code in hierarchy.maps[level]]
        assert [again.labels[level][code] for code in again.maps[level]] == shown


def test_levels_of_unequal_length_or_without_a_name_are_refused() -> None:
    with pytest.raises(HierarchyError, match="equally long"):
        Hierarchy.from_levels("x", [["a", "b"], ["*"]], ["exact", "hidden"], missing=False)
    with pytest.raises(HierarchyError, match="a name for each level"):
        Hierarchy.from_levels("x", [["a"], ["*"]], ["exact"], missing=False)


def test_repeated_values_are_refused_and_carried_but_not_named() -> None:
    with pytest.raises(HierarchyError, match="1 values more than once") as caught:
        Hierarchy.from_levels("x", [["secret", "b", "secret"], ["*"] * 3], ["exact", "hidden"], missing=False)
    assert caught.value.values == ("secret",)
    assert "secret" not in str(caught.value)


def test_a_label_under_two_parents_is_two_codes() -> None:
    levels = [["a", "b", "c"], ["same", "same", "other"], ["one", "two", "two"]]
    hierarchy = Hierarchy.from_levels("x", levels, ["0", "1", "2"], missing=False)
    assert hierarchy.labels[1] == ("same", "same", "other")
    check(hierarchy)


def test_groups_stay_together_and_unused_ones_are_left_out() -> None:
    levels = [["a", "b", "c", "d"], ["x", "y", "x", "y"]]
    hierarchy = Hierarchy.from_levels("x", levels, ["0", "1"], missing=True)
    assert hierarchy.labels == (("a", "c", "b", "d", "missing"), ("x", "y", "missing"))
    assert hierarchy.leaf_counts[1].tolist() == [2, 2, 1]
    assert hierarchy.size == 4


def test_a_column_without_values() -> None:
    hierarchy = FlatSpec().build(column_of([], missing=True))
    assert hierarchy.labels == (("missing",), ("*",))
    assert hierarchy.size == 1
    assert hierarchy.encode(()).tolist() == [0]


def test_values_that_are_absent_are_counted_and_carried_but_not_named() -> None:
    hierarchy = FlatSpec().build(column_of(["a"]))
    with pytest.raises(HierarchyError, match="misses 7 values") as caught:
        hierarchy.encode([f"secret {i}" for i in range(7)])
    assert len(caught.value.values) == 5
    assert "secret" not in str(caught.value)


def test_preview_counts_records_and_leaves_out_unused_rows() -> None:
    column = Microdata.from_columns({"x": ["a", "a", "b", None]}).column("x")
    hierarchy = TABLE.build(column)
    assert preview(hierarchy, column, 1) == [("x", 3), ("missing", 1)]
    assert preview(hierarchy, column, 0, limit=1) == [("a", 2)]
    assert preview(hierarchy, column, 2) == [("*", 4)]


def test_any_hierarchy_as_a_table_for_editing() -> None:
    spec = table_of(GROUPS.build(column_of(["c", "a"], missing=True)))
    assert spec.rows == (("a", "low", "all", "*"), ("c", "high", "all", "*"))
    assert spec.level_names == ("exact", "4 groups", "1 group", "hidden")


def test_a_changed_copy_is_checked() -> None:
    with pytest.raises(HierarchyError):
        INTERVALS.model_copy(update={"levels": tuple(reversed(INTERVALS.levels))})
    assert TABLE.model_copy(update={"rows": TABLE.rows[:2]}).unseen(column_of(["c"])) == ("c",)


def test_rare_values_become_one_and_the_smallest_join_until_there_are_enough() -> None:
    column = Microdata.from_columns({"x": ["a"] * 9 + ["b"] * 6 + ["c"] * 2 + ["d", None]}).column("x")
    spec = rare_for(column, 5)
    assert spec.kept == ("a",)
    assert preview(spec.build(column), column, 1) == [("a", 9), ("other (rare)", 9), ("missing", 1)]
    assert rare_for(column, 3).kept == ("a", "b")
    assert spec.unseen(column_of(["new"])) == ()
    assert spec.level_names == ("exact", "rare values merged", "hidden")
    with pytest.raises(HierarchyError):
        RareSpec(kept=("other (rare)",))


def test_rare_groups_of_another_rule() -> None:
    column = Microdata.from_columns({"x": ["a", "b", "b", "c"]}).column("x")
    spec = rare_for(column, 3, inner=GroupSpec(levels=GROUPS.levels[:1]))
    assert spec.kept == ()
    spec = rare_for(column, 1, inner=GroupSpec(levels=GROUPS.levels[:1]))
    assert spec.kept == ("low", "high")
