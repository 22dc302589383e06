"""Tune: is it safe at this setting? Sliders on the left, the answer on the right, in one fragment."""

from __future__ import annotations

import streamlit as st

from anonymiser import figures, story
from anonymiser.project import Project
from pages.common import charts, details, recipients, requirements, sliders, state, verdict
from pages.common.shell import enter, history, problems

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
    project = state.project()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Is it safe at this setting?", anchor=False, width="content")
        recipients.badge(project.policy)
    left, right = st.columns([6, 13], gap="medium")
    required, counted, records, others = (
        st.expander(label, key=key, on_change="rerun", icon=icon) for key, label, icon in ON_DEMAND
    )
    with left, st.container(gap="xsmall"), problems():
        sliders.columns(project)
        sliders.levels(project)
        sliders.limit(project)
        history()
        sliders.scenarios(project)
    if others.open:  # before the answer, which depends on it
        with others, problems():
            sliders.others(project)
    if required.open:
        with required, problems():
            requirements.editor(project)
    with right, st.container(gap="small"), problems():
        answer(project)
    if counted.open:
        with counted, problems():
            details.explain(project)
    if records.open:
        with records, problems():
            details.compare(project)
    state.save()


def answer(project: Project) -> None:
    """What the setting means: words and figures first, then the charts."""
    assessment, found = project.assess(), project.checks()
    verdict.banner(story.verdict(assessment, found, project.policy), story.attack(assessment, project.recipe))
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


enter()
setting_and_answer()
