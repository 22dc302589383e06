"""The release that was made: its files, the words that open it, and how it is handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.audit import Event
from anonymiser.project import Project
from anonymiser.release.fingerprints import in_words
from anonymiser.releasing import ReleaseResult, bundle, made_in_words
from pages.common import access, journal, state
from pages.common.desk import desk
from pages.common.words import escape

__all__ = ["made"]

_LONGEST: Final = 400


@access.needs(Right.EXPORT)
def made(project: Project, result: ReleaseResult) -> None:
    """What to send, what to say, what to keep."""
    st.success(escape(made_in_words(result), _LONGEST), icon=":material/check_circle:")
    if desk().released != project.recipe:
        st.info("You changed the setting since: this is the release of the earlier one.", icon=":material/history:")
    send, say, keep = st.columns(3, gap="small")
    with send.container(border=True, height="stretch", gap="small"):
        _send(project, result)
    with say.container(border=True, height="stretch", gap="small"):
        _say(result)
    with keep.container(border=True, height="stretch", gap="small"):
        _keep(result)
    _opening(result, sealed=not project.policy.is_open)
    st.button("Make another release", key="another", icon=":material/restart_alt:", on_click=_clear)


def _send(project: Project, result: ReleaseResult) -> None:
    st.markdown(":material/send: **1. Send this**")
    package = bundle(result.release)
    st.download_button(
        "Download the release",
        data=_handing_out(package, "the package", result),
        file_name=package.name,
        mime="application/zip",
        key="download-release",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        width="stretch",
    )
    if project.policy.is_open:
        st.caption("Everything in it may be published.")
    else:
        st.caption(
            "Encrypted: protected until somebody with the key or the words opens it; after that, by the agreement."
        )
    with st.expander("Files in it"):
        st.code("\n".join(sorted(path.name for path in result.release.iterdir())), language=None)


def _handing_out(package: Path, what: str, result: ReleaseResult) -> Callable[[], bytes]:
    """What a download button calls when it is pressed: the download is noted, or does not happen."""
    allowed, trail = access.later(Right.EXPORT), journal.trail()
    release_id = result.release.name.removeprefix("release_")

    def handed_out() -> bytes:
        allowed()
        trail.append(Event.DOWNLOADED, {"what": what, "release": release_id})
        return package.read_bytes()

    return handed_out


def _say(result: ReleaseResult) -> None:
    st.markdown(":material/call: **2. Say this, by telephone**")
    if state.presenting():
        st.caption("Presentation mode hides the words. Switch it off when nobody else can see the screen.")
    elif result.passphrase is not None:
        st.caption(
            "The six words that open it. They stand nowhere else, and are shown until you say that you told them:"
        )
        st.code(result.passphrase, language=None, wrap_lines=True)
        st.button("I have told them", key="told", on_click=_told)
    st.caption("Let them compare these eight words with README_FIRST: then they know that it comes from you.")
    st.code(in_words(result.fingerprint), language=None, wrap_lines=True)
    with st.expander("The same fingerprint in digits"):
        st.code(result.fingerprint, language=None, wrap_lines=True)


def _keep(result: ReleaseResult) -> None:
    st.markdown(":material/inventory_2: **3. Keep this**")
    archive = bundle(result.supporting)
    st.download_button(
        "Download the private archive",
        data=_handing_out(archive, "the private archive", result),
        file_name=archive.name,
        mime="application/zip",
        key="download-archive",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.caption("Keys, recipe, decisions, slides and report, sealed to you. It never leaves; nobody can restore it.")
    if state.presenting():
        return
    if desk().vault_passphrase:
        st.caption("It opens with the passphrase of your vault.")
    elif result.owner_passphrase is not None:
        st.caption("It opens with these words, which stand nowhere else:")
        st.code(result.owner_passphrase, language=None, wrap_lines=True)
        st.button("I have written them down", key="noted", on_click=_noted)


def _opening(result: ReleaseResult, *, sealed: bool) -> None:
    opening = (
        "Open the sealed part in a browser (decrypt.html), with the free program age, or with Halftone."
        if sealed
        else "The data is in the folder *data*."
    )
    with st.expander("How the recipient opens it", icon=":material/help:"):
        st.markdown(
            "The package holds a page called README_FIRST, which explains all of this to the recipient:\n"
            "1. Unpack the file and open README_FIRST in a browser.\n"
            "2. Compare the eight words of the fingerprint with what you said on the telephone.\n"
            f"3. {opening}\n"
            "4. Begin with DATA_DICTIONARY: it explains every column."
        )
        if not state.presenting():
            st.caption(f"On this machine both folders are in: {escape(result.release.parent, _LONGEST)}")


def _clear() -> None:
    desk().result = None


def _told() -> None:
    beside = desk()
    if beside.result is not None:
        beside.result = replace(beside.result, passphrase=None)


def _noted() -> None:
    beside = desk()
    if beside.result is not None:
        beside.result = replace(beside.result, owner_passphrase=None)
