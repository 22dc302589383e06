"""Who disappears at the current setting, and the best setting that spares every group."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from anonymiser import exploring
from anonymiser.exploring import Question
from anonymiser.project import Project
from pages.common import state, trade_off_search
from pages.common.words import escape

__all__ = ["show"]

_LONGEST: Final = 400


def show(project: Project, question: Question) -> None:
    """Groups of a column on the left, the fair setting on the right."""
    groups, fair = st.columns([1, 1], gap="medium")
    with groups:
        column = st.selectbox("Groups by", exploring.can_group(project), key="fair-group")
        if column is None:
            return
        _groups(project, column)
    with fair:
        most = st.slider(
            "No group loses more than … times its share",
            1.0,
            5.0,
            2.0,
            0.5,
            format="%.1f",
            key="fair-most",
            help="1: every group loses the same share of its rows. At 2 a group may lose twice the share that "
            "all people together lose. The smallest group (k) stays as it is asked for.",
        )
        _fair(project, replace(question, column=column, most=float(most)))


def _groups(project: Project, column: str) -> None:
    found = exploring.who_disappears(project, project.recipe, column)
    if state.presenting():
        st.info("Hidden in presentation mode: groups are named by values of the table.")
        worst = f"The group that is hit hardest would lose {found.worst_times:.1f} times its share."
        st.caption(worst if found.worst_times else "No group would lose a row.")
        return
    st.dataframe(
        {
            "group": found.labels,
            "rows": found.rows,
            "would be deleted": found.gone,
            "times its share": [f"{times:.1f}" for times in found.times],
        },
        hide_index=True,
    )
    st.caption(escape(found.worst, _LONGEST))
    st.caption(
        f"At the setting of the sliders. Groups of fewer than {exploring.SMALLEST_GROUP} rows are not compared: "
        "by chance alone they may lose all."
    )


def _fair(project: Project, question: Question) -> None:
    running, known = exploring.looking(project, question), exploring.answer(project, question)
    if running is not None:
        trade_off_search.progress(running)
    elif known is not None:
        trade_off_search.result(project, known, "Use the fair setting")
    else:
        st.button(
            "Find the best setting that is fair",
            key="search-fair",
            type="primary",
            icon=":material/balance:",
            on_click=exploring.look_for,
            args=(project, question),
        )
        st.caption("Of all settings that meet the requirements and spare every group, the one that keeps most detail.")
