"""Overview: can we share this table today? One sentence, three figures, the next step."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.figures import cards
from pages.common import verdict
from pages.common.shell import enter, go, problems

project = enter()
st.title("Can we share this table today?", anchor=False)
with problems():
    found = project.checks()
    assessment = project.assess()
    answer = story.verdict(assessment, found, project.policy)
    verdict.banner(answer)
    verdict.figures(cards(assessment, project.policy)[:3])
    go("tune", "Make it safe")
with st.expander("What these numbers mean, and what they do not promise"):
    for claim in story.CLAIMS:
        st.markdown(f"- {claim}")
