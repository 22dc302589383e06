"""The walk over a whole lattice gives what each node gives by itself."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine import lattice, lattice_kernels
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, roll_up
from anonymiser.engine.lattice import LatticeSums, Limits, Models, Progress, evaluate
from anonymiser.engine.margins import margins_of
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.planning import requirements_in_force
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.search import measure_lattice
from anonymiser.search import whole as whole_lattice
from tests.engine_tables import BACKENDS, Table, backend_of, tables, wide_table

GRID = (1, 2, 3, 5)
SAMPLE = Path(__file__).parents[1] / "sample_data" / "customers.csv"


def whole(root: FrequencySet, *arguments: object, **options: object) -> LatticeSums:
    found = evaluate(root, GRID, *arguments, **options)
    assert found is not None
    return found


def entropy_bits(counts: np.ndarray) -> float:
    counts = counts[counts > 0]
    return float(-(counts * np.log2(counts / counts.sum())).sum())


def compare(root: FrequencySet, sums: LatticeSums, wanted: Sequence[PrivacyModel]) -> None:
    every = list(itertools.product(*(range(h.height + 1) for h in root.hierarchies)))
    assert sorted(map(tuple, sums.nodes.tolist())) == every
    for i, node in enumerate(sums.nodes.tolist()):
        classes = roll_up(root, node)
        verdict = np.logical_and.reduce([m.passes(classes) for m in wanted] or [np.ones(classes.classes, bool)])
        assert sums.classes[i] == classes.classes
        assert sums.smallest[i] == classes.counts.min()
        assert sums.squares[i] == (classes.counts.astype(int) ** 2).sum()
        for step, k in enumerate(GRID):
            kept = verdict & (classes.counts >= k)
            assert sums.reached[i, step] == classes.counts[classes.counts >= k].sum()
            size = classes.counts[kept].astype(int)
            assert sums.kept_classes[i, step] == size.size
            assert sums.kept_rows[i, step] == size.sum()
            assert sums.kept_squares[i, step] == (size**2).sum()
            assert sums.kept_smallest[i, step] == size.min(initial=root.rows if size.size else 0)
            margins = margins_of(classes, kept)
            gone = [entropy_bits(a - b) for a, b in zip(margins.every, margins.released, strict=True)]
            for j, hierarchy in enumerate(root.hierarchies):
                leaves = hierarchy.leaf_counts[node[j]]
                released = margins.released[j]
                assert sums.kept_leaves[i, step, j] == (released * leaves[: released.size]).sum()
            if sums.removed_entropy is not None and sums.kept_cells is not None:
                assert sums.removed_entropy[i, step] == pytest.approx(gone, abs=1e-8)
                assert sums.kept_cells[i, step] == pytest.approx(margins.cells)


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=40, deadline=None)
@given(tables(), st.booleans())
def test_every_node_is_measured_as_by_itself(name: str, table: Table, details: bool) -> None:  # noqa: FBT001
    root = table.build()
    with backend_of(name):
        compare(root, whole(root, details=details), [])


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=60, deadline=None)
@given(
    tables().filter(lambda t: bool(t.sensitive)),
    st.integers(0, 3),
    st.sampled_from([0.0, 1.0, 1.5, 2.0, 3.0]),
    st.sampled_from([0.2, 0.5, 1.0]),
)
def test_limits_are_the_models(name: str, table: Table, distinct: int, entropy: float, distance: float) -> None:
    root = table.build()
    wanted: list[PrivacyModel] = [TCloseness(attribute="s0", t=distance)]
    wanted += [DistinctDiversity(attribute="s0", l=distinct)] if distinct else []
    wanted += [EntropyDiversity(attribute="s0", l=entropy)] if entropy else []
    with backend_of(name):
        sums = whole(root, limits={"s0": Limits(distinct, entropy, distance)})
        compare(root, sums, wanted)
        compare(root, whole(root, limits={"s0": Limits(distinct, entropy, distance)}, extremes=False), wanted)
        for i, node in enumerate(sums.nodes.tolist()):
            reached = assess(roll_up(root, node), [], 0.0).sensitive[0]
            assert sums.distinct[i] == reached.distinct_l
            assert sums.entropy[i] == pytest.approx(reached.entropy_l, rel=1e-9)
            assert sums.distance[i] == pytest.approx(reached.t_closeness, abs=1e-9)


@st.composite
def counting_models(draw: st.DrawFn, name: str, labels: int, missing: int | None) -> list[PrivacyModel]:
    """Requirements that read the counts of values: shares, ratios, distances along an order and a hierarchy."""
    known = [str(code) for code in range(labels) if code != missing]
    harmful = draw(st.lists(st.sampled_from(known), unique=True, max_size=2)) if known else []
    alpha = st.sampled_from([0.25, 1 / 3, 0.5, 0.75, 1.0])
    wanted: list[PrivacyModel] = [
        AlphaK(attribute=name, alpha=draw(alpha), values=tuple(harmful), k=draw(st.sampled_from([1, 1, 2, 3])))
    ]
    wanted += [AlphaK(attribute=name, alpha=draw(alpha))] if draw(st.booleans()) else []
    for declared in draw(st.lists(st.permutations(known), max_size=2)):
        t = draw(st.sampled_from([0.1, 0.25, 0.35, 0.5, 1.0]))
        order = tuple(declared) if draw(st.booleans()) else ()
        wanted.append(TCloseness(attribute=name, t=t, distance=Distance.ORDERED, order=order))
    others: list[PrivacyModel] = [
        TCloseness(attribute=name, t=draw(st.sampled_from([0.0, 0.1, 0.25, 0.5])), distance=Distance.HIERARCHICAL),
        RecursiveDiversity(attribute=name, c=draw(st.sampled_from([0.5, 1.0, 2.0, 4.0])), l=draw(st.integers(1, 4))),
        BetaLikeness(attribute=name, beta=draw(st.sampled_from([0.25, 0.5, 1.0, 3.0])), enhanced=draw(st.booleans())),
        DeltaDisclosure(attribute=name, delta=draw(st.sampled_from([0.25, 1.0, 2.0, 2000.0]))),
    ]
    asked = draw(st.lists(st.sampled_from(others), unique_by=lambda model: model.kind, max_size=3))
    return asked + (wanted if draw(st.booleans()) else [])


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=60, deadline=None)
@given(st.data(), tables().filter(lambda t: bool(t.sensitive)))
def test_what_reads_counts_is_the_models(backend: str, data: st.DataObject, table: Table) -> None:
    root = build(*table.engine_input(), [named(codes) for codes in table.sensitive_codes()], histograms=True)
    wanted = [
        m for n, info in root.sensitive.items() for m in data.draw(counting_models(n, info.cardinality, info.missing))
    ]
    wanted += [DistinctDiversity(attribute="s0", l=data.draw(st.integers(1, 3)))] if data.draw(st.booleans()) else []
    with backend_of(backend):
        extremes = data.draw(st.booleans())
        sums = measure_lattice(root, wanted, grid=GRID, extremes=extremes)
    assert sums is not None
    assert extremes or np.isnan(sums.distance).all()
    compare(root, sums, wanted)


def named(codes: SensitiveCodes) -> SensitiveCodes:
    """The same with names for its values, and pairs of them above."""
    values = [str(code) for code in range(codes.cardinality)]
    pairs = [f"pair {code // 2}" for code in range(codes.cardinality)]
    hierarchy = Hierarchy.from_levels(codes.name, [values, pairs], ["exact", "pairs"], missing=False)
    assert list(hierarchy.leaves) == values
    return replace(codes, hierarchy=hierarchy)


EVERY_MODEL: list[PrivacyModel] = [
    KAnonymity(k=2),
    DistinctDiversity(attribute="s0", l=2),
    EntropyDiversity(attribute="s0", l=1.2),
    RecursiveDiversity(attribute="s0", c=4.0, l=2),
    *(TCloseness(attribute="s0", t=0.9, distance=distance) for distance in Distance),
    AlphaK(attribute="s0", alpha=0.9, k=2, values=("0",)),
    BetaLikeness(attribute="s0", beta=3.0),
    BetaLikeness(attribute="s0", beta=3.0, enhanced=True),
    DeltaDisclosure(attribute="s0", delta=4.0),
]


def test_the_compiled_walk_takes_every_model_on_values(monkeypatch: pytest.MonkeyPatch) -> None:
    table = wide_table(5, qis=3, values=4, rows=120, sensitive=4)
    root = build(*table.engine_input(), [named(codes) for codes in table.sensitive_codes()], histograms=True)
    monkeypatch.setattr(lattice, "walk_models", lambda *_, **__: pytest.fail("node by node"))
    with backend_of("kernels"):
        sums = measure_lattice(root, EVERY_MODEL, grid=GRID)
    assert sums is not None
    compare(root, sums, EVERY_MODEL[1:])
    assert 0 < sums.kept_rows.sum() < sums.reached.sum()


def test_the_compiled_walk_takes_the_policy_of_the_researchers(monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(read(SAMPLE))
    recipe = project.recipe.with_levels({plan.name: 0 for plan in project.recipe.qis})
    wanted = requirements_in_force(recipe)
    assert {m.kind for m in wanted} == {"k_anonymity", "distinct_l", "t_closeness", "alpha_k"}
    root = project.classes(recipe, histograms=True)
    seen = []
    monkeypatch.setattr(lattice, "walk_models", lambda *_, **__: seen.append(1))
    with backend_of("kernels"):
        assert measure_lattice(root, wanted) is not None
    assert not seen


def test_models_that_need_counts_are_not_left_out_without_them() -> None:
    root = wide_table(1, qis=2, sensitive=3).build(histograms=False)
    with backend_of("kernels"), pytest.raises(ValueError, match="not counted"):
        measure_lattice(root, [EntropyDiversity(attribute="s0", l=2.0)])


def test_the_worst_of_some_attributes_is_not_the_worst_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_lattice, "_MOST_CELLS", 0)
    one = wide_table(1, qis=2, sensitive=3)
    both = replace(one, sensitive=(*one.sensitive, tuple(range(one.rows))), cardinalities=(3, 70), missing=(None, None))
    for table, is_known in ((one, True), (both, False)):
        sums = measure_lattice(table.build(), [DistinctDiversity(attribute="s0", l=2)])
        assert sums is not None
        assert np.isfinite(sums.distinct).all() == is_known


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=30, deadline=None)
@given(tables().filter(lambda t: len(t.sensitive) > 1), st.booleans())
def test_several_sensitive_attributes(name: str, table: Table, counts_values: bool) -> None:  # noqa: FBT001
    root = table.build()
    wanted: list[PrivacyModel] = [DistinctDiversity(attribute="s0", l=1), DistinctDiversity(attribute="s1", l=2)]
    limits = {"s0": Limits(distinct=1), "s1": Limits(distinct=2)}
    if counts_values:
        wanted.append(EntropyDiversity(attribute="s1", l=1.2))
        limits["s1"] = Limits(distinct=2, entropy=1.2)
    with backend_of(name):
        sums = whole(root, limits=limits, counts_values=counts_values)
    compare(root, sums, wanted)
    for i, node in enumerate(sums.nodes.tolist()):
        reached = assess(roll_up(root, node), [], 0.0).sensitive
        assert sums.distinct[i] == min(r.distinct_l for r in reached)
        if counts_values:
            assert sums.entropy[i] == pytest.approx(min(r.entropy_l or 0.0 for r in reached))
            assert sums.distance[i] == pytest.approx(max(r.t_closeness or 0.0 for r in reached), abs=1e-9)
        else:
            assert np.isnan(sums.entropy[i])
            assert np.isnan(sums.distance[i])


@settings(max_examples=20, deadline=None)
@given(tables().filter(lambda t: bool(t.sensitive)))
def test_any_model_beside_limits(table: Table) -> None:
    root = table.build()
    model = RecursiveDiversity(attribute="s0", c=2.0, l=1)
    sums = whole(root, limits={"s0": Limits(distinct=2)}, models=Models(model.passes))
    compare(root, sums, [model, DistinctDiversity(attribute="s0", l=2)])


def test_what_k_counts_may_be_given() -> None:
    root = wide_table(1, qis=2, rows=40).build()
    models = Models(lambda c: np.ones(c.classes, dtype=np.bool_), lambda c: c.counts * 2)
    doubled, plain = whole(root, models=models), evaluate(root, [1, 2, 3])
    assert plain is not None
    assert doubled.kept_rows[:, 3].tolist() == plain.kept_rows[np.arange(9), 2].tolist()


def test_keys_of_several_words_go_node_by_node() -> None:
    root = wide_table(2, qis=11, rows=30).build()
    assert root.layout.n_words > 1
    progress = Progress()
    found = evaluate(roll_up_to_few_nodes(root), GRID, progress=progress)
    assert found is not None
    assert progress.done == progress.total == 1


def roll_up_to_few_nodes(root: FrequencySet) -> FrequencySet:
    """The same table with hierarchies of one level, so that the lattice is one node."""
    from tests.engine_tables import Attribute, Table

    attributes = tuple(Attribute(h.attribute, (h.labels[0],)) for h in root.hierarchies)
    codes = tuple(
        tuple(np.repeat(root.layout.codes(root.keys, j).astype(int), root.counts).tolist())
        for j in range(len(attributes))
    )
    return Table(attributes, codes, (), (), ()).build()


def test_long_tables_fill_several_blocks() -> None:
    rng = np.random.default_rng(7)
    table = wide_table(3, qis=3, values=90, rows=10)
    hierarchies, _ = table.engine_input()
    root = build(hierarchies, [np.minimum(rng.geometric(0.04, 30_000) - 1, 89).astype(np.uint16) for _ in hierarchies])
    with backend_of("kernels"):
        compiled = whole(root, details=True)
    with backend_of("twins"):
        plain = whole(root, details=True)
    for name in ("nodes", "kept_classes", "kept_rows", "kept_squares", "kept_smallest", "kept_leaves", "smallest"):
        assert (getattr(compiled, name) == getattr(plain, name)).all(), name
    assert compiled.removed_entropy == pytest.approx(plain.removed_entropy)
    assert compiled.kept_cells == pytest.approx(plain.kept_cells)


@pytest.mark.parametrize("name", BACKENDS)
def test_a_cancelled_walk_leaves_no_half_result(name: str) -> None:
    root = wide_table(1, qis=3, rows=40).build()
    progress = Progress()
    progress.cancel()
    with backend_of(name):
        assert evaluate(root, GRID, progress=progress) is None
    assert progress.done == 0


@pytest.mark.parametrize("name", BACKENDS)
def test_a_walk_can_be_cancelled_on_its_way(name: str) -> None:
    root = wide_table(1, qis=4, rows=60).build()

    class Impatient(Progress):
        def counter(self) -> np.ndarray:
            own = super().counter()
            if len(self.counters) == (3 if name == "kernels" else 1):
                self.cancel()
            return own

    progress = Impatient()
    with backend_of(name):
        assert evaluate(root, GRID, progress=progress) is None
        assert progress.done < progress.total == 81
        every, progress = whole(root), Impatient()
        some = evaluate(root, GRID, progress=progress, partial=True)
    assert some is not None
    assert len(some.nodes) == progress.done < 81
    place = {tuple(node): row for row, node in enumerate(every.nodes.tolist())}
    rows = [place[tuple(node)] for node in some.nodes.tolist()]
    for part in ("kept_rows", "kept_leaves", "smallest", "reached", "squares"):
        assert (getattr(some, part) == getattr(every, part)[rows]).all(), part


def test_progress_ends_at_the_total() -> None:
    root = wide_table(1, qis=3, rows=40).build()
    progress = Progress()
    with backend_of("kernels"):
        assert evaluate(root, GRID, progress=progress) is not None
    assert progress.done == progress.total == 27


def test_a_walk_starts_from_level_0() -> None:
    with pytest.raises(ValueError, match="level 0"):
        evaluate(roll_up(wide_table(1, qis=2).build(), (1, 0)), GRID)


def test_a_fault_in_one_walk_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    root = wide_table(1, qis=2).build()
    with backend_of("kernels"):
        monkeypatch.setattr(lattice_kernels, "walk", broken)
        with pytest.raises(RuntimeError, match="broken"):
            evaluate(root, GRID)
