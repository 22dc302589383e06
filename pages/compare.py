"""Compare: what changed, and which kept version is better? Two kept settings side by side."""

from __future__ import annotations

import streamlit as st

from anonymiser.comparing import Pair
from anonymiser.project import Project
from pages.common import compare_parts, compare_scenarios
from pages.common.shell import enter, problems


def answer(project: Project) -> None:
    """Two settings: in short on top, the rest in parts."""
    left, right = compare_scenarios.choose(project)
    pair = Pair(left.recipe, right.recipe)
    settings, measures, groups, records, recipe = st.tabs(
        ["Settings", "All measures", "Sizes of groups", "The same records", "Recipe"]
    )
    with settings:
        compare_parts.settings(project, pair, (left.name, right.name))
    with measures:
        compare_parts.measures(project, pair, (left.name, right.name))
    with groups:
        compare_parts.groups(project, pair, (left.name, right.name))
    with records:
        compare_parts.records(project, pair, (left.name, right.name))
    with recipe:
        compare_parts.recipe(pair, (left.name, right.name))
    gone = st.expander("Who disappears?", key="who-disappears", on_change="rerun", icon=":material/group_remove:")
    if gone.open:
        with gone, problems():
            compare_parts.disappearing(project, pair, (left.name, right.name))


project = enter()
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.title("What changed, and which version is better?", anchor=False, width="content")
    if project.scenarios:
        compare_scenarios.keep()
with problems():
    if project.scenarios:
        answer(project)
    else:
        compare_scenarios.none_yet()
