"""The trade-off page, driven through the real app."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import exploring, trying
from anonymiser.exploring import tasks
from anonymiser.methods import Mondrian
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


def test_limits_for_single_columns_leave_settings_out(page: AppTest) -> None:
    next(s for s in page.select_slider if s.key.startswith("bounds:birthdate")).set_value((3, 5)).run()
    assert not page.exception
    assert "of 1,152 settings meet the requirements" in said(page)
    button(page, "use-best").click().run()
    assert 3 <= project(page).recipe.attribute("birthdate").level <= 5


def test_a_column_that_matters_is_blurred_later(page: AppTest) -> None:
    button(page, "use-best").click().run()
    blurred = project(page).recipe.attribute("country_of_birth").level
    assert blurred
    next(n for n in page.number_input if n.key == "weight:country_of_birth").set_value(10.0).run()
    button(page, "use-best").click().run()
    assert not page.exception
    assert project(page).recipe.attribute("country_of_birth").level < blurred
    assert project(page).assess().met


@pytest.fixture
def groups(page: AppTest) -> AppTest:
    """The part that says who disappears."""
    button(page, "use-best").click().run()
    page.session_state["trade-off-parts"] = "Who disappears"
    page.run()
    page.selectbox("fair-group").select("education_level").run()
    assert not page.exception
    return page


def finished(app: AppTest) -> AppTest:
    """Wait for the search that runs, and draw the page with what it found."""
    for shelf in tasks._SHELVES[project(app)].values():
        running = shelf.running
        assert running is None or running.wait(60)
    return app.run()


def test_who_disappears_and_the_setting_that_spares_everybody(groups: AppTest) -> None:
    shown = next(frame.value for frame in groups.dataframe if "would be deleted" in frame.value)
    assert shown["would be deleted"].sum() == project(groups).assess().failing > 0
    assert "Worst off: '" in said(groups)
    groups.slider("fair-most").set_value(1.5).run()
    button(groups, "search-fair").click().run()
    finished(groups)
    assert not groups.exception
    assert "No other setting is better" in said(groups)
    button(groups, "use-Use the fair setting").click().run()
    own = project(groups)
    assert own.assess().met
    assert exploring.who_disappears(own, own.recipe, "education_level").worst_times <= 1.5 + 1e-9


def test_presentation_mode_names_no_group(groups: AppTest) -> None:
    groups.toggle(state.PRESENTING).set_value(True).run()
    assert not [frame for frame in groups.dataframe if "would be deleted" in frame.value]
    assert "Worst off: '" not in said(groups)
    assert "hit hardest" in said(groups)


@pytest.fixture
def large(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with more settings than a picture holds."""
    monkeypatch.setattr(exploring, "MOST_NODES", 100)
    page.run()
    assert not page.exception
    return page


def test_too_many_settings_for_a_picture_are_searched(large: AppTest) -> None:
    assert not large.get("plotly_chart")
    button(large, "search").click().run()
    finished(large)
    assert not large.exception
    assert "No other setting is better" in said(large)
    button(large, "use-Use the best setting").click().run()
    assert project(large).assess().met


def test_cancelling_a_search_leaves_the_earlier_result(large: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    button(large, "search").click().run()
    finished(large)
    going, go_on = threading.Event(), threading.Event()
    watch = exploring.Search.watch

    def slow(search: exploring.Search, checked: int, best: float | None, gap: float) -> bool:
        stop = watch(search, checked, best, gap)
        going.set()
        go_on.wait(60)
        return stop

    monkeypatch.setattr(exploring.Search, "watch", slow)
    large.slider("limit").set_value(0.02).run()
    assert "An earlier search" in said(large)
    button(large, "search").click().run()
    assert going.wait(60)
    large.run()
    assert "1 setting looked at" in said(large)
    button(large, "search-cancel").click().run()
    go_on.set()
    assert not large.exception
    assert "The search was cancelled." in said(large)
    assert "An earlier search" in said(large)
    button(large, "use-Use the earlier result").click().run()
    assert project(large).recipe.node != (0, 0, 0, 0, 0)


def test_a_method_in_use_stands_among_the_settings(page: AppTest) -> None:
    own = project(page)
    own.change(trying.recipe_with(own, (Mondrian(),), trying.From.EXACT))
    page.run()
    assert not page.exception
    assert "In use:** Mondrian: smallest group" in said(page)
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    (square,) = [trace for trace in figure["data"] if trace["name"] == "with Mondrian"]
    assert square["marker"]["symbol"] == "square"
    assert "customdata" not in square
    assert button(page, "use-best").click().run()
    assert not project(page).recipe.methods
