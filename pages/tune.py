"""Tune: is it safe at this setting? Sliders on the left, the answer on the right, in one fragment."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from anonymiser import exploring, figures, story
from anonymiser.access import Right
from anonymiser.project import Project
from pages.common import (
    access,
    charts,
    details,
    history,
    joined_checks,
    next_move,
    recipients,
    requirements,
    shared,
    sliders,
    state,
    verdict,
)
from pages.common.shell import enter, problems

ON_DEMAND = (
    ("requirements", "Requirements", ":material/rule:"),
    ("counted", "How is k counted?", ":material/calculate:"),
    ("records", "The same records, before and after", ":material/compare:"),
    ("others", "Other columns", ":material/view_column:"),
)
"""Computed only while it is open."""


@st.fragment
def setting_and_answer() -> None:
    """Draw sliders and results; a press on a slider runs this and nothing else."""
    if state.shell_is_behind():
        st.rerun()
    project, tunes = state.project(), access.may(Right.TUNE)
    exploring.pause(project)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Is it safe at this setting?", anchor=False, width="content")
        recipients.badge(project.policy)
    left, right = st.columns([6, 13], gap="medium")
    required, counted, records, others = (
        st.expander(label, key=key, on_change="rerun", icon=icon) for key, label, icon in ON_DEMAND
    )
    with left, st.container(gap="xsmall"), problems():
        if tunes:
            sliders.columns(project)
            with st.container(key="levels", gap="xsmall"):  # scrolls by itself where many columns count
                sliders.levels(project)
            sliders.limit(project)
            history.buttons()
            sliders.scenarios(project)
        else:
            shared.levels(project)
    if others.open:  # before the answer, which depends on it
        with others, problems():
            sliders.others(project)
    if required.open:
        with required, problems():
            requirements.editor(project)
    advised = None
    with right, st.container(gap="small"), problems():
        advised = answer(project)
    if counted.open:
        with counted, problems():
            details.explain(project)
    if records.open:
        with records, problems():
            details.compare(project)
    if tunes and advised is not None:  # last: the answer is on the screen by now
        with advised:
            next_move.line(project)
    state.save()


def answer(project: Project) -> DeltaGenerator:
    """What the setting means: words and figures first, then the charts; returns the place of the next step."""
    assessment, found = project.assess(), joined_checks.at_once(project)
    verdict.banner(story.verdict(assessment, found, project.policy), story.attack(assessment, project.recipe))
    advised = st.container(key="next-step")
    verdict.badges(found)
    verdict.figures(figures.cards(assessment, project.policy))
    sizes, lost = st.columns([4, 3], gap="medium")
    with sizes:
        st.markdown("**How many people look alike**")
        caption = story.histogram_caption(assessment, assessment.target_k)
        charts.group_sizes(figures.size_bins(assessment), assessment.target_k, "sizes", caption)
    with lost:
        st.markdown("**What detail is lost**")
        caption = story.loss_caption(assessment, project.recipe)
        charts.information_loss(figures.losses(assessment, project.recipe), "losses", caption)
    return advised


enter()
setting_and_answer()
