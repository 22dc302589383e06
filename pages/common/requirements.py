"""The requirements: what the recipient's policy asks for, and what the owner adds."""

from __future__ import annotations

from functools import partial
from math import inf

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser import wording
from anonymiser.access import Right
from anonymiser.assessment import RequirementResult
from anonymiser.gate import breaking_class
from anonymiser.planning import harmful_answers, is_yes_no, own_requirements
from anonymiser.privacy import AlphaK
from anonymiser.privacy.words import TITLES, asked
from anonymiser.project import Project
from pages.common import access, state
from pages.common.population import population
from pages.common.requirement_form import form, labels_of
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["editor"]


@access.needs(Right.TUNE)
def editor(project: Project) -> None:
    """Add and remove requirements, see what each reaches, and what breaks one."""
    left, right = st.columns([5, 8], gap="large")
    with left:
        st.markdown("**Add a requirement**")
        with problems():  # a refused one leaves the others on the page
            form(project)
        with problems():
            population(project)
        _harmful(project)
    with right:
        st.markdown("**What is required, and what is reached**")
        results = _results(project)
        _listed(project, results)
    _breaking(project, results)


def _listed(project: Project, results: tuple[RequirementResult, ...]) -> None:
    own = own_requirements(project.recipe, project.policy)
    for number, result in enumerate(results):
        words, button = st.columns([7, 2], vertical_alignment="center", gap="small")
        words.markdown(_in_words(result), help=_breakers(result))
        if result.model not in own:
            button.caption("policy")
        elif button.button("Remove", key=f"remove-{number}", type="tertiary"):
            rest = tuple(r for r in project.recipe.requirements if r != result.model)
            project.change(project.recipe.changed(requirements=rest))
            st.rerun()


def _results(project: Project) -> tuple[RequirementResult, ...]:
    """What each requirement reaches; nothing where one cannot be measured, which is told."""
    with problems():
        return project.assess().requirements
    return tuple(RequirementResult(model, None, met=False) for model in project.recipe.requirements)


def _in_words(result: RequirementResult) -> str:
    """One requirement: met or not, on which column, what is reached and what is asked."""
    title = TITLES[str(result.model.model_dump()["kind"])]
    column = f" of {escape(result.model.attribute, 60)}" if result.model.attribute else ""
    reached = "nothing" if result.reached is None else "no bound" if result.reached == inf else f"{result.reached:.4g}"
    wanted = escape(asked(result.model, hide_values=state.presenting()), 90)
    met = ":green-badge[:material/check: met]" if result.met else ":red-badge[:material/close: fails]"
    return f"{met} **{title}**{column}: reached {reached}, asked {wanted}"


def _breakers(result: RequirementResult) -> str:
    return f"{result.breaking:,} groups with {result.breaking_records:,} records break it before any is deleted"


def _harmful(project: Project) -> None:
    """Which answer of each yes/no column does harm."""
    if state.presenting():
        return
    for plan in project.recipe.sensitive:
        if not is_yes_no(plan):
            continue
        labels = labels_of(project, plan.name, known=True)
        now = harmful_answers(project.recipe, plan.name)
        chosen = st.selectbox(
            f"Answer of {escape(plan.name)} that does harm",
            labels,
            index=labels.index(now[0]) if now and now[0] in labels else None,
            key=state.bind(f"harm:{plan.name}", partial(_harms, name=plan.name)),
            help="α limits how much of a group has this answer. It is yours to say what an answer means.",
        )
        if chosen is not None and (chosen,) != now:
            rest = [r for r in project.recipe.requirements if not (isinstance(r, AlphaK) and r.attribute == plan.name)]
            meaning = AlphaK(attribute=plan.name, alpha=1.0, values=(chosen,))
            project.change_roles(project.recipe.changed(requirements=(*rest, meaning)))


def _harms(project: Project, name: str) -> str | None:
    return next(iter(harmful_answers(project.recipe, name)), None)


def _breaking(project: Project, results: tuple[RequirementResult, ...]) -> None:
    """The values of the largest group that breaks a requirement on them."""
    broken = [result.model for result in results if result.breaking and result.model.attribute]
    if not broken:
        st.caption("No group breaks a requirement on sensitive values.")
        return
    model = broken[0]
    plan = project.recipe.attribute(str(model.attribute))
    labels = labels_of(project, plan.name)
    if state.presenting():
        labels = [f"value {number}" for number in range(1, len(labels) + 1)]
    found = breaking_class(project.classes(histograms=True), model, labels)
    if found is not None:
        title = f"Values of {plan.name} in a group that breaks {TITLES[str(model.model_dump()['kind'])]}"
        size = wording.records(found.records)
        caption = f"The largest such group has {size}, beside the whole table. Before any is deleted."
        told = found.shares
        frame = pd.DataFrame(
            [
                {"value": label, "who": who, "share": share}
                for label, inside, whole in told
                for who, share in (("this group", inside), ("whole table", whole))
            ]
        )
        st.altair_chart(_chart(frame, title), key="breaking")
        st.caption(escape(caption, 300))


def _chart(frame: pd.DataFrame, title: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(frame, title=title)
        .mark_bar()
        .encode(
            x=alt.X("share:Q", title="Share of the records (%)", axis=alt.Axis(format=".0%")),
            y=alt.Y("value:N", sort=None, title=None),
            yOffset=alt.YOffset("who:N"),
            color=alt.Color("who:N", title=None, legend=alt.Legend(orient="top")),
            tooltip=["value:N", "who:N", alt.Tooltip("share:Q", format=".1%")],
        )
    )
    return chart
