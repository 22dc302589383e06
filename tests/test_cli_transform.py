"""``transform``: from table to table, measured, or a clear sentence."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.command_line import Command

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data" / "customers.csv"
QI = "gender,country_of_birth,education_level,weight"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def smallest(path: Path, columns: str) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return min(Counter(tuple(row[name] for name in columns.split(",")) for row in csv.DictReader(file)).values())


@pytest.mark.parametrize("method", ["mondrian", "mondrian:relaxed=true", "local_recoding:rounds=2"])
def test_the_written_file_keeps_what_is_printed(run: Command, tmp_path: Path, method: str) -> None:
    out = tmp_path / "out.csv"
    found = run("transform", SAMPLE, "--qi", QI, "--k", "7", "--method", method, "--out", out, "--json")
    assert found.code == 0
    assert found.json["k"] >= 7
    assert found.json["k"] == smallest(out, QI)
    assert found.json["methods"][0]["method"] == method.split(":", maxsplit=1)[0]
    assert "seed" not in out.read_text(encoding="utf-8") + str(found.json)


def test_parquet_and_the_words_for_a_person(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    found = run("transform", SAMPLE, "--qi", QI, "--method", "mondrian", "--out", out)
    assert found.code == 0
    assert "Mondrian partitioning (strict: no two groups overlap)" in " ".join(found.out.split())
    assert "Written: out.parquet." in found.out
    assert pq.read_table(out).num_rows == 1000


def test_nothing_is_written_where_a_requirement_is_not_met(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    found = run(
        "transform", SAMPLE, "--qi", "gender", "--sensitive", "cc_status", "--require", "distinct_l:cc_status:3",
        "--method", "mondrian", "--out", out,
    )  # fmt: skip
    assert found.code == 1
    assert "Nothing was written." in found.out
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--method", "magic"), "no method called 'magic'"),
        (("--method", "mondrian:size=3"), "has no parameter 'size'. It has: relaxed"),
        (("--method", "local_recoding:rounds=99"), "less than or equal to 50"),
        (("--method", "mondrian", "--method", "local_recoding"), "at most one method can group"),
        (("--method", "mondrian", "--k", "1001"), "there are 1,000 records"),
    ],
)
def test_bad_input_is_one_sentence(run: Command, tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    found = run("transform", SAMPLE, "--qi", QI, *options, "--out", tmp_path / "out.csv")
    assert found.code == 2
    assert sentence in found.err
    assert not (tmp_path / "out.csv").exists()


def test_a_file_is_never_replaced(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    found = run("transform", SAMPLE, "--qi", QI, "--method", "mondrian", "--out", out)
    assert (found.code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert run("transform", SAMPLE, "--qi", QI, "--out", tmp_path / "out.xls").code == 2
