from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from anonymiser.errors import HierarchyError, InputError, ReadError
from anonymiser.hierarchies import TableSpec, hierarchies_in_folder, read_arx_csv
from anonymiser.microdata import Column, Microdata

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="HALFTONE_SHARED is not there")
AGES = "31;30-39;*\n38;30-39;*\n40;40-49;*\n"


def column(*values: str | None) -> Column:
    return Microdata.from_columns({"age": values}).column("age")


def test_worked_example() -> None:
    spec = read_arx_csv(AGES, "age")
    hierarchy = spec.build(column("38", "40", None))
    assert spec.level_names == ("exact", "level 1", "hidden")
    assert hierarchy.size == 3
    assert hierarchy.labels == (("31", "38", "40", "missing"), ("30-39", "40-49", "missing"), ("*",))


@pytest.mark.parametrize(
    "text",
    [
        AGES,
        AGES.replace(";", ","),
        AGES.replace(";", "\t"),
        "\ufeff" + AGES,
        AGES.replace("\n", "\r\n") + "\r\n",
        AGES.replace(";", " ; "),
        '"31";"30-39";"*"\n"38";"30-39";"*"\n"40";"40-49";"*"',
    ],
)
def test_spellings_of_one_file(text: str) -> None:
    assert read_arx_csv(text, "age") == read_arx_csv(AGES, "age")


def test_other_delimiters_inside_of_entries() -> None:
    rows = (("a,b", "x, y", "*"), ("c,d", "x, y", "*"))
    assert read_arx_csv("a,b;x, y;*\nc,d;x, y;*", "x").rows == rows
    assert read_arx_csv("a;b,x,*\nc;d,y,*", "x").rows == (("a;b", "x", "*"), ("c;d", "y", "*"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("31\n38\n", "one column"),
        ("31;30-39;*\n38;*\n", "Row 2"),
        ("31;*\n31;*\n", "more rows than one"),
    ],
)
def test_files_that_are_no_hierarchy(text: str, message: str) -> None:
    with pytest.raises(HierarchyError, match=message) as caught:
        read_arx_csv(text, "age")
    assert "'age'" in str(caught.value)
    assert "31" not in str(caught.value)


def test_doubled_values_travel_with_the_error() -> None:
    with pytest.raises(HierarchyError) as caught:
        read_arx_csv("\n".join(f"{i};*" for i in [*range(10), *range(10)]), "age")
    assert caught.value.values == ("0", "1", "2", "3", "4")


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x_age.csv"
    path.write_bytes(b"PK\x03\x04\0\0\0")
    with pytest.raises(ReadError, match="not a text file"):
        read_arx_csv(path, "age")
    with pytest.raises(ReadError, match="cannot be read"):
        read_arx_csv(tmp_path / "absent.csv", "age")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "age.csv"
    path.write_text("é;ö;*\n", encoding=encoding)
    assert read_arx_csv(path, "age").rows == (("é", "ö", "*"),)


def test_values_without_a_row_are_refused_or_placed() -> None:
    spec = read_arx_csv(AGES, "age")
    with pytest.raises(HierarchyError) as caught:
        spec.build(column("31", "99"))
    assert caught.value.values == ("99",)
    assert "99" not in str(caught.value)
    hierarchy = spec.build(column("31", "99"), strict=False)
    assert hierarchy.labels[1:] == (("30-39", "40-49", "not listed"), ("*",))


def test_a_top_that_is_not_hidden_stays() -> None:
    spec = TableSpec(rows=(("a", "x"), ("b", "y")))
    assert spec.level_names == ("exact", "level 1")
    assert spec.build(column("a", "c"), strict=False).labels[1] == ("x", "y", "not listed")


def test_names_of_levels() -> None:
    assert TableSpec(rows=(("a", "*"),), names=("value", "gone")).level_names == ("value", "gone")
    with pytest.raises(HierarchyError, match="2 levels and 1 names"):
        TableSpec(rows=(("a", "*"),), names=("value",))
    with pytest.raises(HierarchyError, match="one name"):
        TableSpec(rows=(("a", "*"),), names=("value", "value"))


def test_the_longest_attribute_name_wins(tmp_path: Path) -> None:
    for name in ("t_hierarchy_home_country.csv", "country.csv", "t_age.CSV", "notes.txt", "t_other.csv", "._t_age.csv"):
        (tmp_path / name).write_text("a;*\n")
    found = hierarchies_in_folder(tmp_path, ["age", "country", "home_country", "sex"])
    assert sorted(found) == ["age", "country", "home_country"]


def test_two_files_for_one_attribute_are_bad_input(tmp_path: Path) -> None:
    for name in ("a_age.csv", "b_age.csv"):
        (tmp_path / name).write_text("a;*\n")
    with pytest.raises(InputError, match=r"a_age\.csv and b_age\.csv"):
        hierarchies_in_folder(tmp_path, ["age"])


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        hierarchies_in_folder(tmp_path / "absent", ["age"])


@pytest.mark.shared
@shared
def test_hierarchies_of_adult() -> None:
    names = [
        "age",
        "education",
        "marital-status",
        "native-country",
        "occupation",
        "race",
        "salary-class",
        "sex",
        "workclass",
    ]
    found = hierarchies_in_folder(SHARED / "data" / "adult", names)
    sizes = {name: spec.build(Column(name, (), np.zeros(0, dtype=np.uint8))).size for name, spec in found.items()}
    assert sizes == dict(zip(names, (100, 16, 7, 41, 14, 5, 2, 2, 8), strict=True))
    assert {len(spec.level_names) - 1 for spec in found.values()} == {1, 2, 3, 4}


@pytest.mark.shared
@shared
def test_hierarchies_of_the_small_table() -> None:
    found = hierarchies_in_folder(
        SHARED / "oracles" / "small400" / "hierarchies", ["age", "disease", "edu", "sex", "zip"]
    )
    assert {name: len(spec.rows) for name, spec in found.items()} == {
        "age": 64,
        "disease": 6,
        "edu": 5,
        "sex": 2,
        "zip": 8,
    }


def test_large_files_are_fast() -> None:
    text = "\n".join(f"{i};{i // 10};{i // 1000};*" for i in range(200_000))
    start = time.process_time()
    spec = read_arx_csv(text, "id")
    assert time.process_time() - start < 1
    start = time.process_time()
    hash(spec)
    assert spec.build(column("7", "199999")).size == 200_000
    assert time.process_time() - start < 1
