"""Utility measures from classes, beside their definitions in plain Python on random tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import Assessment, assess
from anonymiser.engine.frequency import build, roll_up
from anonymiser.engine.margins import margins_of
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import KAnonymity
from anonymiser.utility.domain import ncp_by_attribute
from anonymiser.utility.marginals import marginal_distance_by_attribute, total_variation
from tests.engine_tables import BACKENDS, Table, backend_of, nodes, tables, wide_table


def bits(table: Table, node: Sequence[int], kept: set[int]) -> list[float]:
    """Non-uniform entropy of each attribute, record by record."""
    result = []
    for attribute, codes, level in zip(table.attributes, table.codes, node, strict=True):
        labels = [attribute.path(code, level) for code in codes]
        lost = [labels[row] for row in range(table.rows) if row not in kept]
        exact, general, hidden = Counter(codes), Counter(labels), Counter(lost)
        total = sum(math.log2(general[label] / exact[code]) for code, label in zip(codes, labels, strict=True))
        result.append(total + sum(math.log2(len(lost) / hidden[label]) for label in lost))
    return result


def guess(table: Table, node: Sequence[int], kept: set[int], row: int) -> float:
    """The share that the release gives to the cell of a record."""
    lost = table.rows - len(kept)
    blank = [a.size in codes for a, codes in zip(table.attributes, table.codes, strict=True)]
    share = lost / math.prod(a.size + more for a, more in zip(table.attributes, blank, strict=True))
    if row in kept:
        labels = [a.path(c[row], lv) for a, c, lv in zip(table.attributes, table.codes, node, strict=True)]
        alike = sum(
            other in kept
            and [a.path(c[other], lv) for a, c, lv in zip(table.attributes, table.codes, node, strict=True)] == labels
            for other in range(table.rows)
        )
        share += alike / cells(table, node, row, blank)
    return share / table.rows


def cells(table: Table, node: Sequence[int], row: int, blank: Sequence[bool] | None = None) -> int:
    """Cells that a record's labels stand for; with ``blank`` a hidden column's missing value is one of them."""
    product = 1
    for j, (attribute, codes, level) in enumerate(zip(table.attributes, table.codes, node, strict=True)):
        product *= max(attribute.leaves_below(codes[row], level), 1)
        if blank is not None and blank[j] and attribute.path(codes[row], level) == ("*",):
            product = product // attribute.size * (attribute.size + 1)
    return product


def measured(data: st.DataObject, table: Table) -> tuple[Assessment, tuple[int, ...], set[int]]:
    """An assessment of a random node, with its failing classes suppressed or not, and the rows kept."""
    node = data.draw(nodes(table))
    k, limit = data.draw(st.integers(1, 4)), data.draw(st.sampled_from([0.0, 1.0]))
    found = assess(roll_up(table.build(), node), [KAnonymity(k=k)], limit)
    classes = table.classes(node)
    kept = {row for rows in classes.values() for row in rows if not found.suppressed or len(rows) >= k}
    assert len(kept) == found.kept
    return found, node, kept


@pytest.mark.parametrize("name", BACKENDS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_measure_is_that_of_plain_python(name: str, data: st.DataObject) -> None:
    table = data.draw(tables(max_rows=16))
    with backend_of(name):
        found, node, kept = measured(data, table)
    rows, domain = table.rows, math.prod(a.size for a in table.attributes)
    each = bits(table, node, kept)
    near = {"rel": 1e-9, "abs": 1e-9}
    assert found.entropy == pytest.approx(sum(each), **near)
    assert found.entropy_mono == pytest.approx(sum(bits(table, node, set(range(rows)))), **near)
    most = [sum(math.log2(rows / c) * c for c in Counter(codes).values()) for codes in table.codes]
    assert found.nentropy == pytest.approx(sum(e / m for e, m in zip(each, most, strict=True) if m > 0), **near)
    ambiguous = sum(cells(table, node, row) if row in kept else domain for row in range(rows))
    assert found.ambiguity == pytest.approx(ambiguous, **near)
    truth = Counter(zip(*table.codes, strict=True))
    exact = [truth[tuple(codes[row] for codes in table.codes)] / rows for row in range(rows)]
    divergence = sum(math.log(exact[row] / guess(table, node, kept, row)) for row in range(rows)) / rows
    assert found.kl_divergence == pytest.approx(max(0.0, divergence), **near)
    sizes = [len(members) for members in table.classes(node).values()]
    assert found.dmstar == sum(size**2 for size in sizes)
    assert found.height == sum(node)
    assert found.loss_am == pytest.approx(sum(found.loss_by_attribute) / len(node), **near)
    assert found.c_avg == pytest.approx(found.mean_kept_class / found.target_k, **near)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_certainty_penalty_and_marginals(data: st.DataObject) -> None:
    table = data.draw(tables(max_rows=16))
    found, node, kept = measured(data, table)
    rows = table.rows
    for j, (attribute, codes, level) in enumerate(zip(table.attributes, table.codes, node, strict=True)):
        penalty = float(rows - len(kept))
        for row in kept:
            below = attribute.leaves_below(codes[row], level)
            penalty += below / attribute.size if below > 1 else 0.0
        assert found.ncp_by_attribute[j] == pytest.approx(penalty / rows, abs=1e-12)
    assert found.gcp == pytest.approx(sum(found.ncp_by_attribute) / len(node), abs=1e-12)
    assert 0 <= found.gcp <= 1
    assert 0 <= found.marginal_distance <= 1
    if not any(node) and len(kept) == rows:
        assert found.gcp == found.marginal_distance == 0


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_table_itself_loses_nothing_and_nothing_kept_loses_all(data: st.DataObject) -> None:
    table = data.draw(tables(max_rows=16))
    root = table.build()
    exact = assess(root, [], 0.0)
    assert (exact.loss, exact.entropy, exact.nentropy, exact.gcp) == (0, 0, 0, 0)
    assert exact.kl_divergence == pytest.approx(0, abs=1e-12)
    assert exact.ambiguity == table.rows
    quality = exact.quality
    assert quality is not None
    figures = [quality.granularity_am, quality.granularity_gm, quality.nu_entropy_am, quality.gen_intensity_am]
    assert [*figures, quality.q_aecs, quality.q_dm, quality.q_ambiguity] == pytest.approx([1.0] * 7, abs=1e-9)
    gone = assess(root, [KAnonymity(k=table.rows + 1)], 1.0)
    assert gone.kept == 0
    assert gone.nentropy == pytest.approx(sum(len(set(codes)) > 1 for codes in table.codes), abs=1e-9)
    assert gone.gcp == 1
    assert gone.c_avg == 0


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_going_up_never_loses_less(data: st.DataObject) -> None:
    table = data.draw(tables(max_rows=16))
    low = data.draw(nodes(table))
    high = data.draw(nodes(table, low))
    fine, coarse = (assess(roll_up(table.build(), node), [], 0.0) for node in (low, high))
    names = ["loss_am", "entropy", "nentropy", "dmstar", "height", "precision", "kl_divergence", "average_class_size"]
    for name in names:
        assert getattr(coarse, name) >= getattr(fine, name) - 1e-9, name
    if not any(len(a.levels[0]) in codes for a, codes in zip(table.attributes, table.codes, strict=True)):
        assert coarse.gcp >= fine.gcp - 1e-12  # a missing value is a value below the top only
        assert coarse.ambiguity >= fine.ambiguity - 1e-9


def test_one_node_reached_by_two_ways_measures_the_same() -> None:
    table = wide_table(3)
    node = (1,) * len(table.attributes)
    root = table.build()
    assert root.layout.n_words > 1
    one = assess(roll_up(root, node), [KAnonymity(k=2)], 1.0)
    other = assess(table.build(node), [KAnonymity(k=2)], 1.0)
    for name in ("entropy", "nentropy", "ambiguity", "gcp", "marginal_distance", "loss"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12), name
    assert other.kl_divergence is None  # built at its node: level 0 was never grouped
    assert other.quality is not None
    assert other.quality.q_dm is None


def test_ncp_of_numbers_is_a_share_of_their_range() -> None:
    """20–29 covers 9 of the 19 years between 20 and 39; as categories it would be half of the values."""
    ages = [str(age) for age in range(20, 40)]
    tens = [f"{age[0]}0-{age[0]}9" for age in ages]
    age = Hierarchy.from_levels("age", [ages, tens, ["*"] * 20], ["exact", "ten years", "hidden"], missing=False)
    classes = roll_up(build([age], [np.arange(20, dtype=np.uint8)]), [1])
    margins = margins_of(classes, None)
    assert ncp_by_attribute(((age, 1),), margins) == pytest.approx((9 / 19,))


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    codes = Hierarchy.from_levels("zip", [["01", "02", "09"], ["0", "0", "x"], ["*"] * 3], list("abc"), missing=False)
    classes = roll_up(build([codes], [np.arange(3, dtype=np.uint8)]), [1])
    assert ncp_by_attribute(((codes, 1),), margins_of(classes, None)) == pytest.approx((4 / 9,))


def test_a_marginal_is_guessed_evenly_from_its_label() -> None:
    sex = Hierarchy.from_levels("sex", [["F", "M"], ["*", "*"]], ["exact", "hidden"], missing=False)
    classes = build([sex], [np.array([0, 0, 0, 1], dtype=np.uint8)])
    top = roll_up(classes, [1])
    assert marginal_distance_by_attribute(((sex, 1),), margins_of(top, None)) == pytest.approx((0.25,))
    only_women = margins_of(classes, classes.counts == 3)
    assert marginal_distance_by_attribute(((sex, 0),), only_women) == pytest.approx((0.25,))


def test_total_variation_of_empty_tables() -> None:
    assert total_variation([], []) == total_variation([0], [0]) == 0
    assert total_variation([1], [0]) == 1


def test_a_column_whose_values_are_all_missing() -> None:
    lost = Hierarchy.from_levels("x", [[], []], ["exact", "hidden"], missing=True)
    classes = build([lost], [np.zeros(3, dtype=np.uint8)])
    for node in ([0], [1]):
        found = assess(roll_up(classes, node), [], 0.0)
        assert math.isfinite(found.ambiguity)
        assert found.entropy == 0
        assert found.kl_divergence == pytest.approx(0, abs=1e-12)


def test_a_column_without_any_value_is_no_detail_kept_of_the_others() -> None:
    """Hidden or not, it has nothing to lose: the quality is that of the other column alone."""
    lost = Hierarchy.from_levels("x", [[], []], ["exact", "hidden"], missing=True)
    town = Hierarchy.from_levels("town", [["a", "b", "c"], ["*"] * 3], ["exact", "hidden"], missing=False)
    codes = [np.zeros(3, dtype=np.uint8), np.arange(3, dtype=np.uint8)]
    for node, kept in (([0, 0], 1.0), ([1, 0], 1.0), ([0, 1], 0.0), ([1, 1], 0.0)):
        quality = assess(roll_up(build([lost, town], codes), node), [], 0.0).quality
        assert quality is not None
        assert (quality.granularity_am, quality.granularity_gm) == pytest.approx((kept, kept))
