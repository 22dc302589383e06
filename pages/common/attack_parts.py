"""What is looked at on demand on the attack page, one part a tab."""

from __future__ import annotations

import streamlit as st

from anonymiser.attacking import attackers, facts, presence, search, words
from anonymiser.project import Project
from anonymiser.risk.hashes import NATIONAL_INSURANCE, UK_MOBILE, demonstrate
from pages.common import state
from pages.common.attack_chart import precision_curve
from pages.common.attack_desk import attack_desk, present, searched
from pages.common.words import escape

__all__ = ["combinations", "hashes", "most_exposed", "precision", "three_attackers", "without_search"]

_LONGEST = 600
_IDENTIFIERS = {one.name: one for one in (NATIONAL_INSURANCE, UK_MOBILE)}


def most_exposed(project: Project) -> None:
    """The records that fewest match."""
    st.markdown("The ten released records that the fewest rows match, for somebody who knows as much of each person.")
    people = search.asked(project.microdata.rows)
    with st.spinner("Counting matches …", show_time=True):
        found = search.exposed(searched(project), people)
    st.dataframe(words.exposed_table(found), hide_index=True, width="content")
    st.caption("Numbers only: which rows of your file these are. No value of theirs is shown.")
    _sampled(project)


def combinations(project: Project) -> None:
    """Column pairs and triples that point at most people."""
    desk = attack_desk(project)
    if desk.columns is None or desk.columns[0] != project.recipe:
        with st.spinner("Trying every pair and triple of columns …", show_time=True):
            people = search.asked(project.microdata.rows)
            desk.columns = (project.recipe, search.worst_columns(project, people, present(project)))
    found = desk.columns[1]
    st.markdown(escape(words.columns_sentence(found), _LONGEST))
    st.markdown("**The worst pairs and triples of columns that somebody may know**")
    st.dataframe(words.columns_table((*found.pairs, *found.triples)), hide_index=True, height="content")
    how = "as the methods make it" if project.recipe.methods else "at the levels chosen on the tune page"
    st.caption(f"In the release: {how}, as far as the columns leave.")
    if found.records < project.microdata.rows:
        note = words.sample_note(found.records, project.microdata.rows)
        st.caption(f"{note} In the whole table fewer stand alone.")


def precision(project: Project) -> None:
    """How many are singled out as knowledge becomes more precise."""
    possible = facts.can_be_known(project.recipe)
    first = facts.default_varied(project.table, project.recipe)
    left, right = st.columns([6, 13], gap="medium")
    with left:
        varied = st.multiselect("Known better and better", possible, first, key="attack-varied")
        fixed = st.multiselect("Known exactly all the while", possible, key="attack-fixed")
    with right, st.spinner("Asking about everybody at each precision …", show_time=True):
        people = search.asked(project.microdata.rows)
        points = search.curve(project, fixed, varied, present(project), people)
        caption = words.curve_caption(points, varied, search.smallest_group(project))
        if points:
            precision_curve(points, "attack-curve", caption)
        st.caption(escape(caption, _LONGEST))
        _sampled(project)


def without_search(project: Project) -> None:
    """What presence in the file tells, and groups that share a value."""
    hide = state.presenting()
    here, groups = st.columns(2, gap="medium")
    with here:
        st.markdown("**What being in the file says**")
        shared = presence.shared_by_all(project)
        for sentence in words.presence_sentences(shared, presence.born_elsewhere(project), hide=hide):
            st.markdown(f"- {escape(sentence, _LONGEST)}")
    with groups:
        st.markdown("**Groups in which nearly everybody shares a sensitive value**")
        found = presence.uniform_groups(project)
        for one in found:
            st.markdown(f"- {escape(words.uniform_sentence(one), _LONGEST)}")
        if not found:
            st.markdown("No sensitive column leaves.")
    if any(one.groups for one in found):
        st.markdown("**The groups that give most away**, the most certain first: at most five for each column")
        st.dataframe(words.uniform_table(found, hide=hide), hide_index=True, height="content")
    st.caption("k does not see this: whether such a value harms is yours to judge.")


def three_attackers(project: Project) -> None:
    """What a prosecutor, a journalist and a marketer can expect."""
    fraction = None
    if project.population is None:
        percent = st.number_input(
            "Your table's share of the population, in %",
            0.001,
            100.0,
            value=None,
            key="attack-fraction",
            placeholder="not known",
            width=360,
            help="10 where one in ten of all people whom the file could be about is in it.",
        )
        fraction = attackers.of_hundred(percent)
    with st.spinner("Counting the groups …", show_time=True):
        found = attackers.risks(project, fraction)
    wider = project.population is not None or fraction is not None
    st.dataframe(attackers.attackers_table(found, wider=wider), hide_index=True)
    st.caption(escape(attackers.attackers_sentence(project, found, fraction), _LONGEST))


def hashes(project: Project) -> None:
    """How soon a hash is turned back, measured now."""
    st.markdown("A hash of a phone number or a National Insurance number hides nothing: all of them can be tried.")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.segmented_control(
            "Identifier",
            list(_IDENTIFIERS),
            default=NATIONAL_INSURANCE.name,
            key="attack-identifier",
            required=True,
        )
        pressed = st.button("Measure on this machine", key="attack-measure", icon=":material/timer:")
    desk = attack_desk(project)
    if pressed:
        desk.hashes = demonstrate(_IDENTIFIERS[name], project.microdata.rows)
    if desk.hashes is None:
        st.caption("Takes a third of a second; no number of your table is used.")
        return
    for sentence in desk.hashes.sentences:
        st.markdown(f"- {escape(sentence, _LONGEST)}")


def _sampled(project: Project) -> None:
    people = search.asked(project.microdata.rows)
    if people is not None:
        st.caption(words.sample_note(int(people.size), project.microdata.rows))
