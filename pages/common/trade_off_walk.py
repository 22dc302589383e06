"""Measuring every setting in the background: how far it is, and the way to stop it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import exploring
from anonymiser.exploring import Lattice, Walk
from anonymiser.project import Project
from pages.common import state

__all__ = ["measured"]

_AT_FIRST: Final = 0.4
"""Seconds that the page waits before it shows progress: most tables are done by then."""


def measured(project: Project) -> Lattice | None:
    """The measured settings of the current columns; None while there are none to draw."""
    size = exploring.size_of(project.recipe)
    lattice = exploring.found(project)
    if lattice is not None and exploring.is_current(project, lattice):
        return lattice
    walk = exploring.under_way(project)
    if walk is None and not exploring.was_cancelled(project) and size <= exploring.AT_ONCE:
        walk = exploring.explore(project)
        if walk is not None and not walk.preparing and walk.wait(_AT_FIRST):
            return exploring.found(project)
    if walk is None:
        _offer(size, earlier=lattice is not None)
    else:
        _progress(walk)
    return lattice


def _offer(size: int, *, earlier: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        shown = "The picture shows an earlier result." if earlier else "Nothing is measured yet."
        st.markdown(f"{shown} There are {size:,} settings of the sliders.", width="content")
        st.button("Measure every setting", key="measure", on_click=_begin, type="primary", icon=":material/play_arrow:")


@st.fragment(run_every=0.5)
def _progress(walk: Walk) -> None:
    if walk.done.is_set():
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = (
            "Getting the fast counting code ready: once, some seconds. Then every setting is measured."
            if walk.preparing
            else f"Measuring every setting of the sliders: {walk.progress.done:,} of {walk.progress.total:,}"
        )
        st.progress(walk.share, told)
        if st.button("Cancel", key="cancel-walk", icon=":material/close:"):
            exploring.cancel(state.project())
            st.rerun()


def _begin() -> None:
    exploring.explore(state.project())
