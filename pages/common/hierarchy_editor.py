"""How a column can be blurred: its levels in words, what they do to the people in it, and the rule behind them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from anonymiser.editing import RuleKind, kind_of, kinds_for, new_rule
from anonymiser.errors import AnonymiserError
from anonymiser.hierarchies import preview
from anonymiser.inventory import level_facts
from anonymiser.limits import HIDDEN, PREVIEW_ROWS
from anonymiser.microdata import Column
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from pages.common import rule_forms, state
from pages.common.rules import exchange, refused, replace_rule
from pages.common.words import escape

__all__ = ["hierarchies"]


def hierarchies(project: Project) -> None:
    """Choose a column, see its levels, change its rule."""
    plans = {plan.name: plan for plan in project.recipe.attributes if not plan.role.identifies}
    if not plans:
        st.info("Every column is a direct identifier: none leaves, so none is blurred.")
        return
    left, right = st.columns([9, 11], gap="large")
    with left:
        name = st.selectbox(
            "Column", list(plans), key="blur-column", format_func=lambda n: f"{n} ({plans[n].role.value})"
        )
        plan = plans[name]
        column = project.table.column(project.recipe, name)
        _rule(project, plan, column)
        exchange(project, plan, column)
    with right:
        _levels(project, plan, column)


def _rule(project: Project, plan: AttributePlan, column: Column) -> None:
    """The kind of rule and its fields; a rule that does not fit is refused and the old one stays."""
    kinds = kinds_for(column, plan.hierarchy)
    present = kind_of(plan.hierarchy)
    kind = st.selectbox(
        "Blurred as", kinds, kinds.index(present), format_func=lambda k: k.value, key=f"kind-{plan.name}-{present.name}"
    )
    formats = {suggestion.name: suggestion.date_format for suggestion in project.suggestions}
    try:
        layout = formats.get(plan.name) or "%d/%m/%Y"
        spec = plan.hierarchy if kind is present else new_rule(kind, column, date_format=layout)
        with st.container(border=True, key="rule"):
            make = rule_forms.form(kind, spec, column)
        label = "Use these levels" if kind is not present else "Apply"
        nothing_to_choose = kind is present is RuleKind.FLAT
        if (
            make is not None
            and not nothing_to_choose
            and st.button(label, key="apply-rule", type="primary", icon=":material/check:")
        ):
            replace_rule(project, plan, column, make())
    except AnonymiserError as error:
        refused(error)


def _levels(project: Project, plan: AttributePlan, column: Column) -> None:
    """Each level with its word, its groups and its people; the values of one level."""
    hierarchy = project.table.hierarchy(project.recipe, plan)
    facts = level_facts(hierarchy, column)
    st.markdown(f"**What each level makes of {escape(plan.name)}**")
    frame = pd.DataFrame(
        {
            "Level": [level.name for level in facts],
            "Groups": [level.groups for level in facts],
            "Smallest": [level.smallest for level in facts],
            "Alone": [level.alone for level in facts],
        }
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        frame,
        hide_index=True,
        key=f"levels-{plan.name}",
        column_config={
            "Level": st.column_config.TextColumn(width=170),
            "Groups": number("Values", format="localized"),
            "Smallest": number("In the rarest", format="localized"),
            "Alone": number("Alone", format="localized"),
        },
    )
    if state.presenting():
        st.caption("Presentation mode: the values themselves are hidden.")
        return
    names = [level.name for level in facts[:-1]] or [facts[0].name]
    start = names[min(plan.level, len(names) - 1)]
    shown = st.selectbox("Values at the level", names, names.index(start), key=f"preview-{plan.name}-{len(names)}")
    pairs = preview(hierarchy, column, hierarchy.level_names.index(shown))
    values = pd.DataFrame(pairs, columns=["Value", "Records"])
    values["Value"] = values["Value"].replace({HIDDEN: "hidden"})
    st.dataframe(values, hide_index=True, key=f"values-{plan.name}")
    if len(pairs) == PREVIEW_ROWS:
        st.caption(f"The first {PREVIEW_ROWS} are shown.")
