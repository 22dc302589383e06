"""Quality findings: true counts, plain sentences, never a value."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import ColumnError
from anonymiser.microdata import MISSING_CODES, Microdata
from anonymiser.quality import Finding, FindingKind, Severity, all_findings, findings
from anonymiser.quality.values import MISSING_WORDS
from anonymiser.reading import look, read
from anonymiser.suggest import suggest

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
shared = pytest.mark.skipif(not SHARED.exists(), reason="HALFTONE_SHARED is not there")


def found(name: str, *values: str | None) -> dict[FindingKind, Finding]:
    return {finding.kind: finding for finding in findings(Microdata.from_columns({name: values}), name)}


@shared
@pytest.mark.shared
def test_the_customers() -> None:
    table = read(SHARED / "data/coursework/customer_information.csv")
    suggestions = suggest(table)
    start = time.process_time()
    every = all_findings(table, suggestions)
    assert time.process_time() - start < 1  # 0.07 s on a quiet machine
    by = {(finding.column, finding.kind): finding for finding in every}
    assert by["phone_number", FindingKind.MANGLED_NUMBER].count == 82
    assert by["phone_number", FindingKind.MANGLED_NUMBER].severity is Severity.PROBLEM
    assert "11 different ways" in by["phone_number", FindingKind.MIXED_FORMATS].sentence
    assert "3 different ways" in by["national_insurance_number", FindingKind.MIXED_FORMATS].sentence
    assert "623 of 1,000" in by["birthdate", FindingKind.DATE_ORDER].sentence
    assert by["postcode", FindingKind.NEARLY_UNIQUE].count == 1_000
    assert ("current_country", FindingKind.CONSTANT) in by
    assert every[0].severity is Severity.PROBLEM
    values = {value for name in table.names for value in table.column(name).values if len(value) > 5}
    assert not [f for f in every if any(value in f.sentence for value in values)]


@shared
@pytest.mark.shared
def test_adult() -> None:
    (finding,) = all_findings(read(SHARED / "data/adult/adult.csv"))
    assert (finding.column, finding.kind, finding.count) == (None, FindingKind.DUPLICATE_ROWS, 10_660)


def test_mangled_numbers() -> None:
    by = found("phone", "4.47701E+11", "07700 900876", "5e+10", "12E3")
    assert by[FindingKind.MANGLED_NUMBER].count == 2
    assert "4.47701E+11" not in by[FindingKind.MANGLED_NUMBER].sentence


def test_spreadsheet_errors() -> None:
    assert found("x", "#REF!", "#DIV/0!", "1", "#N/A")[FindingKind.SPREADSHEET_ERROR].count == 2


def test_whole_numbers_with_decimals() -> None:
    assert found("account number", "51157818.0", "51157819.0")[FindingKind.DECIMAL_ENDING].count == 2
    assert FindingKind.DECIMAL_ENDING not in found("weight", "70.0", "70.5")


def test_lost_zeros() -> None:
    numbers = [str(i * 7_919 % 1_000_000) for i in range(1, 400)]
    assert found("customer number", *numbers)[FindingKind.LOST_ZEROS].count == sum(len(n) in (4, 5) for n in numbers)
    kept = [number.zfill(6) for number in numbers]
    assert FindingKind.LOST_ZEROS not in found("customer number", *kept)


def test_text_among_numbers() -> None:
    by = found("weight", *map(str, range(50, 70)), "heavy", "unknown")
    assert by[FindingKind.NOT_A_NUMBER].count == 1
    assert "heavy" not in by[FindingKind.NOT_A_NUMBER].sentence


def test_impossible_numbers() -> None:
    assert found("age", *map(str, range(20, 60)), "-3", "240")[FindingKind.OUT_OF_RANGE].count == 2
    assert FindingKind.OUT_OF_RANGE not in found("age", *map(str, range(20, 60)))


def test_missing_values() -> None:
    assert found("x", "a", None, "", "n/a")[FindingKind.MISSING].count == 3
    assert found("x", "a", None, "")[FindingKind.MISSING].severity is Severity.CHECK
    assert found("x", "a", "b", "")[FindingKind.MISSING].severity is Severity.NOTE
    assert found("x", None, None)[FindingKind.MISSING].sentence == "No row has a value."


def test_codes_that_may_mean_missing_can_be_declared() -> None:
    table = Microdata.from_columns({"country": ["NA", "na", "Not Known", "France", "Spain"]})
    codes = [f for f in findings(table, "country") if f.kind is FindingKind.MISSING_CODE]
    assert [(f.count, f.codes) for f in codes] == [(2, ("NA", "na")), (1, ("Not Known",))]
    assert codes[0].sentence.startswith("2 of 5 cells say 'NA', which may mean")
    declared = table.with_missing({"country": codes[0].codes + codes[1].codes})
    assert declared.column("country").n_missing == 3
    assert not [f for f in findings(declared, "country") if f.kind is FindingKind.MISSING_CODE]


def test_numbers_that_may_mean_missing() -> None:
    ages = [str(20 + i % 60) for i in range(100)]
    assert found("age", *ages, *["999"] * 3)[FindingKind.MISSING_CODE].codes == ("999",)
    assert found("weight", *ages, *["-1"] * 3)[FindingKind.MISSING_CODE].codes == ("-1",)
    assert FindingKind.MISSING_CODE not in found("age", *ages, "999")
    assert FindingKind.MISSING_CODE not in found("x", *map(str, range(0, 3_000, 3)), *["999"] * 3)


def test_always_missing_codes_are_no_finding() -> None:
    assert FindingKind.MISSING_CODE not in found("x", *MISSING_CODES, "a", "b")


def test_several_ways_of_writing() -> None:
    by = found("ni_number", "ZZ 12 34 56 T", "ZZ123456T", "ZZ 123456 T", "ZZ123457T")
    assert by[FindingKind.MIXED_FORMATS].count == 2
    assert "3 different ways, such as AA999999A" in by[FindingKind.MIXED_FORMATS].sentence
    assert by[FindingKind.DUPLICATE_IDS].count == 3
    by = found("gender", *["Male", "male", "Female", "female", "other"] * 3)
    assert by[FindingKind.MIXED_FORMATS].sentence.startswith("4 values are 2 when")
    assert by[FindingKind.MIXED_FORMATS].count == 12


def test_one_phone_number_in_three_spellings_stands_three_times() -> None:
    by = found(
        "phone", "07700 900876", "+44(0)7700 900876", "+447700900876", "(07700) 900877", "4.47701E+11", "4.47701E+11"
    )
    assert by[FindingKind.DUPLICATE_IDS].count == 3


def test_damaged_characters() -> None:
    assert found("town", "MÃ¡laga", "K\ufffdln", "Málaga", "São Paulo", "York")[FindingKind.DAMAGED_TEXT].count == 2


def test_constant_and_nearly_unique() -> None:
    assert found("x", *["a"] * 5)[FindingKind.CONSTANT].count == 5
    assert FindingKind.CONSTANT not in found("x", "a")
    assert found("weight", *(f"{i}.5" for i in range(40)))[FindingKind.NEARLY_UNIQUE].count == 40
    assert FindingKind.NEARLY_UNIQUE not in found("patient id", *map(str, range(40)))


def test_blanks() -> None:
    assert found("x", " a", "a", "b ")[FindingKind.BLANKS].count == 2


def test_dates() -> None:
    assert found("dob", "01/02/1990", "02/03/1991")[FindingKind.AMBIGUOUS_DATE].severity is Severity.PROBLEM
    assert found("dob", "25/02/84", "02/03/91")[FindingKind.TWO_DIGIT_YEAR].count == 2
    by = found("dob", *["25/02/1984"] * 9, "25/02/1884", "01/01/1900", "25/02/2984", "31/02/1984", "soon")
    assert by[FindingKind.DATE_RANGE].count == 3
    assert "2 on or before 1 January 1900 and 1 in the future" in by[FindingKind.DATE_RANGE].sentence
    assert by[FindingKind.NOT_A_DATE].count == 2
    assert found("dob", "spring", "autumn")[FindingKind.NOT_A_DATE].severity is Severity.PROBLEM


def test_columns_without_a_name() -> None:
    table = read(b"a,,c\n1,2,3\n4,5,6\n")
    assert FindingKind.UNNAMED in {f.kind for f in findings(table, "column 2")}
    assert FindingKind.UNNAMED not in {f.kind for f in findings(table, "c")}


def test_rows_that_stand_twice_or_are_empty() -> None:
    columns = {"a": ["1", "1", "2", None, " "], 'b"; --': ["x", "x", "x", "", None]}
    by = {f.kind: f for f in all_findings(Microdata.from_columns(columns)) if f.column is None}
    assert by[FindingKind.DUPLICATE_ROWS].count == 1
    assert by[FindingKind.EMPTY_ROWS].count == 2


def test_large_tables_say_that_they_were_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_ROWS", 3_000)
    monkeypatch.setattr(look, "SAMPLE_ROWS", 2_000)
    by = found("weight", *(f" {i}.5" for i in range(4_000)))
    assert "2,000 of 2,000 cells looked at (a sample)" in by[FindingKind.BLANKS].sentence
    assert "a sample of 2,000 rows" in by[FindingKind.NEARLY_UNIQUE].sentence


def test_no_such_column() -> None:
    with pytest.raises(ColumnError):
        findings(Microdata.from_columns({"a": ["1"]}), "b")


NAMES = st.sampled_from(["x", "phone", "dob", "age", "ni_number", "gender", "postcode", "id", "weight", "notes"])
VALUES = st.one_of(
    st.none(), st.sampled_from([*MISSING_WORDS, "999", "01/02/1990", "4.47701E+11"]), st.text(max_size=12)
)


@settings(max_examples=80, deadline=None)
@given(NAMES, st.lists(VALUES, min_size=1, max_size=15))
def test_any_column_is_survived_and_no_value_is_said(name: str, values: list[str | None]) -> None:
    table = Microdata.from_columns({name: values})
    for finding in all_findings(table):
        assert 0 < finding.count <= len(values)
        assert finding.sentence.endswith(".")
        for value in values:
            if value and len(value.strip()) > 7 and not value.isascii():
                assert value.strip() not in finding.sentence
