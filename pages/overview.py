"""Overview: can we share this table today? One sentence, three figures, the next step."""

from __future__ import annotations

import streamlit as st

from anonymiser import story
from anonymiser.figures import cards
from pages.common import joined_checks, state, verdict
from pages.common.shell import enter, go, has_page, problems

project = enter()
st.title("Can we share this table today?", anchor=False)

with problems():
    found, assessment = joined_checks.soon(project), project.assess()
    answer = story.verdict(assessment, found, project.policy)
    verdict.banner(answer, answer.detail)
    verdict.figures(cards(assessment, project.policy)[:3], explained=True)

    step, table = st.columns(2, gap="small")
    with step.container(border=True, height="stretch", gap="small"):
        st.subheader("Next step", anchor=False)
        planned = story.next_step(answer)
        st.markdown(planned.sentence)
        go(planned.page if has_page(planned.page) else "tune", planned.label, primary=True)
    with table.container(border=True, height="stretch", gap="small"):
        st.subheader("Your table", anchor=False)
        if state.is_sample():
            st.markdown(f"These are {project.microdata.rows:,} made-up customers, to try everything with.")
            go("data", "Open your own table")
        else:
            st.markdown("Which columns point at a person decides everything else.")
            go("data", "Look at the columns")

with st.expander("What may be claimed, and what may not", icon=":material/gavel:"):
    for claim in story.CLAIMS:
        st.markdown(f"- {claim}")
