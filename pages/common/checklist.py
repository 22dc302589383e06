"""The policy's points, one a line: met, fails or not checked yet, what was found and who asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from anonymiser.gate import Check
from anonymiser.policy import Policy
from pages.common.words import escape

__all__ = ["checklist"]

_LOOKS: Final = {
    True: ":green[:material/check_circle:] met",
    False: ":red[:material/cancel:] **fails**",
    None: ":gray[:material/hourglass_empty:] not checked yet",
}
_LONGEST: Final = 400
_OWN: Final = "POLICY"


def checklist(found: Sequence[Check], policy: Policy) -> None:
    """Every point; a failing one stops the release."""
    with st.container(border=True, gap="small"):
        for check in found:
            state, words = st.columns([2, 9], gap="small")
            state.markdown(_LOOKS[check.met])
            name = "" if check.met is None else f"**{escape(check.name)}.** "
            source = f"  \n:gray[Asked for by: {escape(_who(check.source), _LONGEST)}.]" if check.source else ""
            words.markdown(f"{name}{escape(check.sentence, _LONGEST)}{source}")
    st.caption(
        "When the release is made, the output check looks at every file in it as well: small counts, leftover labels, "
        "formulas, the order of the rows, what files say about themselves. A finding stops the release and says where."
    )
    if policy.is_open:
        st.caption("Nothing here can be overridden: what was published once cannot be taken back.")
    else:
        st.caption(
            "A point that fails stops the release. Some can be overridden with a reason and a second person's name. "
            "What is not checked yet is for you to judge."
        )


def _who(source: str) -> str:
    return "this recipient's policy" if source == _OWN else source
