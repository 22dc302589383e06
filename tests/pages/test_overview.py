"""The overview page and the shell around every page, driven through the real app."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import autosave
from anonymiser.errors import HierarchyError
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from pages.common import shell, state

Open = Callable[[str], AppTest]
PAGES = Path(__file__).resolve().parents[2] / "pages"


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def text(app: AppTest) -> str:
    return "\n".join(part.value for part in (*app.markdown, *app.caption, *app.title, *app.subheader))


def test_the_first_page_answers_its_question_on_the_sample(open_app: Open) -> None:
    app = open_app("overview")
    assert not app.exception
    assert [t.value for t in app.title] == ["Can we share this table today?"]
    assert {m.label: m.value for m in app.metric} == {
        "Hidden among": "1",
        "Records exposed": "1,000",
        "Detail kept": "100 %",
    }
    assert "Not yet: all 1,000 people can be singled out." in text(app)
    assert "Sample: made-up people" in text(app)


def test_the_next_step_leads_to_the_sliders_and_then_to_the_release(open_app: Open) -> None:
    app = open_app("overview")
    assert app.button("go-tune").label == "Make it safe"
    project(app).choose_policy(RESEARCHERS.name, levels=True)
    app.run()
    assert "Every requirement that Halftone checks is met." in text(app)
    if shell.has_page("release"):
        assert app.button("go-release").label == "Prepare the release"


def test_the_page_shows_what_may_be_claimed(open_app: Open) -> None:
    assert "not differential privacy" in text(open_app("overview"))


def test_another_recipient_is_chosen_in_the_sidebar_and_undone(open_app: Open) -> None:
    app = open_app("overview")
    app.selectbox(state.RECIPIENT).select(GOVERNMENT.name).run()
    assert project(app).recipe.recipient == GOVERNMENT.name
    assert project(app).recipe.k == 11
    assert "Published openly" in text(app)
    app.button("undo").click().run()
    assert project(app).recipe.recipient == RESEARCHERS.name
    assert app.selectbox(state.RECIPIENT).value == RESEARCHERS.name
    app.button("redo").click().run()
    assert app.selectbox(state.RECIPIENT).value == GOVERNMENT.name
    app.button("reset").click().run()
    assert project(app).recipe.recipient == RESEARCHERS.name


def test_an_own_recipient_is_added_and_chosen(open_app: Open) -> None:
    app = open_app("overview")
    app.button("add-recipient").click().run()
    app.text_input("own-name").input("Regional board")
    app.number_input("own-k").set_value(8)
    next(b for b in app.button if b.label == "Add").click()
    app.run()
    assert project(app).policy.name == "Regional board"
    assert project(app).recipe.k == 8
    assert app.selectbox(state.RECIPIENT).value == "Regional board"


def test_an_own_recipient_needs_a_name(open_app: Open) -> None:
    app = open_app("overview")
    app.button("add-recipient").click().run()
    next(b for b in app.button if b.label == "Add").click()
    app.run()
    assert [e.value for e in app.error] == ["Give the policy a name."]
    assert project(app).policy.name == RESEARCHERS.name


def test_a_broken_recipe_is_refused_in_one_sentence_and_nothing_is_lost(open_app: Open) -> None:
    app = open_app("overview")
    before = project(app).recipe
    app.file_uploader("load-recipe").set_value(("recipe.json", b"{ not json", "application/json")).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "not JSON" in app.error[0].value
    assert project(app).recipe == before


def test_a_saved_recipe_is_loaded(open_app: Open) -> None:
    app = open_app("overview")
    saved = project(app).recipe.with_levels({"gender": 1}).to_json().encode()
    app.file_uploader("load-recipe").set_value(("recipe.json", saved, "application/json")).run()
    assert not app.error
    assert project(app).recipe.attribute("gender").level == 1


def test_earlier_work_on_the_same_file_is_offered_again(open_app: Open) -> None:
    first = open_app("overview")
    project(first).change(project(first).recipe.with_levels({"gender": 1}))
    assert autosave.now(project(first))
    second = open_app("overview")
    assert project(second).recipe.attribute("gender").level == 0
    second.button("continue").click().run()
    assert project(second).recipe.attribute("gender").level == 1
    assert "continue" not in [b.key for b in second.button]


def test_earlier_work_can_be_forgotten(open_app: Open) -> None:
    first = open_app("overview")
    project(first).change(project(first).recipe.with_levels({"gender": 1}))
    autosave.now(project(first))
    second = open_app("overview")
    second.button("forget").click().run()
    assert autosave.find(project(second).microdata.fingerprint) is None
    assert project(second).recipe.attribute("gender").level == 0


def test_the_saved_recipe_holds_no_row(open_app: Open) -> None:
    app = open_app("overview")
    saved = project(app).to_json()
    for name in ("surname", "postcode", "national_insurance_number"):
        values = project(app).microdata.column(name).values
        assert not [value for value in values if len(value) > 6 and value in saved]
    assert json.loads(saved)["table"]["name"] == "customers.csv"


@pytest.mark.parametrize("presenting", [False, True])
def test_values_beside_an_error_are_shown_to_the_owner_only(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, *, presenting: bool
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HierarchyError("The hierarchy of 'a*b' misses 1 values of the column.", ("Al <i>ice",))

    app = open_app("overview")
    app.toggle(state.PRESENTING).set_value(presenting).run()
    monkeypatch.setattr(Project, "assess", refuse)
    app.run()
    assert not app.exception
    (error,) = app.error
    assert r"of 'a\*b' misses" in error.value
    assert ("ice" in error.value) != presenting
    assert "<i>" not in error.value.replace(r"\<", "")


@pytest.mark.parametrize("name", ["![x](http://example.org/x.png)", "<script>alert(1)</script>", "=cmd()"])
def test_hostile_names_stay_text(open_app: Open, name: str) -> None:
    app = open_app("overview")
    table = Microdata.from_columns({name: [str(i % 4) for i in range(40)], "sex": list("FM") * 20}, name)
    app.session_state["project"] = Project(table)
    app.run()
    assert not app.exception
    shown = text(app)
    assert "![x](" not in shown
    assert "<script>" not in shown.replace(r"\<script", "")


def test_a_page_begins_by_entering_and_holds_no_arithmetic() -> None:
    for page in ("overview", "tune"):
        source = (PAGES / f"{page}.py").read_text(encoding="utf-8")
        assert len(source.splitlines()) <= 150
        assert "enter()" in source
        assert "session_state" not in source
        sums = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.BinOp)]
        assert not sums


def test_only_the_state_knows_the_session() -> None:
    users = [p.name for p in PAGES.rglob("*.py") if "st.session_state" in p.read_text(encoding="utf-8")]
    assert users == ["state.py"]


def test_no_page_has_an_icon_that_the_browser_would_fetch() -> None:
    navigation = ast.parse(inspect.getsource(shell._navigation))
    calls = [node for node in ast.walk(navigation) if isinstance(node, ast.Call)]
    pages = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "Page"]
    assert pages
    assert all({keyword.arg for keyword in page.keywords} == {"title", "default"} for page in pages)
