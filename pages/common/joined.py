"""Two releases joined: what somebody learns who holds this one and the earlier ones, and the setting that nests."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from anonymiser import story
from anonymiser.access import Right
from anonymiser.errors import AnonymiserError
from anonymiser.gate import JOINED
from anonymiser.joining import words
from anonymiser.joining.compare import Finding
from anonymiser.joining.joint import find, make_it_nest
from anonymiser.joining.nest import steps_to
from anonymiser.joining.picture import bands, releases_table
from anonymiser.joining.words import FirstRelease
from anonymiser.project import Project
from anonymiser.release.ledger import Ledger
from pages.common import access, state
from pages.common.joined_chart import group_sizes
from pages.common.joined_checks import remembered, state_first, stated
from pages.common.joined_ledger import known_releases
from pages.common.vault import vault
from pages.common.words import escape

__all__ = ["joined"]

_LONGEST: Final = 500


def joined(project: Project) -> None:
    """Draw the part."""
    known = remembered(project)
    if not isinstance(known, Ledger):
        _without_vault(project)
        return
    finding = find(project, known)
    if finding.earlier:
        _finding(project, known, finding)
    else:
        st.markdown("**Nothing to join yet.** " + words.NO_EARLIER)
        st.caption("Once this release is made, the vault remembers it, and the next one is compared with it.")
    for check in words.joint_points(finding, project.policy):
        if check.met is not True and check.name != JOINED and not finding.small:
            st.markdown(f":orange[:material/warning:] **{escape(check.name)}.** {escape(check.sentence, _LONGEST)}")
    known_releases(known)


def _without_vault(project: Project) -> None:
    st.markdown(
        "Two releases that are each safe can single people out once somebody holds both. Your vault remembers what "
        "you released, and compares this release with it."
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Open your vault**")
        vault()
    if not project.policy.is_open or not access.may(Right.EXPORT):
        right.caption("Without the vault this release is not compared, and later ones cannot be compared with it.")
        return
    with right:
        st.markdown("**Or state that there was none**")
        first = stated(project)
        if first is not None:
            st.markdown(
                f":green[:material/check:] {escape(first.stated_by)} states that these people were in no earlier "
                "release. The statement is kept in the private archive."
            )
            st.button("Take it back", key="first-back", on_click=state_first, args=(project, None))
            return
        with st.form("first-release", border=False):
            name = st.text_input("Your name", key="first-name")
            sure = st.form_submit_button("These people were in no earlier release", icon=":material/verified_user:")
        if sure:
            try:
                state_first(project, FirstRelease(name))
            except AnonymiserError as error:
                st.error(escape(error, _LONGEST), icon=":material/error:")
            else:
                st.rerun()


def _finding(project: Project, ledger: Ledger, finding: Finding) -> None:
    told = words.answer(finding)
    icon = ":red[:material/warning:]" if finding.small else ":green[:material/check_circle:]"
    picture, said = st.columns([6, 5], gap="large")
    with said:
        st.markdown(f"#### {icon} {escape(told, _LONGEST)}")
        st.markdown(escape(words.detail(finding), _LONGEST))
        for sentence in words.causes(finding):
            st.markdown(f"- {escape(sentence, _LONGEST)}")
        _nest(project, ledger, finding)
    with picture:
        group_sizes(bands(finding), finding.limit, told)
    st.markdown("**Earlier releases that somebody may hold together with this one**")
    st.dataframe(pd.DataFrame(releases_table(finding)), hide_index=True, key="joined-releases")
    if finding.aside:
        st.caption(words.aside(finding))


def _nest(project: Project, ledger: Ledger, finding: Finding) -> None:
    """The nearest setting that nests, one click away."""
    if finding.nests and not finding.small and not finding.small_by_difference:
        return
    with st.spinner("Looking for the nearest setting that nests …", show_time=True):
        nested = make_it_nest(project, ledger)
    if nested is None or nested == project.recipe:
        st.caption("No coarser setting nests in every earlier release and meets the whole policy.")
        return
    moves = [f"{step.column} from {step.before} to {step.after}" for step in steps_to(project.recipe, nested)]
    st.button(
        "Make it nest",
        key="make-it-nest",
        type="primary",
        icon=":material/join_inner:",
        on_click=_apply,
        args=(project, ledger),
    )
    st.caption(f"Moves {escape(story.listing(moves), _LONGEST)}: the nearest setting that nests. You can undo it.")


def _apply(project: Project, ledger: Ledger) -> None:
    nested = make_it_nest(project, ledger)
    if nested is not None:
        project.change_roles(nested)
    state.follow()
