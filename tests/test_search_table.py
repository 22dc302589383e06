"""The whole lattice as a table: every column against each node by itself, and against ARX's tables."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.attributes import Role
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet, build, roll_up
from anonymiser.engine.lattice import Progress
from anonymiser.privacy import (
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.reading import read
from anonymiser.recipe import Recipe
from anonymiser.search import By, LatticeTable, measure_lattice, optimum, tabulate
from anonymiser.transform.encoded import EncodedTable
from tests.engine_tables import BACKENDS, Table, backend_of, tables, wide_table
from tests.test_oracles import ADULT, SHARED, SMALL, FromHistogram, entropy_as_arx, finest, needs_shared, oracle, plan
from tests.test_search import models, value


def table_of(root: FrequencySet, wanted: Sequence[PrivacyModel], limit: float, *, details: bool = True) -> LatticeTable:
    sums = measure_lattice(root, wanted, details=details)
    assert sums is not None
    return tabulate(root, sums, max(m.k for m in wanted if isinstance(m, KAnonymity)), limit)


@pytest.mark.parametrize("name", BACKENDS)
@settings(max_examples=20, deadline=None)
@given(st.data(), tables(), st.sampled_from([0.0, 0.3, 1.0]))
def test_every_row_is_the_node_by_itself(name: str, data: st.DataObject, table: Table, limit: float) -> None:
    root, wanted = table.build(), data.draw(models(table))
    with backend_of(name):
        found = table_of(root, wanted, limit)
    every = list(itertools.product(*(range(h.height + 1) for h in root.hierarchies)))
    assert sorted(map(tuple, found.levels.tolist())) == every
    for row, node in enumerate(map(tuple, found.levels.tolist())):
        alone, after = assess(roll_up(root, node), wanted, limit), assess(roll_up(root, node), wanted, 1.0)
        assert found.met[row] == alone.met
        assert found.suppressed[row] == alone.failing
        assert found.classes[row] == after.classes
        assert found.classes_raw[row] == alone.classes_raw
        assert found.smallest[row] == after.k
        for by in By:
            assert found.score(by)[row] == pytest.approx(value(root, node, wanted, by), rel=1e-9, abs=1e-8)
        assert found.row_of(node) == row


@settings(max_examples=40, deadline=None)
@given(st.data(), tables(), st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from(list(By)))
def test_its_best_row_is_the_optimum(data: st.DataObject, table: Table, limit: float, by: By) -> None:
    root, wanted = table.build(), data.draw(models(table))
    found, best = table_of(root, wanted, limit), optimum(root, wanted, limit, by=by)
    row = found.best(by)
    assert (row is None) == (best is None)
    if row is not None and best is not None:
        assert found.score(by)[row] == pytest.approx(best.score, rel=1e-9, abs=1e-8)


def test_k_moves_without_another_walk() -> None:
    root = wide_table(1, qis=3, rows=60).build(histograms=False)
    sums = measure_lattice(root, [KAnonymity(k=3)], grid=[2, 5])
    assert sums is not None
    for k in (2, 3, 5):
        alone = table_of(root, [KAnonymity(k=k)], 0.1, details=False)
        assert (tabulate(root, sums, k, 0.1).suppressed == alone.suppressed).all()
    with pytest.raises(ValueError, match="other values"):
        tabulate(root, sums, 4, 0.1)


def test_weights() -> None:
    root = wide_table(1, qis=2, rows=60).build()
    sums = measure_lattice(root, [KAnonymity(k=2)])
    assert sums is not None
    found = tabulate(root, sums, 2, 0.5, weights=[0.0, 2.0])
    best = optimum(root, [KAnonymity(k=2)], 0.5, weights=[0.0, 2.0])
    row = found.best()
    assert best is not None
    assert row is not None
    assert found.loss[row] == pytest.approx(best.score)


def test_cancelled_there_is_no_table() -> None:
    root = wide_table(1, qis=2, rows=60).build()
    progress = Progress()
    progress.cancel()
    assert measure_lattice(root, [KAnonymity(k=2)], progress=progress) is None


def test_it_is_saved_as_parquet(tmp_path: Path) -> None:
    root = wide_table(1, qis=2, rows=60).build()
    found = table_of(root, [KAnonymity(k=2)], 0.5)
    found.write(tmp_path / "lattice.parquet")
    again = pq.read_table(tmp_path / "lattice.parquet")
    _, rows = oracle(SMALL / "arx_k3.csv")
    assert again.column_names[:3] == ["lv_q0", "lv_q1", "node"]
    assert set(rows[0]) <= set(again.column_names)
    assert again["loss"].to_numpy() == pytest.approx(found.loss)
    assert [p.name for p in tmp_path.iterdir()] == ["lattice.parquet"]
    with pytest.raises(OSError, match="lattice"):
        found.write(tmp_path / "nowhere" / "lattice.parquet")


def is_arx(found: LatticeTable, rows: list[dict[str, str]], *, entropies: bool = True) -> None:
    """ARX floors loss and entropy of an attribute to ten decimals, and calls the suppressed top node empty."""
    columns = found.columns()
    place = {node: i for i, node in enumerate(columns["node"].tolist())}
    at = [place[row["node"]] for row in rows]
    for name in rows[0]:
        if name == "node" or (not entropies and "entropy" in name):
            continue
        given, ours = [row[name] for row in rows], columns[name][at]
        if name == "privacy_fulfilled":
            assert ours.tolist() == [text == "true" for text in given]
        elif ours.dtype.kind == "i":
            assert ours.tolist() == [int(float(text)) for text in given], name
        else:
            assert ours == pytest.approx(np.array(given, dtype=float), rel=1e-9, abs=1e-7), name


SMALL_MODELS: dict[str, list[PrivacyModel]] = {
    "arx_k3.csv": [],
    "arx_k3_distinct2.csv": [DistinctDiversity(attribute="disease", l=2)],
    "arx_k3_entropy2.csv": [FromHistogram("disease", entropy_as_arx(2))],
    "arx_k3_equalt0.3.csv": [TCloseness(attribute="disease", t=0.3)],
    "arx_k3_recursive3_2.csv": [RecursiveDiversity(attribute="disease", c=3, l=2)],
}


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("file", SMALL_MODELS)
def test_small400_is_that_of_arx(file: str, name: str) -> None:
    qis, rows = oracle(SMALL / file)
    with backend_of(name):
        root = finest(read(SMALL / "small400_arx.csv"), qis, ["disease"], SMALL / "hierarchies")
        is_arx(table_of(root, [KAnonymity(k=3), *SMALL_MODELS[file]], 0.0), rows)


def test_small400_with_hierarchical_t_is_that_of_arx() -> None:
    qis, rows = oracle(SMALL / "arx_k3_hierarchicalt0.3.csv")
    plans = [plan(name, Role.QUASI, SMALL / "hierarchies") for name in qis]
    plans.append(plan("disease", Role.SENSITIVE, SMALL / "hierarchies"))
    recipe, encoded = Recipe(attributes=tuple(plans)), EncodedTable(read(SMALL / "small400_arx.csv"))
    root = build(*encoded.qis(recipe), encoded.sensitive(recipe), histograms=True)
    closeness = TCloseness(attribute="disease", t=0.3, distance=Distance.HIERARCHICAL)
    is_arx(table_of(root, [KAnonymity(k=3), closeness], 0.0), rows)


class TestAdult:
    """Half of ARX's lattice of Adult: every column of the file."""

    pytestmark = needs_shared

    def test_nine_columns(self) -> None:
        backend.warm()
        qis, rows = oracle(SHARED / "oracles" / "arx_adult_9qi_k5.csv")
        root = finest(read(ADULT / "adult.csv"), qis, [], ADULT)
        assert len(rows) == 6480
        is_arx(table_of(root, [KAnonymity(k=5)], 0.0), rows)

    def test_with_distinct_3(self) -> None:
        backend.warm()
        qis, rows = oracle(SHARED / "oracles" / "arx_adult_8qi_occupation_k5_distinct3.csv")
        root = finest(read(ADULT / "adult.csv"), qis, ["occupation"], ADULT)
        wanted = [KAnonymity(k=5), DistinctDiversity(attribute="occupation", l=3)]
        is_arx(table_of(root, wanted, 0.0), rows)

    def test_l_and_t_reached_and_what_they_suppress(self) -> None:
        backend.warm()
        text = (SHARED / "oracles" / "adult_8qi_occupation_actual.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(text.splitlines()))
        qis = [name.removeprefix("lv_") for name in rows[0] if name.startswith("lv_")]
        root = finest(read(ADULT / "adult.csv"), qis, ["occupation"], ADULT)
        second = {
            "dl3": DistinctDiversity(attribute="occupation", l=3),
            "el3": EntropyDiversity(attribute="occupation", l=3),
            "tc0.2": TCloseness(attribute="occupation", t=0.2, distance=Distance.EQUAL),
        }
        for name, model in second.items():
            found = table_of(root, [KAnonymity(k=5), model], 0.0, details=False)
            place = {tuple(levels): i for i, levels in enumerate(found.levels.tolist())}
            at = [place[tuple(int(row[f"lv_{q}"]) for q in qis)] for row in rows]
            assert found.classes_raw[at].tolist() == [int(row["n_classes"]) for row in rows]
            assert found.smallest_raw[at].tolist() == [int(row["k_min_class"]) for row in rows]
            assert found.distinct[at].tolist() == [int(row["l_distinct_min"]) for row in rows]
            for column, ours in (("l_entropy_exp_min", found.exp_entropy), ("t_equal_max", found.distance)):
                assert ours[at] == pytest.approx(np.array([row[column] for row in rows], dtype=float), rel=1e-9)
            suppressed, kept = (
                np.array([int(r[f"{what}_k5_{name}"]) for r in rows]) for what in ("suppressed", "kept")
            )
            if name == "el3":  # three values of equal counts have an entropy of 3: ARX's expression denies it
                assert (found.suppressed[at] <= suppressed).all()
                assert (found.classes[at] - kept <= (suppressed - found.suppressed[at]) / 6).all()
            else:
                assert (found.suppressed[at] == suppressed).all()
                assert (found.classes[at] == kept).all()
