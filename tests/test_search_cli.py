"""``search``: ARX's optima through the command line, bounds, the file of all settings, refusals."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from anonymiser.attributes import Role
from anonymiser.hierarchies import FlatSpec, hierarchies_in_folder
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.recipe import AttributePlan, Recipe
from tests.command_line import Command, process, refused, write_csv
from tests.test_oracles import ADULT, SHARED, SMALL, needs_shared, oracle

TABLE = SMALL / "small400_arx.csv"
FOLDER = SMALL / "hierarchies"
NAMES = {"loss": "loss", "aecs": "average_class_size", "dm": "discernibility", "entropy": "entropy"}
MODELS = {"el": "entropy_l:{}:{}", "dl": "distinct_l:{}:{}", "rcl": "recursive_cl:{}:{}:{}", "tc": "t_closeness:{}:{}"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def question(given: dict[str, object]) -> list[str]:
    """Options for one of ARX's optima."""
    first, *others = str(given["privacy"]).split("+")
    options = ["--qi", str(given["qis"]).replace(";", ","), "--k", first.split(":")[1]]
    options += ["--suppression", str(given["suppression"]), "--by", NAMES[str(given["metric"])], "--json"]
    if given["sensitive"]:
        options += ["--sensitive", str(given["sensitive"])]
    for other in others:
        kind, *values = other.split(":")
        options += ["--require", MODELS[kind].format(given["sensitive"], *values)]
    return options


def is_arx(run: Command, table: Path, folder: Path, given: dict[str, object]) -> None:
    done = run("search", table, "--hierarchies", folder, *question(given))
    assert done.code == 0, done.err
    found = done.json
    assert found["score"] == pytest.approx(float(str(given["loss"])), rel=1e-8, abs=1e-8)
    assert found["gap"] == 0
    assert found["met"] is True
    if list(found["levels"].values()) == json.loads(str(given["optimum"])):
        assert found["classes"] == given["classes"]
        assert found["suppressed"] == given["suppressed"]


def test_small400_is_that_of_arx(run: Command) -> None:
    for given in json.loads((SMALL / "arx_optima.json").read_text()):
        is_arx(run, TABLE, FOLDER, given)


@pytest.mark.shared
@needs_shared[1]
def test_adult_is_that_of_arx(run: Command) -> None:
    for given in json.loads((SHARED / "oracles" / "arx_adult_optima.json").read_text()):
        is_arx(run, ADULT / "adult.csv", ADULT, given)


def test_it_prints_what_assess_prints(run: Command) -> None:
    options = ("--qi", "sex,age,zip", "--sensitive", "disease", "--hierarchies", FOLDER, "--suppression", "0.1")
    found = run("search", TABLE, *options, "--json").json
    levels = ",".join(f"{name}={level}" for name, level in found["levels"].items())
    alone = run("assess", TABLE, *options, "--levels", levels, "--json").json
    assert {name: value for name, value in found.items() if name in alone} == alone
    assert set(found) - set(alone) == {"by", "score", "checked", "gap"}
    assert found["by"] == "loss"
    assert found["score"] == pytest.approx(alone["loss"])


def test_a_recipe_gives_columns_and_requirements(run: Command, tmp_path: Path) -> None:
    rules = hierarchies_in_folder(FOLDER, ["sex", "age", "zip", "edu"])
    plans = [AttributePlan(name=name, role=Role.QUASI, hierarchy=rule, level=1) for name, rule in rules.items()]
    plans += [
        AttributePlan(name="disease", role=Role.SENSITIVE, hierarchy=FlatSpec()),
    ]
    wanted = (KAnonymity(k=3), DistinctDiversity(attribute="disease", l=2))
    path = tmp_path / "recipe.json"
    path.write_text(Recipe(attributes=tuple(plans), requirements=wanted, suppression=0.05).to_json())
    found = run("search", TABLE, "--recipe", path, "--json")
    given = [
        one
        for one in json.loads((SMALL / "arx_optima.json").read_text())
        if (one["privacy"], one["suppression"], one["metric"]) == ("k:3+dl:2", 0.05, "loss")
    ]
    assert found.json["score"] == pytest.approx(float(given[0]["loss"]), abs=1e-8)
    refused(run("search", TABLE, "--recipe", path, "--k", "4"), "recipe says everything")


