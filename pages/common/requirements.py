"""The requirements: what the recipient's policy asks for, and what the owner adds."""

from __future__ import annotations

from functools import partial
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st
from pydantic import TypeAdapter, ValidationError

from anonymiser.assessment import RequirementResult
from anonymiser.errors import InputError
from anonymiser.gate import breaking_class
from anonymiser.planning import harmful_answers, is_yes_no, own_requirements
from anonymiser.privacy import AlphaK, Requirement
from anonymiser.privacy.registry import PRIVACY_MEASURES
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from pages.common import state
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["editor"]

_ADAPTER: Final[TypeAdapter[Requirement]] = TypeAdapter(Requirement)
_TITLES: Final = {m.model: m.title.split(",")[0] for m in reversed(PRIVACY_MEASURES) if m.model}
_THRESHOLDS: Final = {
    "k_anonymity": ("k", 1.0, 5.0),
    "distinct_l": ("l", 1.0, 2.0),
    "entropy_l": ("l", 1.0, 2.0),
    "recursive_cl": ("c", 0.01, 3.0),
    "t_closeness": ("t", 0.0, 0.35),
    "alpha_k": ("alpha", 0.01, 0.5),
    "beta_likeness": ("beta", 0.01, 1.0),
    "delta_disclosure": ("delta", 0.01, 1.0),
}
"""Model → its threshold, the least one, the one offered."""
_ON_POPULATION: Final = ("k_map", "delta_presence")
_WHOLE: Final = ("k_anonymity", "distinct_l")


def editor(project: Project) -> None:
    """Add and remove requirements, see what each reaches, and what breaks one."""
    _harmful(project)
    with problems():  # a refused one leaves the others on the page
        _add(project)
    own = own_requirements(project.recipe, project.policy)
    results = project.assess().requirements
    for number, result in enumerate(results):
        words, button = st.columns([6, 1], vertical_alignment="center")
        _badge(words, result)
        removable = result.model in own
        if button.button(
            "Remove", key=f"remove-{number}", disabled=not removable, help=None if removable else "Policy"
        ):
            rest = tuple(r for r in project.recipe.requirements if r != result.model)
            project.change(project.recipe.changed(requirements=rest))
            st.rerun()
    _breaking(project, results)


def _badge(place: st.delta_generator.DeltaGenerator, result: RequirementResult) -> None:
    """One requirement: what it asks, on which column, what is reached, met or not in words."""
    asked = result.model.model_dump()
    title = _TITLES[str(asked["kind"])]
    column = f" of {escape(result.model.attribute)}" if result.model.attribute else ""
    reached = "nothing" if result.reached is None else f"{result.reached:.4g}"
    field = _THRESHOLDS.get(str(asked["kind"]), ("", 0, 0))[0]
    wanted = f", asked {field} = {asked[field]:g}" if field else ""
    place.badge(
        f"{title}{column}: {'met' if result.met else 'fails'}, reached {reached}{wanted}",
        icon=":material/check:" if result.met else ":material/close:",
        color="green" if result.met else "red",
        help=f"{result.breaking:,} groups with {result.breaking_records:,} records break it before any is deleted",
    )


def _harmful(project: Project) -> None:
    """Which answer of each yes/no column does harm."""
    for plan in project.recipe.sensitive:
        if not is_yes_no(plan):
            continue
        labels = _labels(project, plan, known=True)
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


def _add(project: Project) -> None:
    with st.form("add-requirement", border=False):
        places = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
        kind = places[0].selectbox("Model", list(_TITLES), format_func=_TITLES.__getitem__, key="require-model")
        names = [plan.name for plan in project.recipe.sensitive]
        name = places[1].selectbox("Sensitive column", names, format_func=escape, key="require-column")
        threshold = places[2].number_input("Threshold", 0.0, value=2.0, key="require-threshold")
        if places[3].form_submit_button("Add", icon=":material/add:"):
            requirement = _made(kind, name, threshold)
            candidate = project.recipe.changed(requirements=(*project.recipe.requirements, requirement))
            project.assess(candidate)  # refuses what the column cannot bear
            project.change(candidate)
            f"{_TITLES[kind]} needs a table of the population, which is not loaded. Choose another model."


def _made(kind: str, name: str | None, threshold: float) -> Requirement:
    if kind in _ON_POPULATION:
        raise InputError(
            f"{_TITLES[kind]} compares with a table of the population, which is not loaded. Choose another."
        )
    if name is None and kind != "k_anonymity":
        raise InputError("No sensitive column leaves, so only k can be required. Mark a column as sensitive first.")
    field, least, _ = _THRESHOLDS[kind]
    fields: dict[str, object] = {"kind": kind, field: int(threshold) if kind in _WHOLE else threshold}
    if kind != "k_anonymity":
        fields["attribute"] = name
    if kind == "recursive_cl":
        fields["l"] = 2
    try:
        return _ADAPTER.validate_python(fields)
    except ValidationError:
        raise InputError(f"{_TITLES[kind]} cannot have that threshold. Choose one from {least:g} up.") from None


def _labels(project: Project, plan: AttributePlan, *, known: bool = False) -> list[str]:
    labels, _, missing = project.table.labels_at(project.recipe, plan)
    return list(labels if missing is None or not known else labels[:-1])


def _breaking(project: Project, results: tuple[RequirementResult, ...]) -> None:
    """The values of the largest group that breaks a requirement on them."""
    broken = [result.model for result in results if result.breaking and result.model.attribute]
    if not broken:
        st.caption("No group breaks a requirement on sensitive values.")
        return
    model = broken[0]
    plan = project.recipe.attribute(str(model.attribute))
    labels = _labels(project, plan)
    if state.presenting():
        labels = [f"value {number}" for number in range(1, len(labels) + 1)]
    found = breaking_class(project.classes(histograms=True), model, labels)
    if found is not None:
        title = f"Values of {plan.name} in a group that breaks {_TITLES[str(model.model_dump()['kind'])]}"
        caption = (
            f"The largest such group has {found.records:,} records, beside the whole table. Before any is deleted."
        )
        told = found.shares
        frame = pd.DataFrame(
            [
                {"value": label, "who": who, "share": share}
                for label, inside, whole in told
                for who, share in (("this group", inside), ("whole table", whole))
            ]
        )
        st.altair_chart(_chart(frame, title), key="breaking")
        st.caption(escape(caption))


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
