"""What leaves and what stays: three figures, and every column with what is done to it."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from anonymiser.project import Project
from anonymiser.releasing import Outline, outline
from pages.common.words import escape

__all__ = ["answer", "columns"]

_SHOWN: Final = 6
_LONGEST: Final = 300
_MAY_BREAK: Final = "\u200b"


def answer(project: Project) -> None:
    """What leaves, what stays, who can open it."""
    plan = outline(project)
    with st.container(key="cards"):
        leaves, stays, opens = st.columns(3, gap="small")
    with leaves.container(border=True, height="stretch", gap="xsmall"):
        st.metric("What leaves", plan.amount)
        st.caption(escape(plan.leaves_in_words, _LONGEST).replace("\\_", f"\\_{_MAY_BREAK}"))
    with stays.container(border=True, height="stretch", gap="xsmall"):
        st.metric("What stays here", plan.kept_back)
        st.caption(escape(plan.stays_in_words, _LONGEST).replace("\\_", f"\\_{_MAY_BREAK}"))
    with opens.container(border=True, height="stretch", gap="xsmall"):
        st.metric("Who can open it", plan.who)
        st.caption(escape(plan.who_in_words, _LONGEST))


def columns(project: Project) -> None:
    """The dictionary before it is written: columns that leave, and why the others do not."""
    plan: Outline = outline(project)
    st.markdown("**Columns that leave**")
    if plan.leaving:
        st.dataframe(
            pd.DataFrame(
                {
                    "Column": [column.name for column in plan.leaving],
                    "About": [column.about for column in plan.leaving],
                    "Counts as": [column.role for column in plan.leaving],
                    "Level": [column.level for column in plan.leaving],
                    "What is done": [column.words for column in plan.leaving],
                }
            ),
            hide_index=True,
            key="leaving",
            column_config={"What is done": st.column_config.TextColumn(width="large")},
        )
    else:
        st.info("No column leaves at this setting: move a slider on the Tune page away from hidden.")
    st.markdown("**Columns that stay here**")
    st.dataframe(
        pd.DataFrame(
            {
                "Column": [column.name for column in plan.staying],
                "About": [column.about for column in plan.staying],
                "Why": [column.words for column in plan.staying],
            }
        ),
        hide_index=True,
        key="staying",
        column_config={"Why": st.column_config.TextColumn(width="large")},
    )
    st.caption(
        "The package explains each column that leaves in a data dictionary: as a page, a table and a data package."
    )
