"""The result of the methods in use beside the settings of the sliders, and the next step with them."""

from __future__ import annotations

from html import escape as as_text
from textwrap import wrap
from typing import Final

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from anonymiser import exploring, trying
from anonymiser.errors import AnonymiserError
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import Axis
from anonymiser.trying import MethodAdvice
from pages.common import state
from pages.common.colours import HERE
from pages.common.words import escape

__all__ = ["add_to", "next_step", "note"]

_LONGEST: Final = 500
_A_LINE: Final = 60


def add_to(figure: go.Figure, project: Project, x: Axis, y: Axis) -> None:
    """A square where the methods in use stand; nothing where they have no place on these axes."""
    found = trying.standing(project)
    if found is None:
        return
    across, up = found.along(x), found.along(y)
    if across is None or up is None:
        return
    told = "<br>".join(as_text(line) for line in wrap(trying.standing_in_words(found), _A_LINE))
    figure.add_scattergl(
        x=exploring.drawn(np.array([across]), x),
        y=exploring.drawn(np.array([up]), y),
        name=f"with {as_text(found.title)}",
        mode="markers",
        marker={"symbol": "square", "size": 15, "color": HERE, "line": {"width": 2, "color": "white"}},
        hovertemplate=f"<b>In use</b><br>{told}<extra></extra>",
    )


def note(project: Project, across: Axis | None = None) -> None:
    """What the methods in use come to, in words; nothing without methods.

    Parameters
    ----------
    project : Project
    across : Axis, optional
        What the picture shows across, where it shows them as a square.
    """
    found = trying.standing(project)
    if found is None:
        return
    told = f"**In use:** {escape(trying.standing_in_words(found), _LONGEST)}"
    if across is None:
        st.caption(f"{told} Here the sliders are counted alone: a move does without the method; Undo leads back.")
        return
    icon = "" if found.no_place else ":material/square: "
    alike = ""
    if across is Axis.DETAIL and not found.no_place:
        alike = (
            " Along “detail kept” the sliders are charged by their steps and the method by the width of its labels: "
            "choose “information loss” under Axes, which charges both alike, to compare them."
        )
    st.caption(
        f"{icon}{told} Every other point is a setting of the sliders alone: using one does without the method; Undo "
        f"leads back.{alike}"
    )


def next_step(project: Project) -> None:
    """What to do next with methods in use; nothing where nothing can be said."""
    try:
        advice = trying.advice_with_methods(project)
        if advice is None and trying.best_is_sought(project):
            _wait()
            return
    except AnonymiserError:
        return  # the answer says what is wrong
    if advice is not None:
        _draw(advice)


def _draw(advice: MethodAdvice) -> None:
    words = f"**{escape(advice.title, _LONGEST)}**  \n:small[{escape(advice.sentence, _LONGEST)}]"
    if advice.recipe is None:
        st.markdown(words)
        return
    left, right = st.columns([9, 2], gap="small", vertical_alignment="center")
    left.markdown(words)
    right.button(
        advice.button,
        key="do-next-step",
        width="stretch",
        on_click=_use,
        args=(advice.recipe,),
        help="Undo brings this setting back.",
    )


def _use(recipe: Recipe) -> None:
    state.attempt(lambda: state.project().change(recipe))
    state.follow()


@st.fragment(run_every=0.5)
def _wait() -> None:
    if not trying.best_is_sought(state.project()):
        st.rerun()
    st.caption(":material/hourglass_top: Comparing with the best setting of the sliders …")
