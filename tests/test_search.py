"""The optimum is the optimum: against the whole lattice, and against ARX."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, build, roll_up
from anonymiser.errors import InputError
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.reading import read
from anonymiser.search import By, Searcher, optimum
from anonymiser.search.monotone import is_convex, is_monotone, mask_rules
from anonymiser.search.probe import Probe
from tests.engine_tables import BACKENDS, Attribute, Table, backend_of, tables, wide_table
from tests.test_oracles import ADULT, SHARED, SMALL, finest

LIMITS = (0.0, 0.05, 0.3, 1.0)
ARX_NAMES = {
    "loss": By.LOSS,
    "aecs": By.AVERAGE_CLASS_SIZE,
    "dm": By.DISCERNIBILITY,
    "entropy": By.ENTROPY,
}


def nodes_of(root: FrequencySet) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(h.height + 1) for h in root.hierarchies)))


def removed_entropy(root: FrequencySet, node: Sequence[int], passing: np.ndarray) -> float:
    """ARX's non-monotonic non-uniform entropy, record by record."""
    classes = roll_up(root, node)
    total = 0.0
    for j, (hierarchy, level) in enumerate(zip(root.hierarchies, node, strict=True)):
        fine = root.layout.codes(root.keys, j).astype(int) if root.layout.bits[j] else np.zeros(root.classes, int)
        exact = np.bincount(fine, weights=root.counts, minlength=len(hierarchy.leaves))
        coarse = np.bincount(hierarchy.maps[level], weights=exact)
        for code, count in enumerate(exact):
            if count:
                total -= count * np.log2(count / coarse[hierarchy.maps[level][code]])
        here = classes.layout.codes(classes.keys, j).astype(int) if classes.layout.bits[j] else [0] * classes.classes
        gone = np.bincount(np.asarray(here)[~passing], weights=classes.counts[~passing])
        total -= sum(c * np.log2(c / gone.sum()) for c in gone if c)
    return total


def value(root: FrequencySet, node: tuple[int, ...], wanted: Sequence[PrivacyModel], by: By) -> float:
    """The measure with every failing class suppressed, whatever the limit."""
    found = assess(roll_up(root, node), wanted, 1.0)
    passing = np.logical_and.reduce([model.passes(roll_up(root, node)) for model in wanted])
    if by is By.HEIGHT:
        return sum(node)
    if by is By.ENTROPY:
        return removed_entropy(root, node, passing)
    if by is By.LOSS_ARITHMETIC:
        return sum(found.loss_by_attribute) / len(node)
    return float(getattr(found, by.value))


def is_best(root: FrequencySet, wanted: Sequence[PrivacyModel], limit: float, by: By) -> None:
    found = optimum(root, wanted, limit, by=by)
    scores = [
        value(root, node, wanted, by) for node in nodes_of(root) if assess(roll_up(root, node), wanted, limit).met
    ]
    if not scores:
        assert found is None
        return
    assert found is not None
    assert found.score == pytest.approx(min(scores), rel=1e-9, abs=1e-9)
    assert found.score == pytest.approx(value(root, found.node, wanted, by), rel=1e-9, abs=1e-9)
    assert found.assessment.met
    assert found.gap == 0


@st.composite
def models(draw: st.DrawFn, table: Table) -> list[PrivacyModel]:
    """k and any of the models on the sensitive attributes."""
    wanted: list[PrivacyModel] = [KAnonymity(k=draw(st.integers(1, 5)))]
    for i in range(len(table.sensitive)):
        name = f"s{i}"
        share = draw(st.floats(0.1, 1.0))
        number = draw(st.integers(1, 3))
        wanted += draw(
            st.lists(
                st.sampled_from(
                    [
                        DistinctDiversity(attribute=name, l=number),
                        EntropyDiversity(attribute=name, l=1 + share),
                        RecursiveDiversity(attribute=name, c=3 * share, l=number),
                        TCloseness(attribute=name, t=share),
                        AlphaK(attribute=name, alpha=share, k=number),
                        BetaLikeness(attribute=name, beta=3 * share),
                        BetaLikeness(attribute=name, beta=3 * share, enhanced=True),
                        DeltaDisclosure(attribute=name, delta=3 * share),
                    ]
                ),
                max_size=2,
            )
        )
    return wanted


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=40, deadline=None)
@given(st.data(), tables(), st.sampled_from(LIMITS), st.sampled_from(list(By)))
def test_no_node_is_better(name: str, data: st.DataObject, table: Table, limit: float, by: By) -> None:
    with backend_of(name):
        is_best(table.build(), data.draw(models(table)), limit, by)


