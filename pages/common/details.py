"""What is looked at on demand on the tune page: how k comes about, and the same records twice."""

from __future__ import annotations

import streamlit as st

from anonymiser import figures, story
from anonymiser.comparison import before_after
from anonymiser.project import Project
from pages.common import state
from pages.common.words import escape

__all__ = ["compare", "explain"]


def explain(project: Project) -> None:
    """How k comes about, on the table itself."""
    assessment = project.assess()
    for number, step in enumerate(story.how_k_is_counted(assessment, project.recipe), start=1):
        st.markdown(f"{number}. {escape(step, 600)}")
    smallest = figures.smallest_groups(project.classes(), project.in_force(), assessment.target_k)
    st.dataframe(figures.groups_table(smallest, project.recipe, hide_values=state.presenting()), hide_index=True)


def compare(project: Project) -> None:
    """The same records before and after."""
    if state.presenting():
        st.info("Hidden in presentation mode: records of people are never shown on a shared screen.")
        return
    pair = before_after(project)
    st.caption("Before: as in your file. These rows never leave.")
    st.dataframe(pair.before, hide_index=True, height=250)
    st.caption("After: as they would leave. – means that the column does not leave.")
    st.dataframe(pair.after, hide_index=True, height=250)
