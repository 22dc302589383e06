"""The owner's vault: the keys that sign releases and make pseudonyms, kept under a passphrase."""

from __future__ import annotations

import streamlit as st

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.audit import Event, public_hex
from anonymiser.errors import AnonymiserError, SealError
from anonymiser.release.vault import create_vault, open_vault
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
        st.code(beside.keys.fingerprint, language=None, wrap_lines=True)
        st.caption("Give recipients this fingerprint once, by telephone. They then know every release of yours by it.")
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
        journal.must(Event.VAULT, public_key=public_hex(keys.signing.public_key()), made=not exists)
        beside.keys = keys
    except AnonymiserError as error:
        journal.note(Event.FAILED, what="opening the vault", kind=type(error).__name__)
        st.error(escape(error, _LONGEST), icon=":material/error:")
    else:
        beside.vault_passphrase = first
        st.rerun()
