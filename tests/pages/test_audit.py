"""The audit page, driven through the real app."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from errno import ENOSPC

import pytest
from streamlit.testing.v1 import AppTest

from anonymiser.audit import HEAD_FILE, TRAIL_FILE, Event, Trail, read_entries, verify
from anonymiser.audit.report import packed

Open = Callable[[str], AppTest]


def events() -> list[Event]:
    return [entry.event for entry in read_entries(Trail().folder.joinpath(TRAIL_FILE).read_bytes())]


def texts(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption, *app.error, *app.warning))


def shown(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["What"])


def test_it_says_what_was_done_and_that_nothing_was_changed(open_app: Open) -> None:
    app = open_app("audit")
    assert not app.exception
    assert "Nothing was changed in it." in texts(app)
    assert "Whole: 2 entries" in texts(app)
    assert shown(app)[0].startswith("Opened 'customers.csv': 1,000 records in 18 columns.")
    assert next(iter(app.dataframe[0].value["Who"])).endswith("(not authenticated)")


def test_a_setting_is_noted_when_its_page_is_left_and_not_before(open_app: Open) -> None:
    app = open_app("tune")
    for step in (1, 0, 1):
        app.select_slider[0].set_value(step).run()
    assert events() == [Event.BEGUN, Event.LOADED], "a step of a slider is no entry"
    app.switch_page("pages/audit.py").run()
    assert events()[2:] == [Event.SETTING]
    assert "level 0 → 1" in shown(app)[0]
    assert "Smallest group 1 →" in shown(app)[0]
    app.run()
    assert len(events()) == 3


def test_a_reason_is_noted_with_the_setting(open_app: Open) -> None:
    app = open_app("audit")
    app.text_input(key="audit-why").set_value("The study asks for decades.")
    next(button for button in app.button if button.label == "Note it").click().run()
    assert not app.exception
    assert "Reason: The study asks for decades." in shown(app)[0]


def test_the_filter_leaves_what_it_says(open_app: Open) -> None:
    app = open_app("audit")
    app.session_state["audit-topic"] = "Tables"
    app.run()
    assert len(shown(app)) == 1
    app.session_state["audit-topic"] = "Releases"
    app.run()
    assert shown(app) == []


def test_a_change_is_shown_with_its_place(open_app: Open) -> None:
    app = open_app("audit")
    log = Trail().folder / TRAIL_FILE
    log.write_bytes(log.read_bytes().replace(b'"rows":1000', b'"rows":9000'))
    app.run()
    assert "It was changed: do not rely on it." in texts(app)
    assert "Entry 2 was edited" in texts(app)


def test_what_is_handed_on_can_be_checked_by_somebody_else(open_app: Open) -> None:
    open_app("audit")
    with zipfile.ZipFile(io.BytesIO(packed(Trail()))) as archive:
        assert verify(archive.read(TRAIL_FILE), archive.read(HEAD_FILE)).whole


def test_where_nothing_can_be_recorded_the_sidebar_says_so_and_the_work_goes_on(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app("tune")

    def full(*_: object) -> int:
        raise OSError(ENOSPC, "no space")

    monkeypatch.setattr(os, "pwrite", full)
    app.select_slider[0].set_value(1).run()
    app.switch_page("pages/overview.py").run()
    assert not app.exception
    assert "The disk is full: the audit trail could not be written" in texts(app)
    assert app.metric
