"""How many people stand alone in each column: bars with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser.inventory import ColumnFacts, alone_sentence, every_column, most_alone
from anonymiser.project import Project
from pages.common.words import escape

__all__ = ["uniqueness"]

_NEUTRAL: Final = "#7b868d"
_ROW: Final = 24
_BAR: Final = 14
_SMALL: Final = 12
_ROOM: Final = 1.12
"""The scale's end, as a multiple of all records: room for the number beside a full bar."""
_LONGEST: Final = 400


def uniqueness(project: Project) -> None:
    """The bars, most telling column first."""
    facts = every_column(project.table, project.recipe)
    shown = most_alone(facts)
    st.markdown("**Records with a value that nobody else has, by column**")
    st.altair_chart(_bars(shown, project), key="uniqueness")
    st.caption(escape(alone_sentence(facts), _LONGEST))


def _bars(shown: Sequence[ColumnFacts], project: Project) -> alt.LayerChart:
    roles = {plan.name: plan.role.value for plan in project.recipe.attributes}
    frame = pd.DataFrame(
        {
            "column": [facts.name for facts in shown],
            "alone": [facts.alone for facts in shown],
            "different": [facts.distinct for facts in shown],
            "role": [roles[facts.name] for facts in shown],
            "shown": [f"{facts.alone:,}" for facts in shown],
        }
    )
    axis = alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, labelLimit=220, ticks=False, labelOverlap=False)
    y = alt.Y("column:N", sort=None, title=None, axis=axis)
    counts = alt.Axis(format=",d", tickCount=5, labelFontSize=_SMALL, titleFontSize=_SMALL)
    scale = alt.Scale(domain=[0, _ROOM * max(project.microdata.rows, 1)], nice=False)
    x = alt.X("alone:Q", title=f"Records alone, of {project.microdata.rows:,}", scale=scale, axis=counts)
    words = [
        alt.Tooltip("column:N", title="Column"),
        alt.Tooltip("role:N", title="Role"),
        alt.Tooltip("alone:Q", title="Records alone", format=","),
        alt.Tooltip("different:Q", title="Different values", format=","),
    ]
    base = alt.Chart(frame).encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusEnd=2, size=_BAR).encode(tooltip=words)
    numbers = base.mark_text(align="left", dx=5, fontSize=_SMALL, color=_NEUTRAL).encode(text="shown:N")
    return alt.layer(bars, numbers).properties(height=alt.Step(_ROW))
