"""Attacks where one person has several records: people are counted, never their rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attacking import search, words
from anonymiser.attributes import Role
from anonymiser.editing import with_roles
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.risk.knowledge import Fact, View
from anonymiser.risk.match_counts import match_counts
from anonymiser.risk.windows import Window


def visits() -> Project:
    """Five rows of one person in the north, five people with a row each in the south."""
    table = {
        "patient": ["p1"] * 5 + ["p2", "p3", "p4", "p5", "p6"],
        "area": ["north"] * 5 + ["south"] * 5,
        "sex": ["F", "M"] * 5,
    }
    project = Project(Microdata.from_columns(table))
    roles = {"patient": Role.PERSON, "area": Role.QUASI, "sex": Role.QUASI}
    project.change(with_roles(project.recipe, roles, project.policy).changed(requirements=()))
    return project


def test_five_rows_of_one_person_hide_nobody() -> None:
    project = visits()
    found = search.search(project, (Fact("area"),), None)
    north, _ = search.learnt(project, found, 0)
    south, _ = search.learnt(project, found, 9)
    assert (north.before, north.after, south.after) == (1, 1, 5)
    assert "every row that fits is Alex's" in words.answer(north, ("area",), 2).headline
    assert "one of 5 people whose rows fit" in words.answer(south, ("area",), 2).headline
    (alone,) = search.singled_out(project, ((Fact("area"),),), None, None)
    assert (alone.people, alone.original, alone.released) == (10, 5, 5)
    assert words.cards(north, alone)[0].label == "People in your table"
    assert search.exposed(found, None)[0].after == 1


def test_column_pairs_look_at_one_row_of_each_person() -> None:
    found = search.worst_columns(visits(), None, None)
    assert found.records == 6
    assert found.pairs[0].before.unique_records >= 1


@st.composite
def views(draw: st.DrawFn) -> View:
    rows = draw(st.integers(1, 25))
    people = np.array(draw(st.lists(st.integers(-1, 6), min_size=rows, max_size=rows)), dtype=np.int64)
    windows = []
    for _ in range(draw(st.integers(0, 3))):
        codes = np.array(draw(st.lists(st.integers(0, 5), min_size=rows, max_size=rows)), dtype=np.int64)
        slack = draw(st.integers(0, 2))
        low, high = np.maximum(codes - slack, 0), np.minimum(codes + slack, 5)
        windows.append(Window(f"w{len(windows)}", codes, low, high, 6, slack == 0))
    present = draw(st.none() | st.lists(st.booleans(), min_size=rows, max_size=rows).map(np.array))
    return View(rows, tuple(windows), present, people)


@given(view=views())
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_each_search_alone(view: View) -> None:
    assert match_counts(view).tolist() == [view.people_among(view.matches(row)) for row in range(view.rows)]


def test_another_row_of_the_same_person_is_hers_too() -> None:
    """The row asked about is deleted; whoever knows the area alone finds her other rows, and nobody else's."""
    project = visits()
    present = np.ones(10, dtype=np.bool_)
    present[0] = False
    area = search.search(project, (Fact("area"),), present)
    north, _ = search.learnt(project, area, 0)
    assert (north.released, north.after) == (True, 1)
    assert not words.answer(north, ("area",), 2).safe
    assert search.try_intruder(area, 10, 1).after.certain_right == 5
    (alone,) = search.singled_out(project, ((Fact("area"),),), present, None)
    assert alone.released == 5
    present[2] = present[4] = False  # no row of hers is a woman's any more
    exact = search.search(project, (Fact("area"), Fact("sex")), present)
    gone, _ = search.learnt(project, exact, 0)
    assert (gone.released, gone.after) == (False, 0)
    assert search.worst_columns(project, None, present).pairs[0].after.rows == 6


@given(view=views(), present=st.integers(0, 2**25 - 1))
@settings(max_examples=40, deadline=None)
def test_whose_rows_are_found_is_plain_counting(view: View, present: int) -> None:
    there = np.array([bool(present >> row & 1) for row in range(view.rows)])
    seen = View(view.rows, view.windows, there, view.people)
    whose = np.asarray(view.people)
    expected = [
        bool(there[row] or (whose[row] >= 0 and (whose[seen.matches(row)] == whose[row]).any()))
        for row in range(view.rows)
    ]
    assert seen.holds(np.arange(view.rows)).tolist() == expected
