"""Two settings side by side: levels, measures, groups, records, recipes. Tables take text as it is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from anonymiser import comparing, exploring
from anonymiser.comparing import Difference, Measure, Pair
from anonymiser.project import Project
from pages.common import compare_chart, state
from pages.common.words import escape

__all__ = ["disappearing", "groups", "measures", "recipe", "records", "settings"]

_LONGEST = 400

Names = tuple[str, str]


def settings(project: Project, pair: Pair, names: Names) -> None:
    """Levels in words beside the measures that say most."""
    levels, short = st.columns([5, 6], gap="medium")
    with levels:
        st.markdown("**How each column leaves**")
        _table(comparing.level_words(pair), names, "column")
    with short:
        st.markdown("**What comes of it**")
        _measured(comparing.in_short(project, pair), names)


def measures(project: Project, pair: Pair, names: Names) -> None:
    """Every measure with its change, privacy first."""
    _measured(comparing.measures(project, pair), names, about=True)
    st.caption("Better and worse are said of the second setting. A dash: the measure has no value there.")


def groups(project: Project, pair: Pair, names: Names) -> None:
    """How many people stand in groups of each size, under both."""
    found = comparing.sizes(project, pair)
    told = found.told(names)
    compare_chart.group_sizes(found, _apart(names), "compare-sizes", told)
    st.caption(escape(told, _LONGEST))


def records(project: Project, pair: Pair, names: Names) -> None:
    """The same ten records in the source and under both settings."""
    if state.presenting():
        st.info("Hidden in presentation mode: records of people are never shown on a shared screen.")
        return
    first, second = (comparing.records(project, chosen) for chosen in (pair.left, pair.right))
    st.caption("In your file. These rows never leave.")
    st.dataframe(first.before, hide_index=True, height=180)
    for name, shown in zip(names, (first, second), strict=True):
        st.text(f"As they would leave under: {name}")
        st.dataframe(shown.after, hide_index=True, height=180)


def recipe(pair: Pair, names: Names) -> None:
    """What the two recipes decide differently."""
    found = comparing.differences(pair)
    if found:
        _table(found, names, "what differs")
    else:
        st.info("The two recipes are the same.")


def disappearing(project: Project, pair: Pair, names: Names) -> None:
    """Rows that fail, by group of a chosen column, under both."""
    if state.presenting():
        st.info("Hidden in presentation mode: groups are named by values of the table.")
        return
    column = st.selectbox("Groups by", exploring.can_group(project), key="compare-group")
    for name, chosen, place in zip(names, (pair.left, pair.right), st.columns(2, gap="medium"), strict=True):
        found = exploring.who_disappears(project, chosen, column)
        with place:
            st.markdown(f"**{escape(name)}**")
            st.dataframe({"group": found.labels, "rows": found.rows, "would be deleted": found.gone}, hide_index=True)
            st.caption(escape(found.worst, _LONGEST))


def _table(rows: Sequence[Difference], names: Names, what: str) -> None:
    left, right = _apart(names)
    st.dataframe(
        {
            what: [row.what for row in rows],
            left: [row.left for row in rows],
            right: [row.right for row in rows],
            "": ["" if row.left == row.right else "≠" for row in rows],
        },
        hide_index=True,
    )


def _measured(rows: Sequence[Measure], names: Names, *, about: bool = False) -> None:
    left, right = _apart(names)
    table = {"about": [row.about for row in rows]} if about else {}
    changes = {"change": [row.change for row in rows]} if about else {}
    st.dataframe(
        table
        | {
            "measure": [row.name for row in rows],
            left: [row.left for row in rows],
            right: [row.right for row in rows],
        }
        | changes
        | {"second is": [row.verdict for row in rows]},
        hide_index=True,
        height="content",
    )


def _apart(names: Names) -> Names:
    """Two headings that differ, also where a setting is compared with itself."""
    return (names[0], names[1]) if names[0] != names[1] else (names[0], f"{names[1]} ")
