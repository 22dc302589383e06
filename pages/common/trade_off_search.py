"""A search for one setting in the background: how far it is, how much better may exist, and the ways to stop it."""

from __future__ import annotations

import streamlit as st

from anonymiser import exploring, story
from anonymiser.exploring import Answer, Question, Search
from anonymiser.project import Project
from anonymiser.search import By
from pages.common import state, trade_off_choices
from pages.common.words import escape

__all__ = ["instead_of_a_picture", "progress", "result"]

_LONGEST = 600
_MEASURES = {By.LOSS: "information loss", By.PRECISION: "detail kept", By.ENTROPY: "entropy lost"}


def instead_of_a_picture(project: Project, question: Question, size: int) -> None:
    """For lattices that no picture holds: the best setting, searched when asked."""
    st.info(
        f"These columns have {size:,} settings, more than a picture can hold ({exploring.MOST_NODES:,}). "
        "The best one can be searched without looking at each.",
        icon=":material/travel_explore:",
    )
    running, known = exploring.looking(project, question), exploring.answer(project, question)
    if running is not None:
        progress(running)
    elif known is not None:
        result(project, known, "Use the best setting")
    else:
        if exploring.was_given_up(project, question):
            st.caption("The search was cancelled.")
        st.button(
            "Search for the best setting",
            key="search",
            type="primary",
            icon=":material/search:",
            on_click=_begin,
            args=(question,),
        )
    earlier = None if known is not None else exploring.earlier_answer(project)
    if earlier is not None:
        st.caption("An earlier search, perhaps under other requirements, found:")
        result(project, earlier, "Use the earlier result")


def measure() -> By:
    """What the best setting is the best in."""
    return st.selectbox("Best in", list(_MEASURES), format_func=_MEASURES.__getitem__, key="search-by")


def _begin(question: Question) -> None:
    exploring.look_for(state.project(), question)


@st.fragment(run_every=0.5)
def progress(search: Search) -> None:
    """Where a search is, with its two ways to stop."""
    if search.done.is_set():
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if search.preparing:
            st.markdown("Getting the fast counting code ready: once, some seconds.", width="content")
        else:
            st.markdown(
                escape(exploring.search_so_far(search.checked, search.best, search.gap), _LONGEST), width="content"
            )
        stop = st.button(
            "Take the best so far",
            key="search-end",
            icon=":material/flag:",
            disabled=search.best is None,
            help="Ends the search; what it has found stays, with how much better may exist.",
        )
        cancel = st.button(
            "Cancel", key="search-cancel", icon=":material/close:", help="Ends the search; an earlier result stays."
        )
        if stop:
            search.end()
        if cancel:
            exploring.give_up(state.project())
            st.rerun()


def result(project: Project, found: Answer, label: str) -> None:
    """The setting that was found in words, and a button that moves the sliders there."""
    if found.node is None:
        st.warning(exploring.nothing_found(found))
        return
    node = found.node
    there = project.assess(project.recipe.changed(methods=()).with_levels(exploring.levels_of(project, node)))
    told = story.outcome(there.k, there.suppressed, there.rows, there.detail_kept)
    st.markdown(
        f"**{escape(story.setting(project.recipe.qis, node), _LONGEST)}**: {escape(told, _LONGEST)}.  \n"
        f":small[{escape(exploring.how_good(found), _LONGEST)}]"
    )
    st.button(
        label,
        key=f"use-{label}",
        type="primary",
        icon=":material/star:",
        on_click=trade_off_choices.move_to,
        args=(node,),
        disabled=node == project.recipe.node and not project.recipe.methods,
    )
