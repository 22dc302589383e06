"""All class-based risk figures together, and the kernels' warming."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import SensitiveCodes, build
from anonymiser.privacy.population import population_sizes
from anonymiser.risk import match_kernels, suda_kernels
from anonymiser.risk.suda import suda
from anonymiser.risk.summary import measure_risk
from anonymiser.risk.warm import warm
from tests.engine_tables import nodes, tables
from tests.risk.risk_tables import encoded, members

FEW = 25
"""Examples: every one looks for Pitman's maximum from several starts."""


def test_without_a_fraction_nothing_is_extrapolated() -> None:
    classes = build(*encoded({"a": list("xxyyz")}))
    found = measure_risk(classes)
    assert (found.prosecutor_highest, found.prosecutor_success, found.sample_uniques) == (1, 0.6, 0.2)
    assert found.journalist_highest == found.prosecutor_highest
    assert (found.pitman, found.zayatz, found.snb, found.dankar, found.dankar_model) == (None,) * 5


def test_kept_classes_only() -> None:
    classes = build(*encoded({"a": list("xxyyz")}))
    found = measure_risk(classes, classes.counts >= 2, fraction=0.1)
    assert (found.prosecutor_highest, found.sample_uniques, found.dankar, found.pitman) == (0.5, 0, 0, 0)
    nothing = measure_risk(classes, classes.counts >= 3, fraction=0.1)
    assert (nothing.prosecutor_highest, nothing.marketer_success, nothing.dankar) == (0, 0, 0)


def test_a_population_goes_before_a_fraction() -> None:
    hierarchies, leaves = encoded({"a": list("xxyyzz")})
    population = build(hierarchies, leaves)
    sample = build(hierarchies, [leaves[0][::2]])
    found = measure_risk(sample, fraction=0.001, population=population_sizes(sample, population))
    assert (found.journalist_highest, found.marketer_success, found.prosecutor_highest) == (0.5, 0.5, 1)


@settings(deadline=None, max_examples=FEW)
@given(st.data())
def test_shares_are_shares_and_no_estimate_has_a_reason(data: st.DataObject) -> None:
    table = data.draw(tables())
    classes = table.build(data.draw(nodes(table)), histograms=False)
    found = measure_risk(classes, fraction=data.draw(st.floats(0.001, 1)))
    values = [v for v in dataclasses.asdict(found).values() if isinstance(v, float)]
    assert all(0 <= v <= 1 for v in values)
    assert found.prosecutor_highest >= found.journalist_highest > 0
    missing = [name for name in ("pitman", "zayatz", "snb") if getattr(found, name) is None]
    assert len(missing) == len(found.no_estimate)
    assert found.dankar is not None
    if found.sample_uniques:
        assert found.dankar > 0


@settings(deadline=None, max_examples=FEW)
@given(st.data())
def test_coarser_levels_never_raise_the_risk(data: st.DataObject) -> None:
    table = data.draw(tables())
    low = data.draw(nodes(table))
    fine = measure_risk(table.build(low, histograms=False), fraction=0.2)
    coarse = measure_risk(table.build(data.draw(nodes(table, low)), histograms=False), fraction=0.2)
    for field in ("prosecutor_highest", "prosecutor_success", "prosecutor_records_at_risk", "journalist_highest"):
        assert getattr(coarse, field) <= getattr(fine, field) + 1e-12
    assert coarse.sample_uniques <= fine.sample_uniques


@settings(deadline=None, max_examples=FEW)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=20), st.randoms())
def test_row_order_and_names_do_not_matter(rows: list[tuple[str, str]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    renamed = [(one.upper() + "!", f"9{two}") for one, two in shuffled]
    first, second = ({"a": [one for one, _ in table], "b": [two for _, two in table]} for table in (rows, renamed))
    assert measure_risk(members(first)[0], fraction=0.3) == measure_risk(members(second)[0], fraction=0.3)
    assert sorted(suda(*members(first)).scores) == sorted(suda(*members(second)).scores)


def test_warming_compiles_what_is_used() -> None:
    warm()
    kernels = (suda_kernels.new_uniques, match_kernels.count_in_windows)
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) >= 1
    suda(*members({"a": list("xyz")}))
    assert len(kernels[0].signatures) == before[0]
    assert np.isfinite(suda(*members({"a": list("xyz")})).scores).all()


def test_a_threshold_is_reported_with_what_it_counts() -> None:
    found = measure_risk(build(*encoded({"a": list("xxyyz")})), threshold=0.5)
    assert (found.risk_threshold, found.prosecutor_records_at_risk) == (0.5, pytest.approx(0.2))


def test_several_records_of_one_person_hide_nobody() -> None:
    hierarchies, leaves = encoded({"a": list("xxxyyyz")})
    people = SensitiveCodes("person", np.array([0, 0, 0, 1, 2, 3, 4], dtype=np.uint8), 6, 4, entity=True)
    found = measure_risk(build(hierarchies, leaves, [people]), threshold=0.5, fraction=0.5)
    assert found.prosecutor_highest == 1
    assert found.prosecutor_success == pytest.approx((3 + 3 / 3 + 1) / 7)
    assert found.prosecutor_records_at_risk == pytest.approx(4 / 7)
    assert found.sample_uniques == pytest.approx(4 / 7)
    assert found.dankar is not None
    assert found.dankar > 0
