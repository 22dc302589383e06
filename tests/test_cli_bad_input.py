"""Whatever is wrong with the input: exit code 2, one line, no traceback, no value of the data."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymiser.attributes import Role
from anonymiser.cli import assess as assess_module
from anonymiser.cli.app import main
from anonymiser.hierarchies import FlatSpec, TableSpec
from anonymiser.privacy import DistinctDiversity
from anonymiser.recipe import AttributePlan, Recipe
from tests.command_line import SECRET, Command, process, refused, write_csv


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rows = [(SECRET, str(age), "F" if age % 2 else "M") for age in range(20, 40)]
    return write_csv(tmp_path / "people.csv", ["name", "age", "sex"], rows)


# --- files that are no table ---

BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("a.csv", lambda: b""),
    "blank lines": ("a.csv", lambda: b"\n\n\n"),
    "header only": ("a.csv", lambda: b"name,age\n"),
    "doubled column names": ("a.csv", lambda: f"name,age,name\n{SECRET},1,2\n".encode() * 3),
    "ragged rows": ("a.csv", lambda: b"name,age\n" + f"{SECRET},1\n".encode() * 9 + f"{SECRET},1,2,3\n".encode()),
    "NUL bytes": ("a.csv", lambda: b"name,age\n" + SECRET.encode() + b"\0\0\0,1\n" * 5),
    "a binary renamed": ("a.csv", lambda: bytes(range(256)) * 40),
    "a picture renamed": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0\1\2\3" * 500),
    "too many columns": ("a.csv", lambda: (",".join(f"c{i}" for i in range(10_000)) + "\n").encode() * 2),
    "half of UTF-16": ("a.csv", lambda: f"name,age\n{SECRET},1\n".encode("utf-16")[:-1] + b"\xd8"),
    "damaged Parquet": ("a.parquet", lambda: _parquet()[: len(_parquet()) // 2] + b"PAR1"),
    "Parquet cut short": ("a.parquet", lambda: _parquet()[:-20]),
    "Parquet of lists": ("a.parquet", lambda: _parquet(pa.array([[SECRET]] * 3))),
    "damaged Excel": ("a.xlsx", lambda: _excel()[:-300]),
    "an Excel bomb": ("a.xlsx", lambda: _bomb(300)),
    "a zip that is no workbook": ("a.xlsx", lambda: _zip({"readme.txt": SECRET.encode()})),
    "JSON lines that are not": ("a.jsonl", f'{{"name": "{SECRET}"\n{{"name"\n'.encode),
    "a password-protected workbook": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
}


def _parquet(column: pa.Array | None = None) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"name": column if column is not None else pa.array([SECRET] * 100)}), file)
    return file.getvalue()


def _excel() -> bytes:
    file = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["name", "age"], [SECRET, 1], [SECRET, 2]):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _bomb(megabytes: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_excel())) as book:
        members = {name: book.read(name) for name in book.namelist()}
    sheet = next(name for name in members if name.startswith("xl/worksheets/sheet"))
    members[sheet] = members[sheet].replace(b"</sheetData>", b" " * megabytes * 10**6 + b"</sheetData>")
    return _zip(members)


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_no_table(run: Command, tmp_path: Path, case: str) -> None:
    name, content = BROKEN[case]
    path = tmp_path / name
    path.write_bytes(content())
    refused(run("assess", path, "--qi", "name", "--json"), name)
    refused(run("profile", path), name)


def test_a_parquet_bomb(run: Command, tmp_path: Path) -> None:
    """A million cells to each kilobyte."""
    path = tmp_path / "a.parquet"
    table = pa.table({f"c{i}": pa.array([0] * 2_000_000, pa.int8()) for i in range(40)})
    pq.write_table(table, path, compression="zstd")
    refused(run("profile", path), "unpack")


@pytest.mark.parametrize("command", ["assess", "profile", "plan", "release"])
def test_a_file_that_is_not_there(run: Command, tmp_path: Path, command: str) -> None:
    (tmp_path / "r.json").write_text(_recipe().to_json())
    more: dict[str, list[object]] = {
        "assess": ["--qi", "name"],
        "profile": [],
        "plan": ["--recipient", "researchers", "--out", tmp_path / "new.json"],
        "release": ["--recipe", tmp_path / "r.json", "--recipient", "government", "--open", "--out", tmp_path / "out"],
    }
    for path in (tmp_path / "absent.csv", tmp_path):
        refused(run(command, path, *more[command]), path.name)
    assert not (tmp_path / "out").exists()


# --- tables that are odd, and are read all the same ---

ODD = {
    "one row": b"name,age\n" + SECRET.encode() + b",1\n",
    "one column": b"name\n" + b"\n".join([SECRET.encode(), b"x", b"x"]) + b"\n",
    "no name for a column": f"name,,age\n{SECRET},1,2\nx,3,4\n".encode(),
    "all missing": b"name,age\n,1\n,2\n,3\n",
    "constant": f"name,age\n{SECRET},1\n{SECRET},2\n".encode(),
    "all different": b"name,age\n" + b"".join(b"p%d,%d\n" % (i, i) for i in range(50)),
    "Latin-1": f"name,age\n{SECRET} Müller,1\n{SECRET} Gärtner,2\n".encode("latin-1"),
    "UTF-16": f"name,age\n{SECRET},1\nx,2\n".encode("utf-16"),
    "byte order mark": f"name,age\n{SECRET},1\nx,2\n".encode("utf-8-sig"),
    "dates out of range": b"name,born\na,31/02/1990\nb,01/01/0001\nc,99/99/9999\nd,12/03/1984\n",
    "a lone quote": b"name,age\n" + f'"{SECRET},1\n'.encode() + b"x,2\n" * 9,
    "odd names": b"name,![x](http://example.org/x.png),<script>,=cmd()\na,1,2,3\nb,1,2,3\n",
}


@pytest.mark.parametrize("case", ODD)
def test_an_odd_table_is_measured_and_profiled(run: Command, tmp_path: Path, case: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(ODD[case])
    rows = run("assess", path, "--qi", "name", "--suppression", 1, "--json")
    assert rows.code in (0, 1), rows.err
    assert rows.err == ""
    assert rows.json["rows"] >= 1
    assert run("assess", path, "--qi", "name").err == ""
    profile = run("profile", path)
    assert (profile.code, profile.err) == (0, "")
    assert SECRET not in profile.out
    assert SECRET not in run("profile", path, "--json").out
    planned = run("plan", path, "--recipient", "researchers", "--out", tmp_path / "plan.json")
    assert planned.code == 0, planned.err
    assert SECRET not in planned.out
    assert run("assess", path, "--recipe", tmp_path / "plan.json").code in (0, 1, 2)


def test_every_record_suppressed(run: Command, people: Path) -> None:
    done = run("assess", people, "--qi", "age", "--k", 50, "--suppression", 1, "--json")
    assert (done.code, done.json["suppressed"], done.json["k"]) == (1, 20, 0)


# --- options that contradict each other or the table ---


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--qi"),
        (["--qi", ""], "--qi"),
        (["--qi", "age,,sex"], "empty name"),
        (["--qi", "shoe"], "shoe"),
        (["--qi", "age,Sex"], "Sex"),
        (["--qi", "age,age"], "twice"),
        (["--qi", "age", "--sensitive", "age"], "--sensitive"),
        (["--qi", "age", "--sensitive", "sex,shoe"], "shoe"),
        (["--qi", "age", "--sensitive", "sex,sex"], "twice"),
        (["--qi", "age", "--levels", "age=2"], "0 to 1"),
        (["--qi", "age", "--levels", "age=-1"], "whole number"),
        (["--qi", "age", "--levels", "age=1.0"], "whole number"),
        (["--qi", "age", "--levels", "age=one"], "whole number"),
        (["--qi", "age", "--levels", "age=²"], "whole number"),
        (["--qi", "age", "--levels", "age="], "whole number"),
        (["--qi", "age", "--levels", "age"], "column=level"),
        (["--qi", "age", "--levels", "=1"], "column=level"),
        (["--qi", "age", "--levels", "sex=1"], "sex"),
        (["--qi", "age", "--levels", "age=1,age=0"], "twice"),
        (["--qi", "age", "--levels", "age=99999999999999999999"], "whole number"),
        (["--qi", "age", "--k", "0"], "--k"),
        (["--qi", "age", "--k", "-5"], "--k"),
        (["--qi", "age", "--k", "99999999999999999999"], "--k"),
        (["--qi", "age", "--k", "2.5"], "--k"),
        (["--qi", "age", "--k", "five"], "--k"),
        (["--qi", "age", "--suppression", "1.01"], "--suppression"),
        (["--qi", "age", "--suppression", "-0.1"], "--suppression"),
        (["--qi", "age", "--suppression", "nan"], "--suppression"),
        (["--qi", "age", "--suppression", "inf"], "--suppression"),
        (["--qi", "age", "--suppression", "2%"], "--suppression"),
        (["--qi", "age", "--sheet", "People"], "sheet"),
        (["--qi", "age", "--colour", "red"], "--colour"),
        (["--qi"], "--qi"),
        (["--qi", "age", "second.csv"], "second.csv"),
    ],
)
def test_options_that_cannot_be(run: Command, people: Path, options: list[str], words: str) -> None:
    refused(run("assess", people, *options, "--json"), words)


@pytest.mark.parametrize("line", ["", "asess", "assess", "--surprise", "open", "release", "plan", "profile"])
def test_a_command_that_is_none_or_incomplete(run: Command, line: str) -> None:
    refused(run(*line.split()), "--help")


def test_more_columns_than_can_be_measured_together(run: Command, tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(33)]
    table = write_csv(tmp_path / "wide.csv", names, [["1"] * 33] * 2)
    refused(run("assess", table, "--qi", ",".join(names)), "33", "32")
    assert run("assess", table, "--qi", ",".join(names[:32]), "--k", 2, "--json").json["k"] == 2


def test_a_sheet_that_is_not_in_the_workbook(run: Command, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(_excel())
    refused(run("assess", tmp_path / "a.xlsx", "--qi", "name", "--sheet", "People"))
    assert run("assess", tmp_path / "a.xlsx", "--qi", "name", "--sheet", "Sheet", "--k", 2).code == 0


# --- hierarchies ---


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"M\n", "one column"),
        (b"M;*\n", "misses 1 value"),
        (b"M;*\nF;x;*\n", "entries"),
        (b"M;*\nF;*\nM;*\n", "more"),
        (b"\0\1\2", "text"),
        (f"M;{SECRET};*\n{SECRET};*\n".encode(), "entries"),
    ],
)
def test_a_hierarchy_that_cannot_be_used(
    run: Command, people: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    folder = tmp_path / "hierarchies"
    folder.mkdir()
    (folder / "people_sex.csv").write_bytes(content)
    refused(run("assess", people, "--qi", "sex", "--hierarchies", folder, "--json"), "sex", words)


def test_a_hierarchy_that_misses_values_never_names_them(run: Command, people: Path, tmp_path: Path) -> None:
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "name.csv").write_text("somebody;*\n")
    refused(run("assess", people, "--qi", "name", "--hierarchies", tmp_path / "h"), "name", "misses")


def test_two_files_for_one_hierarchy_or_no_folder(run: Command, people: Path, tmp_path: Path) -> None:
    refused(run("assess", people, "--qi", "sex", "--hierarchies", tmp_path / "absent"), "folder")
    refused(run("assess", people, "--qi", "sex", "--hierarchies", people), "folder")
    for name in ("a_sex.csv", "b_sex.csv"):
        (tmp_path / name).write_text("M;*\nF;*\n")
    refused(run("assess", people, "--qi", "sex", "--hierarchies", tmp_path), "a_sex.csv", "b_sex.csv")


# --- recipes ---


def _recipe(**changes: object) -> Recipe:
    ages = TableSpec(rows=tuple((str(a), SECRET, "*") for a in range(20, 40)))
    plans = (
        AttributePlan(name="name", role=Role.DIRECT, hierarchy=FlatSpec()),
        AttributePlan(name="age", role=Role.QUASI, hierarchy=ages),
        AttributePlan(name="sex", role=Role.SENSITIVE, hierarchy=FlatSpec()),
    )
    return Recipe(**{"attributes": plans, **changes})


def _altered(**changes: object) -> str:
    return json.dumps(json.loads(_recipe().to_json()) | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "recipe"),
        ("{}", "attributes"),
        ('{"recipe": {}}', "attributes"),
        (_altered(version=9), "version"),
        (_altered(surprise=SECRET), "surprise"),
        (_altered(suppression=2), "suppression"),
        (_altered(requirements=[{"kind": "k_anonymity", "k": 0}]), "requirements"),
        (_altered(attributes=[]), "does not know"),
        (_recipe().with_attribute("age", role=Role.INSENSITIVE).to_json(), "No quasi-identifier"),
        (_recipe(requirements=(DistinctDiversity(attribute="shoe", l=2),)).to_json(), "shoe"),
        (_recipe().to_json().replace('"sex"', '"shoe"'), "shoe"),
        (_recipe(attributes=_recipe().attributes[:2]).to_json(), "sex"),
    ],
)
def test_a_recipe_that_cannot_be_used(run: Command, people: Path, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(text, encoding="utf-8")
    refused(run("assess", people, "--recipe", path, "--json"), words)


def test_a_recipe_that_is_not_there_or_no_text(run: Command, people: Path, tmp_path: Path) -> None:
    refused(run("assess", people, "--recipe", tmp_path / "absent.json"), "absent.json")
    refused(run("assess", people, "--recipe", tmp_path), tmp_path.name)
    (tmp_path / "r.json").write_bytes(b"\xff\xfe\x00")
    refused(run("assess", people, "--recipe", tmp_path / "r.json"))


def test_plan_overwrites_nothing(run: Command, people: Path, tmp_path: Path) -> None:
    refused(run("plan", people, "--recipient", "researchers", "--out", people), "exists")
    refused(run("plan", people, "--recipient", "nobody", "--out", tmp_path / "r.json"), "nobody")
    refused(run("plan", people, "--recipient", "r", "--out", tmp_path / "r.json"), "more than one")
    refused(run("plan", people, "--recipient", "", "--out", tmp_path / "r.json"))
    refused(run("plan", people, "--recipient", "researchers", "--out", tmp_path / "absent" / "r.json"))
    assert not (tmp_path / "r.json").exists()


# --- faults of our own ---


def test_an_unexpected_exception_says_its_kind_and_nothing_it_holds(
    capsys: pytest.CaptureFixture[str], people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(assess_module, "load_table", fail)
    line = ["assess", str(people), "--qi", "age"]
    assert main(line) == 3
    said = capsys.readouterr()
    assert said.err.startswith("Internal error (ValueError).")
    assert SECRET not in said.err + said.out
    monkeypatch.setenv("HALFTONE_DEBUG", "1")
    with pytest.raises(ValueError, match=SECRET):
        main(line)


def test_a_disk_that_fails_and_a_user_who_stops(
    capsys: pytest.CaptureFixture[str], people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, code, lines in ((OSError(28, SECRET), 2, 1), (MemoryError(), 2, 1), (KeyboardInterrupt(), 130, 0)):

        def fail(*_arguments: object, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(assess_module, "load_table", fail)
        assert main(["assess", str(people), "--qi", "age"]) == code
        said = capsys.readouterr()
        assert said.err.count("\n") == lines
        assert SECRET not in said.err


def test_warnings_of_libraries_stay_out_of_the_way(people: Path) -> None:
    done = process("assess", people, "--qi", "age", "--levels", "age=7", env={"PYTHONWARNINGS": "default", "PATH": ""})
    refused(done, "0 to 1")


def test_text_in_a_column_name_cannot_steer_the_terminal(run: Command, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "t.csv", ["a\x1b[2J\nb", "c"], [("1", "2"), ("3", "4")])
    done = run("assess", table, "--qi", "c", "--levels", "a\x1b[2J\nb=1")
    refused(done)
    assert "\x1b" not in done.err


def test_the_same_table_in_every_format(run: Command, tmp_path: Path) -> None:
    frame = pd.DataFrame({"town": list("abbccc"), "code": ["007", "007", "012", "012", "012", "7"]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "t.parquet", index=False)
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_json(tmp_path / "t.jsonl", orient="records", lines=True)
    found = [run("assess", path, "--qi", "town,code", "--json").json for path in sorted(tmp_path.glob("t.*"))]
    assert len(found) == 5
    assert all(one == found[0] for one in found)
    assert found[0]["classes"] == 5
