"""``check`` as a person runs it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser.policy import GOVERNMENT, RESEARCHERS, Policy
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import ReleaseForm
from anonymiser.release.opening import open_release
from anonymiser.release.seal import NotSealed, SealToKey
from anonymiser.release.unseal import OpeningKey
from anonymiser.releasing import FirstRelease, draft, release, with_form
from sample_data import CUSTOMERS
from tests.command_line import SECRET, Command, refused


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def test_nothing_found(run: Command, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("region,people\nNorth,20\nSouth,35\n", encoding="utf-8")
    found = run("check", tmp_path / "t.csv")
    assert found.code == 0
    assert "a table of counts" in found.out
    assert "Not judged" in found.out
    assert "nothing that must not leave" in found.out


def test_findings_have_code_1_and_no_value(run: Command, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"region,people\nNorth,20\n{SECRET},3\n", encoding="utf-8")
    for found in (run("check", tmp_path), run("check", tmp_path, "--json")):
        assert found.code == 1
        assert SECRET not in found.out + found.err
    assert found.json["findings"][0] == {
        "rule": "small count",
        "file": "t.csv",
        "table": "",
        "place": "column 2, row 2",
        "sentence": "1 count of 0 to 7 shown. Hide small counts, 0 among them.",
    }
    assert found.json["rules"] == {"hide_up_to": 7, "round_to": 5, "dominance": [{"n": 2, "k": 90.0}], "p": 10.0}


def test_columns_that_are_named(run: Command, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("region,cured,spent\nNorth,20,900\nSouth,25,800\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("region,spent\n" + "North,100\n" * 9 + "South,800\n", encoding="utf-8")
    assert run("check", tmp_path / "t.csv", "--counts", "cured").code == 0
    assert run("check", tmp_path / "t.csv", "--counts", "cured", "--hide", "20").code == 1
    asked = ("--totals", "spent", "--contributions", tmp_path / "rows.csv")
    found = run("check", tmp_path / "t.csv", *asked, "--json").json["findings"]
    assert {(f["rule"], f["place"]) for f in found} == {
        ("small count", "column 3, row 2"),
        ("dominance", "column 3, row 2"),
    }
    assert run("check", tmp_path / "t.csv", *asked, "--nk", "1:99.9", "--p", "0", "--hide", "0").code == 1


def test_an_open_release_hides_up_to_ten(run: Command, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("region,people\nNorth,20\nSouth,10\n", encoding="utf-8")
    assert run("check", tmp_path / "t.csv").code == 0
    assert run("check", tmp_path / "t.csv", "--open").code == 1


def test_bad_input_is_refused(run: Command, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("region,people\nNorth,20\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    (tmp_path / "nothing").mkdir()
    refused(run("check", tmp_path / "none.csv"), "none.csv")
    refused(run("check", tmp_path / "nothing"), "no file")
    refused(run("check", tmp_path / "empty.csv"), "empty.csv")
    refused(run("check", tmp_path / "bad.xlsx"), "bad.xlsx")
    refused(run("check", tmp_path / "t.csv", "--counts", "persons"), "persons")
    refused(run("check", tmp_path / "t.csv", "--nk", "two"), "2:90")
    refused(run("check", tmp_path / "t.csv", "--nk", "4:90"), "n from 1 to 3")
    refused(run("check", tmp_path / "t.csv", "--contributions", "a,b"), "--totals")
    refused(run("check", tmp_path / "t.csv", "--totals", "people", "--contributions", "rows.csv"), "rows.csv")


@pytest.mark.parametrize("form", list(ReleaseForm), ids=lambda form: form.name.lower())
@pytest.mark.parametrize("policy", [RESEARCHERS, GOVERNMENT], ids=["researchers", "government"])
def test_nothing_is_found_in_our_own_releases(run: Command, policy: Policy, form: ReleaseForm, tmp_path: Path) -> None:
    """Around the seal and, opened, inside it: a checker that cries wolf is switched off."""
    project = Project(read(CUSTOMERS))
    project.choose_policy(policy.name, levels=True)
    project.change(with_form(project.recipe, form, 60))
    identity = pyrage.x25519.Identity.generate()
    seal = SealToKey(str(identity.to_public()))
    (tmp_path / "key.txt").write_text(f"{identity}\n")
    said = replace(draft(project, date(2026, 3, 1)), owner="iInsureU123", contact="data@insurer.example, 020 7946 0018")
    made = release(
        project,
        said,
        NotSealed() if policy.is_open else seal,
        tmp_path / "out",
        owner=seal,
        remembered=FirstRelease("A. Owner"),
    ).release
    key = None if policy.is_open else OpeningKey(tmp_path / "key.txt")
    opened = open_release(made, tmp_path / "opened", key).folder
    strict = ("--open",) if policy.is_open else ()
    for folder in (made, opened):
        found = run("check", folder, "--contact", "data@insurer.example", "--contact", "020 7946 0018", *strict)
        assert found.code == 0, found.out
