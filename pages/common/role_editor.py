"""What each column can do to a person: four figures on top, and a table in which several roles are changed at once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from anonymiser.attributes import Concept, Role
from anonymiser.editing import RoleGroup, role_groups, with_concept, with_roles
from anonymiser.hierarchies import suggest_spec
from anonymiser.inventory import facts_of
from anonymiser.project import Project
from pages.common import state
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["cards", "editor"]

_SHOWN: Final = 8
_ROW: Final = 36
_MOST_HIGH: Final = 20
_ROLE_HELP: Final = (
    "Direct identifier: points at one person by itself; never leaves. Quasi-identifier: points at a person together "
    "with others; counts towards the groups. Observable: an acquaintance may know it. Sensitive: learning it could "
    "harm. Insensitive: none of these."
)


def cards(project: Project) -> None:
    """How many columns do what to a person, with their names."""
    groups = role_groups(project.recipe)
    for place, group in zip(st.columns(len(groups), gap="small"), groups, strict=True):
        with place.container(border=True, height="stretch", gap="xsmall"):
            st.metric(group.title, len(group.columns), help=group.meaning)
            st.caption(_names(group))


def editor(project: Project) -> None:
    """The table of columns; a change applies at once, and undo brings it back."""
    st.caption(
        "Suggested from names and contents. Change a role, or what a column is about, in the table: several at once by "
        "copying a cell over others. Changes apply at once; Undo in the sidebar takes them back."
    )
    frame = _frame(project)
    key = hashlib.sha256(frame.to_csv().encode()).hexdigest()[:12]
    edited = st.data_editor(
        frame,
        key=f"roles-{key}",
        hide_index=True,
        height=_ROW * min(len(frame) + 1, _MOST_HIGH),
        disabled=[name for name in frame.columns if name not in ("Role", "About")],
        column_config=_columns(project),
    )
    changed = edited[(edited["Role"] != frame["Role"]) | (edited["About"] != frame["About"])]
    if len(changed):
        with problems():
            _apply(project, frame, changed)
            st.rerun()


def _frame(project: Project) -> pd.DataFrame:
    reasons = {suggestion.name: " ".join(suggestion.reasons) for suggestion in project.suggestions}
    computed = {rule.name: f"Computed from {' and '.join(rule.inputs)}." for rule in project.recipe.derived}
    rows = [
        {
            "Column": plan.name,
            "Role": plan.role.value,
            "About": plan.concept.value,
            "Why": reasons.get(plan.name) or computed.get(plan.name, ""),
            "Different": facts.distinct,
            "Alone": facts.alone,
            "Looks like": facts.shape,
            "Examples": " · ".join(facts.examples),
        }
        for plan, facts in zip(project.recipe.attributes, facts_of(project.table, project.recipe), strict=True)
    ]
    frame = pd.DataFrame(rows)
    return frame.drop(columns="Examples") if state.presenting() else frame


def _columns(project: Project) -> dict[str, object]:
    config = st.column_config
    return {
        "Column": config.TextColumn(pinned=True, width=150),
        "Role": config.SelectboxColumn(options=[r.value for r in Role], required=True, help=_ROLE_HELP, width=150),
        "About": config.SelectboxColumn(
            "What it is about",
            options=[c.value for c in Concept],
            required=True,
            width=150,
            help="The recipient's policy speaks of this. Changing it also proposes another way to blur the column.",
        ),
        "Why": config.TextColumn("Why this role", width=330, help="Double-click a cell to read all of it."),
        "Different": config.NumberColumn("Different values", format="localized", width="small"),
        "Alone": config.NumberColumn(
            "Alone",
            format="localized",
            width="small",
            help=f"Of {project.microdata.rows:,} records, those with a value that nobody else has.",
        ),
        "Looks like": config.TextColumn(help="a stands for a letter, 9 for a digit.", width="small"),
        "Examples": config.TextColumn(help="From your file; hidden in presentation mode.", width="medium"),
    }


def _apply(project: Project, before: pd.DataFrame, changed: pd.DataFrame) -> None:
    """One step that undo takes back, however many cells were changed."""
    recipe = project.recipe
    formats = {suggestion.name: suggestion.date_format for suggestion in project.suggestions}
    for place, row in changed.iterrows():
        name, concept = row["Column"], Concept(row["About"])
        if row["About"] != before.loc[place, "About"]:
            column = project.table.column(recipe, name)
            recipe = with_concept(recipe, name, concept, suggest_spec(column, concept, formats.get(name)))
    roles = {row["Column"]: Role(row["Role"]) for _, row in changed.iterrows()}
    project.change_roles(with_roles(recipe, roles, project.policy))
    state.save()


def _names(group: RoleGroup) -> str:
    names: Sequence[str] = group.columns
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(escape(name, 40) for name in names[:_SHOWN]) + more) or "none"
