"""The dialog for a recipient of one's own."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from anonymiser.policy import Threshold
from anonymiser.privacy import AlphaK, TCloseness
from anonymiser.project import Project

Open = Callable[[str], AppTest]


def test_an_own_recipient_asks_for_spread_and_harm_with_a_source(open_app: Open) -> None:
    app = open_app("tune")
    project: Project = app.session_state["project"]
    next(b for b in app.button if b.key == "add-recipient").click().run()
    inputs = {element.key: element for element in (*app.text_input, *app.number_input)}
    inputs["own-name"].set_value("Health board")
    inputs["own-t"].set_value(0.2)
    inputs["own-alpha"].set_value(0.4)
    inputs["own-source"].set_value("Agreement 12")
    next(b for b in app.button if b.label == "Add" and b.key != "require-add").click().run()
    assert not app.exception
    policy = project.policies["Health board"]
    assert project.policy == policy
    assert policy.ordered_t == Threshold(value=0.2, source="Agreement 12")
    assert policy.alpha == Threshold(value=0.4, source="Agreement 12")
    assert policy.k.source == "Agreement 12"
    wanted = project.recipe.requirements
    assert {r.t for r in wanted if isinstance(r, TCloseness)} == {0.2}
    assert [r.values for r in wanted if isinstance(r, AlphaK)] == [("1",)]
    assert any(check.source == "Agreement 12" for check in project.checks())
