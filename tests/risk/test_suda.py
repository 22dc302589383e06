"""SUDA2 against plain Python on random tables."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import build_members
from anonymiser.errors import InputError
from anonymiser.risk.suda import suda
from tests.engine_tables import Table, nodes, tables, wide_table
from tests.risk.risk_tables import encoded, members

Subsets = list[set[tuple[int, ...]]]


def plain(table: Table, node: tuple[int, ...]) -> Subsets:
    """The minimal sample uniques of each record, straight from their definition."""
    columns = [
        [a.path(value, level) for value in codes]
        for a, codes, level in zip(table.attributes, table.codes, node, strict=True)
    ]
    found: Subsets = [set() for _ in range(table.rows)]
    for size in range(1, len(columns) + 1):
        for subset in combinations(range(len(columns)), size):
            tuples = [tuple(columns[j][row] for j in subset) for row in range(table.rows)]
            count = Counter(tuples)
            for row, values in enumerate(tuples):
                known = ("missing",) not in values
                minimal = not any(set(one) < set(subset) for one in found[row])
                if count[values] == 1 and known and minimal:
                    found[row].add(subset)
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_scores_are_those_of_the_definition(data: st.DataObject) -> None:
    table = data.draw(tables())
    node = data.draw(nodes(table))
    largest = data.draw(st.integers(1, 5))
    hierarchies, leaves = table.engine_input()
    result = suda(*build_members(hierarchies, leaves, node=node), max_size=largest)
    m = len(hierarchies)
    expected = [{one for one in subsets if len(one) <= largest} for subsets in plain(table, node)]
    scores = [sum(math.factorial(m - len(one)) for one in subsets) for subsets in expected]
    assert result.scores.tolist() == scores
    smallest = [min((len(one) for one in subsets), default=0) for subsets in expected]
    assert result.smallest[result.class_of].tolist() == smallest
    sizes = Counter(len(one) for subsets in expected for one in subsets)
    assert list(result.minimal_uniques) == [sizes[size] for size in range(1, min(m, largest) + 1)]
    for j, share in enumerate(result.contributions.values()):
        own = sum(math.factorial(m - len(one)) for subsets in expected for one in subsets if j in one)
        assert share == (pytest.approx(100 * own / sum(scores)) if sum(scores) else None)


@settings(deadline=None)
@given(tables())
def test_a_score_means_unique_and_complete_uniques_have_one(table: Table) -> None:
    hierarchies, leaves = table.engine_input()
    classes, class_of = build_members(hierarchies, leaves)
    result = suda(classes, class_of)
    assert (classes.counts[result.class_scores > 0] == 1).all()
    complete = [
        all(c[row] < a.size for a, c in zip(table.attributes, table.codes, strict=True)) for row in range(table.rows)
    ]
    assert ((result.scores > 0) | ~np.array(complete) | (classes.counts[class_of] > 1)).all()
    assert ((result.dis > 0) == (result.scores > 0)).all()
    assert (result.dis <= 1).all()


def test_dis_by_hand() -> None:
    columns = {"a": list("xxyyz"), "b": list("ppqrs"), "c": list("ttttt")}
    result = suda(*members(columns), fraction=0.1)
    # Records: two equal; {b=q}; {b=r}; {a=z}, {b=s}. Each set of one of three attributes scores 2! = 2.
    assert result.scores.tolist() == [0, 0, 2, 2, 4]
    exponent = 1 + (8 - 3) / 20
    spread = 2 * 2**-exponent + 4**-exponent
    drawn = 3 * 0.1 / (3 * 0.1 + 2 * 0.9)
    expected = [1 / (1 + (3 / drawn - 3) / (s**exponent * spread)) for s in (2, 2, 4)]
    assert result.dis[2:] == pytest.approx(expected)
    assert result.contributions == pytest.approx({"a": 25.0, "b": 75.0, "c": 0.0})


def test_without_pairs_dis_is_one() -> None:
    assert suda(*members({"a": list("xyz")})).dis.tolist() == [1, 1, 1]


def test_one_record_one_class_a_constant_and_ties() -> None:
    assert suda(*members({"a": ["x"], "b": ["y"]})).scores.tolist() == [2]
    together = suda(*members({"a": ["x"] * 5, "b": ["y"] * 5}))
    assert together.scores.tolist() == [0] * 5
    assert together.contributions == {"a": None, "b": None}
    assert together.dis.tolist() == [0] * 5
    assert suda(*members({"a": list("xxy"), "b": list("ccc")})).scores.tolist() == [0, 0, 1]


def test_a_missing_value_singles_nobody_out() -> None:
    result = suda(*members({"a": ["x", "x", None], "b": ["p", "p", "p"]}))
    assert result.scores.tolist() == [0, 0, 0]
    apart = suda(*members({"a": ["x", "y", None], "b": ["p", "q", "q"]}))
    assert apart.scores.tolist() == [2, 1, 0]


def test_keys_that_need_several_words() -> None:
    table = wide_table(5, qis=11)
    hierarchies, leaves = table.engine_input()
    result = suda(*build_members(hierarchies, leaves), max_size=2)
    expected = [sum(math.factorial(11 - len(s)) for s in subsets if len(s) <= 2) for subsets in plain_pairs(table)]
    assert result.scores.tolist() == expected


def plain_pairs(table: Table) -> Subsets:
    two = [
        plain(Table(tuple(table.attributes[j] for j in pair), tuple(table.codes[j] for j in pair), (), (), ()), (0, 0))
        for pair in combinations(range(len(table.attributes)), 2)
    ]
    found: Subsets = [set() for _ in range(table.rows)]
    for pair, subsets in zip(combinations(range(len(table.attributes)), 2), two, strict=True):
        for row, own in enumerate(subsets):
            found[row] |= {tuple(pair[j] for j in one) for one in own}
    return [{s for s in own if not any(set(o) < set(s) for o in own)} for own in found]


def test_keys_too_wide_for_one_subset() -> None:
    rng = np.random.default_rng(2)
    values = [[str(v) for v in rng.integers(0, 70_000, 3000)] for _ in range(5)]
    columns = {f"c{j}": v for j, v in enumerate(values)} | {"d": ["same"] * 3000}
    hierarchies, leaves = encoded(columns)
    wide = [
        h.from_levels(h.attribute, [[f"v{i}" for i in range(1 << 17)]], ["exact"], missing=False) for h in hierarchies
    ]
    result = suda(*build_members(wide, leaves), max_size=4)
    narrow = suda(*build_members(hierarchies, leaves), max_size=4)
    assert result.scores.tolist() == narrow.scores.tolist()


def test_more_than_one_partition() -> None:
    rng = np.random.default_rng(4)
    leaves = [rng.integers(0, 400, 150_000).astype(np.uint16) for _ in range(3)]
    hierarchies, _ = encoded({f"c{j}": [f"{i:03}" for i in range(400)] for j in range(3)})
    result = suda(*build_members(hierarchies, leaves))
    triples = Counter(zip(*(leaf.tolist() for leaf in leaves), strict=True))
    pairs = [Counter(zip(leaves[a].tolist(), leaves[b].tolist(), strict=True)) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert max(map(min, (p.values() for p in pairs))) >= 1
    rows = list(zip(*(leaf.tolist() for leaf in leaves), strict=True))
    expected = []
    for a, b, c in rows:
        two = [pairs[0][a, b] == 1, pairs[1][a, c] == 1, pairs[2][b, c] == 1]
        expected.append(sum(two) if any(two) else int(triples[a, b, c] == 1))
    assert result.scores.tolist() == expected


@pytest.mark.parametrize(("changes", "message"), [({"fraction": 0}, "fraction"), ({"max_size": 0}, "at least one")])
def test_settings_that_make_no_sense(changes: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        suda(*members({"a": ["x"]}), **changes)


def test_too_many_combinations_are_refused() -> None:
    with pytest.raises(InputError, match="Choose a smaller"):
        suda(*members({f"c{j}": ["x", "y"] for j in range(20)}))
