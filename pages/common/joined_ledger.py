"""The releases that the vault remembers, and the way to say that one does not count."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from anonymiser.access import Right
from anonymiser.audit import Event
from anonymiser.errors import AnonymiserError
from anonymiser.joining.picture import ledger_table
from anonymiser.release.ledger import Ledger
from anonymiser.release.ledger_book import Withdrawal
from pages.common import access, journal
from pages.common.release_words import today
from pages.common.words import escape

__all__ = ["known_releases"]

_LONGEST: Final = 400


def known_releases(ledger: Ledger) -> None:
    """List them; one that never left can be taken out of the count, with a reason and a name."""
    book = ledger.read()
    if not book.entries:
        return
    with st.expander(f"All releases that your vault remembers ({len(book.entries):,})", icon=":material/history:"):
        st.dataframe(pd.DataFrame(ledger_table(book)), hide_index=True, key="ledger")
        counting = [entry.release_id for entry in book.entries if entry.withdrawn is None]
        if not counting or not access.may(Right.EXPORT):
            return
        with st.form("withdraw", border=False):
            st.caption("A release that never left, or that its recipient destroyed unused, need not count.")
            which, why, who = st.columns([3, 4, 3])
            chosen = which.selectbox("Release", counting, key="withdraw-which")
            reason = why.text_input("Why it does not count", key="withdraw-why")
            name = who.text_input("Who says so", key="withdraw-who")
            sent = st.form_submit_button("It does not count", icon=":material/block:")
        if sent:
            try:
                ledger.withdraw(chosen, Withdrawal(reason.strip(), name.strip(), today().isoformat()))
            except AnonymiserError as error:
                st.error(escape(error, _LONGEST), icon=":material/error:")
            else:
                journal.note(Event.WITHDRAWN, release=chosen, stated_by=name.strip(), reason=reason.strip())
                st.rerun()
