"""Undo, redo and reset: in the sidebar, and beside the sliders."""

from __future__ import annotations

import streamlit as st

from pages.common import changes, state

__all__ = ["buttons"]


def buttons() -> None:
    """Undo, redo and reset, with their keys."""
    current = state.project()
    with st.container(horizontal=True, gap="small", key="history"):
        st.button(
            "Undo",
            key="undo",
            width="stretch",
            on_click=changes.undo,
            disabled=not current.can_undo,
            shortcut="Mod+Z",
            help="Take back the last change (Ctrl+Z)",
        )
        st.button(
            "Redo",
            key="redo",
            width="stretch",
            on_click=changes.redo,
            disabled=not current.can_redo,
            shortcut="Mod+Shift+Z",
            help="Do again what was taken back (Ctrl+Shift+Z)",
        )
        st.button(
            "Reset",
            key="reset",
            width="stretch",
            on_click=changes.reset,
            disabled=not current.can_undo,
            help="Back to how the table was opened; undo brings your setting back",
        )
