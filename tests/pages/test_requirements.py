"""The requirement editor on the tune page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.gate import breaking_class
from anonymiser.planning import harmful_answers
from anonymiser.policy import RESEARCHERS
from anonymiser.privacy import EntropyDiversity
from anonymiser.project import Project

Open = Callable[[str], AppTest]


def opened(open_app: Open) -> tuple[AppTest, Project]:
    app = open_app("tune")
    project: Project = app.session_state["project"]
    next(b for b in app.button if b.key == "policy-levels").click().run()
    assert project.policy is RESEARCHERS
    app.session_state["requirements"] = True
    app.run()
    assert not app.exception
    return app, project


def add(app: AppTest, kind: str, threshold: float) -> None:
    next(s for s in app.selectbox if s.key == "require-model").set_value(kind)
    next(n for n in app.number_input if n.key == "require-threshold").set_value(threshold)
    next(b for b in app.button if b.label == "Add").click().run()
    assert not app.exception


def badges(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "-badge[" in m.value]


def test_requirements_are_added_shown_removed_and_undone(open_app: Open) -> None:
    app, project = opened(open_app)
    before = project.recipe
    assert any("t-closeness" in badge and "met, reached" in badge for badge in badges(app))
    add(app, "entropy_l", 2.5)
    assert isinstance(project.recipe.requirements[-1], EntropyDiversity)
    assert any("entropy l-diversity" in badge and "asked l = 2.5" in badge for badge in badges(app))
    next(b for b in app.button if b.label == "Remove" and not b.disabled).click().run()
    assert project.recipe.requirements == before.requirements
    project.undo()
    assert isinstance(project.recipe.requirements[-1], EntropyDiversity)


def test_what_needs_a_population_is_refused(open_app: Open) -> None:
    app, project = opened(open_app)
    before = project.recipe
    add(app, "k_map", 5.0)
    assert any("a table of the population" in e.value for e in app.error)
    add(app, "t_closeness", 5.0)
    assert any("cannot have that threshold" in e.value for e in app.error)
    assert any("asked k = 5" in badge for badge in badges(app))
    assert project.recipe == before


def test_the_owner_says_which_answer_does_harm(open_app: Open) -> None:
    app, project = opened(open_app)
    box = next(s for s in app.selectbox if s.key == "harm:cc_status")
    assert box.value == "1"
    box.set_value("0").run()
    assert not app.exception
    assert harmful_answers(project.recipe, "cc_status") == ("0",)
    assert any("Harmful answers: fails" in badge for badge in badges(app))


def test_a_breaking_groups_values_are_drawn_and_hidden_when_presenting(open_app: Open) -> None:
    app, project = opened(open_app)
    labels = project.table.labels_at(project.recipe, project.recipe.attribute("avg_n_cigaret_per_week"))[0]
    captions = [c.value for c in app.caption]
    assert any("The largest such group" in caption for caption in captions)
    classes = project.classes(histograms=True)
    model = next(r.model for r in project.assess().requirements if r.breaking and r.model.attribute)
    found = breaking_class(classes, model, labels)
    assert found is not None
    assert len(found.shares) <= 20
    assert sum(share for _, share, _ in found.shares) == pytest.approx(1)
    assert sum(whole for _, _, whole in found.shares) == pytest.approx(1)
    app.session_state["presenting"] = True
    app.run()
    assert not app.exception
    shown = str([element.proto for element in app.get("arrow_vega_lite_chart")])
    assert not any(label in shown for label in labels)
