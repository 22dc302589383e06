"""The record of a motivated-intruder test."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from anonymiser import autosave
from anonymiser.errors import InputError, RecipeError
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.risk.attempt import record_attempt
from pages.common.state import SAMPLE

FIELDS = {
    "who": "Two students",
    "sources": "public profiles",
    "hours": 6.5,
    "people": 20,
    "claimed": 3,
    "confirmed": 1,
    "on": dt.date(2026, 5, 1),
}


@pytest.mark.parametrize(("name", "value"), [("who", " "), ("sources", ""), ("hours", -1), ("people", 0)])
def test_what_is_missing_is_named(name: str, value: object) -> None:
    with pytest.raises(InputError, match=name):
        record_attempt(**{**FIELDS, name: value})


@pytest.mark.parametrize("changes", [{"confirmed": 4}, {"claimed": 21}])
def test_counts_that_cannot_be_are_refused(changes: dict[str, int]) -> None:
    with pytest.raises(InputError, match="No more people"):
        record_attempt(**{**FIELDS, **changes})


def test_attempts_outlive_the_session() -> None:
    project = Project(read(SAMPLE))
    project.record(record_attempt(**FIELDS))
    assert autosave.now(project)
    again = Project(read(SAMPLE))
    again.load_json(autosave.find(project.microdata.fingerprint) or b"")
    assert again.attempts == project.attempts


def test_a_damaged_record_is_said() -> None:
    project = Project(read(SAMPLE))
    project.record(record_attempt(**FIELDS))
    document = json.loads(project.to_json())
    document["attempts"][0]["claimed"] = "many"
    with pytest.raises(RecipeError, match="damaged"):
        Project(read(SAMPLE)).load_json(json.dumps(document))
