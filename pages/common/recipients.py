"""Who gets the table: the choice in the sidebar and the dialog for an own recipient."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.policy import Policy
from anonymiser.project import Project
from pages.common import changes, state
from pages.common.words import escape

__all__ = ["badge", "choose"]

_LONGEST = 300
_L_HELP = "How many different values of a sensitive column each group must hold; 1 asks for nothing."
_T_HELP = (
    "How far the sensitive numbers of a group may lie from everybody's, from 0 (alike) to 1, which asks for nothing."
)
_ALPHA_HELP = (
    "The largest share of a group that may have the harmful answer of a yes/no column; 1 asks for nothing. Which "
    "answer does harm is taken to be the yes, or the rarer one, until you say otherwise under Requirements."
)
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
            on_change=changes.choose_recipient,
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
        st.text_input("Name", key="own-name", placeholder="Regional health board", max_chars=80)
        st.radio(
            "How do they get it?",
            [False, True],
            format_func={False: "Under an agreement", True: "Published: anyone may see it"}.get,
            key="own-open",
            horizontal=True,
        )
        size, variety = st.columns(2)
        size.number_input("Smallest group (k)", 2, 1000, 5, key="own-k", help="Nobody hides among fewer people.")
        variety.number_input("Sensitive values (l)", 1, 100, 3, key="own-l", help=_L_HELP)
        spread, harm = st.columns(2)
        spread.number_input("Spread of sensitive numbers (t)", 0.0, 1.0, 0.35, step=0.05, key="own-t", help=_T_HELP)
        harm.number_input("Harmful answers (α)", 0.01, 1.0, 0.5, step=0.05, key="own-alpha", help=_ALPHA_HELP)
        st.slider("Rows that may be deleted", 0.0, 1.0, 0.05, step=0.005, format="percent", key="own-limit")
        st.text_input(
            "Where these numbers come from",
            key="own-source",
            max_chars=120,
            placeholder="house rule",
            help="An agreement, a guideline: it is shown beside each number. Left empty they are called house rules.",
        )
        if st.form_submit_button("Add", type="primary", on_click=changes.add_recipient):
            told = state.problem()
            if told is None:
                st.rerun()
            st.error(escape(told, _LONGEST))
