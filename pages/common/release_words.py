"""What a package says about itself: who answers for it, what it is for, on which terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import streamlit as st

from anonymiser.project import Project
from anonymiser.recipients import Answers, questions_for, unanswered
from anonymiser.release.facts import CC_BY_4, OGL_UK_3
from anonymiser.releasing import Particulars, can_be_pseudonym, draft
from pages.common import state
from pages.common.desk import desk
from pages.common.shell import go

__all__ = ["today", "words"]

_SAMPLE_OWNER: Final = "iInsureU123 (made-up sample)"
_SAMPLE_CONTACT: Final = "privacy@iinsureu123.example"
_LICENCES: Final = {licence.title: licence for licence in (OGL_UK_3, CC_BY_4)}


def words(project: Project) -> Particulars:
    """What the package says about itself; kept on the desk while the owner looks elsewhere."""
    beside = desk()
    if beside.draft is None or beside.draft[0] != project.policy.name:
        begun = draft(project, today())
        said_owner, said_contact = beside.answering  # whoever answers for one release answers for the next
        begun = replace(begun, owner=begun.owner or said_owner, contact=begun.contact or said_contact)
        if state.is_sample():
            begun = replace(begun, owner=begun.owner or _SAMPLE_OWNER, contact=begun.contact or _SAMPLE_CONTACT)
        beside.draft = (project.policy.name, begun)
    known = beside.draft[1]
    scope = known.release_id
    st.markdown("**What the package says**")
    left, right = st.columns(2, gap="large")
    owner = left.text_input("You, the owner", known.owner, key=f"owner-{scope}", placeholder="Your organisation")
    contact = right.text_input(
        "How to reach you", known.contact, key=f"contact-{scope}", placeholder="E-mail, telephone"
    )
    recipient = left.text_input("Recipient", known.recipient, key=f"recipient-{scope}")
    purpose = right.text_input("Purpose", known.purpose, key=f"purpose-{scope}")
    with st.expander("Title and terms", icon=":material/description:"):
        title = st.text_input("Title", known.title, key=f"title-{scope}")
        terms = st.text_area("Terms, one a line", "\n".join(known.terms), key=f"terms-{scope}", height=170)
        licence = known.licence
        if project.policy.is_open:
            licence = _LICENCES[st.selectbox("Licence", list(_LICENCES), key=f"licence-{scope}")]
    decrypt_page = not project.policy.is_open and st.checkbox(
        "Add a page that opens it in a browser, with nothing to install (decrypt.html)",
        known.decrypt_page,
        key=f"decrypt-page-{scope}",
        help="It works without a network. About 135 kB.",
    )
    reidentification = bool(can_be_pseudonym(project.recipe)[1]) and st.checkbox(
        "Keep a table that leads from the pseudonyms back to people, in the private archive only",
        known.reidentification,
        key=f"reidentification-{scope}",
        help="Only if you must call somebody back. It is sealed to you and leaves with nothing.",
    )
    _answers(project)
    particulars = replace(
        known,
        owner=owner,
        contact=contact,
        recipient=recipient,
        purpose=purpose,
        title=title,
        terms=tuple(terms.splitlines()),
        licence=licence,
        decrypt_page=decrypt_page,
        reidentification=reidentification,
    )
    beside.draft = (project.policy.name, particulars)
    beside.answering = (particulars.owner, particulars.contact)
    return particulars


def _answers(project: Project) -> None:
    """How far the questions about the recipient are answered."""
    model = project.policy.model
    missing = unanswered(project.answers.get(project.policy.name, Answers()), model)
    if missing:
        asked = len(questions_for(model))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{asked - len(missing)} of {asked} questions about this recipient are answered.", width="content"
            )
            go("recipient", "Answer them")


def today() -> date:
    """The day of the release."""
    return datetime.now(tz=UTC).date()
