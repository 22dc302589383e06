"""The tune page, driven through the real app."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import exploring
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from pages.common import state

Open = Callable[[str], AppTest]
LEVELS = {"gender": 0, "birthdate": 5, "country_of_birth": 3, "postcode": 7, "education_level": 2}
"""By hand, to the researchers' setting."""


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def figure(app: AppTest, label: str) -> str:
    return next(m.value for m in app.metric if m.label == label)


def headline(app: AppTest) -> str:
    return next(m.value for m in app.markdown if m.value.startswith("### "))


def slider(app: AppTest, name: str) -> AppTest:
    return next(s for s in app.select_slider if s.key.startswith(f"level:{name}:"))


def badges(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "-badge[" in m.value]


def test_it_opens_with_a_slider_for_each_column_that_counts(open_app: Open) -> None:
    app = open_app("tune")
    assert not app.exception
    assert [s.label for s in app.select_slider] == [
        "gender",
        "birthdate",
        r"country\_of\_birth",
        "postcode",
        r"education\_level",
    ]
    assert slider(app, "birthdate").options[0] == "exact date"
    assert slider(app, "birthdate").options[-1] == "hidden"
    assert figure(app, "Hidden among") == "1"
    assert "all 1,000 people can be singled out" in headline(app)


def test_sliders_moved_by_hand_make_it_safe(open_app: Open) -> None:
    app = open_app("tune")
    for name, level in LEVELS.items():
        slider(app, name).set_value(level).run()
        assert not app.exception
    expected = project(app).assess()
    assert expected.k >= 5
    assert figure(app, "Hidden among") == f"{expected.k:,}"
    assert figure(app, "Rows deleted") == f"{expected.suppressed:,}"
    assert figure(app, "Records exposed") == "0"
    assert "Every requirement that Halftone checks is met." in headline(app)
    assert not [badge for badge in badges(app) if "fails" in badge]


def test_the_figures_follow_a_press(open_app: Open) -> None:
    app = open_app("tune")
    before = figure(app, "Detail kept")
    slider(app, "postcode").set_value(7).run()
    assert figure(app, "Detail kept") != before
    assert project(app).recipe.attribute("postcode").level == 7


def test_undo_moves_the_slider_back_and_redo_forward(open_app: Open) -> None:
    app = open_app("tune")
    slider(app, "gender").set_value(1).run()
    slider(app, "birthdate").set_value(3).run()
    app.button("undo").click().run()
    assert slider(app, "birthdate").value == 0
    assert slider(app, "gender").value == 1
    assert project(app).recipe.attribute("birthdate").level == 0
    app.button("redo").click().run()
    assert slider(app, "birthdate").value == 3
    app.button("reset").click().run()
    assert [s.value for s in app.select_slider] == [0] * 5


def test_the_sliders_keep_their_place_when_the_page_is_left(open_app: Open) -> None:
    app = open_app("tune")
    slider(app, "gender").set_value(1).run()
    app.switch_page("pages/overview.py").run()
    app.switch_page("pages/tune.py").run()
    assert slider(app, "gender").value == 1
    assert project(app).recipe.attribute("gender").level == 1


def test_the_policy_s_levels_are_one_press_away(open_app: Open) -> None:
    app = open_app("tune")
    app.button("policy-levels").click().run()
    assert {name: slider(app, name).value for name in LEVELS} == LEVELS
    assert "Every requirement" in headline(app)


def test_the_government_s_policy_is_reached(open_app: Open) -> None:
    app = open_app("tune")
    app.selectbox(state.RECIPIENT).select(GOVERNMENT.name).run()
    app.button("policy-levels").click().run()
    assert "Every requirement" in headline(app)
    assert project(app).assess().k >= 11
    app.button("undo").click().run()
    app.button("undo").click().run()
    assert app.selectbox(state.RECIPIENT).value == RESEARCHERS.name


