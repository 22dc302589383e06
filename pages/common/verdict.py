"""The answer on top of a page: verdict, checks, figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from anonymiser.figures import Card
from anonymiser.gate import Check
from anonymiser.story import Verdict
from pages.common.words import escape

__all__ = ["badges", "banner", "figures"]

_LONGEST = 400


def banner(verdict: Verdict, attack: str = "") -> None:
    """One sentence whether the table can be shared, with what stands behind it."""
    icon = "check_circle" if verdict.safe else "warning"
    with st.container(key="verdict-safe" if verdict.safe else "verdict-unsafe", gap=None):
        st.markdown(f"### :material/{icon}: {escape(verdict.headline, _LONGEST)}", anchors=False)
        st.markdown(escape(verdict.detail, _LONGEST))
        if attack:
            st.caption(escape(attack, _LONGEST))


def badges(found: Sequence[Check]) -> None:
    """Each point of the policy: met, fails or not checked yet; sentence and source on hover."""
    with st.container(horizontal=True, gap="small", key="checks"):
        for check in found:
            if check.met is None:
                continue
            word, icon, colour = ("met", "check", "green") if check.met else ("fails", "close", "red")
            source = f"  \nSource: {escape(check.source, _LONGEST)}." if check.source else ""
            st.badge(
                f"{escape(check.name)}: {word}",
                icon=f":material/{icon}:",
                color=colour,
                help=escape(check.sentence, _LONGEST) + source,
            )
        waiting = [check for check in found if check.met is None]
        if waiting:
            listed = "\n".join(f"- {escape(check.sentence, _LONGEST)}" for check in waiting)
            st.badge(f"{len(waiting)} not checked yet", icon=":material/hourglass_empty:", color="gray", help=listed)


def figures(cards: Sequence[Card], columns: int = 3) -> None:
    """Figures side by side, each with its meaning on hover."""
    places = st.columns(columns, gap="small")
    for place, card in zip(places * len(cards), cards, strict=False):
        place.metric(escape(card.label), card.value, help=escape(card.meaning, _LONGEST), border=True)
