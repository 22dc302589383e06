"""Methods: would another method keep more? Candidates side by side, beside the best levels."""

from __future__ import annotations

import streamlit as st

from anonymiser import trying
from anonymiser.project import Project
from pages.common import methods_candidates, methods_form, methods_picture, recipients
from pages.common.shell import enter, problems


def answer(project: Project) -> None:
    """The form on the left, what came of it on the right, the picture below."""
    form, found = st.columns([4, 9], gap="medium")
    with form:
        methods_form.show(project)
    with found:
        methods_form.progress(project)
        tried = trying.candidates(project)
        best = trying.best_levels(project)
        methods_candidates.show(project, best, tried)
    if tried:
        methods_picture.show(project, tried)


project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Would another method keep more?", anchor=False, width="content")
    recipients.badge(project.policy)
with problems():
    answer(project)
