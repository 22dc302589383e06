"""The form of the methods page: which method, with which parameters; and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from anonymiser import story, trying
from anonymiser.errors import AnonymiserError
from anonymiser.methods import METHODS, MethodParameters, Scope
from anonymiser.project import Project
from anonymiser.trying import FieldForm, From, Trial
from pages.common import methods_fields, state
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["progress", "show"]

_AT_FIRST: Final = 1.0
"""Seconds that the page waits before it shows progress."""
_LONGEST: Final = 400
_SHOWN: Final = 2
"""Parameters that are shown at once; the others unfold."""


def show(project: Project) -> None:
    """Choose a method and its parameters, and try it."""
    titles = [method.title for method in METHODS]
    with st.container(border=True, gap="small"):
        title = st.selectbox("Method", titles, key="method", help="What is done to the records")
        method = METHODS[titles.index(title)]
        st.caption(escape(method.about, _LONGEST))
        begin = st.container()
        starts = list(From)
        groups = method.scope is Scope.GROUPING or "important" in method.model_fields
        usual = From.EXACT if groups else From.BEST
        start = st.selectbox(
            "Start from",
            starts,
            starts.index(usual),
            format_func=lambda each: each.value,
            key=f"method-start-{usual.name}",
            help="The columns that count, before the method sees them",
        )
        values = _parameters(project, method)
        begin.button(
            "Try it",
            key="method-try",
            type="primary",
            width="stretch",
            icon=":material/play_arrow:",
            on_click=_try,
            args=(method, values, start),
            disabled=any(isinstance(value, AnonymiserError) for value in values.values()),
            help=f"Groups keep every requirement: at least {escape(story.people(project.recipe.k))}, and the others",
        )
        st.caption(f":material/gpp_maybe: **Does not protect from:** {escape(method.not_protected, _LONGEST)}")


def _parameters(project: Project, method: type[MethodParameters]) -> dict[str, Any]:
    """Every parameter that says something beside the others: the first ones at once, the rest folded in."""
    fields = trying.fields_of(project, method)
    values: dict[str, Any] = {}

    def ask(asked: Sequence[FieldForm]) -> None:
        for field in asked:
            if field.only_with is None or values.get(field.only_with[0]) == field.only_with[1]:
                values[field.name] = methods_fields.ask(project, method, field, values)

    at_once = [field for field in fields[:_SHOWN] if field.kind not in methods_fields.LARGE]
    ask(at_once)
    rest = [field for field in fields if field not in at_once]
    if rest:
        with st.expander("More", key="method-more", icon=":material/tune:"):
            ask(rest)
    return values


def _try(method: type[MethodParameters], values: dict[str, Any], start: From) -> None:
    """Begin; most tables are done before the page is drawn."""

    def run() -> None:
        project = state.project()
        recipe = trying.recipe_with(project, (trying.made(method, values),), start)
        trying.begin(project, recipe).wait(_AT_FIRST)

    state.attempt(run)


def progress(project: Project) -> None:
    """How far the running method is, with a way to stop it; what stopped it, once."""
    trial = None
    with problems():
        trial = trying.under_way(project)
    if trial is not None:
        _running(trial)


@st.fragment(run_every=0.5)
def _running(trial: Trial) -> None:
    if trial.done.is_set():
        st.rerun()
    told = trial.words or "Beginning: the first time takes some seconds"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(trial.share, escape(told))
        if st.button("Cancel", key="method-cancel", icon=":material/close:"):
            trying.give_up(state.project())
            st.rerun()
