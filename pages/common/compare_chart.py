"""The picture of the compare page: people by the size of their group under two settings, one over the other."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser.comparing import Sizes
from pages.common.charts import bare

__all__ = ["group_sizes"]

_SMALL: Final = 12
_ROW, _WIDE, _NARROW = 24, 18, 7
"""Pixels: a row, the bar behind, the bar in front."""
_NEUTRAL: Final = "#7b868d"
"""Readable on both backgrounds."""
_ROOM: Final = 1.4
"""End of the logarithmic scale, as a power of the longest bar: numbers stand beside it."""
_LONGEST: Final = 40

Names = tuple[str, str]


def group_sizes(sizes: Sizes, names: Names, key: str, caption: str) -> None:
    """Draw both settings in one picture, with the line of each policy; one line where both ask for the same."""
    left, right = (f"{name[:_LONGEST]} ({bar} bar)" for name, bar in zip(names, ("wide", "narrow"), strict=True))
    rows = [
        {"size": b.label, "where": name, "groups": b.groups, "people": b.people, "line": _line(b.low, sizes, names)}
        for name, bins in ((left, sizes.left), (right, sizes.right))
        for b in bins
    ]
    for row, both in zip(rows, zip(sizes.left, sizes.right, strict=True), strict=False):
        people = [b.people for b in both]
        row |= {"most": max(people), "shown": " → ".join(f"{number:,}" for number in people) if any(people) else ""}
    order = tuple(b.label for b in sizes.left)
    spec = _chart(order, (left, right), max(sum(b.people for b in bins) for bins in (sizes.left, sizes.right)))
    st.vega_lite_chart(pd.DataFrame(rows), spec, key=key, alt=caption)


def _line(low: int, sizes: Sizes, names: Names) -> str:
    """What stands at the line above the groups of a size; empty where there is none."""
    asking = [name[:_LONGEST] for name, k in zip(names, sizes.asked, strict=True) if k == low]
    if len(asking) == len(names):
        return f"both ask for {low}+"
    return f"{asking[0]} asks for {low}+" if asking else ""


@lru_cache(maxsize=16)
def _chart(order: tuple[str, ...], names: Names, rows: int) -> dict[str, Any]:
    axis = alt.Axis(labelFontSize=_SMALL, titleFontSize=_SMALL, ticks=False, labelOverlap=False)
    y = alt.Y("size:N", sort=list(order), title="People in the group", axis=axis)
    room = alt.Scale(type="symlog", domain=[0, max(rows, 10) ** _ROOM], nice=False)
    none = alt.Axis(labels=False, ticks=False, grid=False, titleFontSize=_SMALL)
    x = alt.X("people:Q", title="People in groups of this size, under the first → the second setting", axis=none)
    legend = alt.Legend(title=None, orient="top", symbolType="square", labelFontSize=_SMALL, labelLimit=380, offset=0)
    colour = alt.Color("where:N", scale=alt.Scale(domain=list(names)), legend=legend)
    tooltip = [
        alt.Tooltip("where:N", title="Setting"),
        alt.Tooltip("size:N", title="People in the group"),
        alt.Tooltip("groups:Q", title="Groups of this size", format=","),
        alt.Tooltip("people:Q", title="People in them", format=","),
    ]
    base = alt.Chart().transform_filter("datum.people > 0").encode(x=x.scale(room), y=y, color=colour, tooltip=tooltip)
    behind, before = (base.transform_filter(alt.datum.where == name) for name in names)
    bars = (
        behind.mark_bar(size=_WIDE, opacity=0.5, cornerRadiusEnd=2),
        before.mark_bar(size=_NARROW, cornerRadiusEnd=2),
    )
    numbers = (
        alt.Chart()
        .mark_text(align="left", dx=6, fontSize=_SMALL, color=_NEUTRAL)
        .encode(x=alt.X("most:Q", scale=room), y=y, text="shown:N")
    )
    line = alt.Chart().transform_filter("datum.line && isValid(datum.most)")
    line = line.encode(y=alt.Y("size:N", sort=list(order), bandPosition=0))
    rule = line.mark_rule(color=_NEUTRAL, strokeWidth=1.5, strokeDash=[6, 3])
    note = line.mark_text(align="right", dy=-8, fontSize=_SMALL, color=_NEUTRAL).encode(text="line:N")
    title = alt.TitleParams("How many people look alike, under both settings", fontSize=14, anchor="start")
    layers = alt.layer(*bars, numbers, rule, note.encode(x=alt.value("width")))
    return bare(layers.properties(height=alt.Step(_ROW), title=title))
