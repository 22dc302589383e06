"""Classes of random tables against plain Python, and every way to a node against every other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, build_members, roll_up
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy.diversity import DistinctDiversity, distinct_values
from tests.engine_tables import BACKENDS, Table, as_dict, backend_of, nodes, tables, wide_table

SMALL = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("name", BACKENDS)
@SMALL
@given(data=st.data())
def test_classes_are_those_of_plain_python(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    with backend_of(name):
        hierarchies, leaves = table.engine_input()
        classes, class_of = build_members(hierarchies, leaves, table.sensitive_codes(), node=node)
    expected = table.classes(node)
    assert classes.classes == len(expected)
    assert classes.rows == table.rows
    for rows in expected.values():
        numbers = set(class_of[rows].tolist())
        assert len(numbers) == 1
        assert classes.counts[numbers.pop()] == len(rows)


@pytest.mark.parametrize("name", BACKENDS)
@SMALL
@given(data=st.data())
def test_rolling_up_from_any_finer_node_gives_the_node_itself(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    low = data.draw(nodes(table))
    middle = data.draw(nodes(table, low))
    high = data.draw(nodes(table, middle))
    histograms = data.draw(st.booleans())
    with backend_of(name):
        direct = as_dict(table.build(high, histograms=histograms))
        finer = table.build(low, histograms=histograms)
        assert as_dict(roll_up(finer, high)) == direct
        assert as_dict(roll_up(roll_up(finer, middle), high)) == direct
        assert roll_up(finer, high).leaf_totals == table.build(high).leaf_totals


@SMALL
@given(data=st.data())
def test_compiled_kernels_and_their_twins_find_the_same(data: st.DataObject) -> None:
    table = data.draw(tables())
    low = data.draw(nodes(table))
    high = data.draw(nodes(table, low))
    found = []
    for name in BACKENDS:
        with backend_of(name):
            found.append((as_dict(table.build(low)), as_dict(roll_up(table.build(low), high))))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("seed", range(6))
def test_keys_of_more_than_one_word(name: str, seed: int) -> None:
    table = wide_table(seed)
    rng = np.random.default_rng(seed)
    with backend_of(name):
        root = table.build()
        assert root.layout.n_words > 1
        assert sorted(root.counts.tolist()) == sorted(len(rows) for rows in table.classes(root.node).values())
        for _ in range(4):
            node = tuple(rng.integers(0, 3, size=len(table.attributes)).tolist())
            rolled = roll_up(root, node)
            assert as_dict(rolled) == as_dict(table.build(node))
            assert sorted(rolled.counts.tolist()) == sorted(len(rows) for rows in table.classes(node).values())
            above = tuple(np.maximum(node, rng.integers(0, 3, size=len(node))).tolist())
            assert as_dict(roll_up(rolled, above)) == as_dict(table.build(above))


@pytest.mark.parametrize("name", BACKENDS)
def test_words_that_agree_while_others_differ(name: str) -> None:
    """Records that differ in one attribute only, whichever word it is packed into."""
    table = wide_table(0, rows=1)
    columns = len(table.attributes)
    base = [column[0] for column in table.codes]
    rows = [base] + [[(v + 1) % 90 if j == i else v for j, v in enumerate(base)] for i in range(columns)]
    changed = Table(table.attributes, tuple(zip(*rows, strict=True)), (), (), ())
    with backend_of(name):
        assert changed.build().classes == columns + 1


@pytest.mark.parametrize("name", BACKENDS)
@SMALL
@given(data=st.data())
def test_the_order_of_rows_does_not_matter(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    order = data.draw(st.permutations(range(table.rows)))
    with backend_of(name):
        assert as_dict(table.reordered(order).build(node)) == as_dict(table.build(node))


@pytest.mark.parametrize("name", BACKENDS)
@SMALL
@given(data=st.data())
def test_a_bit_mask_and_a_histogram_give_the_same_distinct_l(name: str, data: st.DataObject) -> None:
    table = data.draw(tables().filter(lambda t: t.sensitive))
    node = data.draw(nodes(table))
    hierarchies, leaves = table.engine_input()
    # Seventy codes do not fit a mask; those beyond the first few never occur.
    wide = [SensitiveCodes(s.name, s.codes, 70, s.missing) for s in table.sensitive_codes()]
    with backend_of(name):
        masked = table.build(node, histograms=False)
        counted = build(hierarchies, leaves, wide, node=node)
        assert masked.mask_places
        assert not counted.mask_places
        for one in wide:
            for count_missing in (True, False):
                by_mask = _by_class(masked, distinct_values(masked, one.name, count_missing=count_missing))
                by_histogram = _by_class(counted, distinct_values(counted, one.name, count_missing=count_missing))
                assert by_mask == by_histogram
            model = DistinctDiversity(attribute=one.name, l=2)
            assert _by_class(masked, model.passes(masked)) == _by_class(counted, model.passes(counted))


def test_more_sensitive_attributes_than_fit_one_mask() -> None:
    rng = np.random.default_rng(7)
    codes = [rng.integers(0, n, size=50).astype(np.uint8) for n in (30, 30, 30)]
    sensitive = [SensitiveCodes(f"s{i}", c, 30) for i, c in enumerate(codes)]
    hierarchy = Hierarchy.from_levels("q", [["x", "y"], ["*", "*"]], ["exact", "hidden"], missing=False)
    leaf = rng.integers(0, 2, size=50).astype(np.uint8)
    classes, class_of = build_members([hierarchy], [leaf], sensitive)
    assert len(classes.mask_places) == 2
    for one in sensitive:
        expected = [len(set(one.codes[class_of == c].tolist())) for c in range(classes.classes)]
        assert distinct_values(classes, one.name, count_missing=True).tolist() == expected


def test_a_coarser_set_cannot_be_made_finer() -> None:
    hierarchy = Hierarchy.from_levels("q", [["x", "y"], ["*", "*"]], ["exact", "hidden"], missing=False)
    hidden = build([hierarchy], [np.array([0, 1, 1], dtype=np.uint8)], node=(1,))
    assert hidden.counts.tolist() == [3]
    with pytest.raises(ValueError, match="coarser"):
        roll_up(hidden, (0,))


def test_a_label_under_two_parents_is_two_classes() -> None:
    levels = [["a", "b", "c"], ["x", "x", "y"], ["left", "right", "right"], ["*", "*", "*"]]
    hierarchy = Hierarchy.from_levels("q", levels, list("0123"), missing=False)
    leaves = hierarchy.encode(["a", "b", "c"])[[0, 0, 1, 2]].astype(np.uint8)
    root = build([hierarchy], [leaves])
    assert sorted(roll_up(root, (1,)).counts.tolist()) == [1, 1, 2]
    assert sorted(roll_up(root, (2,)).counts.tolist()) == [2, 2]


def _by_class(classes: FrequencySet, numbers: np.ndarray) -> dict[tuple[int, ...], int]:
    keys = as_dict(classes)
    return dict(zip(keys, [int(n) for n in numbers], strict=True))
