"""What is chosen beside the picture of every setting: axes, the smallest group, the limit, a setting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from anonymiser import exploring, story
from anonymiser.exploring import Lattice
from anonymiser.project import Project
from anonymiser.search import Axis, By, LatticeTable
from pages.common import sliders, state
from pages.common.words import escape

__all__ = ["axes", "clickable", "limit", "measure_of", "move_to", "on_the_frontier", "smallest_group", "use_best"]

_ACROSS: Final = {
    Axis.DETAIL: By.PRECISION,
    Axis.LOSS: By.LOSS,
    Axis.CLASS_SIZE: By.AVERAGE_CLASS_SIZE,
    Axis.DISCERNIBILITY: By.DISCERNIBILITY,
}
_UP: Final = (Axis.DELETED, Axis.EXPOSED, Axis.GROUP, Axis.SMALLEST, Axis.MEAN_RISK, Axis.LARGEST_RISK)
_MOST: Final = 12
_LONGEST: Final = 600


def axes() -> tuple[Axis, Axis]:
    """What the picture shows across and up, in words."""
    of_people = state.project().recipe.entity is not None  # the picture counts rows: a mean of them is no person's risk
    up = [axis for axis in _UP if not (of_people and axis is Axis.MEAN_RISK)]
    with st.popover("Axes", icon=":material/swap_horiz:", width="stretch"):
        x = st.radio("Across", list(_ACROSS), format_func=_word, key="axis-x")
        y = st.radio("Up", up, format_func=_word, key="axis-y")
    return x, y


def measure_of(axis: Axis) -> By:
    """The measure by which a setting is the best on an axis."""
    return _ACROSS[axis]


def _word(axis: Axis) -> str:
    return axis.value.capitalize()


def smallest_group(project: Project, lattice: Lattice) -> int:
    """The k that is tried; the recipient's until it is moved."""
    wanted = project.recipe.k
    options = [int(k) for k in lattice.sums.grid]
    return st.select_slider(
        "Smallest group (k)",
        options,
        value=wanted if wanted in options else options[0],
        key=f"try-k-{wanted}-{len(options)}",
        help=f"Try another k; the picture moves, the recipe stays. This recipient asks for {wanted}.",
    )


def limit(project: Project) -> None:
    """How many rows may be deleted: part of the recipe, as on the tune page."""
    sliders.limit(project)


def use_best(project: Project, scores: LatticeTable, x: Axis, target: int | None) -> None:
    """The best setting in words, with a button."""
    if target is None:
        st.warning("No setting meets these requirements. Allow smaller groups or more deleted rows, or ask for less.")
        return
    node = scores.node(target)
    st.button(
        "Use the best setting",
        key="use-best",
        type="primary",
        width="stretch",
        icon=":material/star:",
        on_click=move_to,
        args=(node,),
        disabled=node == project.recipe.node and not project.recipe.methods,
        help=f"Of the settings that meet the requirements, the one with the best {x.value}.",
    )
    told = story.outcome(
        int(scores.smallest[target]), int(scores.suppressed[target]), scores.records, float(scores.detail[target])
    )
    st.caption(f"**{escape(story.setting(project.recipe.qis, node), _LONGEST)}**: {escape(told, _LONGEST)}.")


def clickable(figure: go.Figure, key: str, scores: LatticeTable) -> None:
    """Draw a picture whose points are settings; a click moves the sliders to one."""
    st.plotly_chart(
        figure,
        key=key,
        on_select=lambda: _clicked(key, scores),
        selection_mode="points",
        config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage"]},
    )


def _clicked(key: str, scores: LatticeTable) -> None:
    points = state.shown(key, {"selection": {"points": []}})["selection"]["points"]
    if points and "customdata" in points[0]:
        facts = points[0]["customdata"]
        place = int(facts["0"] if isinstance(facts, dict) else facts[0])
        move_to(scores.node(place))


def move_to(node: Sequence[int]) -> None:
    """Move the sliders to a setting. For callbacks only."""
    exploring.apply(state.project(), node)
    state.follow()


def on_the_frontier(project: Project, scores: LatticeTable, line: Sequence[int], k: int) -> None:
    """The settings of the frontier as a table: what the picture says, for who cannot see it; all as a file."""
    with st.expander("The frontier as a table; every setting as a file", key="frontier", icon=":material/table_rows:"):
        rows = [int(place) for place in line[:_MOST]]
        st.dataframe(
            {
                "setting": [story.setting(project.recipe.qis, scores.node(place)) for place in rows],
                "smallest group": [f"{scores.smallest[place]:,}" for place in rows],
                "rows deleted": [f"{scores.suppressed[place]:,}" for place in rows],
                "detail kept": [f"{scores.detail[place]:.0%}" for place in rows],
            },
            hide_index=True,
        )
        st.download_button(
            "Save every setting",
            data=lambda: exploring.as_file(project, k),
            file_name=f"{Path(project.microdata.name).stem or 'table'}-settings.parquet",
            mime="application/vnd.apache.parquet",
            key="save-settings",
            on_click="ignore",
            icon=":material/download:",
            help="A Parquet file: the levels and every measure of each setting; no value of the table is in it. "
            "What the command search --all writes.",
        )
