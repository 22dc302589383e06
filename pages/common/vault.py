"""The owner's vault: the keys that sign releases and make pseudonyms, kept under a passphrase."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.audit import Event
from anonymiser.errors import AnonymiserError, SealError
from anonymiser.release.fingerprints import in_words
from anonymiser.release.vault import IF_LOST, back_up, change_passphrase, create_vault, open_vault
from pages.common import access, journal
from pages.common.desk import desk
from pages.common.words import escape

__all__ = ["vault"]

_LONGEST = 300


@access.needs(Right.EXPORT)
def vault() -> None:
    """Open the vault, or make one; without it a release gets keys of its own."""
    beside = desk()
    path = autosave.home() / "vault.json"
    if beside.keys is not None:
        st.markdown(":green[:material/lock_open:] **Your vault is open.** Releases are signed with your own key:")
        st.code(in_words(beside.keys.fingerprint), language=None, wrap_lines=True)
        st.caption(
            "Read recipients these eight words once, by telephone. They then know every release of yours by them. "
            f"In digits: {beside.keys.fingerprint}"
        )
        with st.popover("Backup, passphrase, loss", icon=":material/settings_backup_restore:"):
            _care(path)
        return
    st.caption(
        "A vault keeps your signing key, so that recipients know all your releases by the same fingerprint. Without "
        "one, this release gets a key of its own, which its private archive keeps."
    )
    exists = path.is_file()
    with st.form("vault", border=False):
        first = st.text_input("Passphrase of your vault", type="password", key="vault-passphrase")
        again = first if exists else st.text_input("Once more", type="password", key="vault-again")
        sent = st.form_submit_button("Open the vault" if exists else "Make a vault", icon=":material/key:")
    if not sent:
        return
    try:
        if first != again:
            raise SealError("The two passphrases differ. Type them again.")
        keys = open_vault(path, first) if exists else create_vault(path, first)
        journal.vault_opened(keys, made=not exists)
        beside.keys = keys
    except AnonymiserError as error:
        journal.note(Event.FAILED, what="opening the vault", kind=type(error).__name__)
        st.error(escape(error, _LONGEST), icon=":material/error:")
    else:
        beside.vault_passphrase = first
        st.rerun()


@access.needs(Right.EXPORT)
def _care(path: Path) -> None:
    """A copy to keep elsewhere, another passphrase, and what is lost without either."""
    st.markdown("**A copy to keep elsewhere**")
    st.caption("Encrypted as the vault is, with the ledger of your releases. Keep it apart from the passphrase.")
    st.download_button(
        "Download the backup",
        data=lambda: back_up(path),
        file_name="halftone-vault-backup.zip",
        mime="application/zip",
        key="vault-backup",
        icon=":material/download:",
        on_click="ignore",
    )
    st.markdown("**Another passphrase**")
    with st.form("vault-change", border=False):
        old = st.text_input("The passphrase as it is now", type="password", key="vault-old")
        new = st.text_input("The new one", type="password", key="vault-new")
        again = st.text_input("The new one once more", type="password", key="vault-new-again")
        sent = st.form_submit_button("Change it")
    if sent:
        _change(path, old, new, again)
    st.markdown("**If it is lost**")
    st.markdown("\n".join(f"- {line}" for line in IF_LOST))


def _change(path: Path, old: str, new: str, again: str) -> None:
    try:
        if new != again:
            raise SealError("The two new passphrases differ. Type them again.")
        change_passphrase(path, old, new)
    except AnonymiserError as error:
        journal.note(Event.FAILED, what="changing the vault's passphrase", kind=type(error).__name__)
        st.error(escape(error, _LONGEST), icon=":material/error:")
        return
    journal.note(Event.REWRAPPED)
    desk().vault_passphrase = new
    st.success(
        "Changed. Earlier backups and private archives still need the old passphrase.", icon=":material/check_circle:"
    )
