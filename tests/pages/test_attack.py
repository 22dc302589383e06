"""The attack page, driven through the real app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.attacking import facts, search
from anonymiser.microdata import Microdata
from anonymiser.project import Project

Open = Callable[[str], AppTest]
PARTS = (
    "Most exposed",
    "Column combinations",
    "Precision",
    "Motivated intruder",
    "Without any search",
    "Hashes",
)


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def figure(app: AppTest, label: str) -> int:
    return int(next(m.value for m in app.metric if m.label == label).replace(",", ""))


def headline(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("### "))


def texts(app: AppTest) -> str:
    labels = [s.label for s in app.select_slider]
    frames = [frame.value.to_string() for frame in app.dataframe]
    return "\n".join([*labels, *frames, *(str(e.value) for e in (*app.markdown, *app.caption, *app.error))])


def part(app: AppTest, name: str) -> AppTest:
    app.session_state["attack-parts"] = name
    app.run()
    assert not app.exception
    assert not app.error
    return app


@pytest.fixture
def safe(open_app: Open) -> AppTest:
    """The page at the levels of the researchers' policy."""
    app = open_app("attack")
    project(app).choose_policy(project(app).policy.name, levels=True)
    return app.run()


def test_nothing_hides_alex_before_anything_is_blurred(open_app: Open) -> None:
    app = open_app("attack")
    assert not app.exception
    assert figure(app, "Rows in your table") == 1
    assert figure(app, "Rows in the release") == 1
    assert figure(app, "People singled out") == 1000
    assert "it is Alex's" in headline(app)


def test_the_policy_hides_alex_among_as_many_as_the_engine_counts(safe: AppTest) -> None:
    opened = project(safe)
    safe.number_input("attack-row").set_value(17).run()
    knowledge = facts.knowing([plan.name for plan in opened.recipe.qis])
    found = search.search(opened, knowledge, search.present_rows(opened))
    matched, _ = search.learnt(opened, found, 16)
    assert figure(safe, "Rows in your table") == matched.before
    assert figure(safe, "Rows in the release") == matched.after
    assert figure(safe, "People singled out") == 0


def test_another_person_is_somebody_else(open_app: Open) -> None:
    app = open_app("attack")
    before = app.number_input("attack-row").value
    app.button("attack-other").click().run()
    assert app.number_input("attack-row").value != before
    assert not app.exception


def test_knowing_less_finds_more(open_app: Open) -> None:
    app = open_app("attack")
    app.multiselect("attack-known").set_value(["gender"]).run()
    assert figure(app, "Rows in your table") > 100
    assert figure(app, "People singled out") == 0
    app.multiselect("attack-known").set_value(["weight", "height"]).run()
    exact = figure(app, "Rows in your table")
    next(s for s in app.select_slider if "weight" in s.label).set_value(0).run()
    assert figure(app, "Rows in your table") >= exact
    assert "± 20 kg" in texts(app)
    app.multiselect("attack-known").set_value([]).run()
    assert not app.exception
    assert figure(app, "Rows in your table") == 1000


def test_what_is_known_is_remembered_from_page_to_page(open_app: Open) -> None:
    app = open_app("attack")
    app.multiselect("attack-known").set_value(["gender", "weight"]).run()
    next(s for s in app.select_slider if "weight" in s.label).set_value(2).run()
    person = app.number_input("attack-row").value
    app.switch_page("pages/tune.py").run()
    app.switch_page("pages/attack.py").run()
    assert app.multiselect("attack-known").value == ["gender", "weight"]
    assert next(s for s in app.select_slider if "weight" in s.label).value == 2
    assert app.number_input("attack-row").value == person


@pytest.mark.parametrize("name", PARTS)
def test_every_part_opens(safe: AppTest, name: str) -> None:
    part(safe, name)
    assert texts(safe)


def test_an_intruder_is_tried_with_the_table_and_the_release(safe: AppTest) -> None:
    part(safe, "Motivated intruder")
    safe.button("attack-try").click().run()
    assert "Looking for 100 people: with your table 100 (100 %)" in texts(safe)
    assert "95 % interval" in texts(safe)
    safe.multiselect("attack-known").set_value(["gender"]).run()
    assert "Not tried yet" in texts(safe)


def test_a_hash_is_measured_live(safe: AppTest) -> None:
    part(safe, "Hashes")
    safe.button("attack-measure").click().run()
    assert "extrapolated" in texts(safe)
    assert "secret key" in texts(safe)


def test_presentation_mode_shows_no_value_of_anybody(safe: AppTest) -> None:
    opened = project(safe)
    safe.number_input("attack-row").set_value(17).run()
    values = {
        name: column.values[int(column.codes[16])]
        for name in ("birthdate", "postcode", "country_of_birth", "avg_n_cigaret_per_week", "blood_group")
        for column in (opened.microdata.column(name),)
    }
    assert values["postcode"] in texts(safe)
    safe.toggle("presenting").set_value(True).run()
    for name in PARTS:
        part(safe, name)
        for value in values.values():
            assert value not in texts(safe).split()
            assert f"{value}:" not in texts(safe)


@pytest.mark.parametrize("rows", [1, 2])
def test_tiny_tables_are_no_trouble(open_app: Open, rows: int) -> None:
    app = open_app("attack")
    table = Microdata.from_columns({"sex": ["F"] * rows, "town": ["A"] * rows}, "tiny.csv")
    app.session_state["project"] = Project(table)
    app.run()
    for name in PARTS:
        app.session_state["attack-parts"] = name
        app.run()
        assert not app.exception


def test_hostile_names_and_values_stay_text(open_app: Open) -> None:
    app = open_app("attack")
    name = "![x](http://example.org/x.png)"
    values = [f"![{i}](http://example.org/{i}.png)" for i in range(40)]
    app.session_state["project"] = Project(Microdata.from_columns({name: values, "sex": list("FM") * 20}, "t"))
    app.run()
    for known in app.multiselect("attack-known").options:
        assert "![" not in known.replace("!&#91;", "")
    app.multiselect("attack-known").set_value([name]).run()
    assert not app.exception
    shown = [s.label for s in app.select_slider] + [m.value for m in (*app.markdown, *app.caption)]
    assert "![" not in "\n".join(shown).replace("!&#91;", "")


def test_a_real_attempt_is_recorded_and_kept(safe: AppTest) -> None:
    part(safe, "Motivated intruder")
    safe.text_input("attempt-who").set_value("Two students")
    safe.text_area("attempt-sources").set_value("public profiles")
    safe.number_input("attempt-confirmed").set_value(3)
    safe.button("attempt-record").click().run()
    assert "No more people can be confirmed than were claimed" in safe.error[0].value
    safe.number_input("attempt-claimed").set_value(4)
    safe.button("attempt-record").click().run()
    (attempt,) = project(safe).attempts
    assert (attempt.who, attempt.claimed, attempt.confirmed) == ("Two students", 4, 3)
    assert "Two students" in texts(safe)
    again = Project(project(safe).microdata)
    again.load_json(project(safe).to_json())
    assert again.attempts == [attempt]
