"""What a candidate still gives away, on the methods page."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import trying
from anonymiser.errors import InputError
from anonymiser.methods import METHODS, MethodParameters, Mondrian, Noise, Pram, Sampling
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Treatment
from sample_data import CUSTOMERS

OpenApp = Callable[[str], AppTest]


def with_numbers(project: Project) -> Project:
    """Weight and height leave as they are."""
    recipe = project.recipe
    for name in ("weight", "height"):
        recipe = recipe.with_attribute(name, treatment=Treatment.RELEASE, level=0)
    project.change(recipe)
    return project


def test_linkage_and_numbers_in_words() -> None:
    project = with_numbers(Project(read(CUSTOMERS)))
    recipe = project.recipe.changed(methods=(Noise(names=("weight", "height"), size=0.5),))
    found = trying.measured(project, recipe)
    told = " ".join(found.found)
    assert "picks the nearest row is right for" in told
    assert "Had nothing been changed" in told
    assert {row.name for row in found.numbers} >= {"weight", "height"}
    assert "IL1s" in found.moved
    assert trying.measured(project, recipe) is found
    grouped = trying.measured(project, project.recipe.changed(methods=(Mondrian(),)))
    assert "from group to group" in " ".join(grouped.found)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)
def test_every_method_is_measured(method: type[MethodParameters]) -> None:
    """Also one that adds or takes a column; or one sentence says what it needs."""
    project = with_numbers(Project(read(CUSTOMERS)))
    try:
        spec = trying.made(method, trying.first_values(project, method))
        found = trying.measured(project, project.recipe.changed(methods=(spec,)))
    except InputError as error:
        assert str(error).endswith(".")  # noqa: PT017 - one of two right answers
        return
    assert found.found
    assert all(sentence.endswith(".") for sentence in found.found)


def test_counts_estimated_back_are_shown() -> None:
    project = with_numbers(Project(read(CUSTOMERS)))
    found = trying.measured(project, project.recipe.changed(methods=(Pram(names=("gender",)),)))
    assert "k has no meaning" in found.found[0]
    (table,) = found.tables
    assert table.header == ("gender", "after", "estimate", "standard error")
    assert not table.released


def test_rectangles_follow_a_sample() -> None:
    project = with_numbers(Project(read(CUSTOMERS)))
    recipe = project.recipe.changed(methods=(Mondrian(), Sampling(share=0.2)))
    draft = project.draft(recipe).draft
    assert draft.partition is not None
    assert np.bincount(draft.partition).min() > 0


def test_the_page_shows_what_was_measured(open_app: OpenApp) -> None:
    app = open_app("methods")
    project = with_numbers(app.session_state["project"])
    trial = trying.begin(project, project.recipe.changed(methods=(Noise(names=("weight", "height")),)))
    assert trial.wait(60)
    app.run()
    assert not app.exception
    told = " ".join(str(element.value) for element in app.markdown)
    assert "Who can still be found" in told
    assert "picks the nearest row is right for" in told
    frames = [frame.value for frame in app.dataframe]
    assert any("mean after" in frame.columns for frame in frames)
