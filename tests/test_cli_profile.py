"""``profile`` and ``plan``: roles with reasons, findings, a first recipe; never a value of the data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from anonymiser.recipe import Recipe
from tests.command_line import ROOT, Command

CUSTOMERS = ROOT / "sample_data" / "customers.csv"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def identifiers() -> set[str]:
    """Cells that point at one person: names, numbers, postcodes, exact dates."""
    with CUSTOMERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ("surname", "birthdate", "phone_number", "postcode", "national_insurance_number", "bank_account_number")
    return {row[name].strip() for row in rows for name in columns if len(row[name].strip()) > 4}


def test_profile_as_one_object(run: Command) -> None:
    done = run("profile", CUSTOMERS, "--json")
    assert (done.code, done.err) == (0, "")
    found = done.json
    assert (found["file"], found["rows"], found["delimiter"]) == ("customers.csv", 1000, ",")
    columns = {column["name"]: column for column in found["columns"]}
    assert len(columns) == 18
    assert columns["national_insurance_number"]["role"] == "direct identifier"
    assert columns["postcode"]["role"] == "quasi-identifier"
    assert (columns["birthdate"]["type"], columns["birthdate"]["date_format"]) == ("date", "%d/%m/%Y")
    assert (columns["weight"]["type"], columns["gender"]["type"]) == ("number", "text")
    assert all(column["reasons"] for column in columns.values())
    assert any(f["what"] == "numbers destroyed by a spreadsheet" for f in columns["phone_number"]["findings"])
    assert columns["birthdate"]["missing"] == 0
    assert columns["postcode"]["different_values"] > 900


def test_profile_for_people_says_the_same_without_values(run: Command) -> None:
    done = run("profile", CUSTOMERS)
    assert (done.code, done.err) == (0, "")
    assert "customers.csv: 1,000 records, 18 columns." in done.out
    for words in ("direct identifier", "quasi-identifier", "Why", "needs a decision"):
        assert words in done.out
    shown = done.out + run("profile", CUSTOMERS, "--json").out
    assert not [value for value in identifiers() if value in shown]


@pytest.mark.parametrize(("recipient", "k"), [("researchers", 5), ("GOVERNMENT", 11), ("university researchers", 5)])
def test_a_plan_for_a_recipient_meets_its_policy(run: Command, tmp_path: Path, recipient: str, k: int) -> None:
    out = tmp_path / "recipe.json"
    done = run("plan", CUSTOMERS, "--recipient", recipient, "--out", out)
    assert (done.code, done.err) == (0, "")
    recipe = Recipe.from_json(out.read_text(encoding="utf-8"))
    assert recipe.k == k
    measured = run("assess", CUSTOMERS, "--recipe", out, "--json")
    assert (measured.code, measured.json["met"]) == (0, True)
    assert measured.json["k"] >= k
    assert measured.json["unseen"] == {}
    text = out.read_text(encoding="utf-8")
    assert not [value for value in identifiers() if value in text]
