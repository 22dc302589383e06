"""What is known of whom: the left side of the attack page."""

from __future__ import annotations

import streamlit as st

from anonymiser.attacking import facts
from anonymiser.project import Project
from anonymiser.risk.knowledge import Fact
from pages.common import state
from pages.common.attack_desk import attack_desk, someone_else
from pages.common.words import escape

__all__ = ["columns", "person", "precision"]


def person(project: Project) -> None:
    """Which record is Alex's."""
    desk = attack_desk(project)
    number, other = st.columns([5, 6], gap="small", vertical_alignment="bottom")
    chosen = number.number_input(
        "Alex's record",
        1,
        project.microdata.rows,
        value=desk.row + 1,
        key=state.bind("attack-row", lambda p: attack_desk(p).row + 1),
        help="Alex is whoever stands in this row of your table.",
    )
    desk.row = int(chosen) - 1
    other.button("Another person", key="attack-other", on_click=someone_else, width="stretch")


def columns(project: Project) -> None:
    """Which columns are known of Alex."""
    desk = attack_desk(project)
    now = [fact.attribute for fact in desk.knowledge]
    count = len(state.shown("attack-known", now))
    with st.popover(
        f"{count} {'fact' if count == 1 else 'facts'} known", width="stretch", help="Choose what is known of Alex"
    ):
        known = st.multiselect(
            "Somebody knows Alex's …",
            facts.can_be_known(project.recipe),
            now,
            key=state.bind("attack-known", lambda p: [fact.attribute for fact in attack_desk(p).knowledge]),
            help="What stands in registers, and what an acquaintance sees: whether it leaves or not.",
        )
    desk.knowledge = facts.knowing(known, desk.knowledge)


def precision(project: Project) -> None:
    """One slider for each known column: how precisely it is known."""
    desk = attack_desk(project)
    desk.knowledge = tuple(_slider(project, fact) for fact in desk.knowledge)


def _slider(project: Project, fact: Fact) -> Fact:
    grades = facts.grades(project.table, project.recipe, fact.attribute)
    now = facts.place_of(grades, fact)
    label = f"**{escape(fact.attribute)}**"
    if not state.presenting():
        value = facts.value_known(project.table, project.recipe, fact, attack_desk(project).row)
        label += f"  {escape(value, 30)}"
    if len(grades) == 1:
        st.markdown(label)
        return fact
    chosen = st.select_slider(
        label,
        range(len(grades)),
        value=now,
        format_func=lambda step: escape(grades[step].words),
        key=f"attack-grade:{fact.attribute}:{len(grades)}",
    )
    return facts.fact_of(fact.attribute, grades[chosen])
