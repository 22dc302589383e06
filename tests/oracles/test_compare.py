"""Every comparable number of ARX, sdcMicro and the plain reference."""

from __future__ import annotations

import pytest

from anonymiser.engine import backend
from tests.engine_tables import BACKENDS, backend_of
from tests.oracles.compare import IN_EVERY_CLONE, SHARED_ONLY
from tests.oracles.comparison import Comparison, difference
from tests.oracles.tables import ADULT


@pytest.mark.parametrize("name", BACKENDS)
@pytest.mark.parametrize("number", range(len(IN_EVERY_CLONE)))
def test_the_made_up_records(number: int, name: str) -> None:
    into = Comparison()
    with backend_of(name):
        IN_EVERY_CLONE[number](into)
    assert into.lines
    assert not into.failures


@pytest.mark.shared
@pytest.mark.skipif(not ADULT.is_dir(), reason="needs the Adult table: set HALFTONE_SHARED")
@pytest.mark.parametrize("compare", SHARED_ONLY, ids=lambda compare: compare.__name__)
def test_adult(compare: object) -> None:
    backend.warm()
    into = Comparison()
    compare(into)
    assert into.lines
    assert not into.failures


def test_a_difference_is_found() -> None:
    into = Comparison()
    into.add("oracle", "k", 3, 3, 0.0, "first")
    into.add("oracle", "k", 4, 3, 0.0, "second")
    assert into.failures == ["oracle k: 0.333 at second, allowed 0e+00"]
    assert "0.33" in into.table()


def test_a_number_that_is_missing_differs() -> None:
    assert difference(None, 1.0) == difference(float("inf"), 1.0) == float("inf")
    assert difference(float("inf"), float("inf")) == 0
    assert not difference(float("nan"), 1.0) <= 1
