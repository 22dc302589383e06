"""What stands around every page: navigation, and one place for errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.errors import AnonymiserError, HierarchyError
from anonymiser.project import Project
from pages.common import access, journal, opening, sidebar, sign_in, state
from pages.common.words import escape

__all__ = ["enter", "go", "has_page", "problems", "run"]

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
        opening.start()
        journal.settle(state.project(), page.title)
        state.on_stage(here=page.title == _PAGES["present"])
        sidebar.draw(tuning=page.title == _PAGES["tune"])
        state.shell_is_behind(drawn=True)
        state.in_shell(running=True)
        try:
            page.run()
            state.save()
        finally:
            state.in_shell(running=False)
    opening.warm()


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


def _navigation() -> st.Page:
    if not access.may(Right.SEE):  # without any navigation, Streamlit would offer every page of the folder
        return st.navigation([st.Page(sign_in.door, title="Halftone", default=True)], position="hidden")
    pages = [
        st.Page(_HERE.parent / f"{name}.py", title=title, default=name == "overview")
        for name, title in _PAGES.items()
        if has_page(name) and access.may_open(name)
    ]
    return st.navigation(pages, position="top")
