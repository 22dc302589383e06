"""What do we hold, and which columns point at a person: the table, roles, findings, levels of detail."""

from __future__ import annotations

import streamlit as st

from pages.common import findings, hierarchy_editor, role_editor, source, uniqueness
from pages.common.shell import enter, problems

project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Which columns point at a person?", anchor=False)
    source.opener()
with problems():
    source.found(project)
    roles, alone, quality, levels = st.tabs(
        ["Roles", "Uniqueness", "Quality", "Levels of detail"], key="data-parts", on_change="rerun"
    )
    if roles.open:
        with roles:
            role_editor.cards(project)
            role_editor.editor(project)
    if alone.open:
        with alone:
            uniqueness.uniqueness(project)
    if quality.open:
        with quality:
            findings.findings(project)
    if levels.open:
        with levels:
            hierarchy_editor.hierarchies(project)
