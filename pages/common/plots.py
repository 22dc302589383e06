"""Pictures that are clicked: Plotly figures of every setting and of the steps around one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go

from anonymiser import story
from anonymiser.exploring import drawn, ticks
from anonymiser.figures import SizeBin
from anonymiser.recipe import Recipe
from anonymiser.search import Axis, LatticeTable, Move, along, frontier

__all__ = ["neighbourhood", "settings", "two_sizes"]

_MEETS, _FAILS, _HERE = "#1f8f6f", "#8b969c", "#d9730d"
"""Readable on both backgrounds; shapes say the same."""
_HEIGHT: Final = 420
_LOW: Final = 360
_LONGEST: Final = 60
_SHORT: Final = 22
_TITLES: Final = {
    Axis.DETAIL: "Detail kept (right is more useful)",
    Axis.LOSS: "Information loss (right is more useful)",
    Axis.CLASS_SIZE: "Average class size (right is more useful)",
    Axis.DISCERNIBILITY: "Discernibility (right is more useful)",
    Axis.DELETED: "Rows in groups that fail: to delete",
    Axis.EXPOSED: "Records exposed: in groups that are too small",
    Axis.MEAN_RISK: "Mean risk over what is left",
    Axis.LARGEST_RISK: "Highest risk over what is left",
    Axis.GROUP: "Smallest group that is left (people)",
    Axis.SMALLEST: "Smallest group before deleting (people)",
}
_NUMBERS: Final = (
    "<br>smallest group left: %{customdata[1]:,} · rows to delete: %{customdata[2]:,}"
    "<br>detail kept: %{customdata[3]:.0%} · loss: %{customdata[4]:.2f}"
)


def settings(scores: LatticeTable, recipe: Recipe, x: Axis, y: Axis, best: int | None) -> go.Figure:
    """Every setting as a point, the frontier as a line, the current setting ringed."""
    across, up = drawn(along(scores, x), x), drawn(along(scores, y), y)
    words = _words(scores, recipe)
    facts = np.column_stack([np.arange(len(across)), scores.smallest, scores.suppressed, scores.detail, scores.loss])

    def points(places: np.ndarray, name: str, said: str, **look: object) -> go.Scattergl:
        return go.Scattergl(
            x=across[places],
            y=up[places],
            customdata=facts[places],
            text=words[places],
            name=name,
            hovertemplate=f"<b>{said}</b><br>%{{text}}{_NUMBERS}<extra></extra>",
            unselected={"marker": {"opacity": look.pop("faint", 1.0)}},
            selected={"marker": {"opacity": 1.0}},
            **look,
        )

    line, here = frontier(scores, x, y), scores.row_of(recipe.node)
    figure = go.Figure()
    figure.add_trace(
        points(
            np.flatnonzero(~scores.met),
            "over the limit",
            "Over the limit",
            faint=0.4,
            mode="markers",
            marker={"symbol": "x-thin", "size": 5, "opacity": 0.4, "line": {"width": 1, "color": _FAILS}},
        )
    )
    figure.add_trace(
        points(
            np.flatnonzero(scores.met),
            "meets the requirements",
            "Meets the requirements",
            faint=0.7,
            mode="markers",
            marker={"symbol": "circle", "size": 7, "color": _MEETS, "opacity": 0.7},
        )
    )
    figure.add_trace(
        points(
            line,
            "frontier: nothing beats these",
            "On the frontier",
            mode="lines+markers",
            line={"color": _MEETS, "width": 2},
            marker={"symbol": "diamond", "size": 10, "color": _MEETS, "line": {"width": 1, "color": "white"}},
        )
    )
    if best is not None:
        star = {"symbol": "star", "size": 17, "color": _MEETS, "line": {"width": 1.5, "color": "white"}}
        figure.add_trace(points(np.array([best]), "best setting", "Best setting", mode="markers", marker=star))
    if here is not None:
        ring = {"symbol": "circle-open", "size": 20, "color": _HERE, "line": {"width": 3, "color": _HERE}}
        figure.add_trace(
            points(np.array([here]), "where the sliders are", "Where the sliders are", mode="markers", marker=ring)
        )
    return _laid_out(figure, scores, x, y)


def _laid_out(figure: go.Figure, scores: LatticeTable, x: Axis, y: Axis) -> go.Figure:
    figure.update_layout(
        height=_HEIGHT,
        margin={"l": 10, "r": 10, "t": 34, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
        hoverlabel={"align": "left"},
        hovermode="closest",
        dragmode="pan",
        uirevision=f"{x.name}-{y.name}",
    )
    figure.update_xaxes(
        title=_TITLES[x],
        tickformat=".0%" if x is Axis.DETAIL else None,
        autorange=None if x.more_is_better else "reversed",
    )
    places, labels = ticks(y, along(scores, y))
    figure.update_yaxes(title=_TITLES[y], tickvals=places, ticktext=labels)
    if y in {Axis.MEAN_RISK, Axis.LARGEST_RISK}:
        figure.update_yaxes(tickformat=".0%")
    if y is Axis.DELETED:
        figure.add_hline(
            y=float(drawn(np.array([scores.limit]), y)[0]),
            line={"dash": "dash", "width": 1.5, "color": _FAILS},
            annotation={"text": f"may be deleted: {scores.limit:,}", "font": {"color": _FAILS}},
            annotation_position="top left",
        )
    return figure


def _words(scores: LatticeTable, recipe: Recipe) -> np.ndarray:
    """Each setting in words, column by column; text from the data is no markup."""
    parts = [
        [
            "",
            *(
                f"<br>{escape(plan.name[:_LONGEST])}: {escape(word[:_LONGEST])}"
                for word in plan.hierarchy.level_names[1:]
            ),
        ]
        for plan in recipe.qis
    ]
    told = ["".join(map(list.__getitem__, parts, node))[4:] or "every column exact" for node in scores.levels.tolist()]
    return np.array(told, dtype=object)


def neighbourhood(steps: Sequence[Move], scores: LatticeTable, recipe: Recipe) -> go.Figure:
    """The current setting between its direct finer and coarser neighbours, as layers of the lattice."""
    met = bool(scores.met[scores.row_of(recipe.node)])
    figure = go.Figure()
    layers = [[m for m in steps if not m.coarser], [m for m in steps if m.coarser]]
    spots = [
        (side, -i + (len(layer) - 1) / 2, m)
        for side, layer in zip((-1, 1), layers, strict=True)
        for i, m in enumerate(layer)
    ]
    for side, height, _ in spots:
        figure.add_trace(
            go.Scatter(x=[0, side], y=[0, height], mode="lines", line={"color": _FAILS, "width": 1}, hoverinfo="skip")
        )
    for meets, symbol, colour in ((True, "circle", _MEETS), (False, "x", _FAILS)):
        chosen = [spot for spot in spots if spot[2].after.met is meets]
        figure.add_trace(
            go.Scatter(
                x=[side for side, _, _ in chosen],
                y=[height for _, height, _ in chosen],
                customdata=[[scores.row_of(m.after.node)] for _, _, m in chosen],
                mode="markers+text",
                text=[_short(m, recipe) for _, _, m in chosen],
                textposition=["middle left" if side < 0 else "middle right" for side, _, _ in chosen],
                hovertext=[_told(m, recipe) for _, _, m in chosen],
                hovertemplate="%{hovertext}<extra></extra>",
                marker={"symbol": symbol, "size": 13, "color": colour},
                unselected={"marker": {"opacity": 1.0}},
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[0],
            y=[0],
            mode="markers",
            hovertext=[escape(story.setting(recipe.qis, recipe.node))],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={
                "symbol": "circle" if met else "x",
                "size": 15,
                "color": _MEETS if met else _FAILS,
                "line": {"width": 3, "color": _HERE},
            },
            unselected={"marker": {"opacity": 1.0}},
        )
    )
    figure.update_layout(
        height=_HEIGHT, showlegend=False, margin={"l": 10, "r": 10, "t": 34, "b": 10}, hoverlabel={"align": "left"}
    )
    figure.update_xaxes(
        range=[-2.2, 2.2],
        tickvals=[-1, 0, 1],
        ticktext=["one step finer", "now", "one step coarser"],
        tickangle=0,
        side="top",
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(visible=False)
    return figure


def _short(move: Move, recipe: Recipe) -> str:
    """A step in few words, beside its point."""
    plan = recipe.qis[move.attribute]
    return f"{escape(plan.name[:_SHORT])}<br>{escape(plan.hierarchy.level_names[move.level][:_SHORT])}"


def _told(move: Move, recipe: Recipe) -> str:
    """A step in words, for hovering."""
    meets = "meets the requirements" if move.after.met else "over the limit"
    plan = recipe.qis[move.attribute]
    before, after = (plan.hierarchy.level_names[level] for level in (plan.level, move.level))
    return (
        f"<b>{escape(plan.name[:_LONGEST])}: {escape(before)} → {escape(after)}</b>"
        f"<br>{story.move_buys(move.made_safe, move.k_gained)}"
        f"<br>{story.move_costs(move.detail_gained)}<br>{meets}"
    )


def two_sizes(left: Sequence[SizeBin], right: Sequence[SizeBin], names: tuple[str, str]) -> go.Figure:
    """People by the size of their group under two settings: full bars and striped ones."""
    figure = go.Figure()
    for bins, name, colour, pattern in zip((left, right), names, (_MEETS, _HERE), ("", "/"), strict=True):
        figure.add_trace(
            go.Bar(
                x=[b.label for b in bins],
                y=[b.people for b in bins],
                name=escape(name[:_LONGEST]),
                text=[f"{b.people:,}" if b.people else "" for b in bins],
                textposition="outside",
                customdata=[b.groups for b in bins],
                hovertemplate="%{y:,} people in %{customdata:,} groups of %{x}<extra>%{fullData.name}</extra>",
                marker={"color": colour, "pattern": {"shape": pattern}},
            )
        )
    first_safe = next((i for i, b in enumerate(left) if b.safe), None)
    if first_safe is not None:
        figure.add_vline(x=first_safe - 0.5, line={"dash": "dash", "width": 1.5, "color": _FAILS})
        figure.add_annotation(
            x=first_safe - 0.5,
            y=1,
            yref="paper",
            text=f"asked for: {left[first_safe].low}+",
            xanchor="left",
            showarrow=False,
            font={"color": _FAILS},
        )
    figure.update_layout(
        height=_LOW,
        barmode="group",
        margin={"l": 10, "r": 10, "t": 34, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}},
    )
    figure.update_xaxes(title="People in the group", type="category")
    figure.update_yaxes(title="People in groups of this size")
    return figure
