"""The page in place of every other while nobody is signed in, and the way out."""

from __future__ import annotations

import streamlit as st

from anonymiser.audit import Event
from anonymiser.errors import AnonymiserError
from pages.common import access, journal, state
from pages.common.words import escape

__all__ = ["account", "door"]

_LOOK_EVERY = 20
"""Seconds between two looks at whether the sign-in has ended."""


def door() -> None:
    """Draw the way in, where nobody may see anything."""
    state.forget()
    try:
        found = access.person()
    except AnonymiserError as error:
        st.error(escape(error, 400), icon=":material/error:")
        return
    with st.container(horizontal_alignment="center"), st.container(key="door", border=True, width=460):
        st.subheader("Halftone", anchor=False)
        st.markdown(escape(found.why_not, 300))
        if found.authenticated and found.admission.is_open:
            st.caption(f"Signed in as {escape(found.name)}.")
            st.button("Sign out", key="sign-out", on_click=leave)
        else:
            st.button("Sign in", key="sign-in", type="primary", on_click=st.login)
        st.caption("Tables about people are behind this door. What is done with them is recorded.")


def account() -> None:
    """Who is signed in, in the sidebar."""
    if not access.is_on():
        return
    found = access.person()
    role = found.role.value if found.role else "no role"
    with st.container(key="account", gap="xsmall"):
        st.caption(f":material/person: {escape(found.name)} · {role}")
        st.button("Sign out", key="sign-out", on_click=leave, width="stretch")
    _look()


@st.fragment(run_every=_LOOK_EVERY)
def _look() -> None:
    """Take everything off the screen once the sign-in has ended, here or in another window."""
    if access.lapsed():
        st.rerun()


def leave() -> None:
    """End the sign-in on the server, then in this browser. For callbacks."""
    journal.note(Event.LOGOUT)
    access.end_session()
    state.forget()
    st.logout()
