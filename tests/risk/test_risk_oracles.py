"""Risk figures equal those of ARX, sdcMicro and the plain reference."""

from __future__ import annotations

import pytest

from tests.risk import compare_risk
from tests.risk.risk_tables import adult, needs_shared


def assert_equal(rows: list[compare_risk.Row]) -> None:
    for row in rows:
        assert row.equal, f"{row.oracle}, {row.what}: {row.largest} at {row.where}, of {row.values} values"


def test_sdcmicro() -> None:
    rows = compare_risk.sdcmicro()
    assert sum(row.values for row in rows) > 150
    assert_equal(rows)


def test_plain_reference() -> None:
    rows = compare_risk.reference()
    assert sum(row.values for row in rows) == 42
    assert_equal(rows)


@pytest.mark.parametrize("part", ["node_statistics", "hand_fixtures"])
class TestAdult:
    pytestmark = needs_shared

    def test_arx(self, part: str) -> None:
        assert_equal(getattr(compare_risk, part)(adult()))
