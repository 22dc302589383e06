"""Frame in, chart out: at most 20 rows each, colours from the theme, never colour alone.

What a chart looks like is built and checked by Altair once and kept; a step of a slider sends the
numbers only, and the browser moves the bars. (Building both charts anew took 100 ms a step.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from anonymiser.figures import Bar, SizeBin
from pages.common.words import escape

__all__ = ["bare", "group_sizes", "information_loss"]

_NEUTRAL: Final = "#7b868d"
"""Readable on both backgrounds."""
_SAFE, _UNSAFE = "large enough", "too small"
_ROW: Final = 22
"""Pixels a bar takes with its gap."""
_BAR: Final = 13
_SMALL: Final = 12
_LONGEST: Final = 400
_ROOM: Final = 1.4
"""End of a scale from 0 to 1 on which the longest bar leaves room for its number."""
_ROOM_LOG: Final = 1.6
"""The same for a logarithmic scale, as a power of the longest bar."""

Spec = dict[str, Any]


def group_sizes(bins: Sequence[SizeBin], k: int, key: str, caption: str) -> None:
    """Draw people by the size of their group, with the policy's line.

    Lengths are logarithmic, so that one person among a million is seen; the number stands beside
    each bar.
    """
    frame = pd.DataFrame(
        {
            "size": [b.label for b in bins],
            "people": [b.people for b in bins],
            "groups": [b.groups for b in bins],
            "status": [_SAFE if b.safe else _UNSAFE for b in bins],
            "shown": [f"{b.people:,}" if b.people else "" for b in bins],
            "edge": [b.low == k for b in bins],
        }
    )
    spec = _group_sizes(tuple(b.label for b in bins), k, int(frame["people"].sum()))
    st.vega_lite_chart(frame, spec, key=key, alt=caption)
    st.caption(escape(caption, _LONGEST))


def information_loss(bars: Sequence[Bar], key: str, caption: str) -> None:
    """Draw what each column lost, from 0 % (exact) to 100 % (hidden)."""
    frame = pd.DataFrame(
        {
            "column": [b.name for b in bars],
            "loss": [b.loss for b in bars],
            "level": [b.level for b in bars],
            "shown": [f"{100 * b.loss:.0f} %" for b in bars],
        }
    )
    st.vega_lite_chart(frame, _information_loss(), key=key, alt=caption)
    st.caption(escape(caption, _LONGEST))


@lru_cache(maxsize=32)
def _group_sizes(order: tuple[str, ...], k: int, rows: int) -> Spec:
    y = alt.Y("size:N", sort=list(order), title="Size of the group", axis=_axis())
    room = alt.Scale(type="symlog", domain=[0, max(rows, 10) ** _ROOM_LOG], nice=False)
    unlabelled = alt.Axis(labels=False, ticks=False, grid=False, titleFontSize=_SMALL)
    x = alt.X("people:Q", title="People in groups of this size", scale=room, axis=unlabelled)
    status = alt.Scale(domain=[_SAFE, _UNSAFE])
    legend = alt.Legend(title=None, orient="top", symbolType="square", labelFontSize=_SMALL, offset=0)
    unsafe = alt.datum.status == _UNSAFE
    base = alt.Chart().encode(x=x, y=y)
    bars = (
        base.transform_filter("datum.people > 0")
        .mark_bar(cornerRadiusEnd=2, strokeWidth=1.5, size=_BAR)
        .encode(
            color=alt.Color("status:N", scale=status, legend=legend),
            stroke=alt.Stroke("status:N", scale=status, legend=None),
            fillOpacity=alt.condition(unsafe, alt.value(0.3), alt.value(0.95)),
            strokeDash=alt.condition(unsafe, alt.value([4, 2]), alt.value([1, 0])),
            tooltip=[
                alt.Tooltip("size:N", title="People in the group"),
                alt.Tooltip("groups:Q", title="Groups of this size", format=","),
                alt.Tooltip("people:Q", title="People in them", format=","),
                alt.Tooltip("status:N", title="For this recipient"),
            ],
        )
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=_SMALL, color=_NEUTRAL).encode(text="shown:N")
    edge = alt.Y("size:N", sort=list(order), bandPosition=0)
    line = alt.Chart().transform_filter("datum.edge").encode(y=edge)
    rule = line.mark_rule(color=_NEUTRAL, strokeWidth=1.5, strokeDash=[6, 3])
    note = line.mark_text(align="right", dy=-8, fontSize=_SMALL, color=_NEUTRAL, text=f"policy: {k}+")
    return bare(alt.layer(bars, numbers, rule, note.encode(x=alt.value("width"))).properties(height=alt.Step(_ROW)))


@lru_cache(maxsize=1)
def _information_loss() -> Spec:
    y = alt.Y("column:N", sort=None, title=None, axis=_axis())
    ticks = alt.Axis(values=[0, 0.5, 1], format=".0%", labelFontSize=_SMALL, titleFontSize=_SMALL)
    x = alt.X("loss:Q", title="Detail lost", scale=alt.Scale(domain=[0, _ROOM], nice=False), axis=ticks)
    base = alt.Chart().encode(x=x, y=y)
    bars = base.mark_bar(cornerRadiusEnd=2, size=_BAR).encode(
        tooltip=[
            alt.Tooltip("column:N", title="Column"),
            alt.Tooltip("level:N", title="Released as"),
            alt.Tooltip("shown:N", title="Detail lost"),
        ]
    )
    numbers = base.mark_text(align="left", dx=5, fontSize=_SMALL, color=_NEUTRAL).encode(text="shown:N")
    return bare(alt.layer(bars, numbers).properties(height=alt.Step(_ROW)))


def _axis() -> alt.Axis:
    return alt.Axis(labelLimit=150, labelFontSize=_SMALL, titleFontSize=_SMALL, ticks=False, labelOverlap=False)


def bare(chart: alt.LayerChart) -> Spec:
    """The chart as Vega-Lite, without the empty rows that Altair puts in place of data."""
    spec = chart.to_dict()
    spec.pop("datasets", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return spec
