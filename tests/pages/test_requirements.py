"""The requirement editor on the tune page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.gate import breaking_class
from anonymiser.planning import harmful_answers
from anonymiser.policy import RESEARCHERS
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    EntropyDiversity,
    KMap,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.project import Project
from sample_data import CUSTOMERS

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


def field(app: AppTest, key: str) -> object:
    return next(e for e in (*app.selectbox, *app.number_input, *app.multiselect, *app.toggle) if e.key == key)


def add(app: AppTest, kind: str, column: str | None = None, **fields: object) -> None:
    """Choose a model, then its fields, then press the button."""
    field(app, "require-model").set_value(kind).run()
    if column is not None:
        field(app, "require-column").set_value(column).run()
    for key, value in fields.items():
        field(app, f"require-{key}").set_value(value)
    next(b for b in app.button if b.key == "require-add").click().run()
    assert not app.exception


def badges(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if "-badge[" in m.value]


def test_requirements_are_added_shown_removed_and_undone(open_app: Open) -> None:
    app, project = opened(open_app)
    before = project.recipe
    assert any("t-closeness" in badge and " met] " in badge for badge in badges(app))
    add(app, "entropy_l", **{"l (a real number)": 2.5})
    assert isinstance(project.recipe.requirements[-1], EntropyDiversity)
    assert any("entropy l-diversity" in badge and "asked l = 2.5" in badge for badge in badges(app))
    next(b for b in app.button if b.label == "Remove" and not b.disabled).click().run()
    assert project.recipe.requirements == before.requirements
    project.undo()
    assert isinstance(project.recipe.requirements[-1], EntropyDiversity)


def test_every_form_of_every_model_can_be_asked_for(open_app: Open) -> None:
    app, project = opened(open_app)
    drinks, status = "avg_n_drinks_per_week", "cc_status"
    add(app, "t_closeness", drinks, t=0.2, far=Distance.EQUAL)
    add(app, "t_closeness", drinks, t=0.2, far=Distance.HIERARCHICAL)
    add(app, "beta_likeness", drinks, enhanced=True, β=2.0)
    add(app, "recursive_cl", drinks, c=2.0, **{"l, from 2": 3})
    add(app, "alpha_k", status, **{"α": 0.3, f"values-{status}": ["0"]})
    add(app, "delta_disclosure", drinks, δ=1.5)
    assert project.recipe.requirements[-6:] == (
        TCloseness(attribute=drinks, t=0.2, distance=Distance.EQUAL),
        TCloseness(attribute=drinks, t=0.2, distance=Distance.HIERARCHICAL),
        BetaLikeness(attribute=drinks, beta=2.0, enhanced=True),
        RecursiveDiversity(attribute=drinks, c=2.0, l=3),
        AlphaK(attribute=status, alpha=0.3, values=("0",)),
        DeltaDisclosure(attribute=drinks, delta=1.5),
    )
    assert any("asked t = 0.2, hierarchical distance" in badge for badge in badges(app))


def test_what_cannot_be_is_refused_in_a_sentence(open_app: Open) -> None:
    app, project = opened(open_app)
    before = project.recipe
    add(app, "delta_disclosure", δ=0.0)
    assert any("cannot have that threshold" in e.value for e in app.error)
    assert project.recipe == before


def test_a_population_brings_its_models_and_stays_while_they_need_it(open_app: Open, tmp_path: Path) -> None:
    app, project = opened(open_app)
    assert "k_map" not in field(app, "require-model").options
    next(b for b in app.button if b.key == "population-use").click().run()
    assert any("Choose a file first" in e.value for e in app.error)
    narrow = tmp_path / "narrow.csv"
    narrow.write_text("gender\nF\n", encoding="utf-8")
    for file, words in ((narrow, "no column 'birthdate'"), (CUSTOMERS, "")):
        next(t for t in app.text_input if t.key == "population-path").set_value(str(file))
        next(b for b in app.button if b.key == "population-use").click().run()
        assert not app.exception
        assert not words or any(words in e.value for e in app.error)
    assert project.population is not None
    assert any("1,000 records" in m.value for m in app.markdown)
    add(app, "k_map", **{"k in the population": 4})
    assert project.recipe.requirements[-1] == KMap(k=4)
    assert any("k-map**: " in badge and "asked k = 4" in badge for badge in badges(app))
    next(b for b in app.button if b.key == "population-remove").click().run()
    assert any("Take the requirement out first" in e.value for e in app.error)
    project.population = None
    project._assessed.clear()
    app.run()
    assert not app.exception
    assert any("needs a population table" in e.value for e in app.error)
    assert any("fails] **k-map**: reached nothing" in badge for badge in badges(app))
    next(b for b in reversed(app.button) if b.label == "Remove" and not b.disabled).click().run()
    assert not app.exception
    assert KMap(k=4) not in project.recipe.requirements


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

    def drawn() -> bytes:
        return b"".join(element.proto.SerializeToString() for element in app.get("vega_lite_chart"))

    assert any(label.encode() in drawn() for label in labels)
    app.session_state["presenting"] = True
    app.run()
    assert not app.exception
    assert drawn()
    assert not any(label.encode() in drawn() for label in labels)
