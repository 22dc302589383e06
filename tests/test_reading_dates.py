"""Dates: the order of day and month is found with its evidence, or left to a person."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anonymiser.microdata import Microdata
from anonymiser.reading.dates import DateEvidence, detect_date_format, parse_dates

FORMATS = [
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%B %d, %Y",
]
DAYS = st.lists(st.dates(dt.date(1910, 1, 1), dt.date(2024, 12, 31)), min_size=1, max_size=30)


def evidence(*values: str | None) -> DateEvidence | None:
    return detect_date_format(Microdata.from_columns({"a": values}).column("a"))


@settings(max_examples=200, deadline=None)
@given(DAYS, st.sampled_from(FORMATS))
def test_formats_are_found_when_a_day_is_above_twelve(days: list[dt.date], date_format: str) -> None:
    days = [*days, dt.date(1984, 9, 25)]
    values = [day.strftime(date_format) for day in days]
    found = evidence(*values)
    assert found is not None
    if "%B" in date_format:
        assert found.format.replace("%b", "%B") == date_format
    else:
        assert found.format == date_format
    assert found.share == 1
    assert not found.ambiguous
    assert parse_dates(values, found.format).tolist() == days


@settings(max_examples=100, deadline=None)
@given(DAYS, st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y"]))
def test_nothing_is_guessed_when_no_day_is_above_twelve(days: list[dt.date], date_format: str) -> None:
    days = [day for day in days if day.day <= 12]
    assume(days)
    found = evidence(*(day.strftime(date_format) for day in days))
    assert found is not None
    assert found.ambiguous
    assert found.format is None
    assert date_format in found.candidates


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=12)))
def test_any_text_is_survived(values: list[str]) -> None:
    evidence(*values)
    assert len(parse_dates(values, "%d/%m/%Y")) == len(values)


@pytest.mark.parametrize(
    "values",
    [
        ("abc", "def"),
        ("447700900123", "51157818"),
        ("12345678", "87654321"),
        (None, ""),
        ("1.73", "1.80"),
        ("A+", "O-"),
    ],
)
def test_other_columns_are_no_dates(values: tuple[str, ...]) -> None:
    assert evidence(*values) is None


def test_the_evidence_is_counted_in_records() -> None:
    found = evidence("25/01/1990", "25/01/1990", "01/02/1990", None)
    assert found.sentence == (
        "2 of 3 have a first number above 12, so the day comes first; none has a second number above 12."
    )


def test_a_stray_date_does_not_change_the_order_but_is_counted() -> None:
    found = evidence(*(f"{13 + i % 15}/0{1 + i % 9}/1990" for i in range(300)), "05/25/1990")
    assert found.format == "%d/%m/%Y"
    assert "1 has a second number above 12" in found.sentence
    assert 0.99 < found.share < 1


def test_two_orders_in_one_column_are_left_to_a_person() -> None:
    found = evidence("25/01/1990", "25/02/1990", "01/25/1990")
    assert found.ambiguous
    assert found.format is None
    assert found.candidates == ("%d/%m/%Y", "%m/%d/%Y")


def test_years_of_two_digits_are_flagged() -> None:
    found = evidence("25/01/84", "01/02/90")
    assert found.short_years
    assert found.format == "%d/%m/%y"
    assert "century is a guess" in found.sentence
    assert parse_dates(["25/01/84", "25/01/20"], "%d/%m/%y").tolist() == [dt.date(1984, 1, 25), dt.date(2020, 1, 25)]
    assert evidence("84/01/25").format == "%y/%m/%d"


def test_times_of_day_are_left_out() -> None:
    values = ["2020-01-02 03:04:05.678", "2020-01-02T03:04Z", "2020-01-03"]
    found = evidence(*values)
    assert (found.format, found.timed, found.share) == ("%Y-%m-%d", True, 1)
    assert np.isnat(parse_dates(values, "%Y-%m-%d")).sum() == 0


def test_days_that_do_not_exist_are_no_dates() -> None:
    assert np.isnat(parse_dates(["30/02/2000", "00/01/2000", "01/13/2000", "1/1/0000"], "%d/%m/%Y")).all()
    assert evidence("25/01/1990", "31/02/1990", "26/01/1990").share == pytest.approx(2 / 3)


def test_an_unknown_format_parses_nothing() -> None:
    assert np.isnat(parse_dates(["1990"], "%Y")).all()
