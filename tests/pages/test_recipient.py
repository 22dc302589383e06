"""The recipient page, driven through the real app."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.attributes import Role
from anonymiser.policy import GOVERNMENT, NEVER_SAY
from anonymiser.project import Project
from anonymiser.recipients import Answers, questions_for

Open = Callable[[str], AppTest]


@pytest.fixture
def app(open_app: Open) -> AppTest:
    return open_app("recipient")


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def answers(app: AppTest) -> Answers:
    return project(app).answers.get(project(app).policy.name, Answers())


def texts(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.error, *app.warning)
    return "\n".join(str(element.value) for element in elements)


def test_every_question_is_there_and_empty_at_first(app: AppTest) -> None:
    asked = questions_for(project(app).policy.model)
    drawn = (app.text_input, app.text_area, app.selectbox, app.radio, app.date_input, app.multiselect)
    keys = {element.key for kind in drawn for element in kind}
    assert {f"answer-{question.name}-0" for question in asked} <= keys
    assert project(app).answers == {}
    assert not any(never in texts(app) for never in NEVER_SAY)


def test_what_is_typed_is_kept_and_counted(app: AppTest) -> None:
    app.text_area(key="answer-purpose-0").input("A study.").run()
    app.text_input(key="answer-owner-0").input("The insurer").run()
    app.radio(key="answer-certificate-0").set_value(True).run()
    assert not app.exception
    assert answers(app) == Answers(purpose="A study.", owner="The insurer", certificate=True)
    app.switch_page("pages/release.py").run()
    app.session_state["release-parts"] = "Make the release"
    app.run()
    typed = {element.label: element.value for element in app.text_input}
    assert (typed["You, the owner"], typed["Purpose"]) == ("The insurer", "A study.")
    assert f"3 of {len(questions_for(project(app).policy.model))} questions" in texts(app)


def test_each_recipient_has_answers_of_its_own(app: AppTest) -> None:
    app.text_input(key="answer-owner-0").input("The insurer").run()
    app.selectbox(key="recipient").set_value(GOVERNMENT.name).run()
    assert not app.exception
    assert app.text_input(key="answer-owner-1").value == ""
    assert "answer-kept_where-1" not in {element.key for element in app.text_input}
    assert answers(app) == Answers()


def test_anyone_may_get_it_asks_for_the_open_policy(app: AppTest) -> None:
    app.radio(key="answer-anyone-0").set_value(True).run()
    assert "asks for another policy" in texts(app)
    app.button(key="use-policy").click().run()
    assert not app.exception
    assert project(app).policy is GOVERNMENT
    assert "asks for another policy" not in texts(app)


def test_what_they_could_look_up_becomes_known(app: AppTest) -> None:
    app.multiselect(key="answer-known_columns-0").set_value(["height"]).run()
    assert "could look up height" in texts(app)
    app.button(key="count-known").click().run()
    assert not app.exception
    assert project(app).recipe.attribute("height").role is Role.QUASI
    assert "could look up" not in texts(app)
    app.button(key="undo").click().run()
    assert project(app).recipe.attribute("height").role is not Role.QUASI


def test_markdown_in_an_answer_or_a_name_stays_text(app: AppTest) -> None:
    app.text_input(key="answer-recipient-0").input("![x](http://evil.example/x)").run()
    assert not app.exception
    assert "](http://evil" not in texts(app)
