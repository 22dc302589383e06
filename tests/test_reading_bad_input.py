"""Bad input: one clear sentence, the file named, and never a cell of it."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymiser.errors import ColumnError, InputError, ReadError
from anonymiser.reading import ReadOptions, guard, read

CELL = "Lorraine"
"""Stands in every bad file; no message may repeat it."""


def refused(source: bytes | Path, name: str | None = "people.csv", **how: object) -> str:
    with pytest.raises(InputError) as caught:
        read(source, name=name, **how)
    message = str(caught.value)
    assert CELL not in message
    assert "\n" not in message
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert message.endswith(".")
    return message


def test_every_message_names_the_file() -> None:
    for source in (b"", b"a,b\n", f"a,b\n{CELL}\n".encode(), b"a,a\n1,2\n", b"\x89PNG\r\n\x1a\n\0\0"):
        assert "people.csv" in refused(source)


def test_an_empty_file() -> None:
    assert "is empty" in refused(b"")
    assert "blank lines" in refused(b"\n\n  \n")
    assert "blank lines" in refused(b"\xef\xbb\xbf")


@pytest.mark.parametrize("source", [b"a,b\n", b"a,b", b"a,b\r\n\r\n", b"name\n", "a;b\n".encode("utf-16")])
def test_a_header_only(source: bytes) -> None:
    assert "no rows" in refused(source)


def test_names_that_stand_twice() -> None:
    message = refused(f"id,sex, id\n{CELL},2,3\n".encode())
    assert "called 'id'" in message
    with pytest.raises(ColumnError):
        read(b"a,a\n1,2\n")
    many = ",".join(f"c{i},c{i}" for i in range(8))
    assert "and 3 more" in refused(f"{many}\n{many.upper()}\n".encode())


@pytest.mark.parametrize("rows_before", [0, 3, 200_000])
def test_ragged_rows_are_found(rows_before: int) -> None:
    text = "a,b,c\n" + "x,y,z\n" * rows_before + f"1,{CELL}\n" + "4,5,6,7\n"
    message = refused(text.encode())
    assert f"row {rows_before + 2:,} " in message
    assert "has 2 cells, but there are 3 columns; 1 more row differs" in message


def test_ragged_rows_after_cells_with_line_breaks() -> None:
    assert "row 3 " in refused(f'a,b\n"x\ny",{CELL}\n{CELL}\n'.encode())


def test_one_cell_above_several() -> None:
    message = refused(f"a\n{CELL},1\nx,2\ny,3\n".encode())
    assert "line 1 has one cell" in message


@pytest.mark.parametrize("rows", [1, 50_000])
def test_a_quote_that_is_not_closed(rows: int) -> None:
    text = "a,b\n" + 'x,"y"\n' * rows + f'1,"{CELL}\n' + "x,y\n" * rows
    assert "quote" in refused(text.encode(), options=ReadOptions(quote='"'))


def test_nul_bytes() -> None:
    assert "line 3 holds a NUL byte" in refused(f"a,b\n{CELL},2\n3,\x004\n".encode())
    late = b"a,b\n" + b"x,y\n" * 500_000 + b"\0,1\n"
    assert "line 500,002 holds a NUL byte" in refused(late)
    assert "line 2 holds a NUL" in refused(f"a,b\n1,\0{CELL}\n".encode("utf-16"))


def test_bytes_that_are_not_utf8_among_some_that_are() -> None:
    text = f"name,town\n{CELL},Málaga\n".encode() + b"Jos\xe9,York\n"
    assert "line 3 is not valid UTF-8" in refused(text)
    assert "line 2 is not valid UTF-8" in refused(b"\xef\xbb\xbfa,b\nJos\xe9,1\n")
    late = "é,b\n".encode() + b"x,y\n" * 600_000 + b"\xff,1\n"
    assert "line 600,002 is not valid UTF-8" in refused(late)
    assert "not valid UTF-8" in refused("a,é\n1,é".encode()[:-1])


def test_bytes_that_do_not_fit_a_chosen_encoding() -> None:
    text = f"a,b\n{CELL},é\n"
    assert "line 2 cannot be read as UTF-16" in refused(f"a,b\n{CELL},é".encode("utf-16")[:-1])
    assert "not valid UTF-8" in refused(text.encode("latin-1"), options=ReadOptions(encoding="utf-8"))
    assert "cannot be read as ascii" in refused(text.encode(), options=ReadOptions(encoding="ascii"))
    for wrong in ("no-such", "hex", "rot13"):
        assert "no encoding called" in refused(text.encode(), options=ReadOptions(encoding=wrong))


def test_a_delimiter_of_two_characters() -> None:
    assert "one character" in refused(b"a::b\n1::2\n", options=ReadOptions(delimiter="::"))


PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (PICTURE, "a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)), "a picture"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"\x1f\x8b\x08\0" + bytes(60), "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xlsx without a password"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "a program"),
        (b"MZ\x90\0\x03" + bytes(100), "a program"),
        (random.Random(1).randbytes(5_000), "control characters"),
        (b"PK\x03\x04" + bytes(100), "damaged archive"),
        (f"<!DOCTYPE html><p>{CELL}</p>\n".encode(), "a web page"),
        (f"<?xml version='1.0'?>\n<a>{CELL}</a>\n".encode(), "an XML document"),
    ],
)
def test_binaries_renamed_csv(source: bytes, what: str) -> None:
    assert what in refused(source)


def test_text_that_begins_like_a_program() -> None:
    assert read(b"MZ,b\n1,2\n").names == ("MZ", "b")


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def test_other_archives() -> None:
    assert "unpack it first" in refused(archive(**{"people.csv": b"a,b\n1,2\n"}))
    assert "Save it as .xlsx" in refused(archive(**{"content.xml": b"<x/>"}), "people.ods")


def test_an_excel_bomb_is_not_unpacked() -> None:
    bomb = archive(**{"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 2**27})
    assert len(bomb) < 2**20
    assert "would unpack to" in refused(bomb, "people.xlsx")


def test_entities_that_multiply_do_no_harm() -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><x>&e11;</x>'.encode()
    assert "damaged workbook" in refused(archive(**{"xl/workbook.xml": laughs, "[Content_Types].xml": laughs}))


def test_damaged_workbooks() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", CELL])
    book.active.append([CELL, 1])
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    for broken in (data[:-100], data[: len(data) // 2], archive(**{"xl/workbook.xml": b"<x/>"})):
        assert "damaged" in refused(broken, "people.xlsx")
    assert "no sheet 'other'" in refused(data, "people.xlsx", sheet="other")
    assert "not what its ending says" in refused(random.Random(1).randbytes(4_000), "people.xlsx")


def test_workbooks_without_a_table() -> None:
    for rows, what in (([], "is empty"), ([["a", "b"]], "no rows"), ([["a", "a"], [CELL, "2"]], "called 'a'")):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        assert what in refused(out.getvalue(), "people.xlsx")


def parquet(table: pa.Table, **how: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **how)
    return out.getvalue()


def test_parquet_bombs_are_not_unpacked() -> None:
    zeros = parquet(pa.table({"x": pa.array([b"0" * 1_000] * 100_000)}), use_dictionary=False, compression="zstd")
    assert "would unpack to" in refused(zeros)
    rows = pa.RecordBatch.from_arrays([pa.nulls(2**20, pa.int8())] * 100, names=[f"c{i}" for i in range(100)])
    assert "would unpack to" in refused(parquet(pa.table(rows)))


def test_limits_of_bombs() -> None:
    guard.check_expansion("x", 1, 2**26)
    guard.check_expansion("x", 2**30, 8 * 2**30)
    with pytest.raises(ReadError):
        guard.check_expansion("x", 2**30, 8 * 2**30 + 1)


def test_damaged_parquet() -> None:
    data = parquet(pa.table({"a": [CELL] * 50, "b": [str(i) for i in range(50)]}))
    for broken in (data[:-30], data[:200], b"PAR1" + bytes(100) + b"PAR1"):
        assert "damaged" in refused(broken, "people.parquet")
    middle = bytearray(data)
    middle[4:120] = bytes(116)
    table = read(bytes(middle))
    with pytest.raises(ReadError, match="damaged"):
        table.column("a")


def test_parquet_without_flat_text() -> None:
    assert "no rows" in refused(parquet(pa.table({"a": pa.array([], pa.string())})))
    assert "'a'" in refused(parquet(pa.table({"a": [[CELL]], "b": ["1"]})))
    assert "'a'" in refused(parquet(pa.table({"a": [CELL.encode()], "b": ["1"]})))
    twice = pa.Table.from_arrays([pa.array([CELL]), pa.array(["1"])], names=["a", "a"])
    assert "called 'a'" in refused(parquet(twice))


def test_a_parquet_file_that_changes_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    path.write_bytes(parquet(pa.table({"a": ["1"]})))
    table = read(path)
    path.write_bytes(parquet(pa.table({"a": ["1", CELL]})))
    with pytest.raises(ReadError, match="changed since"):
        table.column("a")
    path.unlink()
    with pytest.raises(ReadError, match="no longer where it was"):
        table.column("a")


def test_ten_thousand_columns() -> None:
    names = [f"c{i}" for i in range(10_000)]
    row = [CELL] * len(names)
    book = openpyxl.Workbook()
    book.active.append(names)
    book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    for source in (
        f"{','.join(names)}\n{','.join(row)}\n".encode(),
        out.getvalue(),
        parquet(pa.table({name: [CELL] for name in names})),
        ("{" + ",".join(f'"{name}":"{CELL}"' for name in names) + "}\n").encode(),
    ):
        assert "columns; at most 2,000" in refused(source)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f'{{"a": "{CELL}", ', "line 2 is not JSON"),
        (f'["{CELL}"]', "line 2 is not a JSON object"),
        (f'{{"a": ["{CELL}"]}}', "a list or an object in 'a'"),
        (f'{{"a": "{CELL}", "a": "2"}}', "names a key twice"),
        ('{"a":' + "[" * 100_000, "line 2 is not JSON"),
    ],
)
def test_json_that_is_no_table(line: str, what: str) -> None:
    assert what in refused(f'{{"a": "1"}}\n{line}\n'.encode(), "people.jsonl")


def test_json_without_rows() -> None:
    assert "no rows" in refused(b"\n\n", "people.jsonl")
    assert "no rows" in refused(b"{}\n", "people.jsonl")


def test_places_that_are_no_files(tmp_path: Path) -> None:
    for source, what in ((tmp_path / "none.csv", "no file none.csv"), (tmp_path, "is a folder")):
        message = refused(source, None)
        assert what in message
        assert str(tmp_path.parent) not in message
    assert "ordinary file" in refused(Path("/dev/zero"), None)
    assert "cannot be opened" in refused(tmp_path / ("x" * 300), None)
    assert "no file" in refused(Path("a\0b"), None)