def all_settings_are_arx(run: Command, table: Path, folder: Path, expected: Path, target: Path, *options: str) -> None:
    qis, rows = oracle(expected)
    done = run("search", table, "--hierarchies", folder, "--qi", ",".join(qis), *options, "--all", target, "--json")
    assert done.code in {0, 1}
    written = pq.read_table(target).to_pylist()
    assert list(written[0])[: len(qis)] == [f"lv_{name}" for name in qis]
    assert set(rows[0]) <= set(written[0])
    by_node = {row["node"]: row for row in written}
    assert len(by_node) == len(written) == done.json["settings"] == done.json["settings_written"]
    for row in rows:
        found = by_node[row["node"]]
        assert " ".join(str(found[f"lv_{name}"]) for name in qis) == row["node"]
        assert found["privacy_fulfilled"] == (row["privacy_fulfilled"] == "true")
        for name, value in row.items():
            if name not in {"node", "privacy_fulfilled"}:
                assert found[name] == pytest.approx(float(value), rel=1e-8, abs=1e-8), name


@pytest.mark.parametrize(
    ("expected", "require"),
    [
        ("arx_k3.csv", ""),
        ("arx_k3_distinct2.csv", "distinct_l:disease:2"),
        ("arx_k3_equalt0.3.csv", "t_closeness:disease:0.3"),
        ("arx_k3_recursive3_2.csv", "recursive_cl:disease:3:2"),
    ],
)
def test_every_setting_is_written(run: Command, tmp_path: Path, expected: str, require: str) -> None:
    options = ("--sensitive", "disease", "--require", require) if require else ()
    all_settings_are_arx(run, TABLE, FOLDER, SMALL / expected, tmp_path / "all.parquet", "--k", "3", *options)


@pytest.mark.shared
@needs_shared[1]
@pytest.mark.parametrize(
    ("expected", "options"),
    [
        ("arx_adult_9qi_k5.csv", ()),
        (
            "arx_adult_8qi_occupation_k5_distinct3.csv",
            ("--sensitive", "occupation", "--require", "distinct_l:occupation:3"),
        ),
    ],
)
def test_every_setting_of_adult_is_that_of_arx(
    run: Command, tmp_path: Path, expected: str, options: tuple[str, ...]
) -> None:
    answers = SHARED / "oracles" / expected
    all_settings_are_arx(run, ADULT / "adult.csv", ADULT, answers, tmp_path / "all.parquet", "--k", "5", *options)


def test_bounds_and_weights(run: Command) -> None:
    options = ("--qi", "sex,age,zip,edu", "--hierarchies", FOLDER, "--k", "3", "--suppression", "0.05", "--json")
    plain = run("search", TABLE, *options).json["levels"]
    moved = {name: level + 1 for name, level in plain.items() if name in {"sex", "edu"}}
    fixed = run("search", TABLE, *options, "--fix", ",".join(f"{n}={v}" for n, v in moved.items())).json
    assert {name: fixed["levels"][name] for name in moved} == moved
    low = run("search", TABLE, *options, "--lowest", "zip=1", "--highest", "age=2").json
    assert low["levels"]["zip"] >= 1
    assert low["levels"]["age"] <= 2
    weighted = run("search", TABLE, *options, "--importance", "age=10,sex=0").json
    assert weighted["levels"]["age"] <= plain["age"]


def test_no_setting_is_safe(run: Command, tmp_path: Path) -> None:
    people = write_csv(tmp_path / "people.csv", ["town", "age"], [("a", 1), ("a", 2), ("b", 1)])
    done = run("search", people, "--qi", "town,age", "--k", "4", "--json")
    assert done.code == 1
    found = done.json
    assert (found["score"], found["gap"], found["met"]) == (None, None, False)
    assert found["levels"] == {"town": 1, "age": 1}
    assert found["checked"] >= 1
    shown = run("search", people, "--qi", "town,age", "--k", "4")
    assert shown.code == 1
    assert "No setting meets" in shown.out


