"""The trade-off page, driven through the real app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import exploring
from anonymiser.planning import requirements_in_force
from anonymiser.policy import GOVERNMENT
from anonymiser.project import Project
from pages.common import state, trade_off_choices

Open = Callable[[str], AppTest]


def project(app: AppTest) -> Project:
    return app.session_state["project"]


@pytest.fixture
def page(open_app: Open) -> AppTest:
    """The page with its picture, for the government: a walk of a moment."""
    app = open_app("overview")
    project(app).choose_policy(GOVERNMENT.name)
    walk = exploring.explore(project(app))
    assert walk is None or walk.wait(60)
    app.switch_page("pages/trade_off.py").run()
    assert not app.exception
    return app


def button(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key)


def said(app: AppTest) -> str:
    return " ".join(c.value for c in [*app.caption, *app.markdown])


def test_it_says_how_many_settings_meet_the_requirements(page: AppTest) -> None:
    lattice = exploring.found(project(page))
    assert lattice is not None
    meeting = int(exploring.score(lattice, 11, 0.05).met.sum())
    assert f"{meeting:,} of 2,688 settings meet the requirements with groups of at least 11" in said(page)


def test_the_best_setting_moves_the_sliders_and_can_be_undone(page: AppTest) -> None:
    before = project(page).recipe
    button(page, "use-best").click().run()
    assert not page.exception
    after = project(page).recipe
    assert after.node != before.node
    assert project(page).assess().met
    assert requirements_in_force(after) == requirements_in_force(before)
    assert button(page, "use-best").disabled
    button(page, "undo").click().run()
    assert project(page).recipe == before


def test_another_k_moves_the_picture_and_not_the_recipe(page: AppTest) -> None:
    before = project(page).recipe
    slider = next(s for s in page.select_slider if s.label == "Smallest group (k)")
    slider.set_value(3).run()
    assert not page.exception
    assert "groups of at least 3" in said(page)
    assert project(page).recipe == before


def test_the_limit_is_the_recipe_s(page: AppTest) -> None:
    next(s for s in page.slider if s.key == "limit").set_value(0.2).run()
    assert project(page).recipe.suppression == 0.2
    assert "at most 200 records deleted" in said(page)


def test_a_single_move_is_applied(page: AppTest) -> None:
    before = project(page).recipe.node
    button(page, "move-0").click().run()
    assert not page.exception
    assert sum(a != b for a, b in zip(before, project(page).recipe.node, strict=True)) == 1


def test_the_shortest_way_meets_the_requirements(page: AppTest) -> None:
    assert "Not met yet" in said(page)
    button(page, "shortest").click().run()
    assert not page.exception
    assert project(page).assess().met
    assert "This setting meets the requirements" in said(page)


def test_after_cancelling_it_offers_to_measure_again(open_app: Open) -> None:
    app = open_app("overview")
    walk = exploring.explore(project(app))
    assert walk is not None
    exploring.cancel(project(app))
    app.switch_page("pages/trade_off.py").run()
    assert not app.exception
    assert "Nothing is measured yet." in said(app)
    button(app, "measure").click().run()
    assert not app.exception
    running = exploring.under_way(project(app))
    assert running is None or running.wait(60)
    assert exploring.found(project(app)) is not None


@pytest.mark.parametrize("facts", [[7.0, 1.0], {"0": 7.0, "1": 1.0}])
def test_a_click_on_a_point_moves_the_sliders(page: AppTest, monkeypatch: pytest.MonkeyPatch, facts: object) -> None:
    own, moved = project(page), []
    lattice = exploring.found(own)
    assert lattice is not None
    scores = exploring.score(lattice, 11, 0.05)
    monkeypatch.setattr(state, "shown", lambda _key, _otherwise: {"selection": {"points": [{"customdata": facts}]}})
    monkeypatch.setattr(trade_off_choices, "move_to", moved.append)
    trade_off_choices._clicked("picture", scores)
    assert moved == [scores.node(7)]
