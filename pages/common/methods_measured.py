"""What a candidate still gives away, and what an analyst of its numbers finds."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from anonymiser import trying
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from pages.common import state
from pages.common.words import escape

__all__ = ["show"]

_HIDDEN: Final = "Hidden in presentation mode: values of people are never shown on a shared screen."
_LONGEST: Final = 500


def show(project: Project, recipe: Recipe) -> None:
    """Who can still be found on the left, numbers before and after on the right."""
    with st.spinner("Looking for people"):
        measured = trying.measured(project, recipe)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Who can still be found**")
        for sentence in measured.found:
            st.markdown(f"- {escape(sentence, _LONGEST)}")
    with right:
        st.markdown("**What an analyst of the numbers finds**")
        if measured.numbers:
            rows = [(r.name, r.mean, r.mean_after, r.spread, r.spread_after) for r in measured.numbers]
            header = ["column", "mean", "mean after", "spread", "spread after"]
            st.dataframe(pd.DataFrame(rows, columns=header), hide_index=True, key="method-numbers")
            st.caption(f"Spread: standard deviation. {measured.moved}")
        else:
            st.caption("No column of numbers leaves as numbers.")
    for place, table in enumerate(measured.tables):
        with st.expander(escape(table.title, _LONGEST), icon=":material/functions:"):
            if state.presenting():
                st.info(_HIDDEN, icon=":material/visibility_off:")
            else:
                frame = pd.DataFrame(table.rows, columns=list(table.header))
                st.dataframe(frame, hide_index=True, key=f"method-extra-{place}")
