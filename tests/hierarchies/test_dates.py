from __future__ import annotations

import numpy as np
import pytest

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import DateSpec, dates_for, preview
from anonymiser.microdata import Column, Microdata

OTHER = "other / not recognised"


def born(*values: str | None) -> Column:
    return Microdata.from_columns({"born": values}).column("born")


def test_worked_example() -> None:
    spec = DateSpec()
    assert spec.level_names == ("exact date", "month", "year", "5 years", "10 years", "20 years", "hidden")
    hierarchy = spec.build(born("05/07/1984", "17/06/1997", "01/01/1980", None))
    assert hierarchy.labels == (
        ("01/01/1980", "05/07/1984", "17/06/1997", "missing"),
        ("1980-01", "1984-07", "1997-06", "missing"),
        ("1980", "1984", "1997", "missing"),
        ("1980–1984", "1995–1999", "missing"),
        ("1980–1989", "1990–1999", "missing"),
        ("1980–1999", "missing"),
        ("*",),
    )


@pytest.mark.parametrize("bad", ["31/02/1980", "1980-05-01", "", "n/k", "00/00/0000", "1/13/1980", "05/07/19844"])
def test_what_is_no_date_stays_and_stands_apart(bad: str) -> None:
    column = Column("born", ("05/07/1984", bad), np.array([0, 1], dtype=np.uint8))
    hierarchy = DateSpec().build(column)
    assert hierarchy.leaves == ("05/07/1984", bad)
    assert [labels[-1] for labels in hierarchy.labels[1:-1]] == [OTHER] * 5
    assert DateSpec().unseen(column) == (bad,)


def test_far_dates_have_bands_too() -> None:
    hierarchy = DateSpec(steps=("20 years",)).build(born("01/01/0999", "01/01/9999", "29/02/2000"))
    assert hierarchy.labels[1] == ("980–999", "2000–2019", "9980–9999")


def test_a_time_of_day_is_ignored() -> None:
    spec = DateSpec(format="%Y-%m-%d", steps=("day", "month"))
    hierarchy = spec.build(born("1984-07-05", "1984-07-05 00:00:00", "1984-07-05T12:30:00.000Z"))
    assert hierarchy.labels[1] == ("1984-07-05",)
    assert DateSpec(format="%d/%m/%Y %H:%M", steps=("year",)).build(born("05/07/1984 23:59")).labels[1] == ("1984",)


def test_years_of_two_digits_do_not_lie_in_the_future() -> None:
    spec = DateSpec(format="%d/%m/%y", steps=("year",), latest=2026)
    assert spec.build(born("29/02/56", "05/07/84", "05/07/04")).labels[1] == ("1956", "1984", "2004")
    assert dates_for(born("05/07/55"), "%d/%m/%y").build(born("05/07/55")).labels[2] == ("1955",)


@pytest.mark.parametrize(
    "steps", [("5 years", "8 years"), ("year", "month"), ("month", "month"), ("week",), ("0 years",)]
)
def test_steps_that_do_not_nest_are_refused(steps: tuple[str, ...]) -> None:
    with pytest.raises(HierarchyError):
        DateSpec(steps=steps)


@pytest.mark.parametrize("bad", ["%Q", "%d/%m", "", "%Y%", "%Y-%m-%d%z"])
def test_formats_that_cannot_be_read_are_refused(bad: str) -> None:
    with pytest.raises(HierarchyError, match="format of a date"):
        DateSpec(format=bad)


def test_bands_start_at_the_origin() -> None:
    spec = DateSpec(steps=("5 years", "20 years"), origin=1965)
    assert spec.build(born("01/01/1955", "31/12/1984", "01/01/1985")).labels[1:3] == (
        ("1955–1959", "1980–1984", "1985–1989"),
        ("1945–1964", "1965–1984", "1985–2004"),
    )


def test_open_ends_nest() -> None:
    spec = DateSpec(steps=("year", "5 years", "20 years"), first=1940, last=1996)
    years = [1921, 1939, 1940, 1958, 1960, 1979, 1980, 1995, 2003]
    hierarchy = spec.build(born(*(f"01/01/{year}" for year in years)))
    assert hierarchy.labels[2] == (
        "before 1940",
        "1940–1944",
        "1955–1959",
        "1960–1964",
        "1975–1979",
        "1980–1984",
        "1995 or later",
    )
    assert hierarchy.labels[3] == ("before 1940", "1940–1959", "1960–1979", "1980 or later")
    meeting = DateSpec(steps=("5 years", "20 years"), first=1986, last=1994).build(born("01/01/1981", "01/01/1994"))
    assert meeting.labels[1:3] == (("before 1990", "1990 or later"), ("any date",))


def test_the_suggestion_counts_bands_back_from_the_youngest() -> None:
    years = [*range(1955, 2004)] * 10
    spec = dates_for(born(*(f"01/0{1 + i % 9}/{year}" for i, year in enumerate(years))), "%d/%m/%Y")
    assert spec.origin == 5
    assert (spec.first, spec.last) == (None, None)


def test_the_suggestion_leaves_nobody_alone_at_an_end() -> None:
    column = born(
        *(f"{day:02}/03/{year}" for year in range(1950, 2000) for day in range(1, 4)), "01/01/1907", "01/01/2012"
    )
    spec = dates_for(column, "%d/%m/%Y", min_count=5)
    for level in (3, 4, 5):
        counted = preview(spec.build(column), column, level)
        assert counted[0][1] >= 5
        assert counted[-1][1] >= 5
        assert counted[0][0].startswith("before")
        assert counted[-1][0].endswith("or later")


def test_a_suggestion_for_few_or_no_dates() -> None:
    assert dates_for(born("n/k"), "%d/%m/%Y") == DateSpec()
    assert dates_for(born("01/01/1980"), "%d/%m/%Y").first is None
