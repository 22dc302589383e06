"""Which columns count, and the same records before and after."""

from __future__ import annotations

import pytest

from anonymiser.attributes import Role
from anonymiser.comparison import before_after
from anonymiser.microdata import Microdata
from anonymiser.picking import can_count, other_columns, with_counting
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Treatment
from sample_data import CUSTOMERS


@pytest.fixture(scope="module")
def microdata() -> Microdata:
    return read(CUSTOMERS)


@pytest.fixture
def project(microdata: Microdata) -> Project:
    return Project(microdata)


def test_a_direct_identifier_cannot_count(project: Project) -> None:
    names = can_count(project.recipe)
    assert "surname" not in names
    assert "postcode" in names


def test_a_column_that_no_longer_counts_does_not_leave(project: Project) -> None:
    recipe = with_counting(project, ["gender", "birthdate"])
    assert [a.name for a in recipe.qis] == ["gender", "birthdate"]
    assert recipe.attribute("postcode").treatment is Treatment.DROP
    assert not recipe.attribute("postcode").leaves


def test_a_column_that_came_to_count_goes_back_to_what_it_was(project: Project) -> None:
    before = project.recipe
    counting = [a.name for a in before.qis]
    assert before.attribute("blood_group").role is Role.SENSITIVE
    project.change_roles(with_counting(project, [*counting, "blood_group"]))
    assert project.recipe.attribute("blood_group").is_qi
    project.change_roles(with_counting(project, counting))
    assert project.recipe.attribute("blood_group").role is Role.SENSITIVE


def test_the_same_choice_changes_nothing(project: Project) -> None:
    assert with_counting(project, [a.name for a in project.recipe.qis]) == project.recipe


def test_other_columns_are_those_that_may_leave_without_counting(project: Project) -> None:
    names = {plan.name for plan in other_columns(project.recipe)}
    assert "avg_n_drinks_per_week" in names
    assert not names & {"surname", "gender", "weight"}


def test_the_records_stay_the_same_while_the_setting_changes(project: Project) -> None:
    first = before_after(project)
    project.choose_policy(RESEARCHERS.name, levels=True)
    second = before_after(project)
    assert first.before == second.before
    assert len(first.before["gender"]) == 20
    assert first.after["birthdate"] != second.after["birthdate"]
    assert first.after["gender"] == first.before["gender"]
    assert set(second.after["surname"]) == {"–"}


def test_after_is_what_the_release_holds(project: Project) -> None:
    project.choose_policy(RESEARCHERS.name, levels=True)
    pair = before_after(project, most=project.microdata.rows)
    released = project.released()
    assert pair.after["record"].count("deleted") == released.suppressed > 0
    kept = [number for number, what in enumerate(pair.after["record"]) if what == "leaves"]
    assert kept == list(released.source_rows)
    for column in released.columns:
        shown = [(*column.labels, "missing")[code] for code in column.codes]
        assert [pair.after[column.name][number] for number in kept] == shown


def test_a_pseudonym_is_named_and_not_made(project: Project) -> None:
    project.change(project.recipe.with_attribute("surname", treatment=Treatment.PSEUDONYM))
    assert set(before_after(project).after["surname"]) == {"a code"}


def test_a_table_of_one_row_has_one_record() -> None:
    project = Project(Microdata.from_columns({"sex": ["F"], "town": ["A"]}))
    project.change_roles(with_counting(project, ["sex", "town"]))
    assert before_after(project).before == {"sex": ("F",), "town": ("A",)}
