"""The picture of every setting, which is clicked: a Plotly figure, drawn with WebGL."""

from __future__ import annotations

from html import escape
from typing import Final

import numpy as np
import plotly.graph_objects as go

from anonymiser.exploring import drawn, ticks
from anonymiser.recipe import Recipe
from anonymiser.search import Axis, LatticeTable, along, frontier
from pages.common.colours import FAILS, HERE, MEETS

__all__ = ["settings"]

_HEIGHT: Final = 420
_LONGEST: Final = 60
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
            marker={"symbol": "x-thin", "size": 5, "opacity": 0.4, "line": {"width": 1, "color": FAILS}},
        )
    )
    figure.add_trace(
        points(
            np.flatnonzero(scores.met),
            "meets the requirements",
            "Meets the requirements",
            faint=0.7,
            mode="markers",
            marker={"symbol": "circle", "size": 7, "color": MEETS, "opacity": 0.7},
        )
    )
    figure.add_trace(
        points(
            line,
            "frontier: nothing beats these",
            "On the frontier",
            mode="lines+markers",
            line={"color": MEETS, "width": 2},
            marker={"symbol": "diamond", "size": 10, "color": MEETS, "line": {"width": 1, "color": "white"}},
        )
    )
    if best is not None:
        star = {"symbol": "star", "size": 17, "color": MEETS, "line": {"width": 1.5, "color": "white"}}
        figure.add_trace(points(np.array([best]), "best setting", "Best setting", mode="markers", marker=star))
    if here is not None:
        ring = {"symbol": "circle-open", "size": 20, "color": HERE, "line": {"width": 3, "color": HERE}}
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
    if x is Axis.DETAIL and not along(scores, x).any():  # one place for all: the axis would begin below nothing
        figure.update_xaxes(range=[-0.02, 1])
    places, labels = ticks(y, along(scores, y))
    figure.update_yaxes(title=_TITLES[y], tickvals=places, ticktext=labels)
    if y in {Axis.MEAN_RISK, Axis.LARGEST_RISK}:
        figure.update_yaxes(tickformat=".0%")
    if y is Axis.DELETED:
        figure.add_hline(
            y=float(drawn(np.array([scores.limit]), y)[0]),
            line={"dash": "dash", "width": 1.5, "color": FAILS},
            annotation={"text": f"may be deleted: {scores.limit:,}", "font": {"color": FAILS}},
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