def test_the_limit_decides_whether_rows_are_deleted(open_app: Open) -> None:
    app = open_app("tune")
    app.button("policy-levels").click().run()
    deleted = int(figure(app, "Rows deleted"))
    assert deleted > 0
    app.slider("limit").set_value(0.0).run()
    assert figure(app, "Rows deleted") == "0"
    assert "Not yet" in headline(app)
    assert app.slider("limit").label == "May be deleted: up to 0 rows"
    assert project(app).recipe.suppression == 0.0


def test_columns_are_picked(open_app: Open) -> None:
    app = open_app("tune")
    app.multiselect("counting").set_value(["gender", "birthdate"]).run()
    assert [s.label for s in app.select_slider] == ["gender", "birthdate"]
    assert not project(app).recipe.attribute("postcode").leaves
    app.button("undo").click().run()
    assert len(app.select_slider) == 5
    assert "postcode" in app.multiselect("counting").value


def test_without_columns_the_page_says_what_to_do(open_app: Open) -> None:
    app = open_app("tune")
    app.multiselect("counting").set_value([]).run()
    assert not app.exception
    assert any("No quasi-identifier is chosen" in e.value for e in app.error)
    app.multiselect("counting").set_value(["gender"]).run()
    assert not app.error
    assert figure(app, "Hidden among") == f"{project(app).assess().k:,}"


def test_a_setting_is_kept_and_applied_again(open_app: Open) -> None:
    app = open_app("tune")
    slider(app, "gender").set_value(1).run()
    app.text_input("keep-name").input("No *gender*")
    next(b for b in app.button if b.label == "Keep").click()
    app.run()
    slider(app, "gender").set_value(0).run()
    assert app.button("kept-0").label == r"No \*gender\*"
    app.button("kept-0").click().run()
    assert slider(app, "gender").value == 1


def test_badges_say_in_words_what_colour_says(open_app: Open) -> None:
    shown = badges(open_app("tune"))
    assert any("Smallest group: fails" in badge for badge in shown)
    assert any("Direct identifiers: met" in badge for badge in shown)
    assert any("1 not checked yet" in badge for badge in shown)


def test_k_is_explained_step_by_step_on_the_table_itself(open_app: Open) -> None:
    app = open_app("tune")
    app.session_state["counted"] = True
    app.run()
    assert not app.exception
    steps = [m.value for m in app.markdown if m.value[:2] in ("1.", "2.", "3.", "4.")]
    assert len(steps) == 4
    assert "1,000 rows make 1,000 groups" in steps[1]
    groups = app.dataframe[0].value
    assert list(groups["people"]) == ["1 person"] * 8
    assert groups["birthdate"].str.match(r"\d\d/\d\d/\d{4}").any()


@pytest.mark.parametrize("part", ["counted", "records"])
def test_presentation_mode_hides_every_raw_value(open_app: Open, part: str) -> None:
    app = open_app("tune")
    app.session_state[part] = True
    app.toggle(state.PRESENTING).set_value(True).run()
    assert not app.exception
    cells = {str(cell) for frame in app.dataframe for cell in frame.value.to_numpy().ravel()}
    raw = {value for name in project(app).microdata.names for value in project(app).microdata.column(name).values}
    assert not cells & raw
    if part == "records":
        assert not app.dataframe


def test_the_same_records_are_shown_before_and_after(open_app: Open) -> None:
    app = open_app("tune")
    app.session_state["records"] = True
    app.button("policy-levels").click().run()
    before, after = (frame.value for frame in app.dataframe)
    assert len(before) == len(after) == 20
    assert set(after["surname"]) == {"–"}
    assert set(before["surname"]) <= set(project(app).microdata.column("surname").values)
    assert after["birthdate"].str.fullmatch(r"\d{4}–\d{4}|missing").all()


def test_other_columns_have_levels_too(open_app: Open) -> None:
    app = open_app("tune")
    app.session_state["others"] = True
    app.run()
    other = next(s for s in app.select_slider if s.key.startswith("other:avg_n_drinks"))
    assert other.value == 1
    other.set_value(0).run()
    assert any("Numbers in bands: fails" in badge for badge in badges(app))
    assert "Not yet" in headline(app)


