import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from frictionless import validate
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from anonymiser.attributes import Role
from anonymiser.release import markdown
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.datapackage import DataFile, croissant, data_package
from anonymiser.release.dictionary import Dictionary, dictionary_of_records
from anonymiser.release.dictionary_files import add_dictionary
from anonymiser.release.documents import transformations
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.payload import Payload, sha256_of
from anonymiser.release.writing import csv_name, write_records
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]
NASTY = [
    "![x](http://example.org/x.png)",
    "<script>alert(1)</script>",
    "=cmd()",
    "[a](javascript:alert(1))",
    "a|b\n# c",
    "$x$",
]


class Page(HTMLParser):
    """What a page would do: its tags, its addresses, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def nasty(table: ReleasedTable) -> ReleasedTable:
    columns = tuple(
        ReleasedColumn(name, Role.INSENSITIVE, name, name, name, (name, "plain"), (np.arange(240) % 3).astype(np.uint8))
        for name in NASTY
    )
    return as_it_leaves(dataclasses.replace(table, columns=(*table.columns, *columns)), np.arange(240))


@pytest.fixture
def files(nasty: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> dict[str, bytes]:
    title = facts(title=NASTY[0], purpose=NASTY[1], claims=(NASTY[3],))
    with Payload(tmp_path) as payload:
        add_dictionary(dictionary_of_records(nasty, title), payload)
        return {name: payload.read(name) for name in payload.names}


def test_counts_are_those_of_the_released_records(table: ReleasedTable, facts: MakeFacts) -> None:
    leaving = as_it_leaves(table, np.arange(100))
    field = dictionary_of_records(leaving, facts()).fields[3]
    assert [(label.label, label.records) for label in field.labels] == [
        (str(i), int(np.count_nonzero(table.columns[3].codes[:100] == i))) for i in range(12)
    ]
    assert field.missing == 7
    assert dictionary_of_records(leaving, facts()).share_missing(field) == "7.0 %"
    birth = dictionary_of_records(leaving, facts()).fields[1]
    assert "2000–2019" not in [label.label for label in birth.labels]


def test_long_lists_and_pseudonyms_are_not_listed(facts: MakeFacts) -> None:
    labels = tuple(f"v{i}" for i in range(201))
    codes = np.arange(201, dtype=np.uint8)
    long = ReleasedColumn("a", Role.INSENSITIVE, "c", "l", "m", labels, codes)
    secret = ReleasedColumn("b", Role.DIRECT, "pseudonym", "l", "m", labels[:3], codes % 3)
    fields = dictionary_of_records(ReleasedTable((long, secret), (), np.arange(201), 0), facts()).fields
    assert [(field.labels, field.different) for field in fields] == [((), 201), ((), 3)]
    assert fields[1].role == "pseudonym"


def test_the_page_runs_nothing_and_asks_nobody(files: dict[str, bytes]) -> None:
    text = files["DATA_DICTIONARY.html"].decode()
    page = Page(text)
    assert not set(page.tags) & {"script", "img", "a", "link", "iframe", "object", "form", "svg", "base"}
    assert page.addresses == []
    assert "default-src 'none'" in text
    assert "<script>alert(1)</script>" in page.words
    assert "![x](http://example.org/x.png)" in page.words.replace("\\", "")
    assert re.search(r'<html lang="en-GB">', text)
    assert "<th>" not in text
    assert text.count('<th scope="col">') > 20


def test_markdown_means_nothing_in_other_readers_either(files: dict[str, bytes]) -> None:
    reader = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    page = Page(reader.render(files["DATA_DICTIONARY.md"].decode()))
    assert not set(page.tags) & {"script", "img", "a"}


@given(st.text())
def test_any_text_is_only_text(text: str) -> None:
    page = Page(MarkdownIt("commonmark").enable("table").render("x " + markdown.plain(text)))
    assert set(page.tags) <= {"p"}


def test_workbook_and_csv_hold_no_formula(files: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(files["DATA_DICTIONARY.xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert "'=cmd()" in [cell.value for cell in cells]
    rows = list(csv.reader(io.StringIO(files["DATA_DICTIONARY.csv"].decode())))
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert ["gender", "F", "120"] in [[row[0], *row[-2:]] for row in rows]


def test_all_four_say_the_same_and_again_the_same(nasty: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        with Payload(tmp_path) as payload:
            add_dictionary(dictionary_of_records(nasty, facts()), payload)
            made.append({name: payload.read(name) for name in payload.names})
    assert made[0] == made[1]
    assert sorted(made[0]) == [f"DATA_DICTIONARY.{kind}" for kind in ("csv", "html", "md", "xlsx")]
    for name in ("DATA_DICTIONARY.csv", "DATA_DICTIONARY.html", "DATA_DICTIONARY.md"):
        for label in ("1940–1959", "15 or more", "birthdate"):
            assert label in made[0][name].decode()


def package_in(folder: Path, table: ReleasedTable, facts: ReleaseFacts) -> Dictionary:
    """Write the data and its descriptor as a recipient has them."""
    (folder / "data").mkdir()
    with Payload(folder) as payload:
        write_records(table, facts, payload, lambda _: None)
        (folder / csv_name(facts)).write_bytes(payload.read(csv_name(facts)))
        file = DataFile(sha256_of(payload.blocks(csv_name(facts))), len(table.columns))
    dictionary = dictionary_of_records(table, facts)
    (folder / "datapackage.json").write_text(data_package(dictionary, file), "utf-8")
    return dictionary


@pytest.mark.filterwarnings("default")  # the validator's own libraries warn
def test_frictionless_validates_descriptor_and_data(nasty: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> None:
    package_in(tmp_path, nasty, facts())
    report = validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert report.tasks[0].stats["rows"] == 240


@pytest.mark.filterwarnings("default")
def test_frictionless_finds_a_label_that_is_not_listed(table: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> None:
    leaving = as_it_leaves(table, np.arange(240))
    package_in(tmp_path, leaving, facts())
    path = tmp_path / csv_name(facts())
    path.write_bytes(path.read_bytes().replace(b'"none"', b'"some"', 1))
    found = validate(str(tmp_path / "datapackage.json")).flatten(["type"])
    assert ["constraint-error"] in found or ["hash-count"] in found or ["hash-count-error"] in found


def test_the_descriptor_has_labels_twice_and_no_extremes(
    table: ReleasedTable, facts: MakeFacts, tmp_path: Path
) -> None:
    package_in(tmp_path, as_it_leaves(table, np.arange(240)), facts())
    text = (tmp_path / "datapackage.json").read_text()
    package = json.loads(text)
    fields = package["resources"][0]["schema"]["fields"]
    assert fields[0]["categories"] == fields[0]["constraints"]["enum"] == ["F", "M"]
    assert fields[3]["type"] == "integer"
    assert "constraints" not in fields[3]
    assert "minimum" not in text
    assert "primaryKey" not in text
    assert not package["resources"][0]["path"].startswith(("/", "http"))


def test_an_open_release_has_its_licence_in_both_descriptors(
    table: ReleasedTable, facts: MakeFacts, tmp_path: Path
) -> None:
    openly = facts(open_release=True)
    dictionary = package_in(tmp_path, as_it_leaves(table, np.arange(240)), openly)
    package = json.loads((tmp_path / "datapackage.json").read_text())
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0 International", "path": "LICENCE"}
    ]
    document = json.loads(croissant(dictionary, DataFile("0" * 64, 4)))
    assert document["license"] == openly.licence.url
    assert [field["name"] for field in document["recordSet"][0]["field"]] == [c.name for c in table.columns]


def test_transformations_name_what_was_dropped_and_no_value(table: ReleasedTable, facts: MakeFacts) -> None:
    text = transformations(as_it_leaves(table, np.arange(240)), facts(), 0)
    assert "surname" in text
    assert "share their values: 20." in text
    assert "1940" not in text
    assert "seed" not in text
