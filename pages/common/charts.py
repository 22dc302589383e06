"""Frame in, chart out: at most 20 rows each, colours from the theme, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from anonymiser.figures import Bar, SizeBin

__all__ = ["group_sizes", "information_loss"]

_NEUTRAL: Final = "#7b868d"
"""Readable on both backgrounds."""
_SAFE, _UNSAFE = "large enough", "too small"
_TENS: Final = [10**power for power in range(9)]


def group_sizes(bins: Sequence[SizeBin], k: int) -> alt.LayerChart:
    """People by the size of their group, with the policy's line."""
    frame = pd.DataFrame(
        {
            "size": [b.label for b in bins],
            "people": [b.people for b in bins],
            "groups": [b.groups for b in bins],
            "status": [_SAFE if b.safe else _UNSAFE for b in bins],
            "shown": [f"{b.people:,}" if b.people else "" for b in bins],
        }
    )
    order = list(frame["size"])
    x = alt.X("size:N", sort=order, title="Size of the group (people who look alike)", axis=alt.Axis(labelAngle=0))
    scale = alt.Scale(type="symlog", domainMin=0, nice=False, padding=12)
    y = alt.Y("people:Q", title="People (steps of ten)", scale=scale, axis=alt.Axis(values=_TENS, format="~s"))
    status = alt.Scale(domain=[_SAFE, _UNSAFE])
    words = [
        alt.Tooltip("size:N", title="People in the group"),
        alt.Tooltip("groups:Q", title="Groups of this size", format=","),
        alt.Tooltip("people:Q", title="People in them", format=","),
        alt.Tooltip("status:N", title="For this recipient"),
    ]
    base = alt.Chart(frame)
    bars = base.mark_bar(cornerRadiusEnd=2, strokeWidth=1.5).encode(
        x=x,
        y=y,
        color=alt.Color("status:N", scale=status, legend=alt.Legend(title=None, orient="top", direction="horizontal")),
        stroke=alt.Stroke("status:N", scale=status, legend=None),
        fillOpacity=alt.condition(alt.datum.status == _UNSAFE, alt.value(0.35), alt.value(0.95)),
        strokeDash=alt.condition(alt.datum.status == _UNSAFE, alt.value([4, 2]), alt.value([1, 0])),
        tooltip=words,
    )
    numbers = base.mark_text(dy=-7, fontSize=11, color=_NEUTRAL).encode(x=x, y=y, text="shown:N")
    line = alt.Chart(frame[[b.low == k for b in bins]])
    edge = alt.X("size:N", sort=order, bandPosition=0)
    rule = line.mark_rule(color=_NEUTRAL, strokeWidth=2, strokeDash=[6, 3]).encode(x=edge)
    note = line.mark_text(align="left", dx=5, fontSize=11, color=_NEUTRAL, text=f"asked for: {k} or more").encode(
        x=edge, y=alt.value(6)
    )
    return alt.layer(bars, numbers, rule, note).properties(height=230)


def information_loss(bars: Sequence[Bar]) -> alt.LayerChart:
    """What each column lost, from 0 % (exact) to 100 % (hidden)."""
    frame = pd.DataFrame(
        {
            "column": [b.name for b in bars],
            "loss": [b.loss for b in bars],
            "level": [b.level for b in bars],
            "shown": [f"{100 * b.loss:.0f} %" for b in bars],
        }
    )
    y = alt.Y("column:N", sort=None, title=None, axis=alt.Axis(labelLimit=150))
    x = alt.X("loss:Q", title="Detail lost", scale=alt.Scale(domain=[0, 1.12], nice=False))
    x.axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%")
    words = [
        alt.Tooltip("column:N", title="Column"),
        alt.Tooltip("level:N", title="Released as"),
        alt.Tooltip("shown:N", title="Detail lost"),
    ]
    base = alt.Chart(frame)
    drawn = base.mark_bar(cornerRadiusEnd=2, size=14).encode(x=x, y=y, tooltip=words)
    numbers = base.mark_text(align="left", dx=4, fontSize=11, color=_NEUTRAL).encode(x=x, y=y, text="shown:N")
    return alt.layer(drawn, numbers).properties(height=alt.Step(26))
