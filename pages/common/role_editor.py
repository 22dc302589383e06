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
from anonymiser.inventory import every_column
from anonymiser.project import Project
from anonymiser.suggest import Suggestion
from pages.common import state
from pages.common.shell import problems
from pages.common.words import escape

__all__ = ["cards", "editor"]

_SHOWN: Final = 8
_LONGEST: Final = 40
_MAY_BREAK: Final = "\u200b"
_ROW: Final = 35
_MOST_HIGH: Final = 20
_ROLE_HELP: Final = (
    "Direct identifier: points at one person by itself; never leaves. Person key: tells people apart where one has "
    "several rows, so that groups count people; never leaves as it is. Quasi-identifier: points at a person together "
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
        "Suggested from names and contents. Change a role, or what a column is about, in its cell; copy a cell over "
        "others to change several. It applies at once, and Undo takes it back."
    )
    frame = _frame(project)
    key = hashlib.sha256(frame.to_csv().encode()).hexdigest()[:12]
    edited = st.data_editor(
        frame,
        key=f"roles-{key}",
        hide_index=True,
        height=_ROW * (min(len(frame), _MOST_HIGH) + 1) + 2,
        disabled=[name for name in frame.columns if name not in ("Role", "About")],
        column_config=_columns(project),
    )
    changed = edited[(edited["Role"] != frame["Role"]) | (edited["About"] != frame["About"])]
    if len(changed):
        with problems():
            _apply(project, frame, changed)
            st.rerun()


def _frame(project: Project) -> pd.DataFrame:
    reasons = {suggestion.name: _evidence(suggestion) for suggestion in project.suggestions}
    computed = {rule.name: f"Computed from {' and '.join(rule.inputs)}." for rule in project.recipe.derived}
    rows = [
        {
            "Column": plan.name,
            "Role": plan.role.value,
            "Why": reasons.get(plan.name) or computed.get(plan.name, ""),
            "Different": facts.distinct,
            "Alone": facts.alone,
            "Looks like": facts.shape,
            "About": plan.concept.value,
            "Examples": " · ".join(facts.examples),
        }
        for plan, facts in zip(project.recipe.attributes, every_column(project.table, project.recipe), strict=True)
    ]
    frame = pd.DataFrame(rows)
    return frame.drop(columns="Examples") if state.presenting() else frame


def _evidence(suggestion: Suggestion) -> str:
    """What speaks for the role; figures and consequences stand elsewhere on the page."""
    told = [reason for reason in suggestion.reasons[:-1] if not reason[:1].isdigit() or "%" in reason]
    return " ".join(told or suggestion.reasons)


def _columns(project: Project) -> dict[str, object]:
    config = st.column_config
    return {
        "Column": config.TextColumn(pinned=True, width=175),
        "Role": config.SelectboxColumn(options=[r.value for r in Role], required=True, help=_ROLE_HELP, width=195),
        "Why": config.TextColumn("Why this role", width=275, help="Double-click a cell to read all of it."),
        "Different": config.NumberColumn("Different", format="localized", width=80, help="Different values."),
        "Alone": config.NumberColumn(
            "Alone",
            format="localized",
            width=70,
            help=f"Of {project.microdata.rows:,} records, those with a value that nobody else has.",
        ),
        "Looks like": config.TextColumn(help="A stands for a letter, 9 for a digit.", width=140),
        "About": config.SelectboxColumn(
            "What it is about",
            options=[c.value for c in Concept],
            required=True,
            width=160,
            help="The recipient's policy speaks of this. Changing it also proposes another way to blur the column.",
        ),
        "Examples": config.TextColumn(help="From your file; hidden in presentation mode.", width="large"),
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
    shown = ", ".join(escape(name, _LONGEST).replace("\\_", f"\\_{_MAY_BREAK}") for name in names[:_SHOWN])
    return shown + more or "none"
