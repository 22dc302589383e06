"""The compare page, driven through the real app."""

from __future__ import annotations

import json
from collections.abc import Callable

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from anonymiser import comparing
from anonymiser.policy import GOVERNMENT
from anonymiser.project import Project
from pages.common import state

Open = Callable[[str], AppTest]
SAFE = {"gender": 0, "birthdate": 5, "country_of_birth": 3, "postcode": 7, "education_level": 2}


def project(app: AppTest) -> Project:
    return app.session_state["project"]


def button(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label)


def said(app: AppTest) -> str:
    return " ".join(str(c.value) for c in [*app.caption, *app.markdown, *app.info])


@pytest.fixture
def page(open_app: Open) -> AppTest:
    """Two kept settings, the second one blurred."""
    app = open_app("overview")
    project(app).keep("exact", "as it came")
    project(app).change_roles(project(app).recipe.with_levels(SAFE))
    project(app).keep("*safe*")
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    return app


def test_with_nothing_kept_it_says_how_and_keeps_the_current_setting(open_app: Open) -> None:
    app = open_app("compare")
    assert not app.exception
    assert "No setting is kept yet." in said(app)
    button(app, "Keep the current setting").click().run()
    assert not app.exception
    assert [kept.name for kept in project(app).scenarios] == ["First version"]
    assert "No setting is kept yet." not in said(app)


def test_a_kept_setting_stands_beside_the_current_one(page: AppTest) -> None:
    levels = page.dataframe[0].value
    assert list(levels["exact"])[1] == "exact date"
    assert list(levels["current"])[1] == "20 years"
    measures = page.dataframe[1].value.set_index("measure")
    assert measures.loc["smallest group (k)", "second is"] == "▲ better"
    assert measures.loc["detail kept", "second is"] == "▼ worse"
    assert "as it came" in said(page)


def test_sizes_of_groups_lie_over_one_another_with_the_line_of_each_policy(page: AppTest) -> None:
    def drawn() -> tuple[dict[str, object], list[str]]:
        (chart,) = page.get("vega_lite_chart")
        spec = json.loads(chart.proto.spec)
        table = pa.ipc.open_stream(chart.proto.data.data).read_all()
        return spec, [line for line in table.column("line").to_pylist() if line]

    spec, lines = drawn()
    assert spec["title"]["text"]
    assert [layer["mark"].get("size") for layer in spec["layer"][:2]] == [18, 7], "a wide bar behind a narrow one"
    assert set(lines) == {"both ask for 5+"}
    project(page).choose_policy(GOVERNMENT.name)
    page.run()
    assert set(drawn()[1]) == {"exact asks for 5+", "current asks for 11+"}
    assert "exact: 1,000 in groups of fewer than 5; current:" in said(page)


def test_another_two_can_be_chosen(page: AppTest) -> None:
    next(s for s in page.selectbox if s.key == "compare-right").set_value("*safe*").run()
    assert not page.exception
    assert "*safe*" in page.dataframe[0].value.columns


def test_a_setting_is_marked_for_its_recipient(page: AppTest) -> None:
    next(b for b in page.button if b.key == "mark-left").click().run()
    assert not page.exception
    kept = project(page).scenarios[0]
    assert comparing.chosen_for(kept) == kept.recipe.recipient
    assert "Chosen for University researchers" in said(page)
    next(b for b in page.button if b.key == "mark-left").click().run()
    assert comparing.chosen_for(project(page).scenarios[0]) is None
    assert "University researchers: none chosen yet" in said(page)


def test_a_note_is_written(page: AppTest) -> None:
    next(t for t in page.text_input if t.key == "note-left-exact").set_value("for the archive").run()
    next(b for b in page.button if b.key == "save-left").click().run()
    assert comparing.note_of(project(page).scenarios[0]) == "for the archive"
    assert "for the archive" in said(page)


def test_the_sliders_move_to_a_kept_setting(page: AppTest) -> None:
    next(b for b in page.button if b.key == "use-left").click().run()
    assert set(project(page).recipe.node) == {0}


def test_no_record_is_shown_in_presentation_mode(page: AppTest) -> None:
    tables = len(page.dataframe)
    first = str(project(page).microdata.source.take(["birthdate"], [0]).column("birthdate").to_pylist()[0])
    assert any(first in frame.value.to_csv() for frame in page.dataframe)
    next(t for t in page.toggle if t.key == state.PRESENTING).set_value(True).run()
    assert not page.exception
    assert len(page.dataframe) == tables - 3
    assert not any(first in frame.value.to_csv() for frame in page.dataframe)
    assert "Hidden in presentation mode" in said(page)


def test_who_disappears_is_counted_when_it_is_opened(page: AppTest) -> None:
    assert not [s for s in page.selectbox if s.key == "compare-group"]
    page.session_state["who-disappears"] = True
    page.run()
    assert not page.exception
    next(s for s in page.selectbox if s.key == "compare-group").set_value("education_level").run()
    assert not page.exception
    assert "Worst off:" in said(page)
