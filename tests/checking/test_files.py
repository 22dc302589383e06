"""Rows about people, sentences, and what files say about themselves."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typst
import xlsxwriter
from pptx import Presentation

from anonymiser.checking import Question, Review, Rule, check_source_order, review
from anonymiser.checking.rows import identifier_in

GENERATOR = np.random.default_rng(7)


def people(**columns: list[str]) -> bytes:
    """Sixty rows in six alike groups, shuffled, and the given columns."""
    frame = pd.DataFrame({"sex": ["F", "M"] * 30, "age": ["20–39", "40–59", "60–79"] * 20})
    frame = frame.sample(frac=1, random_state=3)
    for name, values in columns.items():
        frame[name] = values
    return frame.to_csv(index=False).encode()


def rules_of(found: Review) -> set[Rule]:
    return {finding.rule for finding in found.findings}


def check(name: str, content: bytes, **asked: object) -> Review:
    return review({name: content}, Question(**asked))  # type: ignore[arg-type]


def test_rows_in_groups_pass() -> None:
    found = check("rows.csv", people())
    assert not found.findings
    assert found.looked_at[-1].taken_as == "rows about people: 60 rows"
    assert any("which columns an outsider may know" in sentence for sentence in found.not_judged)


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+A1", "\tx", "＝1"])
def test_formulas_in_cells(cell: str) -> None:
    values = ["a"] * 59 + [cell]
    assert Rule.FORMULA in rules_of(check("rows.csv", people(note=values)))


def test_negative_numbers_are_no_formulas() -> None:
    assert not check("rows.csv", people(change=["-5.2", "+3 %"] * 30), qis=("sex", "age")).findings


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (["020 7946 0018"], "telephone"),
        (["+44 7700 900123"], "telephone"),
        (["AB 12 34 56 C"], "National Insurance"),
        (["943 476 5919"], "NHS"),
        (["someone@example.org"], "e-mail"),
        (["SW1A 1AA"], "postcode"),
        (["sw1a1aa"], "postcode"),
    ],
)
def test_identifiers_by_their_pattern(values: list[str], what: str) -> None:
    found = check("rows.csv", people(note=["seen"] * 59 + values))
    (finding,) = [f for f in found.findings if f.rule is Rule.IDENTIFIER]
    assert what in finding.sentence
    assert finding.place == "column 3"
    assert values[0] not in finding.words


@pytest.mark.parametrize("text", ["943 476 5918", "1980–1999", "2026-11-22", "12.5 to 18.4", "AB", "level B12"])
def test_what_is_no_identifier(text: str) -> None:
    assert identifier_in(text) is None


def test_exact_numbers_are_fingerprints() -> None:
    found = check("rows.csv", people(weight=[f"{60 + i / 7:.3f}" for i in range(60)]))
    assert {Rule.IDENTIFIER, Rule.ALONE} <= rules_of(found)


def test_rows_that_are_alone_in_the_columns_that_point_at_people() -> None:
    content = people(district=["x"] * 59 + ["y"])
    assert rules_of(check("rows.csv", content, qis=("sex", "age", "district"))) == {Rule.ALONE}
    assert not check("rows.csv", content, qis=("sex", "age")).findings


def test_rows_in_the_order_of_a_column() -> None:
    frame = pd.read_csv(io.BytesIO(people())).sort_values("age")
    (finding,) = check("rows.csv", frame.to_csv(index=False).encode()).findings
    assert (finding.rule, finding.place) == (Rule.ORDER, "column 2")


def test_an_index_is_found() -> None:
    frame = pd.read_csv(io.BytesIO(people()))
    assert Rule.ORDER in rules_of(check("rows.csv", frame.to_csv().encode(), qis=("sex", "age")))


def test_rows_that_kept_their_neighbours() -> None:
    assert list(check_source_order("rows.csv", np.arange(500)))
    assert not list(check_source_order("rows.csv", GENERATOR.permutation(500)))


def test_parquet_of_pandas_carries_limits_and_notes() -> None:
    frame = pd.read_csv(io.BytesIO(people()))
    frame["age"] = frame["age"].astype(pd.CategoricalDtype(["20–39", "40–59", "60–79", "80–99"]))
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    assert {Rule.EXTREME, Rule.METADATA} <= rules_of(check("rows.parquet", buffer.getvalue()))


def test_plain_parquet_passes() -> None:
    frame = pd.read_csv(io.BytesIO(people()))
    table = pa.table({name: pa.array(frame[name].tolist()) for name in frame})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, write_statistics=False, store_schema=False)
    assert not check("rows.parquet", buffer.getvalue()).findings


def test_a_workbook_of_excels_kind_names_its_author_and_minute() -> None:
    book = openpyxl.Workbook()
    book.active.append(["region", "people"])
    book.active.append(["North", 20])
    book.active.append(["South", "=1+1"])
    book.properties.creator = "A. Person"
    buffer = io.BytesIO()
    book.save(buffer)
    found = check("t.xlsx", buffer.getvalue())
    assert {Rule.METADATA, Rule.FORMULA} <= rules_of(found)
    assert "A. Person" not in " ".join(finding.words for finding in found.findings)


def test_a_clean_workbook_passes() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 3, 1, tzinfo=UTC)})
    sheet = book.add_worksheet("Counts")
    for row, cells in enumerate([("region", "people"), ("North", "20"), ("South", "35")]):
        sheet.write_row(row, 0, cells)
    book.close()
    assert not check("t.xlsx", buffer.getvalue()).findings


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks, (b"IDAT", zlib.compress(b"\0\0"))]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*parts, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_picture_with_words() -> None:
    assert rules_of(check("p.png", png((b"tEXt", b"Author\0A. Person")))) == {Rule.METADATA}
    clean = check("p.png", png())
    assert not clean.findings
    assert "for you to judge" in clean.not_judged[0]


def test_a_page_that_asks_another_host() -> None:
    assert rules_of(check("p.html", b"<p>Hello</p><img src='https://example.org/x.png'>")) == {Rule.ACTIVE}
    assert rules_of(check("p.html", b"<!-- by A. Person --><p>Hello</p>")) == {Rule.METADATA}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("In Devon 3 people have the illness.", True),
        ("We saw 5 patients with it.", True),
        ("Everybody shares their row with at least 4 others, in groups of at least 5 people.", False),
        ("The smallest group has 5 people.", False),
        ("3 records were deleted.", False),
        ("In Devon 120 people have the illness.", False),
        ("Fewer than 8 people have it.", False),
    ],
)
def test_small_counts_in_sentences(sentence: str, found: bool) -> None:  # noqa: FBT001
    assert (Rule.SMALL_COUNT in rules_of(check("notes.md", sentence.encode()))) is found


def test_a_telephone_number_in_a_document_may_be_the_owners() -> None:
    text = b"Call us: 020 7946 0018."
    assert not check("README.md", text).findings
    assert any("owner's own" in sentence for sentence in check("README.md", text).not_judged)
    assert not check("README.md", text, own=("020 7946 0018",)).findings
    assert rules_of(check("README.md", text, own=("020 7946 0999",))) == {Rule.IDENTIFIER}


def test_a_dictionary_that_says_what_the_rows_say_is_exact() -> None:
    """Small, unrounded counts may stand where anyone can count them again."""
    rows = pd.read_csv(io.BytesIO(people(district=["x"] * 56 + ["y"] * 4)))
    listed = "column,label,records\ndistrict,x,56\ndistrict,y,4\n"
    files = {"rows.csv": rows.to_csv(index=False).encode(), "DATA_DICTIONARY.csv": listed.encode()}
    asked = Question(qis=("sex", "age"))
    assert not review(files, asked).findings
    files["DATA_DICTIONARY.csv"] = listed.replace(",4", ",6").encode()
    assert Rule.SMALL_COUNT in rules_of(review(files, asked))
    files["DATA_DICTIONARY.csv"] = (listed + "district,z,0\n").encode()
    assert Rule.LEFTOVER in rules_of(review(files, asked))


def test_a_sealed_file_is_not_judged() -> None:
    found = review({"payload.tar.age": b"age-encryption.org/v1\n", "README.md": b"Hello."})
    assert any("sealed" in sentence for sentence in found.not_judged)


def test_a_file_that_would_unpack_to_far_more_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bytes(2**27))
    found = check("t.xlsx", buffer.getvalue())
    assert found.looked_at[0].taken_as == "could not be read"
    assert "would unpack" in found.not_judged[0]


def test_what_the_program_brings_along_is_known() -> None:
    page = b"<script>open()</script>"
    assert not check("decrypt.html", page, built=(page,)).findings
    assert rules_of(check("decrypt.html", page + b" ", built=(page,))) == {Rule.ACTIVE}


def test_slides_and_documents_that_say_who_made_them() -> None:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "In Devon 3 people have it"
    slide._element.set("show", "0")
    show.core_properties.author = "A. Person"
    buffer = io.BytesIO()
    show.save(buffer)
    found = check("s.pptx", buffer.getvalue())
    assert {Rule.METADATA, Rule.SMALL_COUNT} == rules_of(found)
    told = " ".join(finding.sentence for finding in found.findings)
    for what in ("thumbnail", "names a person", "is hidden", "time at which"):
        assert what in told
    assert "A. Person" not in told


def test_a_word_document_with_a_small_table() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>' for cell in row)}</w:tr>"
        for row in (("region", "people"), ("North", "20"), ("South", "3"))
    )
    words = "<w:p><w:r><w:t>By region:</w:t></w:r></w:p>"
    body = f"<w:document {space}><w:body>{words}<w:tbl>{rows}</w:tbl></w:body></w:document>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), body)
        archive.writestr(zipfile.ZipInfo("word/comments.xml"), "<comments/>")
    found = check("d.docx", buffer.getvalue())
    assert {(f.rule, f.table, f.place) for f in found.findings} == {
        (Rule.METADATA, "", ""),
        (Rule.SMALL_COUNT, "table 1", "column 2, row 2"),
    }


def test_a_pdf_that_names_its_author() -> None:
    minute = "datetime(year: 2026, month: 3, day: 1, hour: 9, minute: 5, second: 7)"
    named = f'#set document(author: "A. Person", date: {minute})\nHi'
    found = check("r.pdf", typst.compile(named.encode()))
    assert rules_of(found) == {Rule.METADATA}
    assert len(found.findings) >= 2
    assert not check("r.pdf", typst.compile(b"#set document(date: none)\nHi")).findings
    assert rules_of(check("r.pdf", b"%PDF-1.7 broken")) <= {Rule.METADATA}


def test_a_notebook_that_kept_its_outputs() -> None:
    cell = {"cell_type": "code", "source": "rows", "outputs": [{"output_type": "display_data"}], "metadata": {}}
    found = check("n.ipynb", json.dumps({"cells": [cell], "nbformat": 4}).encode())
    assert rules_of(found) == {Rule.METADATA}
    assert "1 cell with outputs" in found.findings[0].sentence


def test_a_fingerprint_is_no_telephone_number() -> None:
    """By chance its digits read like one; a number beside it is still seen."""
    fingerprint = "0123 4567 8901 ab12 " * 4
    assert identifier_in(f"Its fingerprint is {fingerprint}.", prose=True) is None
    assert identifier_in(f"Hash {'0123456789' * 6}abcd.", prose=True) is None
    assert identifier_in(f"{fingerprint}, or call 020 7946 0018.", prose=True) == "UK telephone numbers"
