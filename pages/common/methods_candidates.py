"""Candidates in one chart and one table, with what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from anonymiser import trying
from anonymiser.project import Project
from anonymiser.trying import Candidate
from pages.common import methods_plots, state
from pages.common.shell import has_page
from pages.common.words import escape

__all__ = ["chosen", "show"]

_LONGEST: Final = 500
_CHOSEN: Final = "method-chosen"


def show(project: Project, best: Candidate | None, tried: Sequence[Candidate]) -> None:
    """The chart of risk against detail, the table, and the chosen candidate in words."""
    every = [*([best] if best else []), *tried]
    if not tried:
        st.info(
            "Choose a method on the left and try it: it is measured here beside the best levels of the sliders.",
            icon=":material/compare_arrows:",
        )
    if not best:
        st.caption("The best levels of the sliders are still looked for, or none meets the requirements.")
    if not every:
        return
    with st.container(key="methods-chart"):
        st.altair_chart(methods_plots.candidates(every), key="methods-risk")
    st.dataframe(methods_plots.table(every), hide_index=True, key="methods-table")
    if tried:
        _actions(project, chosen(tried), tried)


def chosen(tried: Sequence[Candidate]) -> Candidate:
    """The candidate that is looked at: the latest, or the one that was picked."""
    name = state.shown(_key(tried), tried[-1].name)
    return next((candidate for candidate in tried if candidate.name == name), tried[-1])


def _actions(project: Project, candidate: Candidate, tried: Sequence[Candidate]) -> None:
    names = [each.name for each in tried]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox("Look at", names, names.index(candidate.name), key=_key(tried), width=220)
        st.button(
            "Use it",
            key="method-use",
            type="primary",
            on_click=_use,
            args=(candidate,),
            disabled=project.recipe == candidate.recipe,
            help="Make it the current setting; undo leads back",
            icon=":material/check:",
        )
        with st.popover("Keep", icon=":material/bookmark_add:", help="Keep it under a name, to compare it later"):
            name = st.text_input("Keep it as", candidate.name, key=f"method-keep-{candidate.name}", max_chars=60)
            st.button("Keep it", key="method-keep", on_click=_keep, args=(candidate, name), type="primary")
        st.button(
            "Take away",
            key="method-drop",
            on_click=_drop,
            args=(names.index(candidate.name),),
            icon=":material/close:",
            help="Take it out of the comparison",
        )
        if project.recipe == candidate.recipe and has_page("release"):
            st.page_link("pages/release.py", label="Release it", icon=":material/arrow_forward:")
    icon = "check_circle" if candidate.safe else "warning"
    st.markdown(f":material/{icon}: **{escape(candidate.headline, _LONGEST)}** {escape(candidate.sentence, _LONGEST)}")
    st.caption(escape(candidate.risk_in_words, _LONGEST))


def _key(tried: Sequence[Candidate]) -> str:
    """Another key for each new candidate: the latest is looked at first."""
    return f"{_CHOSEN}-{'-'.join(str(hash(each.recipe) % 10_000) for each in tried)}"


def _use(candidate: Candidate) -> None:
    state.attempt(lambda: trying.use(state.project(), candidate))


def _keep(candidate: Candidate, name: str) -> None:
    if name.strip():
        state.attempt(lambda: trying.keep(state.project(), candidate, name.strip()))


def _drop(place: int) -> None:
    state.attempt(lambda: trying.drop(state.project(), place))
