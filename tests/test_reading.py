"""Reading: the cells that went in come out, whatever the format."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anonymiser.microdata import Microdata
from anonymiser.reading import ReadOptions, read

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
NIGHT, NEXT_NIGHT, LATE = (dt.datetime.fromisoformat(f"2020-01-0{text}") for text in ("2", "3", "2T03:04"))
shared = pytest.mark.skipif(not SHARED.exists(), reason="HALFTONE_SHARED is not there")


def cells(table: Microdata) -> dict[str, list[str | None]]:
    return {name: table.source.text(name).to_pylist() for name in table.names}


def write(rows: list[list[str]], **how: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)
    return out.getvalue()


# --- text tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
def test_delimiter_and_encoding_are_found(delimiter: str, encoding: str) -> None:
    rows = [["name", "town"], ["Zoë", "Málaga"], ["Anna", "Köln, Altstadt; Süd|Ost\tWest"], ["Ben", "York"]]
    table = read(write(rows, delimiter=delimiter).encode(encoding), name="people.csv")
    assert cells(table) == {"name": ["Zoë", "Anna", "Ben"], "town": [row[1] for row in rows[1:]]}
    assert table.report.delimiter == delimiter


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(ending: str) -> None:
    table = read(ending.join(["id,sex", "007,F", "008,M"]).encode())
    assert cells(table) == {"id": ["007", "008"], "sex": ["F", "M"]}


def test_nothing_becomes_a_number_or_a_date() -> None:
    values = ["007", "12345678901234567890", "1.10", "4.47701E+11", "true", "2020-01-01", " NA ", "1e5", "-0"]
    table = read(write([["id", "x"], *([v, "a"] for v in values)]).encode())
    assert cells(table)["id"] == values


def test_quoted_cells_keep_line_breaks_delimiters_and_quotes() -> None:
    rows = [["id", "note"], ["1", 'two\nlines, and "quotes"'], ["2", "plain"]]
    table = read(write(rows).encode())
    assert cells(table)["note"] == [row[1] for row in rows[1:]]
    assert "line breaks inside quoted cells" in table.report.notes[-1]


def test_single_quotes_and_backslashes() -> None:
    table = read(b"id,note\n1,'a, b'\n2,'c'\n3,'d'\n")
    assert cells(table)["note"] == ["a, b", "c", "d"]
    table = read(b'id,note\n1,"a \\"b\\", c"\n2,"d"\n3,"e"\n')
    assert cells(table)["note"] == ['a "b", c', "d", "e"]


def test_inches_are_no_quotes() -> None:
    assert cells(read(b'height,n\n5",1\n6",2\n'))["height"] == ['5"', '6"']


def test_one_column() -> None:
    assert cells(read(b"postcode\nAB1 2CD\nEF3 4GH\n")) == {"postcode": ["AB1 2CD", "EF3 4GH"]}
    assert cells(read(b"note\nfine; thanks\nwell, yes\n\nok\n"))["note"] == ["fine; thanks", "well, yes", "ok"]
    assert cells(read(b'note\n"well, yes"\n"so, so"\n"ab, c"\n'))["note"] == ["well, yes", "so, so", "ab, c"]
    assert cells(read(b"id\n1\n2")) == {"id": ["1", "2"]}


def test_one_row() -> None:
    assert cells(read(b"a,b\nx,y\n")) == {"a": ["x"], "b": ["y"]}
    assert cells(read(b"a,b\nx,y")) == {"a": ["x"], "b": ["y"]}


def test_decimal_commas_do_not_mislead() -> None:
    table = read(b"weight;height\n70,5;1,80\n61,2;1,65\n")
    assert cells(table) == {"weight": ["70,5", "61,2"], "height": ["1,80", "1,65"]}


def test_lines_above_the_table() -> None:
    assert cells(read(b"sep=;\na;b\n1;2\n")) == {"a": ["1"], "b": ["2"]}
    assert cells(read(b"\n\na,b\n1,2\n3,4\n")) == {"a": ["1", "3"], "b": ["2", "4"]}
    assert cells(read(b"# exported\na,b\n1,2\n3,4\n")) == {"a": ["1", "3"], "b": ["2", "4"]}
    assert cells(read(b"Members 2024\n\na,b\n1,2\n3,4\n")) == {"a": ["1", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(
    "text",
    [
        "Ann,1980-01-01\nBob,1990-02-02\nEve,1970-03-03\n",
        "Ann,London,F\nBob,Leeds,M\nEve,London,F\n",
        "1,2\n3,4\n5,6\n",
        "Ann,ann@example.org\nBob,bob@example.org\n",
    ],
)
def test_a_person_in_the_first_row_is_no_header(text: str) -> None:
    table = read(text.encode())
    assert table.names[:2] == ("column 1", "column 2")
    assert table.rows == text.count("\n")
    assert not table.report.header
    assert "numbered" in table.report.notes[-1]


def test_a_header_may_be_numbers_or_a_value_of_its_own_column() -> None:
    assert read(b"id,2019,2020\n1,1,2\n2,3,4\n").names == ("id", "2019", "2020")
    assert read(b"id,smoker\n1,smoker\n2,never\n").names == ("id", "smoker")


def test_choices_replace_what_is_found() -> None:
    text = b"a,b\n1,2\n"
    assert read(text, options=ReadOptions(header=False)).rows == 2
    assert read(text, options=ReadOptions(delimiter=";")).names == ("a,b",)
    assert cells(read(b'a,b\n"1,2\n', options=ReadOptions(quote="")))["a"] == ['"1']
    assert cells(read("n\nЖ\n".encode("cp1251"), options=ReadOptions(encoding="cp1251")))["n"] == ["Ж"]


def test_other_alphabets_are_guessed_and_said_to_be() -> None:
    text = "имя;город\nИван;Москва\nАнна;Санкт-Петербург\nОльга;Новосибирск\n"
    table = read(text.encode("cp1251"))
    assert table.names == ("имя", "город")
    assert "guess" in table.report.notes[1]


def test_western_accents_are_said_to_be_uncertain() -> None:
    assert "Windows-1252" in read("name\nJosé\n".encode("latin-1")).report.notes[1]


def test_odd_names_are_kept() -> None:
    names = ["![x](http://example.org/x.png)", "<script>alert(1)</script>", "=cmd()", "a\nb", "DROP TABLE"]
    assert read(write([names, list("12345")]).encode()).names == tuple(names)


def test_empty_names_are_made_up() -> None:
    table = read(b"a,,c,\n1,2,3,4\n")
    assert table.names == ("a", "column 2", "c", "column 4")
    assert table.report.unnamed == ("column 2", "column 4")
    assert read(b"column 2,\n1,2\n").names == ("column 2", "column 2 (no name)")


def test_a_long_row_is_read() -> None:
    assert cells(read(b"id,note\n1," + b"x" * 3_000_000 + b"\n2,y\n"))["note"][1] == "y"


def test_fingerprint_is_the_hash_of_the_bytes(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n"
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    assert read(path).fingerprint == read(data).fingerprint == hashlib.sha256(data).hexdigest()
    assert read(path).name == "people.csv"
    assert read(str(path), name="C:\\files\\mine.csv").name == "mine.csv"


SIMPLE = st.text(st.sampled_from("abcdeXYZ019 éßñ.-"), max_size=8)
WILD = st.text(st.sampled_from("ab1,;|\t\"'\n é"), max_size=8)


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str]) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=12))
    return [[f"name {i}" for i in range(width)], *rows]


@settings(max_examples=80, deadline=None)
@given(
    rows=tables(SIMPLE),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_ordinary_tables_are_read_back(
    rows: list[list[str]], delimiter: str, quoting: int, encoding: str, ending: str
) -> None:
    letters = [c for row in rows[1:] for cell in row for c in cell if c.isalpha()]
    assume(encoding != "cp1252" or sum(not c.isascii() for c in letters) <= 12)  # words of accents are another alphabet
    text = write(rows, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    table = read(text.encode(encoding), options=ReadOptions(header=True))
    assert [list(row) for row in zip(*cells(table).values(), strict=True)] == rows[1:]


@settings(max_examples=150, deadline=None)
@given(rows=tables(WILD), delimiter=st.sampled_from(",;\t|"), quoting=st.sampled_from([0, 1]))
def test_wild_tables_are_read_back_when_the_layout_is_known(
    rows: list[list[str]], delimiter: str, quoting: int
) -> None:
    text = write(rows, delimiter=delimiter, quoting=quoting)
    options = ReadOptions(delimiter=delimiter, quote='"', header=True, encoding="utf-8")
    table = read(text.encode(), options=options)
    assert [list(row) for row in zip(*cells(table).values(), strict=True)] == rows[1:]


def test_no_cell_is_written_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write_text = Path.write_text

    def watched(path: Path, text: str, **how: str) -> int:
        written.append(text)
        return write_text(path, text, **how)

    monkeypatch.setattr(Path, "write_text", watched)
    read("name,dob\nLorraine,05/07/1984\nЖанна,٣/07/1984\n".encode())
    assert [set(text) - set("x10,/\n") for text in written] == [set()]


# --- JSON lines -------------------------------------------------------------------------------------


def test_json_lines() -> None:
    lines = '{"id": 12345678901234567890, "w": 1.10, "ok": true, "n": null}\n\n{"id": "007", "new": "é"}\n'
    for name in ("people.jsonl", "people.csv"):
        table = read(lines.encode(), name=name)
        assert cells(table) == {
            "id": ["12345678901234567890", "007"],
            "w": ["1.10", None],
            "ok": ["true", None],
            "n": [None, None],
            "new": [None, "é"],
        }


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.text(), min_size=1), min_size=1, max_size=6))
def test_json_lines_are_read_back(records: list[dict[str, str]]) -> None:
    text = "".join(json.dumps(record) + "\n" for record in records)
    for name, column in cells(read(text.encode(), name="x.jsonl")).items():
        assert column == [record.get(name) for record in records]


@pytest.mark.parametrize("above", ["# made by a program", "sep=;"])
def test_what_stands_above_the_table_is_left_out_and_said(above: str) -> None:
    table = read(f"{above}\nid;sex\n1;F\n2;M\n#3;F\n".encode())
    assert cells(table) == {"id": ["1", "2", "#3"], "sex": ["F", "M", "F"]}
    assert table.report.notes[1:] == ("1 line above the table, not part of it, left out.",)


def test_a_title_that_could_be_the_names_of_the_columns_is_said() -> None:
    table = read(b"Customers,,\nid,name,age\n1,Ann,30\n2,Bob,40\n")
    assert "If the first row is a title" in table.report.notes[-1]


# --- Excel ------------------------------------------------------------------------------------------


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_shows_what_the_sheet_shows() -> None:
    row = ["007", 447700900876, 62.0, 74.2, dt.date(1984, 7, 5), LATE, True, None, 1e20]
    table = read(workbook(people=[list("abcdefghi"), row]), name="people.xlsx")
    expected = ["007", "447700900876", "62", "74.2", "1984-07-05", "2020-01-02 03:04:00", "TRUE", None, "1E+20"]
    assert [column[0] for column in cells(table).values()] == expected


def test_excel_keeps_zeros_that_a_format_shows() -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "x"])
    book.active.append([7, 1])
    book.active["A2"].number_format = "0000"
    out = io.BytesIO()
    book.save(out)
    assert cells(read(out.getvalue()))["id"] == ["0007"]


def test_excel_sheets_are_chosen() -> None:
    data = workbook(cover=[["a", "b"], ["1", "2"]], people=[["id", "sex"], ["1", "F"]])
    assert read(data).report.sheets == ("cover", "people")
    assert read(data).report.sheet == "cover"
    assert read(data, sheet="people").names == ("id", "sex")
    assert read(data, options=ReadOptions(sheet="people")).names == ("id", "sex")


def test_excel_titles_and_empty_rows_and_columns() -> None:
    rows = [["Members"], [], ["id", "sex", None], ["1", "F"], [], ["2", None, ""], [None, None, None]]
    table = read(workbook(people=rows))
    assert cells(table) == {"id": ["1", "2"], "sex": ["F", None]}
    assert "1 row above" in table.report.notes[1]


def test_excel_formulas_without_result_are_reported() -> None:
    table = read(workbook(people=[["a", "b"], ["1", "=1+1"], ["2", "=A1"]]))
    assert "2 formulas have no stored result" in table.report.notes[1]


def test_excel_reads_the_first_sheet_that_holds_something() -> None:
    assert read(workbook(cover=[], people=[["id", "sex"], ["1", "F"]])).report.sheet == "people"


def test_excel_says_which_cells_only_seem_to_be_filled_or_empty() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Members of the club"], ["region", "age"], ["North", 30], [None, 31], ["South", "#DIV/0!"]):
        sheet.append(row)
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[4].hidden = True
    out = io.BytesIO()
    book.save(out)
    table = read(out.getvalue())
    assert cells(table) == {"region": ["North", None, "South"], "age": ["30", "31", None]}
    notes = " ".join(table.report.notes)
    assert "1 cell is merged over several rows" in notes
    assert "hidden in the sheet were read as well" in notes
    assert "1 cell holds an error of Excel's" in notes


def test_excel_says_nothing_of_what_is_not_there() -> None:
    assert len(read(workbook(people=[["id", "sex"], ["1", "F"]])).report.notes) == 1


def test_a_workbook_called_csv_is_read_as_what_it_is() -> None:
    table = read(workbook(people=[["a", "b"], ["1", "2"]]), name="people.csv")
    assert cells(table) == {"a": ["1"], "b": ["2"]}
    assert "Excel workbook" in table.report.notes[0]


# --- Parquet ----------------------------------------------------------------------------------------


def parquet(table: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def test_parquet_types_become_text(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array(["007", None]),
            "phone": pa.array([447700900876.0, None]),
            "weight": pa.array([74.25, float("nan")]),
            "born": pa.array([dt.date(1984, 7, 5), None]),
            "seen": pa.array([NIGHT, NEXT_NIGHT]),
            "at": pa.array([LATE, NEXT_NIGHT]),
            "price": pa.array([Decimal("1.50"), None]),
            "sex": pa.array(["F", "M"]).dictionary_encode(),
            "level": pa.array([1, 2]).dictionary_encode(),
            "big": pa.array([2**63 - 1, None]),
            "ok": pa.array([True, None]),
            "none": pa.nulls(2),
        }
    )
    expected = {
        "id": ["007", None],
        "phone": ["447700900876", None],
        "weight": ["74.25", "nan"],
        "born": ["1984-07-05", None],
        "seen": ["2020-01-02", "2020-01-03"],
        "at": ["2020-01-02 03:04:00", "2020-01-03 00:00:00"],
        "price": ["1.50", None],
        "sex": ["F", "M"],
        "level": ["1", "2"],
        "big": [str(2**63 - 1), None],
        "ok": ["true", None],
        "none": [None, None],
    }
    path = tmp_path / "people.parquet"
    path.write_bytes(parquet(table))
    for source in (path, parquet(table)):
        loaded = read(source)
        assert cells(loaded) == expected
        batch = next(loaded.source.batches(loaded.names, 10))
        assert batch.to_pydict() == expected
        assert {field.type for field in batch.schema} == {pa.string()}
        assert loaded.column("weight").n_missing == 1


def test_parquet_names_with_dots_and_without_letters() -> None:
    table = pa.table([pa.array(["1"]), pa.array(["2"]), pa.array(["3"])], names=["a", "a.b", ""])
    assert cells(read(parquet(table))) == {"a": ["1"], "a.b": ["2"], "column 3": ["3"]}


def test_parquet_times_of_a_place_are_those_of_its_clocks() -> None:
    seen = pa.array(
        [dt.datetime(2020, 6, 30, 23, 0, tzinfo=dt.UTC), dt.datetime(2020, 12, 1, 9, 30, tzinfo=dt.UTC)],
        pa.timestamp("us", "Europe/London"),
    )
    assert cells(read(parquet(pa.table({"seen": seen}))))["seen"] == [
        "2020-07-01 00:00:00+0100",
        "2020-12-01 09:30:00+0000",
    ]


# --- real input -------------------------------------------------------------------------------------


@shared
@pytest.mark.shared
def test_adult_is_read() -> None:
    table = read(SHARED / "data/adult/adult.csv")
    assert (table.rows, len(table.names), table.report.delimiter) == (30_162, 9, ";")
    assert table.column("salary-class").counts.tolist() == [22_654, 7_508, 0]


@shared
@pytest.mark.shared
def test_the_customers_are_read() -> None:
    table = read(SHARED / "data/coursework/customer_information.csv")
    assert (table.rows, len(table.names)) == (1_000, 18)
    with (SHARED / "data/coursework/customer_information.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [list(row) for row in zip(*cells(table).values(), strict=True)] == rows[1:]
    assert len(table.report.notes) == 1
