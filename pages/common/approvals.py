"""The second person for what is to be published: asked for and given here, or typed where nobody signs in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from anonymiser.access import Request, Right, approval_for, approve, ask, decline, release_key, requests
from anonymiser.errors import AnonymiserError
from anonymiser.gate import Check
from anonymiser.project import Project
from pages.common import access, journal
from pages.common.words import escape

__all__ = ["second_person", "waiting"]

_LONGEST: Final = 400
_LOOKS: Final = {
    True: ":green[:material/check_circle:]",
    False: ":red[:material/cancel:]",
    None: ":gray[:material/hourglass_empty:]",
}


def second_person(project: Project, found: Sequence[Check]) -> tuple[str, bool]:
    """Who else stands behind an open release; the name where one is typed, and whether there is one."""
    if not project.policy.is_open:
        return "", True
    if not access.is_on():
        name = st.text_input(
            "Who else has looked at it?",
            key="second-person",
            placeholder="A second person's name",
            help="What is published cannot be taken back. Nobody signs in on this machine, so the name is recorded as "
            "not authenticated.",
        )
        return name, bool(name.strip())
    return "", _approved(project, found)


def waiting() -> None:
    """What other people asked for: the checklist and the figures, and the two answers."""
    me = access.person().name
    asked = [request for request in requests(journal.trail()) if request.answer is None]
    if asked:
        st.subheader("Waiting for a second person", anchor=False)
    for request in asked:
        with st.container(border=True, key=f"request-{request.key[:12]}"):
            _shown(request)
            if request.author == me:
                st.caption("You asked for this. Somebody else has to look at it.")
            elif access.may(Right.APPROVE):
                _answers(request)


def _approved(project: Project, checks: Sequence[Check]) -> bool:
    """Whether somebody else has approved this setting; the button that asks for it where nobody has."""
    found = approval_for(journal.trail(), release_key(project))
    if found is not None:
        st.markdown(
            f":green[:material/verified:] **Approved by {escape(found.approver)}.** {escape(found.reason, _LONGEST)}"
        )
        return True
    pending = any(
        request.key == release_key(project) and request.answer is None for request in requests(journal.trail())
    )
    if pending:
        st.info("Waiting for a second person's approval. Any change of the setting needs a new one.")
        return False
    with st.form("ask-approval", border=True):
        st.markdown("**An open release needs a second person's approval.**")
        note = st.text_input("What should they know?", key="approval-note", max_chars=250)
        if st.form_submit_button("Ask for approval", icon=":material/how_to_reg:"):
            _tell(lambda: ask(journal.trail(), project, note, checks))
    return False


def _shown(request: Request) -> None:
    when = f"{request.time:%d %B %Y, %H:%M} UTC"
    st.markdown(f"**To be published for {escape(request.recipient)}**, asked for by {escape(request.author)}, {when}")
    if request.note:
        st.markdown(f"*{escape(request.note, _LONGEST)}*")
    for place, (label, value, meaning) in zip(st.columns(3), request.figures[:3], strict=False):
        place.metric(escape(label), value, help=escape(meaning, _LONGEST))
    st.markdown(
        "  \n".join(f"{_LOOKS[met]} **{escape(name)}.** {escape(told, _LONGEST)}" for name, met, told in request.checks)
    )
    leaves = ", ".join(f"{name} ({level})" for name, level in request.columns)
    st.caption(f"Columns that leave: {escape(leaves, _LONGEST)}. Table: {request.table[:12]}…")


@access.needs(Right.APPROVE)
def _answers(request: Request) -> None:
    with st.form(f"answer-{request.key[:12]}", border=False):
        reason = st.text_input("Why?", key=f"why-{request.key[:12]}", max_chars=250)
        yes, no = st.columns(2)
        agreed = yes.form_submit_button("Approve", type="primary", icon=":material/check:", width="stretch")
        refused = no.form_submit_button("Decline", icon=":material/close:", width="stretch")
    if agreed or refused:
        answer = approve if agreed else decline
        _tell(lambda: answer(journal.trail(), request.key, reason))


def _tell(action: Callable[[], object]) -> None:
    try:
        action()
    except AnonymiserError as error:
        st.error(escape(error, _LONGEST), icon=":material/error:")
    else:
        st.rerun()
