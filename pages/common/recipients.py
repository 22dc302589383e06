"""Who gets the table: the choice in the sidebar and the dialog for an own recipient."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.errors import AnonymiserError
from anonymiser.policy import Policy
from anonymiser.project import Project
from pages.common import state
from pages.common.words import escape

__all__ = ["badge", "choose"]

_ADD_HELP = "Another recipient, with your own numbers"


def choose(project: Project) -> None:
    """Choose the recipient whose policy is checked."""
    names = list(project.policies)
    with st.container(key="recipient-box", gap="xsmall"):
        st.selectbox(
            "Who gets it?",
            names,
            index=names.index(project.policy.name),
            format_func=lambda name: story.short_name(project.policies[name]),
            key=state.bind(state.RECIPIENT, lambda p: p.policy.name),
            on_change=state.choose_recipient,
            help="Each recipient has a policy: how large the smallest group must be, how much may be deleted.",
        )
        st.caption(escape(project.policy.model.value).capitalize())
        if st.button("Add a recipient", key="add-recipient", icon=":material/add:", type="tertiary", help=_ADD_HELP):
            _dialog()


def badge(policy: Policy) -> None:
    """Whose policy is checked."""
    icon = ":material/public:" if policy.is_open else ":material/handshake:"
    st.badge(escape(story.short_name(policy), 40), icon=icon, color="blue", help=escape(policy.model.value))


@st.dialog("A recipient of your own", icon=":material/group_add:")
def _dialog() -> None:
    with st.form("own-recipient", border=False):
        name = st.text_input("Name", key="own-name", placeholder="Regional health board")
        opened = st.radio(
            "How do they get it?",
            ["Under an agreement", "Published: anyone may see it"],
            key="own-model",
            horizontal=True,
        )
        k = st.number_input("Smallest group (k)", 2, 1000, 5, key="own-k", help="Nobody hides among fewer people.")
        deleted = st.slider("Rows that may be deleted", 0.0, 1.0, 0.05, step=0.005, format="percent", key="own-limit")
        values = st.number_input(
            "Different sensitive values in each group (l)", 1, 100, 3, key="own-l", help="1 asks for nothing."
        )
        st.caption("These are your own numbers: Halftone calls them house rules wherever it shows them.")
        if st.form_submit_button("Add", type="primary"):
            try:
                policy = Policy.custom(
                    name.strip(),
                    open_release=opened.startswith("Published"),
                    k=k,
                    suppression=deleted,
                    distinct_l=values if values > 1 else None,
                )
            except AnonymiserError as error:
                st.error(escape(error))
            else:
                state.add_recipient(policy)
                st.rerun()
