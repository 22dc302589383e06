"""Distinction, separation and uniques of sets of columns."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import build, roll_up
from anonymiser.errors import InputError
from anonymiser.microdata import Microdata
from anonymiser.risk.combinations import (
    added_by_attribute,
    attributes_of_classes,
    attributes_of_columns,
    identifying,
    measure_combinations,
    worst,
)
from tests.engine_tables import BACKENDS, backend_of, nodes, tables, wide_table
from tests.risk.risk_tables import SHARED, needs_shared


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_every_set_by_counting(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    largest, k = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 6))
    with backend_of(name):
        found = measure_combinations(attributes_of_classes(table.build(node, histograms=False)), largest, k=k)
    columns = [
        [a.path(value, level) for value in codes]
        for a, codes, level in zip(table.attributes, table.codes, node, strict=True)
    ]
    sets = [s for size in range(1, largest + 1) for s in combinations(range(len(columns)), size)]
    assert [c.attributes for c in found] == [tuple(table.attributes[j].name for j in s) for s in sets]
    for one, subset in zip(found, sets, strict=True):
        sizes = Counter(zip(*(columns[j] for j in subset), strict=True)).values()
        assert one.classes == len(sizes)
        assert one.confused_pairs == sum(math.comb(size, 2) for size in sizes)
        assert one.unique_records == sum(size == 1 for size in sizes)
        assert one.records_below_k == sum(size for size in sizes if size < k)
        assert one.distinction == len(sizes) / table.rows


def test_keys_that_need_several_words() -> None:
    table = wide_table(9, qis=14)
    found = measure_combinations(attributes_of_classes(table.build(histograms=False)), 2)
    for one in found:
        columns = [table.codes[int(name[1:])] for name in one.attributes]
        assert one.classes == len(set(zip(*columns, strict=True)))
    whole = measure_combinations(attributes_of_classes(wide_table(9, qis=12).build(histograms=False)))[-1]
    assert whole.classes == len(set(zip(*wide_table(9, qis=12).codes, strict=True)))


def test_columns_of_a_file_with_missing_values() -> None:
    data = Microdata.from_columns({"a": ["x", "x", None, None], "b": ["p", "q", "p", "p"]})
    one, two, both = measure_combinations(attributes_of_columns([data.column("a"), data.column("b")]))
    assert (one.classes, two.classes, both.classes) == (2, 2, 3)
    assert both.unique_records == 2
    assert both.separation == 5 / 6


def test_one_record_and_none() -> None:
    single = measure_combinations(attributes_of_columns([Microdata.from_columns({"a": ["x"]}).column("a")]))[0]
    assert (single.distinction, single.separation, single.unique_records) == (1, 1, 1)
    empty = measure_combinations(attributes_of_columns([Microdata.from_columns({"a": []}).column("a")]))[0]
    assert (empty.distinction, empty.separation, empty.unique_records, empty.unique_share) == (0, 1, 0, 0)


@settings(deadline=None)
@given(tables())
def test_more_columns_never_tell_fewer_people_apart(table: object) -> None:
    found = measure_combinations(attributes_of_classes(table.build(histograms=False)))  # type: ignore[attr-defined]
    by_set = {frozenset(c.attributes): c for c in found}
    for attributes, one in by_set.items():
        for name in attributes:
            smaller = by_set.get(attributes - {name})
            if smaller is not None:
                assert smaller.classes <= one.classes
                assert smaller.unique_records <= one.unique_records
                assert smaller.separation <= one.separation
    assert all(gain >= 0 for gain in added_by_attribute(found).values())


def test_what_identifies_and_what_is_worst() -> None:
    data = Microdata.from_columns(
        {"id": list("abcdef"), "sex": list("mmmfff"), "age": list("123123"), "same": list("xxxxxx")}
    )
    found = measure_combinations(attributes_of_columns([data.column(name) for name in data.names]))
    assert [c.attributes for c in identifying(found, 0.9)] == [("id",), ("sex", "age")]
    assert worst(found, 2, 1)[0].unique_records == 6
    assert worst(found, 1)[0].attributes == ("id",)
    added = added_by_attribute(found)
    assert max(added, key=added.__getitem__) == "id"
    assert added["same"] == 0


def test_rolling_up_leaves_less_to_tell_apart_by() -> None:
    table = wide_table(1, qis=4)
    classes = build(*table.engine_input())
    fine = measure_combinations(attributes_of_classes(classes))[-1]
    coarse = measure_combinations(attributes_of_classes(roll_up(classes, (2, 2, 2, 2))))[-1]
    assert (coarse.classes, coarse.separation) == (1, 0)
    assert fine.classes > 1


@pytest.mark.parametrize("size", [0, -1])
def test_no_set_at_all(size: int) -> None:
    column = Microdata.from_columns({"a": ["x"]}).column("a")
    with pytest.raises(InputError, match="at least one"):
        measure_combinations(attributes_of_columns([column]), size)


def test_too_many_sets_are_refused() -> None:
    columns = [Microdata.from_columns({f"c{j}": ["x"]}).column(f"c{j}") for j in range(30)]
    with pytest.raises(InputError, match="Choose a smaller"):
        measure_combinations(attributes_of_columns(columns))


class TestShared:
    pytestmark = needs_shared

    def test_arx_hand_fixture(self) -> None:
        fixture = json.loads((SHARED / "oracles" / "arx_hand_fixtures.json").read_text())["qi_detection_5rows"]
        columns = {name: [row[j] for row in fixture["rows"]] for j, name in enumerate(fixture["columns"])}
        data = Microdata.from_columns(columns)
        found = measure_combinations(attributes_of_columns([data.column(name) for name in data.names]))
        ours = {frozenset(c.attributes): (c.distinction, c.separation) for c in found}
        for attributes, distinction, separation in fixture["expected"]:
            assert ours[frozenset(attributes)] == (distinction, separation)

    def test_every_line_of_arx(self) -> None:
        from tests.risk.compare_risk import distinction_separation
        from tests.risk.risk_tables import adult

        with (SHARED / "oracles" / "arx_adult_distinction_separation.tsv").open() as file:
            lines = sum(1 for _ in csv.DictReader(file, delimiter="\t"))
        rows = distinction_separation(adult())
        assert [row.values for row in rows] == [lines, lines]
        assert all(row.equal for row in rows)
        assert np.isfinite([row.largest for row in rows]).all()
