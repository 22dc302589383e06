"""The page that presents, driven through the real app."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.policy import RESEARCHERS
from anonymiser.presenting import FILES
from anonymiser.project import Project

Open = Callable[[str], AppTest]


@pytest.fixture
def app(open_app: Open) -> AppTest:
    opened = open_app("present")
    project(opened).choose_policy(RESEARCHERS.name, levels=True)
    return opened.run()


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def shown(app: AppTest) -> str:
    """What stands on the page, without the style sheets."""
    html = " ".join(str(element.proto.body) for element in app.get("html"))
    return re.sub(r"<[^>]+>", " ", html) + " ".join(m.value for m in (*app.markdown, *app.caption))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_it_tells_the_story_screen_by_screen(app: AppTest) -> None:
    press(app, "begin")
    seen = []
    for number in range(1, 11):
        assert f"{number} of 10" in shown(app)
        seen.append(shown(app))
        if number < 10:
            press(app, "stage-next")
    assert app.button(key="stage-next").disabled
    assert len(set(seen)) == 10
    assert "the smallest has 7" in seen[4]
    assert "9 of 10" in shown(press(app, "stage-back"))
    press(app, "stage-end")
    assert app.button(key="begin")


def test_presentation_mode_is_on_there_and_only_there(app: AppTest) -> None:
    assert app.session_state["on-stage"]
    app.switch_page("pages/tune.py").run()
    assert not app.session_state["on-stage"]
    assert not app.session_state["presenting"]


def test_nothing_raw_is_on_any_screen(app: AppTest) -> None:
    press(app, "begin")
    said = ""
    for _ in range(9):
        said += shown(app)
        press(app, "stage-next")
    current = project(app)
    for name in ("surname", "phone_number", "national_insurance_number", "birthdate", "postcode"):
        values = current.table.column(current.recipe, name).values
        there = [value for value in values if len(value) > 3 and value in said]
        assert not any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said) for value in there), name


def test_names_from_the_data_are_only_text(app: AppTest) -> None:
    from anonymiser.reading import read

    name = "<img src=x onerror=alert(1)>"
    rows = [f'"{name}",b'] + [f"{'ab'[i % 2]},{i % 3}" for i in range(300)]
    app.session_state["project"] = Project(read("\n".join(rows).encode(), name="t.csv"))
    press(app.run(), "begin")
    for _ in range(9):
        assert "<img" not in " ".join(str(element.proto.body) for element in app.get("html"))
        press(app, "stage-next")


def test_the_files_are_made_and_handed_over(app: AppTest) -> None:
    app.button(key="make-material").click().run(timeout=60)
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button") if button.key.startswith("take-")] == [
        "Slides",
        "Risk report as a page",
        "Risk report as PDF",
        "Notebook",
        "Script",
    ]
    assert len(FILES) == 5
    current = project(app)
    current.change(current.recipe.with_levels({"gender": 1}))
    assert app.run().button(key="make-material")
