"""One step from the current setting: the lattice around it, and every single move ranked."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import exploring, story
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import LatticeTable, Move, Tabulated, moves, neighbours, path
from pages.common import trade_off_choices, trade_off_near
from pages.common.words import escape

__all__ = ["show"]

_MOST: Final = 5
_LONGEST: Final = 400


def show(project: Project, scores: LatticeTable) -> None:
    """Layers of the lattice on the left, moves with their buttons on the right."""
    recipe, standings = project.recipe, Tabulated(scores)
    layers, ranked = st.columns([1, 1], gap="small")
    with layers:
        figure = trade_off_near.neighbourhood(neighbours(standings, recipe.node), scores, recipe)
        trade_off_choices.clickable(figure, "lattice-picture", scores)
        st.caption(
            "One slider moved by one step: finer on the left, coarser on the right. Green circles meet the "
            "requirements, grey crosses would have to delete too much. A click moves the sliders."
        )
    with ranked, st.container(gap="xsmall"):
        _advice(project, scores, standings)
        every = moves(standings, recipe.node)
        for number, move in enumerate(every[:_MOST]):
            _row(move, recipe, number)
        st.caption(f"The {min(_MOST, len(every))} best of {len(every)} moves of a single slider.")


def _advice(project: Project, scores: LatticeTable, standings: Tabulated) -> None:
    """Where the setting stands, and the shortest way to the requirements."""
    here = scores.row_of(project.recipe.node)
    if here is None:
        return
    group, deleted = int(scores.smallest[here]), int(scores.suppressed[here])
    told = story.outcome(group, deleted, scores.records, float(scores.detail[here]))
    if scores.met[here]:
        st.markdown(f":material/check_circle: **{_this(project)} meets the requirements**: {escape(told, _LONGEST)}.")
        return
    over = f", more than the {scores.limit:,} allowed" if group else ""
    st.markdown(f":material/warning: **{_not_yet(project)}**: {escape(told, _LONGEST)}{over}.")
    way = path(standings, project.recipe.node)
    if not way:
        st.caption("No setting meets these requirements.")
        return
    node = way[-1].after.node
    st.button(
        "Take the shortest way",
        key="shortest",
        type="primary",
        icon=":material/route:",
        on_click=trade_off_choices.move_to,
        args=(node,),
        help=escape(f"Leads to: {story.setting(project.recipe.qis, node)}", _LONGEST),
    )
    st.caption(f"{len(way)} of the sliders: {escape(exploring.way_in_words(way, project.recipe), _LONGEST)}.")


def _this(project: Project) -> str:
    return "The sliders' setting without the method" if project.recipe.methods else "This setting"


def _not_yet(project: Project) -> str:
    return "Not met without the method" if project.recipe.methods else "Not met yet"


def _row(move: Move, recipe: Recipe, number: int) -> None:
    words, button = st.columns([7, 2], gap="small", vertical_alignment="center")
    icon = ":material/check_circle:" if move.after.met else ":material/close:"
    buys, costs = story.move_buys(move.made_safe, move.k_gained), story.move_costs(move.detail_gained)
    plan = recipe.qis[move.attribute]
    before, after = (escape(plan.hierarchy.level_names[level]) for level in (plan.level, move.level))
    words.markdown(
        f"{icon} **{escape(plan.name)}**: {before} → **{after}**  \n:small[{escape(buys)} · {escape(costs)}]"
    )
    button.button("Apply", key=f"move-{number}", on_click=trade_off_choices.move_to, args=(move.after.node,))
