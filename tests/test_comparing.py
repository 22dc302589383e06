from __future__ import annotations

from pathlib import Path

import pytest

from anonymiser import comparing, exploring
from anonymiser.comparing import Pair
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Recipe

SAMPLE = Path(__file__).parents[1] / "sample_data" / "customers.csv"
SAFE = {"gender": 0, "birthdate": 5, "country_of_birth": 3, "postcode": 7, "education_level": 2}


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(read(SAMPLE))


@pytest.fixture
def pair(project: Project) -> Pair:
    return Pair(project.recipe, project.recipe.with_levels(SAFE))


def named(rows: tuple[comparing.Measure, ...], name: str) -> comparing.Measure:
    return next(row for row in rows if row.name == name)


def test_each_measure_says_which_is_better(project: Project, pair: Pair) -> None:
    rows = comparing.measures(project, pair)
    safe = project.assess(pair.right)
    k, detail = named(rows, "smallest group (k)"), named(rows, "detail kept")
    assert (k.left, k.right, k.change) == ("1", str(safe.k), f"+{safe.k - 1}")
    assert k.verdict == "▲ better"
    assert detail.verdict == "▼ worse"
    assert detail.change.startswith("−")
    assert named(rows, "people alone").better is True
    assert named(rows, "discernibility").better is False
    about = [row.about for row in rows]
    assert about == sorted(about)
    assert {"avg_n_drinks_per_week: t-closeness", "entropy lost (bits)", "divergence (KL)"} <= {r.name for r in rows}


def test_turned_round_every_verdict_turns_too(project: Project, pair: Pair) -> None:
    there = comparing.measures(project, pair)
    back = {row.name: row for row in comparing.measures(project, Pair(pair.right, pair.left))}
    for row in there:
        other = back[row.name]
        assert (row.left, row.right) == (other.right, other.left)
        assert row.better is (None if other.better is None else not other.better)


def test_a_setting_does_not_differ_from_itself(project: Project, pair: Pair) -> None:
    same = Pair(pair.left, pair.left)
    assert comparing.differences(same) == ()
    assert {row.verdict for row in comparing.measures(project, same)} == {"= same"}


def test_the_short_list_is_part_of_the_long_one(project: Project, pair: Pair) -> None:
    short, every = comparing.in_short(project, pair), comparing.measures(project, pair)
    assert len(short) == 7
    assert set(short) <= set(every)


def test_levels_and_everything_else_that_differs_are_named(project: Project, pair: Pair) -> None:
    words = {row.what: (row.left, row.right) for row in comparing.level_words(pair)}
    assert words["birthdate"] == ("exact date", "20 years")
    assert words["gender"] == ("exact", "exact")
    assert words["postcode"][1] == "does not leave"
    changed = {row.what for row in comparing.differences(pair)}
    assert changed == {f"{name}: leaves as" for name, level in SAFE.items() if level}
    own = Project(read(SAMPLE))
    own.choose_policy(GOVERNMENT.name)
    told = {row.what: row for row in comparing.differences(Pair(project.recipe, own.recipe))}
    assert told["recipient"].right == GOVERNMENT.name
    assert "k 11" in told["requirements"].right
    assert "alpha 0.5, k 1, values (1 named)" in told["requirements"].left


def test_codes_for_no_value_are_counted_and_not_named(project: Project) -> None:
    plain = project.recipe

    def with_codes(*codes: str) -> Recipe:
        plans = (p.model_copy(update={"missing": codes}) if p.name == "postcode" else p for p in plain.attributes)
        return plain.changed(attributes=tuple(plans))

    for codes, shown in (((), ("0", "2")), (("77", "78"), ("2", "2, others"))):
        told = comparing.differences(Pair(with_codes(*codes), with_codes("998", "999")))
        assert [(row.what, row.left, row.right) for row in told] == [("postcode: codes for no value", *shown)]


def test_sizes_of_groups_stand_in_the_same_bins(project: Project, pair: Pair) -> None:
    own = Project(project.microdata)
    own.choose_policy(GOVERNMENT.name)
    found = comparing.sizes(project, Pair(pair.right, own.recipe))
    assert [b.label for b in found.left] == [b.label for b in found.right]
    assert sum(b.people for b in found.left) == sum(b.people for b in found.right) == 1000
    assert found.asked == (5, 11)
    for bins, k, few in zip((found.left, found.right), found.asked, found.too_few, strict=True):
        assert next(b.low for b in bins if b.safe) == k, "a bin begins at each policy's k"
        assert sum(b.people for b in bins if not b.safe) == few
    assert f"*mine*: {found.too_few[0]:,} in groups of fewer than 5; b: 1,000" in found.told(("*mine*", "b"))


def test_the_same_records_under_both(project: Project, pair: Pair) -> None:
    before = project.recipe
    left, right = comparing.records(project, pair.left), comparing.records(project, pair.right)
    assert left.before == right.before
    assert len(left.after["gender"]) == comparing.RECORDS
    assert left.after["birthdate"] != right.after["birthdate"]
    assert project.recipe == before


def test_one_kept_setting_is_chosen_for_each_recipient() -> None:
    project = Project(read(SAMPLE))
    project.keep("one", "a note")
    project.keep("two")
    project.choose_policy(GOVERNMENT.name)
    project.keep("open")
    comparing.mark(project, "one")
    comparing.mark(project, "open")
    comparing.mark(project, "two")
    marks = {s.name: comparing.chosen_for(s) for s in project.scenarios}
    assert marks == {"one": None, "two": RESEARCHERS.name, "open": GOVERNMENT.name}
    assert comparing.choices(project) == {RESEARCHERS.name: "two", GOVERNMENT.name: "open"}
    assert comparing.note_of(project.scenarios[0]) == "a note"
    comparing.set_note(project, "two", "better\nChosen for: nobody")
    assert comparing.note_of(project.scenarios[1]) == "better Chosen for: nobody"
    again = Project(read(SAMPLE))
    again.load_json(project.to_json())
    assert [comparing.chosen_for(s) for s in again.scenarios] == [None, RESEARCHERS.name, GOVERNMENT.name]
    comparing.unmark(again, "two")
    assert comparing.chosen_for(again.scenarios[1]) is None
    assert comparing.note_of(again.scenarios[1]) == "better Chosen for: nobody"


@pytest.mark.parametrize("column", ["gender", "education_level", "avg_n_drinks_per_week", "cc_status"])
def test_who_disappears_adds_up_to_what_is_deleted(project: Project, pair: Pair, column: str) -> None:
    found = exploring.who_disappears(project, pair.right, column)
    assert sum(found.rows) == 1000
    assert sum(found.gone) == project.assess(pair.right).failing > 0
    assert project.released(pair.right).rows == 1000 - sum(found.gone)
    shares = {
        label: gone / rows for label, gone, rows in zip(found.labels, found.gone, found.rows, strict=True) if rows >= 10
    }
    assert f"'{max(shares, key=shares.__getitem__)}'" in found.worst


def test_nobody_disappears_where_everything_is_hidden(project: Project) -> None:
    hidden = project.recipe.with_levels({plan.name: plan.top for plan in project.recipe.qis})
    found = exploring.who_disappears(project, hidden, "gender")
    assert set(found.gone) == {0}
    assert found.worst == "No group of 10 rows or more loses any."
