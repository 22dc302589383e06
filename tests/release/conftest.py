from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from anonymiser.attributes import Role
from anonymiser.release.facts import DiversityRequirement, ReleaseFacts, ReportedMeasure
from anonymiser.transform.released import DroppedColumn, ReleasedColumn, ReleasedTable


@pytest.fixture
def facts() -> Callable[..., ReleaseFacts]:
    """Facts of a small sealed release; any of them can be replaced."""

    def make(**changes: object) -> ReleaseFacts:
        given: dict[str, object] = {
            "release_id": "r2025-1",
            "title": "Lifestyle of customers",
            "created": date(2025, 11, 22),
            "owner": "iInsureU123",
            "contact": "data@insurer.example",
            "recipient": "Imperial College",
            "purpose": "A study of lifestyle and health.",
            "k_target": 5,
            "qi_names": ("gender", "birthdate"),
            "input_rows": 260,
            "terms": ("Do not try to identify anyone.", "Destroy the data by 31 December 2026."),
            "sensitive": (DiversityRequirement("drinks", 3),),
            "checked": ("k is at least 5",),
            "unchecked": ("t-closeness",),
            "measures": (ReportedMeasure("smallest group", "20", "each person shares the row with 19 others or more"),),
            "claims": ("Whether identification is sufficiently remote is the owner's recorded judgement.",),
            "recipe_json": '{"version": 1}',
            "decisions_json": '{"by": "owner"}',
            "input_fingerprint": "ab" * 32,
            "version": "0.1.0",
        }
        return ReleaseFacts(**{**given, **changes})

    return make


@pytest.fixture
def table() -> ReleasedTable:
    """240 of 260 records: gender by 20 years in groups of 40, four bands of drinks, a number with missing values."""
    n = 240
    row = np.arange(n)

    def column(name: str, role: Role, labels: tuple[str, ...], codes: np.ndarray) -> ReleasedColumn:
        return ReleasedColumn(name, role, name, "banded", "Put into bands.", labels, codes.astype(np.uint8))

    return ReleasedTable(
        (
            column("gender", Role.QUASI, ("F", "M"), row % 2),
            column("birthdate", Role.QUASI, ("1940–1959", "1960–1979", "1980–1999", "2000–2019"), row // 2 % 3),
            column("drinks", Role.OBSERVABLE_SENSITIVE, ("none", "1–7", "8–14", "15 or more"), row // 6 % 4),
            column("visits", Role.INSENSITIVE, tuple(str(i) for i in range(12)), row % 13),
        ),
        (DroppedColumn("surname", "a direct identifier"), DroppedColumn("phone", "a direct identifier")),
        row + 20,
        20,
    )
