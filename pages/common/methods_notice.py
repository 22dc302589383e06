"""In the sidebar of every page: which method is in use, with a way to do without."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.project import Project
from pages.common import state
from pages.common.words import escape

__all__ = ["show"]


def show(project: Project) -> None:
    """Nothing where no method is in use."""
    methods = project.recipe.methods
    if not methods:
        return
    with st.container(border=True, gap="xsmall", key="method-in-use"):
        st.caption(f"In use: **{escape(story.listing([method.title for method in methods]), 200)}**")
        st.button(
            "Levels alone",
            key="method-without",
            on_click=_without,
            width="stretch",
            help="Do without it; undo brings it back. Verdict, attacks and release follow the method.",
        )


def _without() -> None:
    state.attempt(lambda: state.project().change(state.project().recipe.changed(methods=())))
