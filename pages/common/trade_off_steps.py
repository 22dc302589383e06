"""One step from the current setting: the lattice around it, and every single move ranked."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import exploring, story
from anonymiser.exploring import Move, Scores
from anonymiser.project import Project
from pages.common import plots, trade_off_choices
from pages.common.words import escape

__all__ = ["show"]

_MOST: Final = 5
_LONGEST: Final = 400


def show(project: Project, scores: Scores) -> None:
    """Layers of the lattice on the left, moves with their buttons on the right."""
    recipe = project.recipe
    layers, ranked = st.columns([1, 1], gap="small")
    with layers:
        figure = plots.neighbourhood(exploring.neighbours(scores, recipe), scores, recipe)
        trade_off_choices.clickable(figure, "lattice-picture", scores)
        st.caption(
            "One slider moved by one step: finer on the left, coarser on the right. Green circles meet the "
            "requirements, grey crosses would have to delete too much. A click moves the sliders."
        )
    with ranked, st.container(gap="xsmall"):
        _advice(project, scores)
        every = exploring.moves(scores, recipe)
        for number, move in enumerate(every[:_MOST]):
            _row(move, scores, number)
        st.caption(f"The {min(_MOST, len(every))} best of {len(every)} moves of a single slider.")


def _advice(project: Project, scores: Scores) -> None:
    """Where the setting stands, and the shortest way to the requirements."""
    here = exploring.place_of(scores, project.recipe.node)
    told = story.outcome(int(scores.group[here]), int(scores.deleted[here]), scores.rows, float(scores.detail[here]))
    if scores.meets[here]:
        st.markdown(f":material/check_circle: **This setting meets the requirements**: {escape(told, _LONGEST)}.")
        return
    st.markdown(
        f":material/warning: **Not met yet**: {escape(told, _LONGEST)}, more than the {scores.limit:,} allowed."
    )
    target = exploring.nearest(scores, project.recipe)
    if target is None:
        st.caption("No setting meets these requirements.")
        return
    node = tuple(scores.nodes[target].tolist())
    st.button(
        "Take the shortest way",
        key="shortest",
        type="primary",
        icon=":material/route:",
        on_click=trade_off_choices.move_to,
        args=(node,),
        help=escape(f"Fewest steps of the sliders: {story.setting(project.recipe.qis, node)}", _LONGEST),
    )


def _row(move: Move, scores: Scores, number: int) -> None:
    words, button = st.columns([7, 2], gap="small", vertical_alignment="center")
    icon = ":material/check_circle:" if move.meets else ":material/close:"
    buys, costs = story.move_buys(move.made_safe, move.group_gained), story.move_costs(move.detail_gained)
    words.markdown(
        f"{icon} **{escape(move.column)}**: {escape(move.before)} → **{escape(move.level)}**  \n"
        f":small[{escape(buys)} · {escape(costs)}]"
    )
    button.button(
        "Apply",
        key=f"move-{number}",
        on_click=trade_off_choices.move_to,
        args=(tuple(scores.nodes[move.place].tolist()),),
    )
