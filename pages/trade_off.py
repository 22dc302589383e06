"""Trade-off: what is the cheapest safe setting? Every setting as a point; a click moves the sliders there."""

from __future__ import annotations

import streamlit as st

from anonymiser import exploring, story
from anonymiser.exploring import Lattice, score
from anonymiser.project import Project
from anonymiser.search import By, frontier
from pages.common import (
    recipients,
    trade_off_choices,
    trade_off_fair,
    trade_off_limits,
    trade_off_method,
    trade_off_plot,
    trade_off_search,
    trade_off_steps,
    trade_off_walk,
)
from pages.common.shell import enter, problems
from pages.common.words import escape

_LONGEST = 600
_PICTURE = "trade-off-picture"


def answer(project: Project, lattice: Lattice) -> None:
    """The picture with its choices, what stands one step away, and who disappears."""
    every, near, gone = st.tabs(
        ["Every setting", "One step from here", "Who disappears"], key="trade-off-parts", on_change="rerun"
    )
    below = st.container()
    with below:
        limits = trade_off_limits.chosen(project)
    with every:
        picture, choices = st.columns([13, 5], gap="medium")
        with choices, st.container(gap="xsmall"):
            x, y = trade_off_choices.axes()
            k = trade_off_choices.smallest_group(project, lattice)
            trade_off_choices.limit(project)
        scores = score(lattice, k, project.recipe.suppression)
        allowed = scores.within(limits.lowest, limits.highest)
        by = trade_off_choices.measure_of(x)
        weighted = score(lattice, k, project.recipe.suppression, limits.question(by).weights)
        target = weighted.within(limits.lowest, limits.highest).best(by)
        with choices, st.container(gap="xsmall"):
            trade_off_choices.use_best(project, allowed, x, target)
        with picture:
            figure = trade_off_plot.settings(allowed, project.recipe, x, y, target)
            trade_off_method.add_to(figure, project, x, y)
            trade_off_choices.clickable(figure, _PICTURE, allowed)
            meeting = int(allowed.met.sum())
            st.caption(escape(story.trade_off_caption(allowed.nodes, meeting, scores.k, scores.limit), _LONGEST))
            trade_off_method.note(project, x)
    with near:
        trade_off_method.note(project)
        trade_off_steps.show(project, scores)
    if gone.open:
        with gone, problems():
            trade_off_fair.show(project, limits.question(By.LOSS))
    with below:
        trade_off_choices.on_the_frontier(project, allowed, frontier(allowed, x, y), k)


def too_large(project: Project, size: int) -> None:
    """Where no picture holds the settings: the best of them, and who disappears."""
    best, gone = st.tabs(["The best setting", "Who disappears"], key="trade-off-large", on_change="rerun")
    limits = trade_off_limits.chosen(project)
    with best, problems():
        trade_off_method.note(project)
        measure, share = st.columns(2, gap="medium")
        with measure:
            by = trade_off_search.measure()
        with share:
            trade_off_choices.limit(project)
        trade_off_search.instead_of_a_picture(project, limits.question(by), size)
    if gone.open:
        with gone, problems():
            trade_off_fair.show(project, limits.question(By.LOSS))


project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("What is the cheapest safe setting?", anchor=False, width="content")
    recipients.badge(project.policy)
with problems():
    size = exploring.size_of(project.recipe)
    if size > exploring.MOST_NODES:
        too_large(project, size)
    else:
        lattice = trade_off_walk.measured(project)
        if lattice is not None:
            answer(project, lattice)
