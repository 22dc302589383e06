"""Present: the story of the release, one message a screen; and the files to take along."""

from __future__ import annotations

import streamlit as st

from pages.common import present_files, present_stage
from pages.common.shell import enter, problems

project = enter()
with problems():
    if present_stage.is_on(project):
        present_stage.show(project)
    else:
        st.title("How do I explain it to others?", anchor=False)
        left, right = st.columns(2, gap="large")
        with left.container(border=True, height="stretch", gap="small"):
            present_stage.invitation(project)
        with right.container(border=True, height="stretch", gap="small"):
            present_files.offer(project)
