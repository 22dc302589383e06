"""The motivated intruder on the attack page: a run on a sample of people."""

from __future__ import annotations

import streamlit as st

from anonymiser.attacking import facts, search, words
from anonymiser.project import Project
from pages.common.attack_desk import attack_desk, searched
from pages.common.words import escape

__all__ = ["intruder"]

_PEOPLE = (30, 100, 300, 1_000)


def intruder(project: Project) -> None:
    """Look for a sample of people with what is chosen on the left."""
    desk = attack_desk(project)
    known = facts.in_words(project.table, project.recipe, desk.knowledge)
    st.markdown(
        "Somebody determined looks for people drawn at random, knowing of each what is chosen on top, and picks one "
        "of the rows that fit."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        people = st.segmented_control(
            "People to look for", _PEOPLE, default=100, key="attack-people", format_func="{:,}".format, required=True
        )
        if st.button("Try it", key="attack-try", icon=":material/person_search:", type="primary"):
            with st.spinner("Looking for them …", show_time=True):
                seed = int(desk.random.integers(2**32))
                desk.trial = (project.recipe, search.try_intruder(searched(project), people, seed))
    if not known:
        st.caption("Nothing is known: every row fits everybody.")
    if desk.trial is None or desk.trial[0] != project.recipe or desk.trial[1].knowledge != desk.knowledge:
        st.caption("Not tried yet with this knowledge and this setting.")
        return
    st.markdown(escape(words.trial_sentence(desk.trial[1]), 400))
    st.dataframe(words.trial_table(desk.trial[1]), hide_index=True)
