"""What is still unanswered about a recipient, and what follows from what was answered."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser import story
from anonymiser.editing import with_roles
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipients import (
    Answers,
    conclusions,
    policy_for,
    questions_for,
    roles_of,
    unanswered,
)
from pages.common import state
from pages.common.desk import desk
from pages.common.words import escape

__all__ = ["complete", "follows"]

_LONGEST: Final = 300


def complete(answers: Answers, policy: Policy) -> None:
    """How many questions have an answer, and which have none."""
    asked, open_ones = questions_for(policy.model), unanswered(answers, policy.model)
    done = len(asked) - len(open_ones)
    with st.container(border=True, gap="xsmall"):
        st.progress(done / len(asked), f"**{done} of {len(asked)}** questions answered")
        if not open_ones:
            st.caption(":green[:material/check:] Complete. The answers go into the next release.")
            return
        with st.expander(f"Still open: {len(open_ones)}"):
            st.markdown("\n".join(f"- {question.safe.value}: {question.words}" for question in open_ones))


def follows(project: Project, answers: Answers) -> None:
    """The conclusions, and what does not fit them yet."""
    policy = project.policy
    fitting = policy_for(answers, project.policies, policy)
    if fitting is not policy:
        st.warning(
            f"Your answer asks for another policy: {escape(story.short_name(fitting), _LONGEST)}.",
            icon=":material/swap_horiz:",
        )
        st.button("Use that policy", key="use-policy", on_click=_use, args=(fitting.name, answers))
    roles = roles_of(answers, project.recipe)
    if roles:
        st.warning(
            f"They could look up {escape(story.listing(sorted(roles)), _LONGEST)}: it must count as known.",
            icon=":material/person_search:",
        )
        st.button("Count it as known", key="count-known", on_click=_count)
    with st.container(border=True, gap="xsmall"):
        st.markdown("**What follows**")
        for found in conclusions(answers, policy, project.recipe):
            value, because = escape(found.value, _LONGEST), escape(found.because, _LONGEST)
            st.markdown(f"{found.what}: **{value}**  \n:small[:gray[{because}]]")
    left, right = st.columns(2)
    left.download_button(
        "Save the answers",
        data=lambda: answers.model_dump_json(indent=2),
        file_name="recipient.json",
        mime="application/json",
        key="save-answers",
        on_click="ignore",
        width="stretch",
        help="For the command line (--answers), or for the next table.",
    )
    with right.popover("Load", width="stretch"):
        st.file_uploader("Answers that were saved (JSON)", type="json", key="load-answers", on_change=_load)


def _use(name: str, answers: Answers) -> None:
    def use() -> None:
        current = state.project()
        current.answers = {**current.answers, name: current.answers.get(name, answers)}
        current.choose_policy(name)

    state.attempt(use)


def _count() -> None:
    def count() -> None:
        current = state.project()
        roles = roles_of(current.answers.get(current.policy.name, Answers()), current.recipe)
        current.change_roles(with_roles(current.recipe, roles, current.policy))

    state.attempt(count)


def _load() -> None:
    text = state.uploaded("load-answers")
    if text is None:
        return

    def load() -> None:
        current = state.project()
        current.answers = {**current.answers, current.policy.name: Answers.from_json(text)}
        desk().draft = None

    state.attempt(load)
