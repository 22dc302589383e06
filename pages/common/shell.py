"""What stands around every page: navigation, sidebar, and one place for errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.engine import backend
from anonymiser.errors import AnonymiserError, HierarchyError
from anonymiser.project import Project
from pages.common import access, journal, methods_notice, recipients, shared, sign_in, state
from pages.common.words import escape

__all__ = ["enter", "go", "has_page", "history", "problems", "run"]

_HERE: Final = Path(__file__).parent
_PAGES: Final = {
    "overview": "Overview",
    "data": "Data",
    "tune": "Tune",
    "trade_off": "Trade-off",
    "methods": "Methods",
    "attack": "Attack",
    "compare": "Compare",
    "recipient": "Recipient",
    "release": "Release",
    "present": "Present",
    "audit": "Audit",
}
"""Without icons: Streamlit makes a page's icon the tab's, and the browser would fetch that from Google."""
_LONGEST: Final = 400
_SIDEBAR: Final = 268
"""Pixels."""


def run() -> None:
    """Draw the shell and the chosen page: all that ``app.py`` does."""
    st.set_page_config(
        page_title="Halftone", page_icon=str(_HERE / "icon.svg"), layout="wide", initial_sidebar_state=_SIDEBAR
    )
    st.html(_HERE / "style.css")
    st.logo(_HERE / "logo.svg", size="large", icon_image=_HERE / "icon.svg")
    page = _navigation()
    if not access.may(Right.SEE):
        page.run()
        return
    with problems():
        state.start()
        journal.settle(state.project(), page.title)
        state.on_stage(here=page.title == _PAGES["present"])
        _sidebar(page.title)
        state.shell_is_behind(drawn=True)
        state.in_shell(running=True)
        try:
            page.run()
            state.save()
        finally:
            state.in_shell(running=False)
    state.warm()


def enter() -> Project:
    """The project to draw; every page begins with it.

    Streamlit runs a page of this folder by itself on a first visit to its address: then the
    navigation is built and everything begins again with the shell.
    """
    if not state.in_shell():
        _navigation()
        st.rerun()
    return state.project()


@contextmanager
def problems() -> Iterator[None]:
    """Show an error of Halftone's as its sentence; also around the body of a fragment."""
    told = state.problem()
    if told:
        st.error(escape(told, _LONGEST), icon=":material/error:")
    try:
        yield
    except AnonymiserError as error:
        sentence = escape(error, _LONGEST)
        if isinstance(error, HierarchyError) and error.values and not state.presenting():
            sentence += "  \n" + ", ".join(escape(value) for value in error.values)
        st.error(sentence, icon=":material/error:")


def has_page(name: str) -> bool:
    """Whether a page exists."""
    return (_HERE.parent / f"{name}.py").is_file()


def go(name: str, label: str, *, primary: bool = False) -> None:
    """A button that leads to another page, if it exists."""
    kind = "primary" if primary else "secondary"
    if (
        has_page(name)
        and access.may_open(name)
        and st.button(label, key=f"go-{name}", type=kind, icon=":material/arrow_forward:", icon_position="right")
    ):
        st.switch_page(f"pages/{name}.py")


def history() -> None:
    """Undo, redo and reset, with their keys."""
    current = state.project()
    with st.container(horizontal=True, gap="small", key="history"):
        st.button(
            "Undo",
            key="undo",
            width="stretch",
            on_click=state.undo,
            disabled=not current.can_undo,
            shortcut="Mod+Z",
            help="Take back the last change (Ctrl+Z)",
        )
        st.button(
            "Redo",
            key="redo",
            width="stretch",
            on_click=state.redo,
            disabled=not current.can_redo,
            shortcut="Mod+Shift+Z",
            help="Do again what was taken back (Ctrl+Shift+Z)",
        )
        st.button(
            "Reset",
            key="reset",
            width="stretch",
            on_click=state.reset,
            disabled=not current.can_undo,
            help="Back to how the table was opened; undo brings your setting back",
        )


def _navigation() -> st.Page:
    if not access.may(Right.SEE):  # without any navigation, Streamlit would offer every page of the folder
        return st.navigation([st.Page(sign_in.door, title="Halftone", default=True)], position="hidden")
    pages = [
        st.Page(_HERE.parent / f"{name}.py", title=title, default=name == "overview")
        for name, title in _PAGES.items()
        if has_page(name) and access.may_open(name)
    ]
    return st.navigation(pages, position="top")


def _sidebar(title: str) -> None:
    current = state.project()
    with st.sidebar:
        _table(current)
        tunes = access.may(Right.TUNE)
        shared.chooser(current)
        if tunes:
            recipients.choose(current)
        if tunes and title != "Tune":  # there the buttons stand beside the sliders and know each step
            history()
        if tunes:
            methods_notice.show(current)
            _recipe(current)
            shared.share(current)
        st.toggle(
            "Presentation mode",
            key=state.PRESENTING,
            value=state.presenting() and not state.on_stage(),
            disabled=not access.may(Right.ROWS),
            help="Hides every value of the table: for a projector or a shared screen.",
        )
        if state.unrecorded():
            st.warning(escape(state.unrecorded(), _LONGEST), icon=":material/edit_off:")
        sign_in.account()
        if not backend.is_warm():
            _warming()


def _table(current: Project) -> None:
    with st.container(key="table", gap="xsmall"):
        st.markdown(f"**{escape(current.microdata.name)}**")
        st.caption(f"{current.microdata.rows:,} rows · {len(current.microdata.names):,} columns")
        if state.is_sample():
            st.badge("Sample: made-up people", icon=":material/science:", color="gray")
        if state.has_earlier_work():
            st.caption("You worked on this table before.")
            with st.container(horizontal=True, gap="small"):
                st.button("Continue", key="continue", on_click=state.continue_earlier_work, type="primary")
                st.button("Forget it", key="forget", on_click=state.discard_earlier_work)


def _recipe(current: Project) -> None:
    with st.container(horizontal=True, gap="small", key="recipe"):
        st.download_button(
            "Save recipe",
            width="stretch",
            data=current.to_json,
            file_name=f"{Path(current.microdata.name).stem or 'table'}-recipe.json",
            mime="application/json",
            key="save-recipe",
            on_click="ignore",
            help="Roles, levels and limits as a file; no row of the table is in it.",
        )
        with st.popover("Load", width="stretch", help="Take over a recipe that was saved"):
            st.file_uploader(
                "A recipe that Halftone saved (JSON)",
                type="json",
                key="load-recipe",
                on_change=state.load_recipe,
                args=("load-recipe",),
            )


@st.fragment(run_every=2)
def _warming() -> None:
    if backend.is_warm():
        st.rerun()
    st.caption(":material/hourglass_top: Preparing the fast counting code. Everything works meanwhile.")
