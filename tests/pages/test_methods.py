"""The methods page: try, look, compare, use, undo; nothing raw in presentation mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import trying
from anonymiser.methods import METHODS, LocalRecoding, Mondrian

PAGES = Path(__file__).resolve().parents[2] / "pages"
OpenApp = Callable[[str], AppTest]


def tried(open_app: OpenApp, method: str = "Mondrian") -> AppTest:
    """The page after one method was tried."""
    app = open_app("methods")
    app.selectbox(key="method").set_value(method).run()
    app.button(key="method-try").click().run()
    running = trying.under_way(app.session_state["project"])
    if running is not None:
        assert running.wait(60)
        app.run()
    assert not app.exception
    return app


def test_a_candidate_stands_beside_the_best_levels(open_app: OpenApp) -> None:
    app = tried(open_app)
    project = app.session_state["project"]
    assert trying.best_levels(project, 60) is not None
    app.run()
    table = app.dataframe[0].value
    assert list(table["method"]) == ["Best levels", "Mondrian"]
    candidate = trying.candidates(project)[0]
    assert candidate.met
    assert candidate.group == project.assess(candidate.recipe).k >= 5
    assert 0 < candidate.detail < 1
    assert not project.recipe.methods


def test_use_it_can_be_undone_and_kept(open_app: OpenApp) -> None:
    app = tried(open_app, "Local recoding")
    project = app.session_state["project"]
    before = project.recipe
    app.button(key="method-keep").click().run()
    assert [(kept.name, kept.recipe.methods) for kept in project.scenarios] == [("Local recoding", (LocalRecoding(),))]
    app.button(key="method-use").click().run()
    assert project.recipe.methods == (LocalRecoding(),)
    assert app.button(key="method-use").disabled
    app.button(key="undo").click().run()
    assert project.recipe == before


def test_values_are_hidden_in_presentation_mode(open_app: OpenApp) -> None:
    app = tried(open_app)
    app.toggle(key="presenting").set_value(True).run()
    assert not app.exception
    told = " ".join(info.value for info in app.info)
    assert told.count("Hidden in presentation mode") >= 2


def test_an_impossible_method_is_one_sentence(open_app: OpenApp) -> None:
    app = open_app("methods")
    app.selectbox(key="method").set_value("Noise").run()
    app.multiselect(key="method-Noise-names").set_value([]).run()
    app.button(key="method-try").click().run()
    assert not app.exception
    assert any("Columns:" in error.value for error in app.error)


def test_every_method_has_a_form_that_fits_the_sample(open_app: OpenApp) -> None:
    app = open_app("methods")
    project = app.session_state["project"]
    for method in METHODS:
        app.selectbox(key="method").set_value(method.title).run()
        assert not app.exception, method.title
        assert trying.made(method, trying.first_values(project, method)).title == method.title


def test_six_candidates_at_most_and_one_can_be_taken_away(open_app: OpenApp) -> None:
    app = tried(open_app)
    project = app.session_state["project"]
    for rounds in range(trying.MOST - 1):
        recipe = trying.recipe_with(project, (LocalRecoding(rounds=rounds),), trying.From.EXACT)
        assert trying.begin(project, recipe).wait(60)
    app.button(key="method-try").click().run()
    assert not app.error  # the same recipe again takes nobody's place
    app.toggle(key="method-Mondrian-relaxed").set_value(True).run()
    app.button(key="method-try").click().run()
    assert any("6 candidates are compared at most" in error.value for error in app.error)
    app.button(key="method-drop").click().run()
    assert len(trying.candidates(project)) == trying.MOST - 1
    assert all(c.recipe.methods != (Mondrian(),) for c in trying.candidates(project))  # the latest was looked at


@pytest.mark.parametrize("page", sorted(path.stem for path in PAGES.glob("*.py")))
def test_every_page_works_while_a_method_is_in_use(open_app: OpenApp, page: str) -> None:
    app = open_app("methods")
    project = app.session_state["project"]
    project.change(trying.recipe_with(project, (Mondrian(),), trying.From.EXACT))
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert any("Mondrian" in caption.value for caption in app.sidebar.caption)
    app.button(key="method-without").click().run()
    assert not project.recipe.methods
    assert project.can_undo


def test_columns_and_values_can_weigh_more(open_app: OpenApp) -> None:
    app = open_app("methods")
    project = app.session_state["project"]
    app.selectbox(key="method").set_value("Weighted k-member clustering").run()
    assert not any(each.key.endswith("-values") for each in app.multiselect)
    app.selectbox(key="method-Weighted k-member clustering-weigh").set_value("values").run()
    app.selectbox(key="method-Weighted k-member clustering-column").set_value("cc_status").run()
    app.multiselect(key="method-Weighted k-member clustering-values-cc_status").set_value(["1"]).run()
    app.number_input(key="method-Weighted k-member clustering-attribute_weights-gender").set_value(4.0).run()
    app.button(key="method-try").click().run()
    running = trying.under_way(project)
    assert running is None or running.wait(60)
    app.run()
    assert not app.exception
    assert not [error.value for error in app.error]
    (candidate,) = trying.candidates(project)
    (spec,) = candidate.recipe.methods
    assert (spec.column, spec.values, spec.attribute_weights) == ("cc_status", ("1",), (("gender", 4.0),))
    assert "values of 1" in candidate.name, "the name stands on a shared screen"
    app.toggle(key="presenting").set_value(True).run()
    assert not any("-values" in each.key for each in app.multiselect)


def test_a_matrix_of_your_own_is_tried_or_refused(open_app: OpenApp) -> None:
    app = open_app("methods")
    project = app.session_state["project"]
    app.selectbox(key="method").set_value("Post-randomisation (PRAM)").run()
    app.multiselect(key="method-Post-randomisation (PRAM)-names").set_value(["gender"]).run()
    upload = app.file_uploader(key="method-Post-randomisation (PRAM)-matrix")
    upload.set_value(("chances.csv", b"x,F,M\nF,0.9,0.2\nM,0.2,0.8\n", "text/csv")).run()
    assert any("adds up to 1.1" in error.value for error in app.error)
    assert app.button(key="method-try").disabled
    upload = app.file_uploader(key="method-Post-randomisation (PRAM)-matrix")
    upload.set_value(("chances.csv", b"x,F,M\nF,0.9,0.1\nM,0.2,0.8\n", "text/csv")).run()
    app.button(key="method-try").click().run()
    running = trying.under_way(project)
    assert running is None or running.wait(60)
    app.run()
    assert not app.error
    (spec,) = trying.candidates(project)[-1].recipe.methods
    assert spec.matrix.rows == ((0.9, 0.1), (0.2, 0.8))
