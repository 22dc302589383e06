"""Trade-off: what is the cheapest safe setting? Every setting as a point; a click moves the sliders there."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.exploring import Lattice, score
from anonymiser.project import Project
from anonymiser.search import frontier
from pages.common import plots, recipients, trade_off_choices, trade_off_steps, trade_off_walk
from pages.common.shell import enter, problems
from pages.common.words import escape

_LONGEST = 600
_PICTURE = "trade-off-picture"


def answer(project: Project, lattice: Lattice) -> None:
    """The picture with its choices, and what stands one step away."""
    every, near = st.tabs(["Every setting", "One step from here"])
    with every:
        picture, choices = st.columns([13, 5], gap="medium")
        with choices, st.container(gap="xsmall"):
            x, y = trade_off_choices.axes()
            k = trade_off_choices.smallest_group(project, lattice)
            trade_off_choices.limit(project)
        scores = score(lattice, k, project.recipe.suppression)
        target = scores.best(trade_off_choices.measure_of(x))
        with choices, st.container(gap="xsmall"):
            trade_off_choices.use_best(project, scores, x, target)
        with picture:
            figure = plots.settings(scores, project.recipe, x, y, target)
            trade_off_choices.clickable(figure, _PICTURE, scores)
            meeting = int(scores.met.sum())
            st.caption(escape(story.trade_off_caption(lattice.nodes, meeting, scores.k, scores.limit), _LONGEST))
    with near:
        trade_off_steps.show(project, scores)
    trade_off_choices.on_the_frontier(project, scores, frontier(scores, x, y))


project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("What is the cheapest safe setting?", anchor=False, width="content")
    recipients.badge(project.policy)
with problems():
    lattice = trade_off_walk.measured(project)
    if lattice is not None:
        answer(project, lattice)