def test_a_person_reads_what_was_found(run: Command) -> None:
    done = run("search", TABLE, "--qi", "sex,age", "--hierarchies", FOLDER, "--k", "3")
    assert done.code == 0
    assert "Best by loss" in done.out
    assert "No setting is better" in done.out


def test_a_search_ends_in_time(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from anonymiser.cli import search

    clock = itertools.count()
    monkeypatch.setattr(search.time, "monotonic", lambda: float(next(clock)))
    options = ("--qi", "sex,age,zip,edu", "--hierarchies", FOLDER, "--k", "2", "--suppression", "1", "--json")
    done = run("search", TABLE, *options, "--seconds", "3")
    assert done.code == 0
    assert 0 < done.json["gap"] <= 1
    assert done.json["checked"] < run("search", TABLE, *options).json["checked"]


class AtOnce:
    """An alarm that goes off when it is set."""

    def __init__(self, _seconds: float, call: Callable[[], None]) -> None:
        self._call = call

    def start(self) -> None:
        self._call()

    def cancel(self) -> None:
        pass


def test_a_file_that_time_cut_short_says_so(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from anonymiser.cli import search

    target = tmp_path / "all.parquet"
    options = ("--qi", "sex,age,zip,edu", "--hierarchies", FOLDER, "--k", "3", "--all", target, "--seconds", "600")
    whole = run("search", TABLE, *options, "--json").json
    assert (whole["settings"], whole["settings_written"]) == (96, 96)
    assert pq.read_metadata(target).metadata[b"settings_written"] == b"96"
    monkeypatch.setattr(search.threading, "Timer", AtOnce)
    cut = run("search", TABLE, *options, "--json")
    assert cut.code == 0
    assert cut.json["settings"] == 96
    assert cut.json["settings_written"] < 96
    written = pq.read_table(target)
    assert written.num_rows == cut.json["settings_written"]
    assert written.schema.metadata[b"settings"] == b"96"
    assert "Time was up: 0 of 96 settings were written." in run("search", TABLE, *options).out


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--qi", "sex,nobody"), "nobody"),
        (("--qi", "sex", "--by", "beauty"), "beauty"),
        (("--qi", "sex", "--seconds", "0"), "seconds"),
        (("--qi", "sex", "--fix", "age=1"), "--fix"),
        (("--qi", "sex", "--fix", "sex=9"), "0 to"),
        (("--qi", "sex", "--fix", "sex=²"), "0 to"),
        (("--qi", "sex", "--fix", "sex=99999999999"), "0 to"),
        (("--qi", "sex", "--fix", "sex=1,sex=0"), "twice"),
        (("--qi", "sex", "--lowest", "sex=1", "--highest", "sex=0"), "above"),
        (("--qi", "sex", "--importance", "sex=much"), "numbers"),
        (("--qi", "sex", "--importance", "sex=-1"), "numbers"),
        (("--qi", "sex", "--importance", "sex=2", "--by", "height"), "weights"),
        (("--qi", "sex", "--all", "nowhere/all.parquet"), "folder"),
        (("--qi", "sex", "--all", str(TABLE)), "read"),
    ],
)
def test_bad_options_are_refused_in_one_line(run: Command, options: tuple[str, ...], word: str) -> None:
    refused(run("search", TABLE, *options, "--hierarchies", FOLDER), word)


def test_too_many_settings_for_a_file(run: Command, tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(22)]
    wide = write_csv(tmp_path / "wide.csv", names, [[i % 3] * 22 for i in range(9)])
    target = tmp_path / "all.parquet"
    refused(run("search", wide, "--qi", ",".join(names), "--all", target), "at most")
    assert not target.exists()


def test_as_a_process() -> None:
    done = process("search", TABLE, "--qi", "sex,age,zip", "--hierarchies", FOLDER, "--k", "3", "--json")
    assert done.code == 0
    assert done.err == ""
    assert done.json["gap"] == 0
