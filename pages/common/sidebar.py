"""The sidebar of every page: the table, who gets it, steps back, the recipe, what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.engine import backend
from anonymiser.project import Project
from pages.common import access, changes, history, methods_notice, opening, recipients, shared, sign_in, state
from pages.common.words import escape

__all__ = ["draw"]

_LONGEST: Final = 400


def draw(*, tuning: bool) -> None:
    """Draw it; on the Tune page undo and redo stand beside the sliders instead, and know each step."""
    current = state.project()
    with st.sidebar:
        _table(current)
        tunes = access.may(Right.TUNE)
        _shown_by(current)
        if tunes:
            recipients.choose(current)
        if tunes and not tuning:
            history.buttons()
        if tunes:
            methods_notice.show(current)
            _recipe(current)
            shared.share(current)
        st.toggle(
            "Presentation mode",
            key=state.PRESENTING,
            value=state.presenting() and not state.on_stage(),
            disabled=not access.may(Right.ROWS),
            help="Hides every value of the table: for a projector or a shared screen.",
        )
        if state.unrecorded():
            st.warning(escape(state.unrecorded(), _LONGEST), icon=":material/edit_off:")
        sign_in.account()
        if not backend.is_warm():
            _warming()


def _table(current: Project) -> None:
    with st.container(key="table", gap="xsmall"):
        st.markdown(f"**{escape(current.microdata.name)}**")
        st.caption(f"{current.microdata.rows:,} rows · {len(current.microdata.names):,} columns")
        if state.is_sample():
            st.badge("Sample: made-up people", icon=":material/science:", color="gray")
        if opening.has_earlier_work():
            st.caption("You worked on this table before.")
            with st.container(horizontal=True, gap="small"):
                st.button("Continue", key="continue", on_click=opening.continue_earlier_work, type="primary")
                st.button("Forget it", key="forget", on_click=opening.discard_earlier_work)


def _shown_by(project: Project) -> None:
    """For a viewer: what is shown, and the newest of it."""
    if access.may(Right.TUNE):
        return
    by = project.by if isinstance(project, shared.Shown) else ""
    st.caption(f"Shown to you by {escape(by)}." if by else "Nobody shows you a table: this is the sample.")
    st.button("Look for the newest", key="newest", on_click=opening.show_newest, width="stretch")


def _recipe(current: Project) -> None:
    with st.container(horizontal=True, gap="small", key="recipe"):
        st.download_button(
            "Save recipe",
            width="stretch",
            data=current.to_json,
            file_name=f"{Path(current.microdata.name).stem or 'table'}-recipe.json",
            mime="application/json",
            key="save-recipe",
            on_click="ignore",
            help="Roles, levels and limits as a file; no row of the table is in it.",
        )
        with st.popover("Load", width="stretch", help="Take over a recipe that was saved"):
            st.file_uploader(
                "A recipe that Halftone saved (JSON)",
                type="json",
                key="load-recipe",
                on_change=changes.load_recipe,
                args=("load-recipe",),
            )


@st.fragment(run_every=2)
def _warming() -> None:
    if backend.is_warm():
        st.rerun()
    st.caption(":material/hourglass_top: Preparing the fast counting code. Everything works meanwhile.")
