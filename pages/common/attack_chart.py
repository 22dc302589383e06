"""The chart of the attack page: people singled out as knowledge becomes more precise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser.risk.attack import Precision
from pages.common.charts import bare

__all__ = ["precision_curve"]

_TABLE, _RELEASE = "in your table", "in the release"
_SMALL: Final = 12
_HEIGHT: Final = 310
_LINES: Final = "split(datum.label, ', ')"
"""Each column's precision on a line of its own."""


def precision_curve(points: Sequence[tuple[str, Precision]], key: str, caption: str) -> None:
    """Draw people singled out in the table and in the release, one point a precision."""
    frame = pd.DataFrame(
        [
            {"known": words, "where": where, "people": number, "shown": f"{number:,}"}
            for words, one in points
            for where, number in ((_TABLE, one.original), (_RELEASE, one.released))
        ]
    )
    spec = _curve(tuple(words for words, _ in points), points[0][1].people)
    st.vega_lite_chart(frame, spec, key=key, alt=caption)


@lru_cache(maxsize=16)
def _curve(order: tuple[str, ...], people: int) -> dict[str, Any]:
    axis = alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, labelAngle=0, labelOverlap=False, labelExpr=_LINES)
    x = alt.X("known:N", sort=list(order), title="How precisely it is known (better to the right)", axis=axis)
    counts = alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, tickCount=5, format=",d")
    scale = alt.Scale(domain=[0, people * 1.08], nice=False)
    y = alt.Y("people:Q", title="People singled out", axis=counts, scale=scale)
    places = alt.Scale(domain=[_TABLE, _RELEASE])
    legend = alt.Legend(title=None, orient="top", labelFontSize=_SMALL)
    colour = alt.Color("where:N", scale=places, legend=legend)
    shape = alt.Shape("where:N", scale=places, legend=legend)
    tooltip = [
        alt.Tooltip("known:N", title="Known"),
        alt.Tooltip("where:N", title="Looked for"),
        alt.Tooltip("people:Q", title="People singled out", format=","),
    ]
    base = alt.Chart().encode(x=x, y=y, color=colour)
    in_table, in_release = (base.transform_filter(alt.datum.where == where) for where in (_TABLE, _RELEASE))
    lines = (in_table.mark_line(strokeWidth=2), in_release.mark_line(strokeWidth=2, strokeDash=[6, 3]))
    points = base.mark_point(size=70, filled=True, opacity=1).encode(shape=shape, tooltip=tooltip)
    above = in_table.mark_text(dy=-11, fontSize=_SMALL).encode(text="shown:N")
    below = in_release.transform_filter("datum.people > 0").mark_text(dy=13, fontSize=_SMALL).encode(text="shown:N")
    title = alt.TitleParams("People singled out as more is known", fontSize=14, anchor="start")
    chart = alt.layer(*lines, points, above, below).properties(height=_HEIGHT, title=title)
    return bare(chart)
