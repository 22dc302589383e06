"""Every measure of random tables against plain Python, and the rules of suppression."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import Assessment, assess, limit_in_records
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, roll_up
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import DistinctDiversity, KAnonymity
from tests.engine_tables import BACKENDS, Reference, backend_of, measure, nodes, tables, wide_table

MANY = settings(max_examples=200, deadline=None)


def agree(found: Assessment, expected: Reference) -> None:
    for name in ("rows", "suppressed", "k", "classes", "unique_records", "records_below_k", "discernibility"):
        assert getattr(found, name) == getattr(expected, name), name
    for name in ("loss", "precision", "average_class_size", "mean_kept_class"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-9, abs=1e-12), name
    assert found.loss_by_attribute == pytest.approx(expected.loss_by_attribute, rel=1e-9, abs=1e-12)
    assert tuple(m.distinct_l for m in found.sensitive) == expected.distinct_l
    assert [m.entropy_l for m in found.sensitive] == pytest.approx(expected.entropy_l, rel=1e-9)
    assert [m.t_closeness for m in found.sensitive] == pytest.approx(expected.t_closeness, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", BACKENDS)
@MANY
@given(data=st.data())
def test_every_measure_is_that_of_plain_python(name: str, data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    k = data.draw(st.integers(1, 6))
    known_l = data.draw(st.integers(0, 3)) if table.sensitive else 0
    models: list[KAnonymity | DistinctDiversity] = [KAnonymity(k=k)]
    if known_l:
        models.append(DistinctDiversity(attribute="s0", l=known_l))
    with backend_of(name):
        classes = table.build(node)
        suppressed, whole = assess(classes, models, 1.0), assess(classes, models, 0.0)
    expected = measure(table, node, k, suppress=True, known_l=known_l)
    agree(suppressed, expected)
    assert suppressed.met == (expected.classes > 0)
    fits = expected.suppressed == 0
    agree(whole, expected if fits else measure(table, node, k, suppress=False))
    assert whole.met == fits
    assert whole.loss_if_suppressed == pytest.approx(expected.loss, rel=1e-9, abs=1e-12)
    assert whole.classes_raw == suppressed.classes_raw == len(table.classes(node))


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("seed", range(4))
def test_measures_of_keys_of_more_than_one_word(name: str, seed: int) -> None:
    table = wide_table(seed)
    rng = np.random.default_rng(seed)
    for node in ([0] * len(table.attributes), rng.integers(0, 3, size=len(table.attributes)).tolist()):
        for k in (1, 3, 6):
            with backend_of(name):
                found = assess(table.build(node), [KAnonymity(k=k)], 1.0)
            agree(found, measure(table, node, k, suppress=True))


@MANY
@given(data=st.data())
def test_rolling_up_never_lowers_k(data: st.DataObject) -> None:
    table = data.draw(tables())
    low = data.draw(nodes(table))
    high = data.draw(nodes(table, low))
    finer = table.build(low)
    assert assess(roll_up(finer, high), [], 0.0).k >= assess(finer, [], 0.0).k


@MANY
@given(data=st.data())
def test_suppressing_never_lowers_k_and_never_helps_usefulness(data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    k = data.draw(st.integers(1, 6))
    classes = table.build(node)
    whole, suppressed = assess(classes, [], 0.0), assess(classes, [KAnonymity(k=k)], 1.0)
    if suppressed.kept:
        assert suppressed.k >= max(whole.k, k)
    assert suppressed.loss >= whole.loss - 1e-12
    assert suppressed.discernibility >= whole.discernibility
    assert suppressed.precision >= whole.precision - 1e-12


@MANY
@given(data=st.data())
def test_measures_do_not_depend_on_the_order_of_rows(data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    order = data.draw(st.permutations(range(table.rows)))
    one, other = (assess(t.build(node), [KAnonymity(k=2)], 0.5) for t in (table, table.reordered(order)))
    agree(one, measure(table, node, 2, suppress=one.suppressed > 0))
    assert one.sizes.tolist() == other.sizes.tolist()
    assert (one.k, one.classes, one.loss, one.met) == (other.k, other.classes, other.loss, other.met)


@MANY
@given(data=st.data())
def test_measures_do_not_depend_on_the_names_of_values(data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    other = table.renamed([data.draw(st.permutations(range(a.size))) for a in table.attributes])
    agree(assess(other.build(node), [KAnonymity(k=3)], 1.0), measure(table, node, 3, suppress=True))


@MANY
@given(data=st.data())
def test_every_figure_is_finite_and_in_its_range(data: st.DataObject) -> None:
    table = data.draw(tables())
    found = assess(table.build(data.draw(nodes(table))), [KAnonymity(k=data.draw(st.integers(1, 30)))], 1.0)
    n = table.rows
    assert 0 <= found.loss <= 1 + 1e-12
    assert 0 <= found.precision <= 1 + 1e-12
    assert all(0 <= loss <= 1 + 1e-12 for loss in found.loss_by_attribute)
    assert n <= found.discernibility <= n * n
    assert 1 <= found.average_class_size <= n
    assert 0 <= found.mean_risk <= 1
    for one in found.sensitive:
        assert one.distinct_l >= 1
        assert 1 - 1e-9 <= one.entropy_l <= one.distinct_l + 1e-9
        assert 0 <= one.t_closeness <= 1


def ten_people() -> FrequencySet:
    """Groups of 1, 2, 3 and 4."""
    hierarchy = Hierarchy.from_levels("q", [list("abcd"), ["*"] * 4], ["exact", "hidden"], missing=False)
    leaf = np.repeat(np.arange(4, dtype=np.uint8), [1, 2, 3, 4])
    secret = SensitiveCodes("s", np.array([0, 0, 1, 0, 1, 2, 2, 2, 2, 2], dtype=np.uint8), 3)
    return build([hierarchy], [leaf], [secret], histograms=True)


def test_suppression_is_all_or_nothing() -> None:
    found = assess(ten_people(), [KAnonymity(k=3)], 0.2)
    assert (found.failing, found.limit, found.suppressed, found.met) == (3, 2, 0, False)
    assert (found.k, found.classes, found.unique_records, found.records_below_k) == (1, 4, 1, 3)
    found = assess(ten_people(), [KAnonymity(k=3)], 0.3)
    assert (found.failing, found.limit, found.suppressed, found.met) == (3, 3, 3, True)
    assert (found.k, found.classes, found.unique_records, found.records_below_k) == (3, 2, 0, 3)
    assert found.classes_raw == 4
    assert found.average_class_size == 10 / 3
    assert found.mean_kept_class == 3.5
    assert found.discernibility == 9 + 16 + 30


def test_nothing_is_left() -> None:
    found = assess(ten_people(), [KAnonymity(k=5)], 1.0)
    assert (found.suppressed, found.kept, found.k, found.classes, found.met) == (10, 0, 0, 0, False)
    assert found.sensitive == ()
    assert (found.loss, found.precision, found.average_class_size, found.discernibility) == (1, 1, 10, 100)
    assert (found.mean_kept_class, found.mean_risk) == (0, 0)
    assert all(not result.met for result in found.requirements)


def test_a_requirement_says_what_was_reached() -> None:
    models = [KAnonymity(k=2), DistinctDiversity(attribute="s", l=2)]
    found = assess(ten_people(), models, 1.0)
    assert (found.suppressed, found.classes) == (5, 2)
    assert [(result.reached, result.met) for result in found.requirements] == [(2, True), (2, True)]
    found = assess(ten_people(), models, 0.1)
    assert found.suppressed == 0
    assert [(result.reached, result.met) for result in found.requirements] == [(1, False), (1, False)]


def test_a_target_far_above_the_table_is_no_problem() -> None:
    for name in BACKENDS:
        with backend_of(name):
            found = assess(ten_people(), [KAnonymity(k=10**30)], 0.0)
            assert (found.records_below_k, found.failing, found.met) == (10, 10, False)


@pytest.mark.parametrize(
    ("share", "rows", "limit"),
    [(0.0, 1000, 0), (0.05, 1000, 50), (0.29, 100, 29), (0.07, 100, 7), (0.02, 30162, 603), (1.0, 7, 7), (0.999, 1, 0)],
)
def test_the_limit_in_records_is_rounded_down_but_not_by_float_dust(share: float, rows: int, limit: int) -> None:
    assert limit_in_records(share, rows) == limit


@pytest.mark.parametrize("name", BACKENDS)
def test_one_record(name: str) -> None:
    hierarchy = Hierarchy.from_levels("q", [["a"], ["*"]], ["exact", "hidden"], missing=False)
    secret = SensitiveCodes("s", np.zeros(1, dtype=np.uint8), 1)
    with backend_of(name):
        found = assess(build([hierarchy], [np.zeros(1, np.uint8)], [secret], histograms=True), [KAnonymity(k=1)], 0.0)
    assert (found.k, found.classes, found.unique_records, found.met) == (1, 1, 1, True)
    assert (found.loss, found.discernibility, found.average_class_size) == (0, 1, 1)
    assert (found.sensitive[0].distinct_l, found.sensitive[0].entropy_l, found.sensitive[0].t_closeness) == (1, 1, 0)


def test_uniform_entropy_is_a_whole_number_within_the_tolerance() -> None:
    hierarchy = Hierarchy.from_levels("q", [["a"], ["*"]], ["exact", "hidden"], missing=False)
    secret = SensitiveCodes("s", np.array([0, 0, 1, 1, 2, 2], dtype=np.uint8), 3)
    found = assess(build([hierarchy], [np.zeros(6, np.uint8)], [secret], histograms=True), [], 0.0)
    assert math.isclose(found.sensitive[0].entropy_l, 3, rel_tol=1e-9)
