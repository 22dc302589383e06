"""The picture of the steps around a setting, which is clicked: a Plotly figure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import plotly.graph_objects as go

from anonymiser import story
from anonymiser.recipe import Recipe
from anonymiser.search import LatticeTable, Move
from pages.common.colours import FAILS, HERE, MEETS

__all__ = ["neighbourhood"]

_HEIGHT: Final = 420
_LONGEST: Final = 60
_SHORT: Final = 22


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
            go.Scatter(x=[0, side], y=[0, height], mode="lines", line={"color": FAILS, "width": 1}, hoverinfo="skip")
        )
    for meets, symbol, colour in ((True, "circle", MEETS), (False, "x", FAILS)):
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
                "color": MEETS if met else FAILS,
                "line": {"width": 3, "color": HERE},
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
