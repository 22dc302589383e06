"""What a session remembers: the only user of ``st.session_state``.

A widget takes its value from the project and writes back to it. Its key is registered with
:func:`bind`, so that what changes the recipe from elsewhere (undo, a loaded recipe, another
recipient) can put the new value under the key: in a callback, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import streamlit as st

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.errors import AnonymiserError
from anonymiser.project import Project
from pages.common import access

__all__ = [
    "PRESENTING",
    "RECIPIENT",
    "SAMPLE",
    "attempt",
    "begin",
    "bind",
    "earlier_work",
    "follow",
    "forget",
    "given",
    "in_shell",
    "is_sample",
    "on_stage",
    "opened",
    "presenting",
    "problem",
    "project",
    "save",
    "shell_is_behind",
    "shown",
    "unrecorded",
    "uploaded",
]

T = TypeVar("T")

SAMPLE: Final = Path(__file__).parents[2] / "sample_data" / "customers.csv"
PRESENTING: Final = "presenting"
RECIPIENT: Final = "recipient"


# --- the table ---


def project() -> Project:
    """The project of this session.

    Raises
    ------
    AccessError
        Nobody is signed in any more, or somebody who may see nothing.
    """
    access.require(Right.SEE)
    return st.session_state["project"]


def opened() -> Project | None:
    """The same, where there is one; for what stands behind the pages."""
    return st.session_state.get("project")


def begin(begun: Project, *, sample: bool) -> None:
    """Work on another table from now on; earlier work on the same file is looked for."""
    st.session_state["project"] = begun
    st.session_state["sample"] = sample
    st.session_state["earlier"] = autosave.find(begun.microdata.fingerprint)


def earlier_work(*, take: bool = False) -> bytes | None:
    """Earlier work on this very file that is not yet decided on; with ``take``, it counts as decided on."""
    return st.session_state.pop("earlier", None) if take else st.session_state.get("earlier")


def forget() -> None:
    """Let go of everything that this session holds."""
    st.session_state.clear()


def is_sample() -> bool:
    """Whether the table is the built-in sample."""
    return bool(st.session_state.get("sample"))


def presenting() -> bool:
    """Whether no raw value may be shown: presentation mode is on, or the person may not see rows."""
    return bool(st.session_state.get(PRESENTING)) or on_stage() or not access.may(Right.ROWS)


def on_stage(*, here: bool | None = None) -> bool:
    """Whether the page that presents is shown, where presentation mode is always on; with an argument, say so."""
    if here is not None:
        st.session_state["on-stage"] = here
    return bool(st.session_state.get("on-stage"))


def unrecorded(sentence: str | None = None) -> str:
    """Why what is done is not recorded, empty where it is; with an argument, say so."""
    if sentence is not None:
        st.session_state["unrecorded"] = sentence
    return st.session_state.get("unrecorded", "")


def in_shell(*, running: bool | None = None) -> bool:
    """Whether the shell is drawing a page in this run; with an argument, say so."""
    if running is not None:
        st.session_state["in_shell"] = running
    return bool(st.session_state.get("in_shell"))


def shell_is_behind(*, drawn: bool = False) -> bool:
    """Whether a callback of a fragment changed what the sidebar shows; the shell says when it is drawn."""
    if drawn:
        st.session_state["shell-behind"] = False
    return bool(st.session_state.get("shell-behind"))


def problem(sentence: str | None = None) -> str | None:
    """What went wrong in a callback, told once; with an argument, remember it."""
    if sentence is not None:
        st.session_state["problem"] = sentence
        return sentence
    return st.session_state.pop("problem", None)


# --- widgets and what changes them from elsewhere ---


def bind(key: str, value_of: Callable[[Project], object]) -> str:
    """Register how a widget's value is read from the project; returns the key.

    Parameters
    ----------
    key : str
        The widget's key: the same in every run.
    value_of : callable
        From a project to the widget's value.
    """
    st.session_state.setdefault("bound", {})[key] = value_of
    return key


def shown(key: str, otherwise: T) -> T:
    """What a widget further down shows in this run; ``otherwise`` where it is not on the page yet."""
    return st.session_state.get(key, otherwise)


def follow() -> None:
    """Put the project's values under the keys of the widgets on the page. For callbacks only."""
    current = project()
    for key, value_of in st.session_state.get("bound", {}).items():
        if key in st.session_state:
            try:
                st.session_state[key] = value_of(current)
            except AnonymiserError:
                del st.session_state[key]  # its column is gone
    save()


def given(key: str) -> Any:
    """What was typed or chosen in a widget of a form that was just sent. For callbacks only."""
    return st.session_state[key]


def uploaded(key: str) -> bytes | None:
    """What was put into an upload widget; None where nothing is."""
    upload = st.session_state.get(key)
    return None if upload is None else upload.getvalue()


def attempt(change: Callable[[], object]) -> None:
    """Change the project: the widgets follow, and what goes wrong is told on the page. For callbacks only."""
    try:
        access.require(Right.TUNE)
        before = project().policy
        change()
        st.session_state["shell-behind"] = project().policy != before
    except AnonymiserError as error:
        problem(str(error))
    if opened() is not None and access.may(Right.SEE):
        follow()


def save() -> None:
    """Keep recipe, scenarios and recipients beside the vault, soon and in the background."""
    autosave.later(project())
