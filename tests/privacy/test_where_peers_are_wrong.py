"""Cases in which another program gives a wrong number, and ours is right."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from anonymiser.assessment import assess
from anonymiser.attributes import Role
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.microdata import Microdata
from anonymiser.privacy import EntropyDiversity, KAnonymity, TCloseness
from anonymiser.privacy.closeness import hierarchical_distance
from tests.engine_tables import BACKENDS, backend_of
from tests.oracles.tables import frequency_set, plan


@pytest.mark.parametrize("name", BACKENDS)
def test_hierarchical_distance_beyond_32_bits(name: str) -> None:
    """ARX multiplies counts by the table's size in 32 bits: 300,000 records pass t = 0.05 at a distance of 0.17."""
    tree = Hierarchy.from_levels(
        "s", [["a", "b", "c", "d"], ["x", "x", "y", "y"], ["*"] * 4], ["exact", "branch", "hidden"], missing=False
    )
    counts = {0: (51_000, 25_500, 15_300, 10_200), 1: (30_000, 48_000, 60_000, 60_000)}
    groups = np.repeat([0, 1], [sum(c) for c in counts.values()]).astype(np.uint8)
    secrets = np.concatenate([np.repeat(np.arange(4), c) for c in counts.values()]).astype(np.uint8)
    assert groups.size == 300_000
    qi = Hierarchy.from_levels("g", [["0", "1"], ["*", "*"]], ["a", "b"], missing=False)
    with backend_of(name):
        classes = build([qi], [groups], [SensitiveCodes("s", secrets, 4, hierarchy=tree)], histograms=True)
        found = hierarchical_distance(classes, "s")
        passes = TCloseness(attribute="s", t=0.05, distance="hierarchical").passes(classes)
    exact = [_tree_distance(counts[g], [sum(c) for c in zip(*counts.values(), strict=True)]) for g in (0, 1)]
    order = np.argsort(classes.layout.codes(classes.keys, 0))
    assert found[order] == pytest.approx([float(x) for x in exact], rel=1e-12)
    assert max(exact) > Fraction(17, 100)
    assert not passes[order[0]]
    assert max(counts[0]) * groups.size > 2**31


def _tree_distance(here: tuple[int, ...], table: list[int]) -> Fraction:
    """Two branches of two values each: level 1 joins within a branch, level 2 across."""
    extra = [Fraction(h, sum(here)) - Fraction(t, sum(table)) for h, t in zip(here, table, strict=True)]
    cost = Fraction(0)
    for level, nodes in ((1, [extra[:2], extra[2:]]), (2, [[sum(extra[:2]), sum(extra[2:])]])):
        for children in nodes:
            cost += Fraction(level, 2) * min(sum(x for x in children if x > 0), -sum(x for x in children if x < 0))
    return cost


def frame(records: pd.DataFrame, qi: str = "g", sensitive: str = "s") -> FrequencySet:
    microdata = Microdata.from_columns(
        {c: [None if pd.isna(v) else str(v) for v in records[c]] for c in (qi, sensitive)}
    )
    return frequency_set(microdata, [plan(qi, Role.QUASI), plan(sensitive, Role.SENSITIVE)])


def test_entropy_l_is_not_floored() -> None:
    """Pycanon: exp(ln 3) is 2.9999999999999996, floored to 2."""
    classes = frame(pd.DataFrame({"g": ["x"] * 3, "s": ["a", "b", "c"]}))
    found = assess(classes, [EntropyDiversity(attribute="s", l=3)], 0.0)
    assert found.met
    assert found.sensitive[0].entropy_l == pytest.approx(3, rel=1e-12)


def test_a_filtered_frame_is_measured_like_any_other() -> None:
    """Pycanon takes labels as positions: on rows 100 … 105 its t is wrong."""
    whole = pd.DataFrame({"g": ["x", "x", "y", "y", "y", "x"], "s": ["a", "b", "a", "a", "b", "b"]})
    filtered = whole.set_index(pd.Index(range(100, 106)))[::-1]
    one, other = (assess(frame(records), [], 0.0).sensitive[0] for records in (whole, filtered))
    assert one == other
    assert one.t_closeness == pytest.approx(1 / 6)


def test_a_missing_quasi_identifier_drops_no_record() -> None:
    classes = frame(pd.DataFrame({"g": ["x", None, "x", None], "s": ["a", "b", "a", "b"]}))
    found = assess(classes, [KAnonymity(k=2)], 0.0)
    assert (found.rows, found.classes, found.k) == (4, 2, 2)


def test_an_unused_category_is_no_class() -> None:
    records = pd.DataFrame({"g": pd.Categorical(["x", "x"], categories=["x", "y"]), "s": ["a", "b"]})
    assert assess(frame(records), [], 0.0).k == 2


def test_mean_risk_is_over_records() -> None:
    """Pycanon averages over classes: 2/3 here. Over people it is classes / records."""
    classes = frame(pd.DataFrame({"g": ["x", "y", "y", "y"], "s": ["a"] * 4}))
    assert assess(classes, [], 0.0).mean_risk == 0.5
