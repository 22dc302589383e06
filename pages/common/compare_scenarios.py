"""Kept settings on the compare page: keeping, choosing two, their notes, and which one was chosen for whom."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import comparing, story
from anonymiser.project import Project, Scenario
from pages.common import changes, state
from pages.common.words import escape

__all__ = ["choose", "keep", "none_yet"]

_CURRENT: Final = "current"
_LONGEST: Final = 400


def none_yet() -> None:
    """What this page is for, and a way to begin."""
    with st.container(border=True):
        st.markdown(
            "**No setting is kept yet.** Keep one under a name, move the sliders, keep another: "
            "then both stand here side by side, with everything that differs."
        )
        st.caption("On the tune page the button 'Kept settings' keeps one, too. Kept settings are saved in the recipe.")
        _keep(label="First version")


def keep() -> None:
    """Keep the current setting, beside the page's title."""
    with st.popover("Keep", help="Keep the current setting under a name", icon=":material/bookmark_add:"):
        _keep()


def _keep(label: str = "") -> None:
    with st.form("compare-keep", border=False):
        name = st.text_input("Keep the current setting as", label, key="compare-name", max_chars=60).strip()
        note = st.text_input("Note", key="compare-note", max_chars=200, placeholder="What it is for").strip()
        keep = st.form_submit_button("Keep the current setting", type="primary", icon=":material/bookmark_add:")
    if keep and name and name != _CURRENT:
        state.project().keep(name, note)
        state.save()
        st.rerun()


def choose(project: Project) -> tuple[Scenario, Scenario]:
    """Two settings, of which one may be the current one, each with its note and mark below."""
    _choices(project)
    now = Scenario(_CURRENT, project.recipe)
    offered = {kept.name: kept for kept in project.scenarios} | {_CURRENT: now}
    names = list(offered)
    places = st.columns(2, gap="medium")
    one = places[0].selectbox("Compare", names, 0, key="compare-left")
    other = places[1].selectbox("with", names, len(names) - 1, key="compare-right")
    for place, name, side in zip(places, (one, other), ("left", "right"), strict=True):
        with place:
            _about(project, offered[name], side)
    return offered[one], offered[other]


def _choices(project: Project) -> None:
    """Which kept setting was chosen for each recipient."""
    with st.container(horizontal=True, gap="small", key="choices"):
        for name, chosen in comparing.choices(project).items():
            policy = project.policies.get(name)
            recipient = escape(story.short_name(policy) if policy else name or "No recipient")
            if chosen is None:
                st.badge(f"{recipient}: none chosen yet", icon=":material/hourglass_empty:", color="gray")
            else:
                st.badge(f"{recipient}: {escape(chosen)}", icon=":material/verified:", color="green")


def _about(project: Project, scenario: Scenario, side: str) -> None:
    """Whom it was made for, its note and its mark."""
    policy = project.policies.get(scenario.recipe.recipient)
    recipient = story.short_name(policy) if policy else scenario.recipe.recipient
    if scenario.name == _CURRENT:
        st.caption(f"Made for {escape(recipient)}, where the sliders are now.")
        return
    chosen = comparing.chosen_for(scenario) is not None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if chosen:
            st.badge(f"Chosen for {escape(recipient)}", icon=":material/verified:", color="green")
        else:
            st.caption(f"Made for {escape(recipient)}.", width="content")
        with st.popover("Note and choice", icon=":material/edit_note:"):
            written = st.text_input("Note", comparing.note_of(scenario), key=f"note-{side}-{scenario.name}")
            st.button("Save the note", key=f"save-{side}", on_click=_note, args=(scenario.name, written))
            st.button(
                "Take the mark back" if chosen else f"Choose it for {escape(recipient)}",
                key=f"mark-{side}",
                on_click=_unmark if chosen else _mark,
                args=(scenario.name,),
            )
            st.button(
                "Move the sliders here", key=f"use-{side}", on_click=changes.apply_scenario, args=(scenario.name,)
            )
    if comparing.note_of(scenario):
        st.caption(escape(comparing.note_of(scenario), _LONGEST))


def _note(name: str, note: str) -> None:
    comparing.set_note(state.project(), name, note)
    state.follow()


def _mark(name: str) -> None:
    comparing.mark(state.project(), name)
    state.follow()


def _unmark(name: str) -> None:
    comparing.unmark(state.project(), name)
    state.follow()
