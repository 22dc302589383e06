"""Attack: what would someone who knows Alex learn? Knowledge on the left, what it finds on the right."""

from __future__ import annotations

import streamlit as st

from anonymiser.attacking import facts, search, words
from anonymiser.project import Project
from pages.common import attack_intruder, attack_known, attack_parts, joined, state, verdict
from pages.common.attack_desk import attack_desk, searched, singled_out
from pages.common.shell import enter, problems

PARTS = {
    "Most exposed": attack_parts.most_exposed,
    "Column combinations": attack_parts.combinations,
    "Precision": attack_parts.precision,
    "Motivated intruder": attack_intruder.intruder,
    "Without any search": attack_parts.without_search,
    "Attackers": attack_parts.three_attackers,
    "Hashes": attack_parts.hashes,
    "Two releases joined": joined.joined,
}
"""Worked out only while it is open."""


@st.fragment
def knowledge_and_answer() -> None:
    """Draw what is known and what it finds; a press on a slider runs this and nothing else."""
    if state.shell_is_behind():
        st.rerun()
    project = state.project()
    st.title("What would someone who knows Alex learn?", anchor=False)
    left, right = st.columns([6, 13], gap="medium")
    with left, st.container(gap="xsmall"), problems():
        attack_known.person(project)
        attack_known.columns(project)
        attack_known.precision(project)
    with right, st.container(gap="small"), problems():
        answer(project)
    tabs = st.tabs(list(PARTS), key="attack-parts", on_change="rerun")
    for tab, draw in zip(tabs, PARTS.values(), strict=True):
        if tab.open:
            with tab, problems():
                draw(project)


def answer(project: Project) -> None:
    """How many rows fit Alex, and what they say of Alex."""
    desk, found = attack_desk(project), searched(project)
    known = facts.in_words(project.table, project.recipe, desk.knowledge)
    matched, spreads = search.learnt(project, found, desk.row)
    with st.spinner("Looking for everybody …", show_time=True):
        alone = singled_out(project)
    near = search.near_columns(found)
    told = words.answer(matched, known, project.recipe.k, near)
    verdict.banner(told, told.detail)
    verdict.figures(words.cards(matched, alone, near), explained=True)
    for note in (words.form_note(project.recipe.form), words.methods_note(project.recipe, near)):
        if note:
            st.caption(note)
    if spreads:
        st.markdown("**Alex's sensitive values**: the likeliest among the rows that fit")
        st.dataframe(words.learnt_table(spreads, hide=state.presenting(), of_people=matched.of_people), hide_index=True)


enter()
knowledge_and_answer()
