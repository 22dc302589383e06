"""The optimum is the optimum: against the whole lattice, and against ARX."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine import backend
from anonymiser.engine.frequency import roll_up
from anonymiser.errors import InputError
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.search import optimum
from tests.test_engine_lattice import table


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 80),
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.integers(1, 6),
    st.integers(1, 3),
    st.sampled_from([0.0, 0.05, 0.3, 1.0]),
)
def test_no_node_is_better(seed: int, rows: int, cards: list[int], k: int, l: int, limit: float) -> None:  # noqa: E741
    root = table(seed, rows, cards)
    wanted = [KAnonymity(k=k), DistinctDiversity(attribute="s", l=l)]
    every = [
        assess(roll_up(root, node), wanted, limit)
        for node in itertools.product(*(range(h.height + 1) for h in root.hierarchies))
    ]
    scores = [a.loss_if_suppressed for a in every if a.met]
    found = optimum(root, wanted, limit)
    if not scores:
        assert found is None
        return
    assert found is not None
    assert found.score == pytest.approx(min(scores), abs=1e-9)
    assert found.assessment.met
    assert found.assessment.loss == pytest.approx(found.score, abs=1e-9)
    assert found.gap == 0


def test_bounds_hold() -> None:
    root = table(3, 60, [6, 6])
    found = optimum(root, [KAnonymity(k=2)], 1.0, lowest=[1, 0], highest=[1, 2])
    assert found is not None
    assert found.node[0] == 1
    with pytest.raises(InputError):
        optimum(root, [KAnonymity(k=2)], 1.0, lowest=[0, 0], highest=[9, 2])


def test_a_cancelled_search_says_what_may_be_missing() -> None:
    root = table(3, 60, [6, 6, 6])
    asked = itertools.count()
    found = optimum(root, [KAnonymity(k=2)], 1.0, cancelled=lambda: next(asked) > 3)
    assert found is None or 0 <= found.gap <= 1


def test_compiled_or_not_the_optimum_is_the_same() -> None:
    backend.warm()
    root = table(5, 200, [6, 5, 4])
    warm = optimum(root, [KAnonymity(k=3)], 0.1)
    assert warm is not None
    backend.use_fallback()
    cold = optimum(table(5, 200, [6, 5, 4]), [KAnonymity(k=3)], 0.1)
    backend.warm()
    assert cold is not None
    assert cold.score == pytest.approx(warm.score)
