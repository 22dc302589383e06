"""The answer on top of a page: verdict, checks, figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Final

import streamlit as st

from anonymiser.figures import Card
from anonymiser.gate import Check
from anonymiser.story import Verdict, points
from pages.common.words import escape

__all__ = ["badges", "banner", "figures"]

_LONGEST: Final = 400
_LOOKS: Final = {
    True: ("met", "check", "green"),
    False: ("fails", "close", "red"),
    None: ("not checked yet", "hourglass_empty", "gray"),
}


def banner(verdict: Verdict, sentence: str) -> None:
    """One sentence whether the table can be shared, and one on what stands behind it."""
    icon = "check_circle" if verdict.safe else "warning"
    headline = f"### :material/{icon}: {escape(verdict.headline, _LONGEST)}"
    with st.container(key="verdict-safe" if verdict.safe else "verdict-unsafe"):
        st.markdown(f"{headline}\n\n{escape(sentence, _LONGEST)}", anchors=False)


def badges(found: Sequence[Check]) -> None:
    """Each point of the policy: met, fails or not checked yet; what was found and who asks on hover."""
    with st.container(horizontal=True, gap="xsmall", key="checks"):
        for point in points(found):
            words, icon, colour = _LOOKS[point.met]
            st.badge(
                f"{escape(point.name)}: {words}" if point.met is not None else f"{len(point.sentences)} {words}",
                icon=f":material/{icon}:",
                color=colour,
                help="\n".join(f"- {escape(sentence, _LONGEST)}" for sentence in point.sentences),
            )


def figures(cards: Sequence[Card], *, explained: bool = False) -> None:
    """Figures, three in a row, each with its meaning: on hover, or below it.

    Parameters
    ----------
    cards : sequence of Card
    explained : bool
        Write the meaning below each figure.
    """
    with st.container(key="cards" if explained else "figures"):
        places = st.columns(3, gap="small")
    for place, card in zip(cycle(places), cards, strict=False):
        if not explained:
            place.metric(escape(card.label), card.value, help=escape(card.meaning, _LONGEST), border=True)
            continue
        with place.container(border=True, height="stretch", gap="xsmall"):
            st.metric(escape(card.label), card.value)
            st.caption(escape(card.meaning, _LONGEST))
