"""What the owner chooses on the tune page: columns, levels, how much may be deleted."""

from __future__ import annotations

import streamlit as st

from anonymiser.access import Right
from anonymiser.assessment import limit_in_records
from anonymiser.limits import MAX_QIS
from anonymiser.picking import can_count, other_columns, with_counting
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from pages.common import access, changes, state
from pages.common.words import escape

__all__ = ["columns", "levels", "limit", "others", "scenarios"]


def columns(project: Project) -> None:
    """Which columns count, and a way to the policy's levels."""
    choose, move = st.columns(2, gap="small")
    move.button(
        "Policy's levels",
        key="policy-levels",
        width="stretch",
        on_click=changes.to_policy_levels,
        disabled=not project.policy.columns,
        help=f"Move every slider to the level that the policy names: {escape(project.policy.name)}"
        if project.policy.columns
        else "This policy names no levels: move the sliders yourself",
    )
    now = [plan.name for plan in project.recipe.qis]
    with choose.popover(
        f"{len(state.shown('counting', now))} columns", width="stretch", help="Choose which columns count"
    ):
        counting = st.multiselect(
            "Columns that point at a person",
            can_count(project.recipe),
            now,
            key=state.bind("counting", lambda p: [plan.name for plan in p.recipe.qis]),
            max_selections=MAX_QIS,
            help="What somebody outside may know of a person. A column taken out of this list is not released.",
        )
    if set(counting) != set(now):
        project.change_roles(with_counting(project, counting))


def levels(project: Project) -> None:
    """One slider for each column that counts, its steps in words."""
    for plan in project.recipe.qis:
        _level(project, plan, escape(plan.name), "level")


@access.needs(Right.TUNE)
def others(project: Project) -> None:
    """The same for the columns that leave without counting."""
    st.caption("These leave beside the columns that count, at the level chosen here.")
    places = st.columns(3, gap="medium")
    for number, plan in enumerate(other_columns(project.recipe)):
        with places[number % len(places)]:
            _level(project, plan, f"{escape(plan.name)} ({plan.role.value})", "other")


def _level(project: Project, plan: AttributePlan, label: str, kind: str) -> None:
    words = plan.hierarchy.level_names
    chosen = st.select_slider(
        label,
        range(len(words)),
        value=plan.level,
        format_func=lambda step: escape(words[step]),
        key=state.bind(f"{kind}:{plan.name}:{len(words)}", lambda p: p.recipe.attribute(plan.name).level),
    )
    if chosen != plan.level:
        project.change_roles(project.recipe.with_levels({plan.name: chosen}))


def limit(project: Project) -> None:
    """How many rows may be deleted."""
    share = state.shown("limit", project.recipe.suppression)
    chosen = st.slider(
        f"May be deleted: up to {limit_in_records(share, project.microdata.rows):,} rows",
        0.0,
        1.0,
        value=project.recipe.suppression,
        step=0.005,
        format="percent",
        key=state.bind("limit", lambda p: p.recipe.suppression),
        help="Rows in groups that are too small are deleted when they all fit this limit; otherwise none is.",
    )
    if chosen != project.recipe.suppression:
        project.change(project.recipe.changed(suppression=chosen))


def scenarios(project: Project) -> None:
    """Keep this setting under a name; go back to a kept one."""
    with st.popover("Kept settings", icon=":material/bookmark:", width="stretch"):
        with st.form("keep", border=False, clear_on_submit=True):
            name = st.text_input("Keep this setting as", key="keep-name", max_chars=60)
            if st.form_submit_button("Keep") and name.strip():
                project.keep(name.strip())
        for number, kept in enumerate(project.scenarios):
            st.button(
                escape(kept.name),
                key=f"kept-{number}",
                on_click=changes.apply_scenario,
                args=(kept.name,),
                width="stretch",
                icon=":material/history:",
            )
