"""The motivated intruder on the attack page: a run on a sample of people, and the record of real attempts."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from anonymiser.attacking import facts, search, words
from anonymiser.project import Project
from anonymiser.risk.attempt import record_attempt
from pages.common import state
from pages.common.attack_desk import attack_desk, searched
from pages.common.words import escape

__all__ = ["intruder"]

_PEOPLE = (30, 100, 300, 1_000)


def intruder(project: Project) -> None:
    """Look for a sample of people with what is chosen on the left."""
    _run(project)
    _attempts(project)


def _run(project: Project) -> None:
    desk = attack_desk(project)
    known = facts.in_words(project.table, project.recipe, desk.knowledge)
    st.markdown(
        "Somebody determined looks for people drawn at random, knowing of each what is chosen on top, and picks one "
        "of the rows that fit."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        people = st.segmented_control(
            "People to look for", _PEOPLE, default=100, key="attack-people", format_func="{:,}".format, required=True
        )
        if st.button("Try it", key="attack-try", icon=":material/person_search:", type="primary"):
            with st.spinner("Looking for them …", show_time=True):
                seed = int(desk.random.integers(2**32))
                desk.trial = (project.recipe, search.try_intruder(searched(project), people, seed))
    if not known:
        st.caption("Nothing is known: every row fits everybody.")
    if desk.trial is None or desk.trial[0] != project.recipe or desk.trial[1].knowledge != desk.knowledge:
        st.caption("Not tried yet with this knowledge and this setting.")
        return
    st.markdown(escape(words.trial_sentence(desk.trial[1]), 400))
    st.dataframe(words.trial_table(desk.trial[1]), hide_index=True)


def _attempts(project: Project) -> None:
    """What people really tried: who, with what sources, for how long, what was confirmed."""
    with st.expander("Record what somebody really tried", icon=":material/edit_note:", key="attack-record"):
        st.caption("Kept with your project, never in a release. Name no person who was looked for.")
        with st.form("attack-attempt", border=False):
            left, right = st.columns(2, gap="medium")
            who = left.text_input("Who tried", max_chars=120, key="attempt-who")
            hours = left.number_input("Hours it took", 0.0, value=1.0, step=0.5, key="attempt-hours")
            sources = right.text_area("With what sources", max_chars=600, height=122, key="attempt-sources")
            places = st.columns(3, gap="medium")
            people = places[0].number_input("People looked for", 1, value=10, key="attempt-people")
            claimed = places[1].number_input("Claimed to be found", 0, key="attempt-claimed")
            confirmed = places[2].number_input("Confirmed by you", 0, key="attempt-confirmed")
            if st.form_submit_button("Record it", key="attempt-record"):
                attempt = record_attempt(
                    who=who,
                    sources=sources,
                    hours=hours,
                    people=people,
                    claimed=claimed,
                    confirmed=confirmed,
                    on=dt.datetime.now().astimezone().date(),
                    recipient=project.policy.name,
                    recipe=project.recipe.fingerprint,
                )
                project.record(attempt)
                state.save()
    if project.attempts:
        st.markdown("**Attempts on record**")
        st.dataframe(words.attempts_table(project.attempts), hide_index=True)
