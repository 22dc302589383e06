"""Counts under a privacy budget, chosen on the release page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.methods import Mondrian
from anonymiser.project import Project
from anonymiser.recipe import ReleaseForm
from anonymiser.releasing.budget_words import budget_in_words, no_budget

Open = Callable[[str], AppTest]
NOISY = "Random noise, with a privacy budget"


@pytest.fixture
def app(open_app: Open) -> AppTest:
    opened = open_app("release")
    project(opened).choose_policy(project(opened).policy.name, levels=True)
    opened.run()
    opened.session_state["release-parts"] = "Make the release"
    opened.run()
    opened.radio(key="release-form").set_value(ReleaseForm.TABLES).run()
    return opened


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def captions(app: AppTest) -> str:
    return " ".join(str(caption.value) for caption in app.caption)


def test_a_budget_is_chosen_seen_and_taken_back(app: AppTest, tmp_path: Path) -> None:
    assert project(app).recipe.budget is None
    app.radio(key="counts-way").set_value(NOISY).run()
    assert project(app).recipe.budget == 1.0
    assert "at most 60 away" in captions(app)  # four columns and six pairs share the budget
    app.select_slider(key="counts-budget").set_value(5.0).run()
    assert project(app).recipe.budget == 5.0
    app.radio(key="release-form").set_value(ReleaseForm.MICRODATA).run()
    assert project(app).recipe.budget is None
    app.radio(key="release-form").set_value(ReleaseForm.TABLES).run()
    app.radio(key="counts-way").set_value(NOISY).run()
    app.select_slider(key="counts-budget").set_value(5.0).run()
    app.button(key="make").click().run(timeout=120)
    assert not app.exception
    assert "Its counts were checked" in app.success[0].value
    assert list((tmp_path / "home" / "releases").iterdir())


def test_with_methods_there_is_no_budget(app: AppTest) -> None:
    project(app).change(project(app).recipe.changed(methods=(Mondrian(),)))
    app.run()
    assert app.radio(key="counts-way").disabled
    assert "take the methods away" in captions(app)


def test_the_words_say_what_is_promised_and_what_is_not(app: AppTest) -> None:
    told = budget_in_words(project(app), 1.0)
    for part in ("10 tables together, 0.1 each", "factor of at most 2.7", "Not covered", "add up"):
        assert part in told
    assert no_budget(project(app)) == ""
    assert "22,026" in budget_in_words(project(app), 10.0)
