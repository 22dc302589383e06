"""The picture of two releases joined: people by the size of their group, alone and together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser.joining.picture import ALONE, TOGETHER, Band
from pages.common.charts import bare

__all__ = ["group_sizes"]

_SMALL: Final = 12
_HEIGHT: Final = 310


def group_sizes(bands: Sequence[Band], limit: int, caption: str) -> None:
    """Draw how many people are in groups of which size."""
    frame = pd.DataFrame(
        [{"size": b.sizes, "where": b.where, "people": b.people, "shown": f"{b.people:,}"} for b in bands]
    )
    order = tuple(dict.fromkeys(band.sizes for band in bands))
    st.vega_lite_chart(frame, _bars(order, max(band.people for band in bands), limit), key="joined-sizes", alt=caption)


@lru_cache(maxsize=16)
def _bars(order: tuple[str, ...], most: int, limit: int) -> dict[str, Any]:
    axis = alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, labelAngle=0, labelOverlap=False)
    title = f"People in the group (fewer than {limit} is too few)"
    x = alt.X("size:N", sort=list(order), title=title, axis=axis)
    y = alt.Y(
        "people:Q",
        title="People",
        scale=alt.Scale(domain=[0, most * 1.1], nice=False),
        axis=alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, tickCount=4, format=",d"),
    )
    beside = alt.XOffset("where:N", sort=[ALONE, TOGETHER])
    colour = alt.Color(
        "where:N",
        scale=alt.Scale(domain=[ALONE, TOGETHER]),
        legend=alt.Legend(title=None, orient="top", labelFontSize=_SMALL, labelLimit=400),
    )
    tooltip = [
        alt.Tooltip("where:N", title="Held"),
        alt.Tooltip("size:N", title="Size of the group"),
        alt.Tooltip("people:Q", title="People", format=","),
    ]
    base = alt.Chart().encode(x=x, y=y, xOffset=beside, color=colour)
    bars = base.mark_bar(cornerRadiusEnd=2).encode(tooltip=tooltip)
    counts = base.transform_filter("datum.people > 0").mark_text(dy=-7, fontSize=_SMALL).encode(text="shown:N")
    heading = alt.TitleParams("How many people look alike", fontSize=14, anchor="start")
    chart = alt.layer(bars, counts).properties(height=_HEIGHT, title=heading)
    return bare(chart)
