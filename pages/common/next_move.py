"""The next step on the tune page: one line, one button."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import exploring
from anonymiser.errors import AnonymiserError
from anonymiser.exploring import NextStep
from anonymiser.project import Project
from pages.common import state, trade_off_choices, trade_off_method
from pages.common.words import escape

__all__ = ["line"]

_LONGEST: Final = 300


def line(project: Project) -> None:
    """What to do next, as soon as it is known; a large table is searched while the sliders rest."""
    if project.recipe.methods:
        trade_off_method.next_step(project)
        return
    try:
        step = exploring.next_step(project)
        if step is None and exploring.think(project):
            _wait()
            return
        step = step or exploring.next_step(project)
    except AnonymiserError:
        return  # the answer says what is wrong
    if step is not None:
        _draw(project, step)


def _draw(project: Project, step: NextStep) -> None:
    told = exploring.advice(step, project.recipe)
    words = f"**{escape(told.title, _LONGEST)}**  \n:small[{escape(told.sentence, _LONGEST)}]"
    if not told.button or step.goal is None:
        st.markdown(words)
        return
    left, right = st.columns([9, 2], gap="small", vertical_alignment="center")
    left.markdown(words)
    right.button(
        told.button,
        key="do-next-step",
        width="stretch",
        on_click=trade_off_choices.move_to,
        args=(step.goal,),
        help="Moves the sliders there; Undo brings this setting back. Settings are compared as if the rows that fail "
        "were deleted. All moves stand on the trade-off page.",
    )


@st.fragment(run_every=0.5)
def _wait() -> None:
    try:
        known = exploring.next_step(state.project()) is not None or not exploring.think(state.project())
    except AnonymiserError:
        known = True
    if known:
        st.rerun()
    st.caption(":material/hourglass_top: Looking for the next step …")
