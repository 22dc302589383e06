"""The walk over a whole lattice gives what each node gives by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build, roll_up
from anonymiser.engine.lattice import Limits, Progress, evaluate
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy import DistinctDiversity, KAnonymity


def table(seed: int, rows: int, cards: list[int], *, values: int = 4) -> FrequencySet:
    rng = np.random.default_rng(seed)
    hierarchies, codes = [], []
    for j, card in enumerate(cards):
        levels = [[str(i) for i in range(card)], [str(i // 2) for i in range(card)], ["*"] * card]
        hierarchies.append(Hierarchy.from_levels(f"q{j}", levels, ["exact", "pairs", "hidden"], missing=bool(j % 2)))
        codes.append(rng.integers(0, len(hierarchies[-1].leaves), rows).astype(np.uint8))
    sensitive = [SensitiveCodes("s", rng.integers(0, values, rows).astype(np.uint8), values)]
    return build(hierarchies, codes, sensitive, histograms=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.lists(st.integers(1, 6), min_size=1, max_size=4))
def test_every_node_equals_its_own_assessment(seed: int, rows: int, cards: list[int]) -> None:
    root = table(seed, rows, cards)
    grid = [1, 2, 3, 5]
    sums = evaluate(root, grid, sensitive="s", limits=Limits(distinct=2))
    for i, node in enumerate(sums.nodes.tolist()):
        classes = roll_up(root, node)
        for g, k in enumerate(grid):
            alone = assess(classes, [KAnonymity(k=k), DistinctDiversity(attribute="s", l=2)], 1.0)
            assert sums.classes[i] == alone.classes_raw
            assert sums.kept_classes[i, g] == alone.classes
            assert rows - sums.kept_rows[i, g] == alone.suppressed
        whole = assess(classes, [], 0.0)
        assert sums.smallest[i] == whole.k
        assert sums.distinct[i] == whole.sensitive[0].distinct_l
        assert sums.entropy[i] == pytest.approx(whole.sensitive[0].entropy_l, rel=1e-9)
        assert sums.distance[i] == pytest.approx(whole.sensitive[0].t_closeness, abs=1e-9)


def test_the_nodes_are_all_there_once() -> None:
    sums = evaluate(table(1, 40, [5, 3, 6]), [2])
    assert len({tuple(n) for n in sums.nodes.tolist()}) == 27


def test_a_cancelled_walk_stops() -> None:
    progress = Progress()
    progress.cancel()
    evaluate(table(1, 40, [5, 3, 6]), [2], progress=progress)
    assert progress.done < 27