@pytest.mark.parametrize("name", ["![x](http://example.org/x.png)", "<script>", "=cmd()", "a:smile:b $x$"])
def test_hostile_column_names_and_values_stay_text(open_app: Open, name: str) -> None:
    app = open_app("tune")
    values = [f"![{i % 4}](http://example.org/{i % 4}.png)" for i in range(40)]
    table = Microdata.from_columns({name: values, "sex": list("FM") * 20}, name)
    opened = Project(table)
    app.session_state["project"] = opened
    app.run()
    app.multiselect("counting").set_value([name, "sex"]).run()
    assert not app.exception
    labels = [s.label for s in app.select_slider]
    shown = "\n".join([*labels, *(m.value for m in app.markdown), *(c.value for c in app.caption)])
    assert "![" not in shown.replace("!&#91;", "")
    assert "<script>" not in shown.replace("\\<", "")
    assert ":smile:" not in shown


def test_one_group_only_and_tiny_tables_are_no_trouble(open_app: Open) -> None:
    app = open_app("tune")
    for rows in (1, 2):
        table = Microdata.from_columns({"sex": ["F"] * rows, "town": ["A"] * rows}, "tiny.csv")
        app.session_state["project"] = Project(table)
        app.run()
        assert not app.exception
        app.multiselect("counting").set_value(["sex"]).run()
        assert not app.exception
        assert figure(app, "Hidden among") == str(rows)


@pytest.fixture
def advised(open_app: Open) -> AppTest:
    """The page once every setting is known, so that the next step is looked up."""
    app = open_app("overview")
    walk = exploring.explore(project(app))
    assert walk is None or walk.wait(60)
    app.switch_page("pages/tune.py").run()
    assert not app.exception
    return app


def next_step(app: AppTest) -> str:
    wanted = ("requirements:", "More detail", "Nothing to gain", "No setting")
    return next(m.value for m in app.markdown if m.value.startswith("**") and any(w in m.value for w in wanted))


def test_the_shortest_way_is_one_press_and_one_undo(advised: AppTest) -> None:
    before = project(advised).recipe
    assert "Shortest way to meet the requirements: 3 moves" in next_step(advised)
    assert re.search(r"983 records safe; smallest group \+6; 57\.4 points of detail lost", next_step(advised))
    advised.button("do-next-step").click().run()
    assert not advised.exception
    assert "Every requirement" in headline(advised)
    assert sum(a != b for a, b in zip(before.node, project(advised).recipe.node, strict=True)) == 3
    assert figure(advised, "Detail kept") == "43 %"
    advised.button("undo").click().run()
    assert project(advised).recipe == before


def test_a_single_move_is_advised_where_it_is_enough(advised: AppTest) -> None:
    advised.button("do-next-step").click().run()
    slider(advised, "postcode").set_value(0).run()
    assert "Cheapest move that meets the requirements: postcode →" in next_step(advised)
    advised.button("do-next-step").click().run()
    assert "Every requirement" in headline(advised)
    slider(advised, "gender").set_value(1).run()
    assert "More detail is possible: gender → exact" in next_step(advised)
    assert "detail gained" in next_step(advised)


def test_where_no_setting_is_enough_the_next_step_says_so(advised: AppTest) -> None:
    own = project(advised)
    own.change(own.recipe.changed(requirements=(KAnonymity(k=2000),)))
    walk = exploring.explore(own)
    assert walk is None or walk.wait(60)
    advised.run()
    assert "No setting of these sliders is enough." in next_step(advised)
    assert not [b for b in advised.button if b.key == "do-next-step"]


def test_without_columns_there_is_no_next_step_and_no_second_error(advised: AppTest) -> None:
    advised.multiselect("counting").set_value([]).run()
    assert not advised.exception
    assert len(advised.error) == 1
