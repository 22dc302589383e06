"""Nothing that a user can set or read is undocumented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anonymiser.cli.require import FORMS
from anonymiser.hierarchies import SPECS
from anonymiser.policy import POLICIES
from anonymiser.privacy.registry import PRIVACY_MEASURES, Better, Measure
from anonymiser.utility.registry import UTILITY_MEASURES
from tests.command_line import Command

ROOT = Path(__file__).resolve().parents[1]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCES = [*ROOT.glob("anonymiser/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]


HEAD = "| field | measure | formula | paper | range | better | missing | suppressed | checked against | in words |"


def row_of(measure: Measure) -> str:
    """A measure's row in the reference table."""
    better = {Better.HIGHER: "larger", Better.LOWER: "smaller", Better.NEITHER: ""}[measure.better]
    cells = (
        f"`{measure.name}`",
        measure.title,
        measure.formula,
        measure.paper,
        measure.range,
        better,
        measure.missing,
        measure.suppressed,
        measure.oracle,
        measure.meaning,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


COMMANDS = {
    "profile",
    "assess",
    "transform",
    "plan",
    "release",
    "open",
    "search",
    "audit",
    "check",
    "vault",
    "present",
    "ledger",
}


def test_every_command_is_tested_here(run: Command) -> None:
    listed = run("--help").out.split("Commands:")[1].split("Exit codes")[0]
    assert set(re.findall(r"^  ([a-z]+)  ", listed, flags=re.MULTILINE)) <= COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_documented(run: Command, command: str) -> None:
    shown = run(command, "--help")
    if command not in run("--help").out:
        return
    text = DOCS["command-line.md"]
    assert f"## {command}" in text
    for option in set(re.findall(r"--[a-z][a-z-]+", shown.out)) - {"--help"}:
        assert option in text, f"{command} {option} is not documented"


def test_every_field_of_the_json_is_documented(run: Command, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,s\n1,x\n1,y\n", encoding="utf-8")
    for name in run("assess", table, "--qi", "a", "--sensitive", "s", "--k", "2", "--json").json:
        assert f"`{name}`" in DOCS["measures.md"], f"{name} is not documented"


def test_every_field_of_a_sensitive_attribute_is_documented(run: Command, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,s\n1,x\n1,y\n", encoding="utf-8")
    found = run("assess", table, "--qi", "a", "--sensitive", "s", "--k", "2", "--json").json
    assert set(found["sensitive"]["s"]) <= set(found)
    for name in found["requirements"][0]:
        assert name in DOCS["measures.md"] or name in ("kind", "k")


@pytest.mark.parametrize("measure", [*PRIVACY_MEASURES, *UTILITY_MEASURES], ids=lambda measure: measure.name)
def test_the_reference_table_says_what_the_registry_says(measure: Measure) -> None:
    assert row_of(measure) in DOCS["measures.md"], f"write this row into docs/measures.md: {row_of(measure)}"
    assert HEAD in DOCS["measures.md"]


def test_every_model_of_the_command_line_is_documented() -> None:
    for kind in FORMS:
        assert f"`{kind}:" in DOCS["command-line.md"]


def test_every_environment_variable_is_documented() -> None:
    used = {name for path in SOURCES for name in re.findall(r"HALFTONE_[A-Z]+", path.read_text(encoding="utf-8"))}
    assert used
    for name in used:
        assert name in DOCS["architecture.md"], f"{name} is not documented"


def test_every_rule_is_documented() -> None:
    kinds = SPECS.json_schema()["discriminator"]["mapping"]
    words = {"flat": "exact", "dates": "dates", "intervals": "intervals", "postcodes": "postcodes", "mask": "masking"}
    for kind in kinds:
        assert words.get(kind, kind) in DOCS["hierarchies.md"]


def test_every_policy_is_documented() -> None:
    for policy in POLICIES.values():
        assert policy.name.split(" (")[0] in DOCS["releasing.md"]


def test_the_first_screen_has_a_picture_and_two_commands() -> None:
    first = "\n".join(README.splitlines()[:20])
    assert "make run" in first
    assert "make test" in first
    assert "docs/pictures/" in first


def test_links_and_pictures_exist() -> None:
    for name, text in [("README.md", README), *DOCS.items()]:
        base = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (base / target).exists(), f"{name} points at {target}, which is not there"
