"""What a session remembers: the only user of ``st.session_state``.

A widget takes its value from the project and writes back to it. Its key is registered with
:func:`bind`, so that what changes the recipe from elsewhere (undo, a loaded recipe, another
recipient) can put the new value under the key: in a callback, and nowhere else.
"""

from __future__ import annotations

import atexit
import gc
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import streamlit as st

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.engine import backend
from anonymiser.errors import AnonymiserError
from anonymiser.microdata import Microdata
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.risk import warm as attacks
from pages.common import access

__all__ = [
    "add_recipient",
    "apply_recipe",
    "apply_scenario",
    "attempt",
    "bind",
    "change",
    "choose_recipient",
    "continue_earlier_work",
    "discard_earlier_work",
    "follow",
    "forget",
    "has_earlier_work",
    "in_shell",
    "is_sample",
    "load_recipe",
    "on_stage",
    "open_sample",
    "open_table",
    "opened",
    "presenting",
    "problem",
    "project",
    "redo",
    "reset",
    "save",
    "shell_is_behind",
    "show_newest",
    "shown",
    "start",
    "to_policy_levels",
    "undo",
    "unrecorded",
    "uploaded",
    "warm",
]

T = TypeVar("T")

SAMPLE: Final = Path(__file__).parents[2] / "sample_data" / "customers.csv"
PRESENTING: Final = "presenting"
RECIPIENT: Final = "recipient"


def start() -> None:
    """Open the built-in sample in a new session."""
    if "project" not in st.session_state:
        access.require(Right.SEE)
        if access.may(Right.TUNE):
            _begin(Project(read(SAMPLE)), sample=True)
        else:
            show_newest()


@cache
def warm() -> None:
    """Load the compiled kernels in the background, once: after the first page, so that it need not wait."""
    counting = backend.warm_in_background()
    threading.Thread(target=_warm_attacks, args=(counting,), name="halftone-attacks", daemon=True).start()
    atexit.register(gc.unfreeze)  # DuckDB complains at the end of objects that were never collected


def _warm_attacks(counting: threading.Thread) -> None:
    counting.join()  # the sliders' kernels come first
    attacks.warm()


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


def forget() -> None:
    """Let go of everything that this session holds."""
    st.session_state.clear()


def open_table(microdata: Microdata, *, sample: bool = False) -> Project:
    """Begin with a table; earlier work on the same file is offered again.

    Raises
    ------
    AnonymiserError
        The table cannot be planned, or the person may not open tables; the project of before stays.
    """
    access.require(Right.TUNE)
    return _begin(Project(microdata), sample=sample)


def _begin(begun: Project, *, sample: bool) -> Project:
    gc.unfreeze()
    st.session_state["project"] = begun
    st.session_state["sample"] = sample
    st.session_state["earlier"] = autosave.find(begun.microdata.fingerprint)
    gc.collect()
    gc.freeze()  # Streamlit collects garbage after every run: what stays need not be looked at again
    from pages.common import journal  # it stands on this module

    journal.opened(begun, sample=sample)
    return begun


def open_sample() -> None:
    """Begin with the built-in table of made-up customers."""
    open_table(read(SAMPLE), sample=True)


def show_newest() -> None:
    """For a viewer: what was shown last."""
    from pages.common import shared  # it stands on this module

    sample = read(SAMPLE)
    shown = shared.newest(sample)
    _begin(shown, sample=shown.microdata is sample)


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


def _in_callback(change: Callable[[], object]) -> None:
    try:
        access.require(Right.TUNE)
        before = project().policy
        change()
        st.session_state["shell-behind"] = project().policy != before
    except AnonymiserError as error:
        problem(str(error))
    if opened() is not None and access.may(Right.SEE):
        follow()


def change(how: Callable[[], object]) -> None:
    """Change the project in a callback: the widgets follow, and an error becomes its sentence."""
    _in_callback(how)


def uploaded(key: str) -> bytes | None:
    """What was put into an upload widget; None where nothing is."""
    upload = st.session_state.get(key)
    return None if upload is None else upload.getvalue()


def attempt(change: Callable[[], object]) -> None:
    """Change the project from a button; what goes wrong is told on the page. For callbacks only."""
    _in_callback(change)


def undo() -> None:
    """One step back."""
    _in_callback(lambda: project().undo())


def redo() -> None:
    """One step forward again."""
    _in_callback(lambda: project().redo())


def reset() -> None:
    """Back to the recipe with which the table was opened."""
    _in_callback(lambda: project().reset())


def choose_recipient() -> None:
    """Put the recipe under the policy chosen in the sidebar."""
    _in_callback(lambda: project().choose_policy(st.session_state[RECIPIENT]))


def to_policy_levels() -> None:
    """Move every slider to the level that the recipient's policy names."""
    _in_callback(lambda: project().choose_policy(project().policy.name, levels=True))


def apply_scenario(name: str) -> None:
    """Make a kept scenario the current setting."""
    kept = next((s for s in project().scenarios if s.name == name), None)
    if kept is not None:
        _in_callback(lambda: project().change(kept.recipe))


def apply_recipe(text: bytes) -> None:
    """Take over a saved recipe or project."""
    _in_callback(lambda: project().load_json(text))


def load_recipe(key: str) -> None:
    """Take over the recipe that was put into an upload widget."""
    upload = st.session_state.get(key)
    if upload is not None:
        apply_recipe(upload.getvalue())


def add_recipient() -> None:
    """Add the recipient that the dialog describes, and choose it."""
    given = st.session_state

    def add() -> None:
        wanted = int(given["own-l"])
        policy = Policy.custom(
            given["own-name"].strip(),
            open_release=given["own-open"],
            k=int(given["own-k"]),
            suppression=float(given["own-limit"]),
            distinct_l=wanted if wanted > 1 else None,
            ordered_t=float(given["own-t"]) if given["own-t"] < 1 else None,
            alpha=float(given["own-alpha"]) if given["own-alpha"] < 1 else None,
            source=given["own-source"],
        )
        project().policies[policy.name] = policy
        project().choose_policy(policy.name)

    _in_callback(add)


# --- what outlives the session ---


def save() -> None:
    """Keep recipe, scenarios and recipients beside the vault, soon and in the background."""
    autosave.later(project())


def has_earlier_work() -> bool:
    """Whether earlier work on this very file is kept and not yet decided on."""
    return st.session_state.get("earlier") is not None and access.may(Right.TUNE)


def continue_earlier_work() -> None:
    """Take over the earlier work."""
    text = st.session_state.pop("earlier", None)
    if text is not None:
        apply_recipe(text)


def discard_earlier_work() -> None:
    """Forget the earlier work."""
    st.session_state.pop("earlier", None)
    autosave.forget(project().microdata.fingerprint)
