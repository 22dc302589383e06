"""The picture that fits a candidate: rectangles of groups, numbers before and after, counts before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from anonymiser import trying
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.trying import Candidate
from pages.common import methods_candidates, methods_measured, methods_plots, state
from pages.common.words import escape, plain

__all__ = ["show"]

_HIDDEN: Final = "Hidden in presentation mode: values of people are never shown on a shared screen."
_LONGEST: Final = 500


def show(project: Project, tried: Sequence[Candidate]) -> None:
    """What the chosen candidate does to the table, to look at."""
    candidate = methods_candidates.chosen(tried)
    axes = trying.axes_of(project, candidate.recipe)
    changed = trying.changed_columns(project, candidate.recipe)
    groups, columns, measured, done = st.tabs(["Groups", "Column by column", "Risk and numbers", "What was done"])
    with groups:
        if axes:
            _groups(project, candidate.recipe, axes)
        else:
            st.info("This method makes no groups: look at it column by column.", icon=":material/grid_off:")
    with columns:
        if changed:
            _column(project, candidate.recipe, changed)
        else:
            st.info("No value was changed.", icon=":material/check:")
    with measured:
        methods_measured.show(project, candidate.recipe)
    with done:
        _done(project, candidate)


def _groups(project: Project, recipe: Recipe, axes: Sequence[str]) -> None:
    hide = state.presenting()
    places = st.columns(2, gap="medium")
    x = places[0].selectbox("Across", axes, 0, key="plane-x", format_func=plain)
    others = [name for name in axes if name != x] or list(axes)
    y = places[1].selectbox("Up", others, 0, key="plane-y", format_func=plain)
    plane = trying.plane(project, recipe, (x, y))
    before, after = st.columns(2, gap="medium")
    with before:
        st.markdown("**Before:** people, each a point")
        if hide:
            st.info(_HIDDEN, icon=":material/visibility_off:")
        else:
            with st.container(key="plane-before-box"):
                st.altair_chart(methods_plots.before_points(plane, hide=hide), key="plane-before")
    with after:
        st.markdown("**After:** groups, each a rectangle")
        with st.container(key="plane-after-box"):
            st.altair_chart(methods_plots.rectangles(plane, hide=hide), key="plane-after")
    left = f" The {plane.left_out:,} smallest groups are not drawn." if plane.left_out else ""
    st.caption(
        "Everybody in a rectangle shows the same values. Rectangles that lie over each other differ in another column. "
        f"Points are moved about a little.{left}"
    )


def _column(project: Project, recipe: Recipe, changed: Sequence[str]) -> None:
    if state.presenting():
        st.info(_HIDDEN, icon=":material/visibility_off:")
        return
    name = st.selectbox("Column", changed, 0, key="method-column", format_func=plain)
    dots, counts = trying.dots(project, recipe, name), trying.counts(project, recipe, name)
    places = st.columns(2, gap="medium") if dots is not None else [st.container()]
    if dots is not None:
        with places[0]:
            st.markdown("**Each person:** before against after")
            st.altair_chart(methods_plots.dots(dots), key="method-dots")
    if counts is not None:
        with places[-1]:
            st.markdown("**All people:** how often each value occurs")
            st.altair_chart(methods_plots.counts(counts), key="method-counts")


def _done(project: Project, candidate: Candidate) -> None:
    for record in project.draft(candidate.recipe).draft.record:
        for sentence in record.sentences:
            st.markdown(f"- {escape(sentence, _LONGEST)}")
        told = ", ".join(f"{what}: {number:,}" for what, number in record.changed)
        if told:
            st.caption(escape(told, _LONGEST))
    for method in candidate.recipe.methods:
        told = escape(method.not_protected, _LONGEST)
        st.caption(f":material/gpp_maybe: {escape(method.title)} does not protect from: {told}")
    groups = st.expander("The table of groups", key="groups-table", on_change="rerun", icon=":material/table_rows:")
    if groups.open:
        with groups:
            _table(project, candidate.recipe)


def _table(project: Project, recipe: Recipe) -> None:
    """The aggregated table, as a download."""
    table = trying.aggregated_csv(project, recipe)
    if table is None:
        st.info("The requirements are not met, so this table must not be shown.", icon=":material/block:")
    elif state.presenting():
        st.info(_HIDDEN, icon=":material/visibility_off:")
    else:
        st.download_button(
            "Download the table of groups",
            table,
            "groups.csv",
            "text/csv",
            key="method-groups",
            icon=":material/download:",
            help="What the rows of each group read, the sensitive value, and how many have it: only what would leave",
        )
