"""Tune: is it safe at this setting? Sliders on the left, the answer on the right, in one fragment."""

from __future__ import annotations

import streamlit as st

from anonymiser import figures, story
from anonymiser.assessment import limit_in_records
from anonymiser.comparison import before_after
from anonymiser.limits import MAX_QIS
from anonymiser.picking import can_count, other_columns, with_counting
from anonymiser.planning import requirements_in_force
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from pages.common import charts, recipients, state, verdict
from pages.common.shell import enter, history, problems
from pages.common.words import escape


@st.fragment
def settings_and_answer() -> None:
    """Draw sliders and results; a press on a slider runs this and nothing else."""
    project = state.project()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Is it safe at this setting?", anchor=False, width="content")
        recipients.badge(project.policy)
    left, right = st.columns([6, 13], gap="medium")
    with left, st.container(gap="xsmall"), problems():
        settings(project)
    with right, st.container(gap="small"), problems():
        answer(project)
    with problems():
        details(project)
    state.save()


def settings(project: Project) -> None:
    """What the owner chooses."""
    recipe = project.recipe
    columns, levels = st.columns(2, gap="small")
    levels.button(
        "Policy's levels",
        key="policy-levels",
        width="stretch",
        on_click=state.to_policy_levels,
        help=f"Move every slider to the level that the policy for {escape(project.policy.name)} names",
    )
    with columns.popover(f"{len(recipe.qis)} columns", width="stretch", help="Choose which columns count"):
        counting = st.multiselect(
            "Columns that point at a person",
            can_count(recipe),
            [plan.name for plan in recipe.qis],
            key=state.bind("counting", lambda p: [plan.name for plan in p.recipe.qis]),
            max_selections=MAX_QIS,
            help="What somebody outside may know of a person. A column taken out of this list is not released.",
        )
    if set(counting) != {plan.name for plan in recipe.qis}:
        project.change_roles(with_counting(project, counting))
    for plan in project.recipe.qis:
        level(project, plan)
    limit(project)
    history()
    scenarios(project)


def level(project: Project, plan: AttributePlan) -> None:
    """One column's slider, its steps in words."""
    words = plan.hierarchy.level_names
    chosen = st.select_slider(
        escape(plan.name),
        range(len(words)),
        value=plan.level,
        format_func=lambda step: words[step],
        key=state.bind(f"level:{plan.name}:{len(words)}", lambda p: p.recipe.attribute(plan.name).level),
    )
    if chosen != plan.level:
        project.change_roles(project.recipe.with_levels({plan.name: chosen}))


def limit(project: Project) -> None:
    """How many rows may be deleted."""
    chosen = st.slider(
        f"Rows that may be deleted (up to {limit_in_records(project.recipe.suppression, project.microdata.rows):,})",
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
                on_click=state.apply_scenario,
                args=(kept.name,),
                width="stretch",
                icon=":material/history:",
            )


def details(project: Project) -> None:
    """What is looked at on demand."""
    with st.expander("How is k counted?", key="counted", on_change="rerun", icon=":material/calculate:") as counted:
        if counted.open:
            explain(project)
    with st.expander(
        "The same records, before and after", key="records", on_change="rerun", icon=":material/compare:"
    ) as records:
        if records.open:
            compare(project)
    with st.expander("Other columns", key="others", icon=":material/view_column:"):
        st.caption("These leave beside the columns that count, at the level chosen here.")
        for plan in other_columns(project.recipe):
            other(project, plan)


def explain(project: Project) -> None:
    """How k comes about, on the table itself."""
    assessment = project.assess()
    for number, step in enumerate(story.how_k_is_counted(assessment, project.recipe), start=1):
        st.markdown(f"{number}. {escape(step, 600)}")
    smallest = figures.smallest_groups(project.classes(), requirements_in_force(project.recipe), assessment.target_k)
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


def other(project: Project, plan: AttributePlan) -> None:
    """The level of a column that does not count."""
    words = plan.hierarchy.level_names
    chosen = st.select_slider(
        f"{escape(plan.name)} ({plan.role.value})",
        range(len(words)),
        value=plan.level,
        format_func=lambda step: words[step],
        key=state.bind(f"other:{plan.name}:{len(words)}", lambda p: p.recipe.attribute(plan.name).level),
    )
    if chosen != plan.level:
        project.change_roles(project.recipe.with_levels({plan.name: chosen}))


enter()
settings_and_answer()
