"""Pictures of the methods page: frame in, chart out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from anonymiser.trying import Candidate, Counts, Dots, Plane

__all__ = ["before_points", "candidates", "counts", "dots", "rectangles", "table"]

_GOOD, _BAD, _BEFORE, _AFTER = "#1f8f6f", "#6d777d", "#8b969c", "#d9730d"
"""Readable on both backgrounds; shapes and words say the same."""
_LOW: Final = 230
_HEIGHT: Final = 330
_LONGEST: Final = 20
_BASIC: Final = 0xFFFF
"""Characters that four digits can name."""


def candidates(every: Sequence[Candidate]) -> alt.LayerChart:
    """Risk against detail kept, the same scales for all: right and low is better."""
    frame = pd.DataFrame(
        {
            "number": _numbers(every),
            "name": [c.name for c in every],
            "detail": [c.detail for c in every],
            "risk": [c.risk for c in every],
            "requirements": ["met" if c.met else "not met" for c in every],
            "group": ["no meaning" if c.group is None else f"{c.group:,}" for c in every],
        }
    )
    across = alt.X(
        "detail:Q",
        title="Detail kept (right is more useful)",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1.0]),
    )
    most = max(0.02, float(frame["risk"].max()) * 1.25)
    up = alt.Y(
        "risk:Q",
        title="Mean risk (low is safer)",
        axis=alt.Axis(format=".1%", tickCount=5),
        scale=alt.Scale(domain=[0, min(1.0, most)]),
    )
    base = alt.Chart(frame).encode(x=across, y=up)
    points = base.mark_point(size=190, filled=True, opacity=0.95).encode(
        color=alt.Color(
            "requirements:N", title="Requirements", scale=alt.Scale(domain=["met", "not met"], range=[_GOOD, _BAD])
        ),
        shape=alt.Shape(
            "requirements:N",
            title="Requirements",
            scale=alt.Scale(domain=["met", "not met"], range=["circle", "square"]),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="method"),
            alt.Tooltip("detail:Q", title="detail kept", format=".0%"),
            alt.Tooltip("risk:Q", title="mean risk", format=".2%"),
            alt.Tooltip("group:N", title="smallest group"),
        ],
    )
    words = base.mark_text(align="left", dx=11, fontSize=13, fontWeight="bold", color="#7a858b").encode(text="number:N")
    return alt.layer(points, words).properties(height=_LOW)


def _numbers(every: Sequence[Candidate]) -> list[str]:
    """A number for each point; those on the same place share one label."""
    places: dict[tuple[float, float], list[str]] = {}
    for number, each in enumerate(every, start=1):
        places.setdefault((round(each.detail, 2), round(each.risk, 3)), []).append(str(number))
    told = {numbers[0]: ", ".join(numbers) for numbers in places.values()}
    return [told.get(str(number), "") for number, _ in enumerate(every, start=1)]


def table(every: Sequence[Candidate]) -> dict[str, list[str]]:
    """The same as text."""
    return {
        "no.": [str(number) for number, _ in enumerate(every, start=1)],
        "method": [c.name for c in every],
        "asked for": ["met" if c.met else "not met" for c in every],
        "group": ["no meaning" if c.group is None else f"{c.group:,}" for c in every],
        "deleted": [f"{c.deleted:,}" for c in every],
        "mean risk": [f"{c.risk:.2%}" for c in every],
        "detail kept": [f"{c.detail:.0%}" for c in every],
    }


def before_points(plane: Plane, *, hide: bool) -> alt.Chart:
    """People as points over two columns, moved about a little."""
    frame = pd.DataFrame(plane.points, columns=["x", "y"])
    chart = alt.Chart(frame).mark_circle(size=14, opacity=0.45, color=_BEFORE)
    return _over(chart.encode(x=_axis(plane, 0, "x", hide=hide), y=_axis(plane, 1, "y", hide=hide)))


def rectangles(plane: Plane, *, hide: bool) -> alt.Chart:
    """Groups as rectangles over the same columns, coloured by how many people they hold."""
    frame = pd.DataFrame(plane.rectangles, columns=["x", "x2", "y", "y2", "people"])
    chart = alt.Chart(frame).mark_rect(opacity=0.35, stroke="#5b6770", strokeWidth=0.6)
    return _over(
        chart.encode(
            x=_axis(plane, 0, "x", hide=hide),
            x2="x2",
            y=_axis(plane, 1, "y", hide=hide),
            y2="y2",
            color=alt.Color("people:Q", title="People", scale=alt.Scale(scheme="viridis", reverse=True)),
            tooltip=[alt.Tooltip("people:Q", title="people in the group")],
        )
    )


def dots(found: Dots) -> alt.Chart:
    """Numbers before against numbers after; on the line nothing changed."""
    frame = pd.DataFrame({"before": found.before, "after": found.after})
    low, high = float(min(frame.min())), float(max(frame.max()))
    line = alt.Chart(pd.DataFrame({"before": [low, high], "after": [low, high]})).mark_line(
        color=_BAD, strokeDash=[4, 4]
    )
    points = alt.Chart(frame).mark_circle(size=18, opacity=0.5, color=_AFTER)
    axes = {
        "x": alt.X("before:Q", title="In your file", scale=alt.Scale(zero=False)),
        "y": alt.Y("after:Q", title="As released", scale=alt.Scale(zero=False)),
    }
    return _over(alt.layer(line.encode(**axes), points.encode(**axes)))


def counts(found: Counts) -> alt.Chart:
    """People by value, before and after."""
    rows = [
        {"value": label, "people": number, "when": when, "place": place}
        for when, numbers in (("in your file", found.before), ("as released", found.after))
        for place, (label, number) in enumerate(zip(found.labels, numbers, strict=True))
    ]
    chart = alt.Chart(pd.DataFrame(rows)).mark_bar()
    return _over(
        chart.encode(
            x=alt.X("value:N", sort=alt.SortField("place"), title=None, axis=alt.Axis(labelLimit=110, labelAngle=-40)),
            xOffset=alt.XOffset("when:N", sort=["in your file", "as released"]),
            y=alt.Y("people:Q", title="People"),
            color=alt.Color(
                "when:N", title=None, scale=alt.Scale(domain=["in your file", "as released"], range=[_BEFORE, _AFTER])
            ),
        )
    )


def _axis(plane: Plane, side: int, field: str, *, hide: bool) -> alt.X | alt.Y:
    places = [place for place, _ in plane.ticks[side]]
    words = {
        place: label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…" for place, label in plane.ticks[side]
    }
    pairs = " : ".join(f"datum.value == {place} ? {_quoted(words[place])}" for place in places)
    axis = alt.Axis(values=places, labelExpr=f"{pairs} : ''" if pairs else "''", grid=False)
    if hide:
        axis = alt.Axis(labels=False, ticks=False, grid=False)
    make = alt.X if side == 0 else alt.Y
    return make(f"{field}:Q", title=plane.names[side], axis=axis, scale=alt.Scale(nice=False, zero=False))


def _quoted(text: str) -> str:
    """A text as Vega's expressions take it: as a literal, whatever is in it."""
    safe = "".join(
        c if c.isalnum() or c in " .,-–:/()" else f"\\u{ord(c):04x}" if ord(c) <= _BASIC else "?" for c in text
    )
    return f"'{safe}'"


def _over(chart: alt.Chart | alt.LayerChart) -> alt.Chart | alt.LayerChart:
    return chart.properties(height=_HEIGHT)