@pytest.mark.parametrize("by", list(By))
@pytest.mark.parametrize("limit", LIMITS)
def test_no_node_of_a_longer_table_is_better(limit: float, by: By) -> None:
    """Long enough for several blocks of the kernel, and for its tables to grow."""
    rng = np.random.default_rng(7)
    table = wide_table(3, qis=3, values=90, rows=10)
    hierarchies, _ = table.engine_input()
    codes = [np.minimum(rng.geometric(0.04, 9000) - 1, 89).astype(np.uint16) for _ in hierarchies]
    with backend_of("kernels"):
        is_best(build(hierarchies, codes), [KAnonymity(k=4)], limit, by)


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search every lattice as one that is too large to keep account of each node."""
    monkeypatch.setattr(sys.modules["anonymiser.search.optimum"], "LARGEST", 0)


SEPARABLE = [by for by in By if by not in {By.AVERAGE_CLASS_SIZE, By.DISCERNIBILITY}]


@pytest.mark.usefixtures("no_memory")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), tables(), st.sampled_from(LIMITS), st.sampled_from(SEPARABLE))
def test_no_node_of_a_large_lattice_is_better(data: st.DataObject, table: Table, limit: float, by: By) -> None:
    is_best(table.build(), data.draw(models(table)), limit, by)


@pytest.mark.usefixtures("no_memory")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.sampled_from(SEPARABLE), st.integers(0, 12))
def test_a_large_search_that_is_stopped_says_what_may_be_missing(table: Table, by: By, after: int) -> None:
    is_honest_when_stopped(table, by, after)


@pytest.mark.usefixtures("no_memory")
def test_large_lattices_are_not_searched_by_classes() -> None:
    with pytest.raises(InputError, match="too many"):
        optimum(wide_table(1, qis=2).build(), [KAnonymity(k=2)], 0.0, by=By.DISCERNIBILITY)


@pytest.mark.usefixtures("no_memory")
@pytest.mark.parametrize("limit", LIMITS)
def test_many_covers(limit: float) -> None:
    rng = np.random.default_rng(3)
    table = wide_table(3, qis=6, values=30, rows=10)
    hierarchies, _ = table.engine_input()
    root = build(hierarchies, [np.minimum(rng.geometric(0.2, 3000) - 1, 29).astype(np.uint16) for _ in hierarchies])
    found = optimum(root, [KAnonymity(k=4)], limit)
    every = [assess(roll_up(root, node), [KAnonymity(k=4)], limit, live=True) for node in nodes_of(root)]
    scores = [one.loss_if_suppressed for one in every if one.met]
    assert found is not None
    assert found.score == pytest.approx(min(scores))
    assert found.gap == 0


@settings(max_examples=150, deadline=None)
@given(st.data(), tables())
def test_what_is_pruned_by_is_true(data: st.DataObject, table: Table) -> None:
    """Monotone: a passing class passes in any union. Convex: all pass, so all pass further up. Masks never deny."""
    root = table.build()
    wanted = data.draw(models(table))
    node = tuple(data.draw(st.integers(0, h.height)) for h in root.hierarchies)
    above = tuple(data.draw(st.integers(at, h.height)) for at, h in zip(node, root.hierarchies, strict=True))
    here, there = roll_up(root, node), roll_up(root, above)
    for model in wanted:
        passing, later = model.passes(here), model.passes(there)
        if is_monotone(model):
            assert here.counts[~passing].sum() >= there.counts[~later].sum()
        if is_convex(model) and passing.all():
            assert later.all()
    rules = mask_rules(root, wanted)
    verdict = np.logical_and.reduce([model.passes(here) for model in wanted])
    may = here.counts >= rules.k
    for bits, least in zip(rules.wanted, rules.least, strict=True):
        assert here.masks is not None
        may &= np.bitwise_count(here.masks & bits) >= least
    assert not (verdict & ~may).any()
    if rules.exact:
        assert (verdict == may).all()


@settings(max_examples=40, deadline=None)
@given(st.data(), tables())
def test_a_probe_says_what_the_models_say(data: st.DataObject, table: Table) -> None:
    root = table.build()
    wanted = [KAnonymity(k=data.draw(st.integers(1, 4)))]
    if table.sensitive:
        wanted.append(DistinctDiversity(attribute="s0", l=data.draw(st.integers(1, 3))))
    with backend_of("kernels"):
        probe = Probe(root, mask_rules(root, wanted), root.rows, wants_labels=True)
        for node in data.draw(st.lists(st.sampled_from(nodes_of(root)), min_size=1, max_size=12)):
            sums, alone = probe.check(node), assess(roll_up(root, node), wanted, 1.0)
            assert sums.complete
            assert sums.failing == alone.failing
            assert sums.classes == alone.classes_raw
            assert sums.kept_classes == alone.classes
            assert sums.kept_squares + root.rows * sums.failing == alone.discernibility
            assert [int(r.sum()) for r in sums.removed] == [alone.failing] * len(node)


@settings(max_examples=40, deadline=None)
@given(st.data(), tables())
def test_the_order_of_rows_changes_nothing(data: st.DataObject, table: Table) -> None:
    order = data.draw(st.permutations(range(table.rows)))
    wanted = data.draw(models(table))
    found, again = (optimum(t.build(), wanted, 0.2) for t in (table, table.reordered(order)))
    assert (found is None) == (again is None)
    if found is not None and again is not None:
        assert again.score == pytest.approx(found.score)


@settings(max_examples=40, deadline=None)
@given(st.data(), tables())
def test_weights_and_bounds_hold(data: st.DataObject, table: Table) -> None:
    root = table.build()
    weights = [data.draw(st.sampled_from([0.0, 0.5, 1.0, 3.0])) for _ in root.hierarchies]
    low = [data.draw(st.integers(0, h.height)) for h in root.hierarchies]
    high = [data.draw(st.integers(at, h.height)) for at, h in zip(low, root.hierarchies, strict=True)]
    wanted = [KAnonymity(k=2)]
    found = optimum(root, wanted, 0.2, weights=weights, lowest=low, highest=high)
    scores = []
    for node in itertools.product(*(range(a, b + 1) for a, b in zip(low, high, strict=True))):
        there = assess(roll_up(root, node), wanted, 1.0)
        if assess(roll_up(root, node), wanted, 0.2).met:
            each = [1 + w * x for w, x in zip(weights, there.loss_by_attribute, strict=True)]
            scores.append(np.prod(each) ** (1 / len(each)) - 1)
    assert (found is None) == (not scores)
    if found is not None:
        assert all(a <= level <= b for a, level, b in zip(low, found.node, high, strict=True))
        assert found.score == pytest.approx(min(scores), abs=1e-9)


@pytest.mark.parametrize("largest", [10_000_000, 0])
def test_nothing_is_hidden_for_nothing(monkeypatch: pytest.MonkeyPatch, largest: int) -> None:
    monkeypatch.setattr(sys.modules["anonymiser.search.optimum"], "LARGEST", largest)
    constant = Attribute("constant", (("UK",), ("Europe",), ("*",)))
    doubled = Attribute("doubled", (("1 May", "1 June"), ("May", "June"), ("*", "*")))
    needed = Attribute("needed", (("a", "b", "c"), ("*",) * 3))
    codes = ((0,) * 6, (0, 0, 0, 1, 1, 1), (0, 1, 2, 0, 1, 2))
    root = Table((constant, doubled, needed), codes, (), (), ()).build()
    found = optimum(root, [KAnonymity(k=3)], 0.0)
    assert found is not None
    assert found.node == (0, 0, 1)
    everything = optimum(root, [KAnonymity(k=6)], 0.0)
    assert everything is not None
    assert everything.node == (0, 2, 1)
    bounded = optimum(root, [KAnonymity(k=3)], 0.0, lowest=(1, 0, 0))
    assert bounded is not None
    assert bounded.node == (1, 0, 1)
    fussy = Searcher(root, [KAnonymity(k=3)], 0.0, accepts=lambda node: node[0] > 0).find()
    assert fussy is not None
    assert fussy.node == (1, 0, 1)


def test_bad_questions_are_refused() -> None:
    root = wide_table(1, qis=2).build()
    wanted = [KAnonymity(k=2)]
    with pytest.raises(InputError, match="bounds"):
        optimum(root, wanted, 1.0, lowest=[0, 0], highest=[9, 2])
    with pytest.raises(InputError, match="bounds"):
        optimum(root, wanted, 1.0, lowest=[0])
    with pytest.raises(InputError, match="weights"):
        optimum(root, wanted, 1.0, by=By.DISCERNIBILITY, weights=[1, 1])
    for weights in ([1.0], [1.0, -1.0], [1.0, float("nan")]):
        with pytest.raises(InputError, match="weight"):
            optimum(root, wanted, 1.0, weights=weights)


def test_a_search_starts_from_level_0() -> None:
    root = roll_up(wide_table(1, qis=2).build(), (1, 0))
    with pytest.raises(ValueError, match="level 0"):
        optimum(root, [KAnonymity(k=2)], 0.0)


def test_keys_of_several_words() -> None:
    root = wide_table(2).build()
    assert root.layout.n_words > 1
    high = [2] * 3 + [0] * 11
    found = optimum(root, [KAnonymity(k=3)], 0.5, highest=high)
    every = itertools.product(range(3), range(3), range(3))
    met = [a for n in every if (a := assess(roll_up(root, (*n, *[0] * 11)), [KAnonymity(k=3)], 0.5)).met]
    assert (found is None) == (not met)
    if found is not None:
        assert found.score == pytest.approx(min(a.loss_if_suppressed for a in met))


def test_people_are_counted_where_they_are_declared() -> None:
    rng = np.random.default_rng(0)
    table = wide_table(4, qis=2, rows=60, sensitive=6)
    hierarchies, leaves = table.engine_input()
    person = replace(table.sensitive_codes()[0], codes=rng.integers(0, 6, 60).astype(np.uint16), entity=True)
    root = build(hierarchies, leaves, [person], histograms=True)
    is_best(root, [KAnonymity(k=3)], 0.3, By.LOSS)


@settings(max_examples=30, deadline=None)
@given(tables(), st.sampled_from(list(By)), st.integers(0, 12))
def test_a_search_that_is_stopped_says_what_may_be_missing(table: Table, by: By, after: int) -> None:
    is_honest_when_stopped(table, by, after)


def is_honest_when_stopped(table: Table, by: By, after: int) -> None:
    root, wanted = table.build(), [KAnonymity(k=2)]
    whole = optimum(root, wanted, 0.3, by=by)
    told: list[tuple[int, float | None, float]] = []

    def watch(checked: int, best: float | None, gap: float) -> bool:
        told.append((checked, best, gap))
        return checked > after

    found = optimum(root, wanted, 0.3, by=by, watch=watch)
    assert [t[0] for t in told] == list(range(1, len(told) + 1))
    assert len(told) <= after + 1
    if found is not None:
        assert whole is not None
        assert found.assessment.met
        assert 0 <= found.gap <= 1
        assert whole.score >= found.score * (1 - found.gap) - 1e-9
        assert whole.score <= found.score + 1e-9


class TestArx:
    """The optimum's node is ARX's, or another with the same score."""

    @staticmethod
    def requirements(given: dict[str, Any]) -> list[PrivacyModel]:
        name = given["sensitive"]
        make = {
            "k": lambda v: KAnonymity(k=int(v[0])),
            "dl": lambda v: DistinctDiversity(attribute=name, l=int(v[0])),
            "el": lambda v: EntropyDiversity(attribute=name, l=float(v[0])),
            "rcl": lambda v: RecursiveDiversity(attribute=name, c=float(v[0]), l=int(v[1])),
            "tc": lambda v: TCloseness(attribute=name, t=float(v[0])),
        }
        parts = [part.split(":") for part in given["privacy"].split("+")]
        return [make[kind](values) for kind, *values in parts]

    def is_arx(self, root: FrequencySet, given: dict[str, Any]) -> None:
        by = ARX_NAMES[given["metric"]]
        found = optimum(root, self.requirements(given), given["suppression"], by=by)
        assert found is not None
        best = float(given["loss"])
        assert found.score == pytest.approx(best, rel=1e-8, abs=1e-8)
        if str(list(found.node)) == given["optimum"]:
            assert found.assessment.classes == given["classes"]
            assert found.assessment.k == given["min_class"]
            assert found.assessment.suppressed == given["suppressed"]

    @pytest.mark.parametrize("name", BACKENDS)
    def test_small400(self, name: str) -> None:
        table = read(SMALL / "small400_arx.csv")
        given = json.loads((SMALL / "arx_optima.json").read_text())
        assert len(given) == 24
        with backend_of(name):
            for one in given:
                root = finest(table, one["qis"].split(";"), ["disease"], SMALL / "hierarchies")
                self.is_arx(root, one)

    @pytest.mark.shared
    @pytest.mark.skipif(not ADULT.is_dir(), reason="needs the Adult table: set HALFTONE_SHARED")
    def test_adult(self) -> None:
        backend.warm()
        table = read(ADULT / "adult.csv")
        given = json.loads((SHARED / "oracles" / "arx_adult_optima.json").read_text())
        roots: dict[tuple[str, str | None], FrequencySet] = {}
        for one in given:
            key = (one["qis"], one["sensitive"])
            if key not in roots:
                roots[key] = finest(table, key[0].split(";"), [key[1]] if key[1] else [], ADULT)
            self.is_arx(roots[key], one)
