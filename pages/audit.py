"""Audit: who did what, and can it be trusted? The verdict, the newest entries in words, the file to hand on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from anonymiser.access import Right
from anonymiser.audit import TOPICS
from anonymiser.audit.report import packed, report
from anonymiser.story import Verdict
from pages.common import access, journal, verdict
from pages.common.shell import enter, problems
from pages.common.words import escape

_LONGEST = 600
_HIGH = 430
_ROW = 68
"""Pixels: two lines of words."""
_PROOF = """\
- **Each line carries the hash of the line before it**, and a signature. Whoever edits, deletes or moves a line breaks
  the chain there, and the check says where.
- **After each entry the head is signed**: how many lines there are, and the hash of the last one. A file whose end was
  cut off no longer fits it.
- **Each release takes the head along**, in its manifest. Whoever wrote the whole file anew would contradict every
  release that was made before.
- **While your vault is open, your own key signs**: everything up to that entry then stands under your passphrase.
  Otherwise the key of this installation signs. It proves that the entry was written with access to this account, not
  by whom.
- **No value of your data is in it**: numbers, fingerprints, names of columns, and what people typed as a reason.
"""

project = enter()
st.title("Who did what, and can it be trusted?", anchor=False)
with problems():
    found = report(journal.trail(), {project.microdata.fingerprint: project.microdata.name}, journal.vault_s_memory())
    verdict.banner(Verdict(found.verdict.whole, found.headline, found.sentence), found.sentence)
    chosen, hand_on = st.columns([5, 1], gap="small", vertical_alignment="bottom")
    topic = chosen.pills("Show", list(TOPICS), key="audit-topic", label_visibility="collapsed")
    hand_on.download_button(
        "Download",
        data=partial(packed, journal.trail()),
        file_name="halftone-audit.zip",
        mime="application/zip",
        key="audit-download",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
        help="The record and its signed head, for somebody who checks them. No value of the data is in it.",
    )
    shown = [line for line in found.lines if topic is None or line.topic == topic]
    st.dataframe(
        {
            "№": [line.number for line in shown],
            "When (UTC)": [line.when for line in shown],
            "Who": [line.who for line in shown],
            "What": [line.what for line in shown],
        },
        hide_index=True,
        height=min(_HIGH, 38 + _ROW * max(1, len(shown))),
        row_height=_ROW,
        key="audit-lines",
        column_config={
            "№": st.column_config.NumberColumn(width=50),
            "When (UTC)": st.column_config.TextColumn(width=150),
            "Who": st.column_config.TextColumn(width=190),
            "What": st.column_config.TextColumn(width="large", help="Double-click a cell to read all of it."),
        },
    )
    if access.may(Right.TUNE):
        noting = st.expander("Note why the setting is as it is", icon=":material/edit_note:")
        with noting, st.form("audit-reason", clear_on_submit=True, border=False):
            reason = st.text_input("Reason", key="audit-why", max_chars=250)
            if st.form_submit_button("Note it") and reason.strip():
                journal.settled_with_reason(project, reason.strip())
                st.rerun()
    with st.expander("What makes it hard to forge", icon=":material/verified_user:"):
        st.markdown(_PROOF)
        st.caption(f"The key that signed last: {escape(found.key, _LONGEST)}")
        st.caption("The same check without this page: python -m anonymiser audit verify audit.jsonl")
