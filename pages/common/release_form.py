"""The choices for one release, and the button that makes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.errors import AnonymiserError, InputError
from anonymiser.gate import Check
from anonymiser.presenting import material
from anonymiser.project import Project
from anonymiser.recipe import ReleaseForm
from anonymiser.release.seal import NotSealed, Sealing, SealToKey, SealWithPassphrase, prepare
from anonymiser.releasing import (
    Override,
    Particulars,
    can_be_pseudonym,
    release,
    stopped_by,
    with_form,
    with_pseudonyms,
)
from pages.common import access, journal, state
from pages.common.approvals import second_person
from pages.common.desk import desk
from pages.common.joined_checks import remembered
from pages.common.release_budget import budget_of_counts
from pages.common.release_words import today, words
from pages.common.vault import vault
from pages.common.words import escape

__all__ = ["form"]

_LONGEST: Final = 400
_FORMS: Final = {
    ReleaseForm.MICRODATA: "Records: a row a person",
    ReleaseForm.TABLES: "Counts in tables, small ones hidden",
    ReleaseForm.SAMPLE: "A random sample of the records",
}
_WAYS: Final = {
    "passphrase": "A passphrase of six words, made for you",
    "key": "The recipient's own key (the age program)",
}


@access.needs(Right.EXPORT)
def form(project: Project, found: Sequence[Check]) -> None:
    """Draw the choices; make the release when asked to."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**What kind of data leaves**")
        _kind(project)
        if not project.policy.is_open:
            _pseudonyms(project)
    with right:
        st.markdown("**Who can open it**")
        sealing = _sealing(project)
        with st.expander("Your vault", icon=":material/key:"):
            vault()
    particulars = words(project)
    override = _override(project, found)
    second, seen = second_person(project, found)
    stopping = stopped_by(found, project.policy, override)
    if stopping:
        st.caption(":red[:material/block:] A requirement of the policy fails: see the checklist.")
    ready = not stopping and sealing is not None and seen
    if (
        st.button("Make the release", key="make", type="primary", icon=":material/lock:", disabled=not ready)
        and sealing
    ):
        _make(project, particulars, sealing, override, second)


def _kind(project: Project) -> None:
    recipe = project.recipe
    chosen = st.radio(
        "Form",
        list(_FORMS),
        list(_FORMS).index(recipe.form),
        format_func=lambda form: _FORMS[form],
        key=state.bind("release-form", lambda p: p.recipe.form),
        label_visibility="collapsed",
    )
    percent = 100
    if chosen is ReleaseForm.SAMPLE:
        percent = st.slider("Share of the records (%)", 1, 100, _percent(project), key="sample-share")
        st.caption("Groups are counted again in the sample; those that become too small in it are left out.")
    budget = budget_of_counts(project) if chosen is ReleaseForm.TABLES else None
    changed = with_form(recipe, chosen, percent, budget)
    if changed != recipe:
        project.change(changed)
        state.save()
        st.rerun()


def _percent(project: Project) -> int:
    return round(100 * project.recipe.sample_fraction) if project.recipe.form is ReleaseForm.SAMPLE else 10


def _pseudonyms(project: Project) -> None:
    possible, present = can_be_pseudonym(project.recipe)
    if not possible or project.recipe.form is ReleaseForm.TABLES:
        return
    chosen = st.multiselect(
        "Pseudonyms, if follow-up is agreed",
        possible,
        present,
        key=state.bind("pseudonyms", lambda p: list(can_be_pseudonym(p.recipe)[1])),
        placeholder="none",
        help="A code in place of an identifier: the same person has the same code in this release and in no other. "
        "Only you can compute it.",
    )
    if set(chosen) != set(present):
        project.change(with_pseudonyms(project.recipe, chosen))
        state.save()
        st.rerun()


def _sealing(project: Project) -> Sealing | None:
    """How the package is sealed; None until it can be."""
    if project.policy.is_open:
        st.markdown(
            ":material/public: **Anyone.** An open release is not encrypted; it is signed, so that nobody can "
            "change it unnoticed."
        )
        return NotSealed()
    way = st.radio("Sealed with", list(_WAYS), format_func=_WAYS.get, key="seal-way", label_visibility="collapsed")
    if way == "passphrase":
        st.caption("The words are shown once, here. Tell them by telephone, never in the message with the package.")
        return SealWithPassphrase()
    key = st.text_input("The recipient's public key", key="public-key", placeholder="age1…").strip()
    if not key:
        st.caption("The recipient makes one with the program age (age-keygen) and sends you the line with age1.")
        return None
    try:
        prepare(SealToKey(key), today())
    except AnonymiserError as error:
        st.error(escape(error, _LONGEST), icon=":material/error:")
        return None
    st.caption(":green[:material/check:] A valid key. Only whoever has its other half can open the package.")
    return SealToKey(key)


def _override(project: Project, found: Sequence[Check]) -> Override | None:
    """A reason and two names, where the policy allows it and a point fails."""
    failing = [check for check in found if check.met is False]
    if not failing or not project.policy.may_override or not all(check.may_override for check in failing):
        return None
    with st.expander("Release all the same", icon=":material/gavel:"):
        st.caption("Somebody answers for this: your reason and both names are kept in the private archive.")
        reason = st.text_area("Why may it leave although a requirement fails?", key="override-reason", height=80)
        left, right = st.columns(2)
        decided = left.text_input("Who decides", key="override-first")
        second = right.text_input("Who agrees", key="override-second", help="Somebody else.")
    return Override(reason, decided, second) if reason.strip() and decided.strip() and second.strip() else None


@access.needs(Right.EXPORT)
def _make(project: Project, particulars: Particulars, sealing: Sealing, override: Override | None, second: str) -> None:
    beside = desk()
    owner = SealWithPassphrase(beside.vault_passphrase) if beside.vault_passphrase else None
    bar = st.progress(0.0, "Beginning")
    try:
        beside.result = release(
            project,
            particulars,
            sealing,
            autosave.home() / "releases" / particulars.release_id,
            keys=beside.keys,
            owner=owner,
            override=override,
            trail=journal.trail(),
            second_person=second,
            remembered=remembered(project),
            material=lambda made: material(made, particulars.created, particulars.title),
            progress=bar.progress,
        )
    except AnonymiserError as error:
        bar.empty()
        icon = ":material/edit:" if isinstance(error, InputError) else ":material/error:"
        st.error(escape(error, _LONGEST), icon=icon)
        return
    beside.draft = None
    beside.released = project.recipe
    st.rerun()
