"""Releases joined on the command line: ``release``, ``assess`` and ``plan`` with a vault, and ``ledger``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyrage
import pytest

from anonymiser.cli.app import main
from anonymiser.recipe import Recipe
from anonymiser.release.vault import create_vault
from tests.command_line import ROOT, Command, refused

CUSTOMERS = ROOT / "sample_data" / "customers.csv"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault that remembers the researchers' release, and a recipe that crosses it."""
    folder = tmp_path_factory.mktemp("first")
    create_vault(folder / "vault.json", "correct horse battery")
    (folder / "words.txt").write_text("correct horse battery\n")
    (folder / "key.pub").write_text(str(pyrage.x25519.Identity.generate().to_public()))
    for name in ("researchers", "government"):
        _done("plan", CUSTOMERS, "--recipient", name, "--out", folder / f"{name}.json")
    recipe = Recipe.from_json((folder / "government.json").read_bytes())
    wanted = {"birthdate": "5 years", "education_level": "degree / other", "country_of_birth": "hidden"}
    levels = {name: recipe.attribute(name).hierarchy.level_names.index(word) for name, word in wanted.items()}
    (folder / "crossing.json").write_text(recipe.with_levels(levels).to_json())
    line = ("--recipe", folder / "researchers.json", "--recipient", "researchers", "--release-id", "r1")
    _done("release", CUSTOMERS, *line, "--to", (folder / "key.pub").read_text(), *vault(folder), "--out", folder / "o1")
    return folder


@pytest.fixture
def held(first: Path, tmp_path: Path) -> Path:
    """A copy of it, for a test to write into."""
    return Path(shutil.copytree(first, tmp_path / "held"))


def vault(folder: Path) -> tuple[object, ...]:
    return ("--vault", folder / "vault.json", "--vault-passphrase-file", folder / "words.txt")


def _done(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def published(run: Command, folder: Path, recipe: str) -> object:
    line = ("--recipe", folder / f"{recipe}.json", "--recipient", "government", "--release-id", "g1", "--open")
    return run("release", CUSTOMERS, *line, *vault(folder), "--out", folder / "o2")


def test_a_release_that_nests_is_made_and_remembered(run: Command, held: Path) -> None:
    made = published(run, held, "government")
    assert (made.code, made.err) == (0, "")
    listed = run("ledger", "list", *vault(held)).out.splitlines()
    assert [line.split(";")[0] for line in listed] == ["release: r1", "release: g1"]
    assert "held by: anyone" in listed[1]
    (readme,) = (held / "o2").glob("release_g1/README_FIRST.md")
    assert "Imperial" not in readme.read_text()


def test_a_release_that_crosses_is_stopped(run: Command, held: Path) -> None:
    before = (held / "vault.ledger").read_bytes()
    refused(published(run, held, "crossing"), "Someone who holds both releases", "Nested", code=1)
    assert (held / "vault.ledger").read_bytes() == before
    assert not (held / "o2").exists()


def test_assess_reports_it(run: Command, held: Path) -> None:
    line = ("assess", CUSTOMERS, "--recipe", held / "crossing.json", *vault(held))
    joined = run(*line, "--json").json["joined"]
    assert (joined["earlier"], joined["asked_for"], joined["nested"]) == (1, 5, False)
    assert joined["k"] < 5 <= joined["below"]
    assert joined["causes"] == ["birthdate"]
    assert "Joined with earlier releases: fails" in run(*line).out
    nested = run("assess", CUSTOMERS, "--recipe", held / "government.json", *vault(held), "--json").json["joined"]
    assert (nested["nested"], nested["below"], nested["causes"]) == (True, 0, [])
    assert "joined" not in run("assess", CUSTOMERS, "--recipe", held / "government.json", "--json").json


def test_plan_makes_it_nest(run: Command, held: Path) -> None:
    out = held / "nested.json"
    line = ("plan", CUSTOMERS, "--recipient", "government", "--recipe", held / "crossing.json", "--out", out)
    planned = run(*line, *vault(held))
    assert planned.code == 0
    assert "So that it nests in the earlier releases: birthdate from 5 years to 20 years." in planned.out
    assert run("assess", CUSTOMERS, "--recipe", out, *vault(held), "--json").json["joined"]["nested"]


def test_withdrawn_it_stops_nothing(run: Command, held: Path) -> None:
    stated = ("--reason", "It was never sent.", "--by", "A. Owner")
    assert run("ledger", "withdraw", "r1", *stated, *vault(held)).code == 0
    assert "withdrawn on" in run("ledger", "list", *vault(held)).out
    line = ("assess", CUSTOMERS, "--recipe", held / "crossing.json", *vault(held))
    assert "Joined with earlier releases: met" in run(*line).out
    refused(run("ledger", "withdraw", "r1", *stated, *vault(held)), "already")
    refused(run("ledger", "withdraw", "r9", *stated, *vault(held)), "no release")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--vault", "vault.json"), "together"),
        (("--vault-passphrase-file", "words.txt"), "together"),
        (("--vault", "absent.json", "--vault-passphrase-file", "words.txt"), "absent.json"),
        (("--vault", "vault.json", "--vault-passphrase-file", "key.pub"), "does not open"),
        (("--vault", "words.txt", "--vault-passphrase-file", "words.txt"), "not a vault"),
    ],
)
def test_vaults_that_cannot_be_opened(run: Command, held: Path, given: tuple[str, ...], words: str) -> None:
    options = [held / word if not word.startswith("--") else word for word in given]
    refused(run("assess", CUSTOMERS, "--recipe", held / "government.json", *options), words)


def test_bad_choices(run: Command, held: Path) -> None:
    refused(run("assess", CUSTOMERS, "--qi", "gender", *vault(held)), "--recipe")
    line = ("--recipe", held / "government.json", "--recipient", "government", "--open", "--out", held / "o3")
    refused(run("release", CUSTOMERS, *line, *vault(held), "--first-release", "A. Owner"), "not both")
    refused(run("release", CUSTOMERS, *line, "--first-release", " "), "name is missing")
    refused(run("release", CUSTOMERS, *line), "Open your vault", code=1)


def test_a_changed_ledger_is_refused(run: Command, held: Path) -> None:
    path = held / "vault.ledger"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    refused(run("ledger", "list", *vault(held)), "backup")
    refused(published(run, held, "government"), "backup")
