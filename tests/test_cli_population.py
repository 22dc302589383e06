"""A population table and a person key on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sample_data import CUSTOMERS
from tests.command_line import Command, refused

HERE = "area,age,who\na,30,1\na,30,2\nb,40,3\n"
EVERYBODY = "age,area,name\n" + "30,a,x\n" * 5 + "40,b,x\n" * 2 + "50,c,x\n"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    table, population = tmp_path / "here.csv", tmp_path / "everybody.csv"
    table.write_text(HERE, encoding="utf-8")
    population.write_text(EVERYBODY, encoding="utf-8")
    return table, population


def test_the_population_counts(run: Command, files: tuple[Path, Path]) -> None:
    """By hand: a30 has 2 of 5, b40 has 1 of 2, and nobody is 50 in c."""
    table, population = files
    found = run("assess", table, "--qi", "area,age", "--k", 1, "--population", population, "--json").json
    assert (found["k_map"], found["delta_presence"], found["delta_presence_min"]) == (2, 0.5, 0.0)
    assert (found["journalist_highest"], found["marketer_success"]) == (0.5, pytest.approx((2 / 5 + 1 / 2) / 3))
    assert found["population"] == {"rows": 8, "lacking": 0, "unseen": {}}
    assert found["prosecutor_highest"] == 1.0


def test_rows_of_one_person_do_not_hide_each_other(run: Command, tmp_path: Path) -> None:
    """Ten people with two equal rows each: every one of them is alone in every column."""
    table = tmp_path / "visits.csv"
    table.write_text("a,b,who\n" + "".join(f"{i // 2},{i // 2},{i // 2}\n" for i in range(20)), encoding="utf-8")
    found = run("assess", table, "--qi", "a,b", "--entity", "who", "--combinations", "--json").json
    assert [(one["columns"], one["unique_records"]) for one in found["identifying_combinations"]] == [
        (["a"], 10),
        (["b"], 10),
    ]
    assert found["prosecutor_success"] == 1.0


def test_hidden_columns_let_everybody_match(run: Command, files: tuple[Path, Path]) -> None:
    table, population = files
    levels = ("--levels", "area=1,age=1")
    found = run("assess", table, "--qi", "area,age", *levels, "--k", 1, "--population", population, "--json").json
    assert (found["k_map"], found["delta_presence"], found["delta_presence_min"]) == (8, 3 / 8, 3 / 8)


@pytest.mark.parametrize(
    ("required", "suppression", "code", "suppressed"),
    [
        ("k_map:2", 0, 0, 0),
        ("k_map:3", 0, 1, 0),
        ("k_map:3", 0.5, 0, 1),
        ("delta_presence:0.4", 0.5, 0, 1),
        ("delta_presence:0.5:0.1", 0, 1, 0),
    ],
)
def test_requirements_on_it(
    run: Command, files: tuple[Path, Path], required: str, suppression: float, code: int, suppressed: int
) -> None:
    table, population = files
    options = ("--k", 1, "--suppression", suppression, "--require", required, "--json")
    done = run("assess", table, "--qi", "area,age", "--population", population, *options)
    assert (done.code, done.json["suppressed"]) == (code, suppressed)


def test_leaving_a_class_out_tells_of_its_absence(run: Command, tmp_path: Path) -> None:
    """δ-presence with a minimum holds for the classes, but k leaves one of them out."""
    table, population = tmp_path / "here.csv", tmp_path / "all.csv"
    table.write_text("a,b\n" + "x,1\n" * 3 + "y,1\n", encoding="utf-8")
    population.write_text("a,b\n" + "x,1\n" * 6 + "y,1\n" * 2, encoding="utf-8")
    given = ("--qi", "a,b", "--population", population, "--require", "delta_presence:0.6:0.2", "--suppression", 0.5)
    assert run("assess", table, *given, "--k", 1, "--json").code == 0
    assert run("assess", table, *given, "--k", 2, "--json").code == 1


def test_people_that_it_lacks_make_nothing_look_safer(run: Command, files: tuple[Path, Path]) -> None:
    table, population = files
    population.write_text("area,age\na,30\nb,40\nb,40\n", encoding="utf-8")
    given = ("assess", table, "--qi", "area,age", "--k", 1, "--population", population)
    found = run(*given, "--json").json
    assert found["population"]["lacking"] == 1
    assert (found["k_map"], found["delta_presence"], found["journalist_highest"]) == (1, 1.0, 1.0)
    assert "does not hold everybody: 1 of" in run(*given).out


def test_values_that_the_recipe_does_not_know_are_placed_and_told(run: Command, files: tuple[Path, Path]) -> None:
    table, population = files
    folder = table.parent / "hierarchies"
    folder.mkdir()
    (folder / "area.csv").write_text("a;ab;*\nb;ab;*\n", encoding="utf-8")
    given = ("--qi", "area", "--hierarchies", folder, "--levels", "area=1", "--k", 1, "--population", population)
    found = run("assess", table, *given, "--json").json
    assert found["population"]["unseen"] == {"area": 1}
    assert found["k_map"] == 7


@pytest.mark.parametrize(
    ("content", "words"),
    [("area\na\n", "no column 'age'"), ("area,age\n", "no rows"), ("", "empty")],
)
def test_a_population_that_cannot_be_used(run: Command, files: tuple[Path, Path], content: str, words: str) -> None:
    table, population = files
    population.write_text(content, encoding="utf-8")
    refused(run("assess", table, "--qi", "area,age", "--population", population), words)


def test_search_takes_the_population_too(run: Command, files: tuple[Path, Path]) -> None:
    table, population = files
    given = ("--qi", "area,age", "--k", 1, "--require", "k_map:6", "--population", population, "--json")
    found = run("search", table, *given).json
    assert found["k_map"] >= 6
    assert found["population"]["rows"] == 8
    refused(run("search", table, "--qi", "area,age", "--require", "k_map:6"), "--population")


def test_k_counts_people_not_their_records(run: Command, tmp_path: Path) -> None:
    """Three rows of one person, and two of two."""
    table = tmp_path / "visits.csv"
    table.write_text("area,who\na,1\na,1\na,1\nb,2\nb,3\n", encoding="utf-8")
    rows = run("assess", table, "--qi", "area", "--k", 2, "--json")
    assert (rows.code, rows.json["k"], rows.json["over_people"]) == (0, 2, False)
    people = run("assess", table, "--qi", "area", "--k", 2, "--entity", "who", "--json")
    assert (people.code, people.json["k"], people.json["over_people"]) == (1, 1, True)
    assert people.json["unique_records"] == 3
    assert (people.json["prosecutor_highest"], people.json["sample_uniques"]) == (1.0, 3 / 5)
    assert "people" in run("assess", table, "--qi", "area", "--k", 2, "--entity", "who").out
    best = run("search", table, "--qi", "area", "--k", 2, "--entity", "who", "--json").json
    assert (best["levels"], best["k"]) == ({"area": 1}, 3)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--entity", "area"), "Choose one of them"),
        (("--entity", "area,who"), "one column"),
        (("--entity", "whom"), "no column 'whom'"),
        (("--entity", "who", "--suda"), "count records"),
    ],
)
def test_a_person_key_that_cannot_be(run: Command, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    table = tmp_path / "visits.csv"
    table.write_text("area,who\na,1\na,1\n", encoding="utf-8")
    refused(run("assess", table, "--qi", "area", "--k", 1, "--json", *options), words)


def test_a_population_tells_people_apart_too(run: Command, tmp_path: Path) -> None:
    table, population = tmp_path / "visits.csv", tmp_path / "all.csv"
    table.write_text("area,who\na,1\na,1\n", encoding="utf-8")
    population.write_text("area,who\na,1\na,1\na,1\na,2\n", encoding="utf-8")
    given = ("--qi", "area", "--k", 1, "--entity", "who", "--population", population, "--json")
    assert run("assess", table, *given).json["k_map"] == 2
    population.write_text("area\na\na\n", encoding="utf-8")
    refused(run("assess", table, *given), "no column 'who'")


def test_a_release_that_requires_a_population(run: Command, tmp_path: Path) -> None:
    recipe = tmp_path / "r.json"
    assert run("plan", CUSTOMERS, "--recipient", "researchers", "--out", recipe).code == 0
    planned = json.loads(recipe.read_text(encoding="utf-8"))
    planned["requirements"].append({"kind": "k_map", "k": 5})
    recipe.write_text(json.dumps(planned), encoding="utf-8")
    words = tmp_path / "words.txt"
    words.write_text("correct-horse-battery-staple\n", encoding="utf-8")
    given = ("release", CUSTOMERS, "--recipe", recipe, "--recipient", "researchers", "--passphrase-file", words)
    given = (*given, "--first-release", "R. Owner", "--out", tmp_path / "out")
    refused(run(*given), "needs a population table")
    done = run(*given, "--population", CUSTOMERS)
    assert done.code == 0, done.err
    assert [folder.name[:8] for folder in sorted((tmp_path / "out").iterdir())] == ["release_", "supporti"]
