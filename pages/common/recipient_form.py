"""The questions about a recipient, in the frame of the Five Safes; what is typed is kept with the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from anonymiser.project import Project
from anonymiser.recipients import Answers, Article9, LawfulBasis, Question, Safe, questions_for
from pages.common import state
from pages.common.desk import desk
from pages.common.words import plain

__all__ = ["form"]

_LEAVES: Final = ":material/outbox:"
_STAYS: Final = ":material/lock:"
_CHOICES: Final = {"lawful_basis": list(LawfulBasis), "article_9": list(Article9)}
_YES_NO: Final = {True: "Yes", False: "No"}
_LATEST: Final = date(2200, 12, 31)


def form(project: Project) -> Answers:
    """Draw the questions; returns the answers as they stand now."""
    policy = project.policy
    known = project.answers.get(policy.name, Answers())
    st.caption(
        f"{_LEAVES} leaves with the release, in its terms and in README_FIRST. {_STAYS} stays in your private archive. "
        "Nothing of the table is in the answers."
    )
    scope = list(project.policies).index(policy.name)
    asked = questions_for(policy.model)
    given: dict[str, object] = {}
    for safe, tab in zip(Safe, st.tabs([safe.value for safe in Safe], key="five-safes"), strict=True):
        with tab:
            cells = _cells()
            for question in (question for question in asked if question.safe is safe):
                if question.long:
                    cells = _cells()
                with st.container() if question.long else next(cells):
                    given[question.name] = _ask(project, question, known, f"answer-{question.name}-{scope}")
    answers = known.changed(**given)
    if answers != known:
        project.answers = {**project.answers, policy.name: answers}
        desk().draft = None  # the release's own words begin with these
        state.save()
    return answers


def _cells() -> Iterator[DeltaGenerator]:
    """Two short questions stand in a row."""
    while True:
        yield from st.columns(2)


def _ask(project: Project, question: Question, known: Answers, key: str) -> object:
    label = f"{question.words} :gray[{_LEAVES if question.leaves else _STAYS}]"
    value = getattr(known, question.name)
    state.bind(key, lambda p: _shown(p, question.name))
    if question.name in _CHOICES:
        options = _CHOICES[question.name]
        place = options.index(value) if value in options else None
        return st.selectbox(
            label, options, place, format_func=lambda choice: choice.value, key=key, placeholder="Choose"
        )
    if question.name == "known_columns":
        return _columns(project, label, known, key)
    if question.name in ("review_on", "destroy_by"):
        return st.date_input(label, value, key=key, format="DD/MM/YYYY", max_value=_LATEST)
    if question.name in ("anyone", "follow_up", "certificate"):
        place = None if value is None else [True, False].index(value)
        return st.radio(label, [True, False], place, format_func=_YES_NO.get, key=key, horizontal=True)
    draw = st.text_area if question.long else st.text_input
    sizes = {"height": 74} if question.long else {}
    most = 1000 if question.long else 200
    return draw(label, value, key=key, placeholder=question.hint, max_chars=most, **sizes)


def _in_words(choice: LawfulBasis | Article9) -> str:
    return choice.value


def _columns(project: Project, label: str, known: Answers, key: str) -> tuple[str, ...]:
    options = [plan.name for plan in project.recipe.attributes if not plan.role.identifies]
    chosen = [name for name in known.known_columns if name in options]
    shown = st.multiselect(
        label,
        options,
        chosen,
        key=key,
        format_func=plain,
        placeholder="none",
        help="Names, numbers and other identifiers never leave; they are not listed.",
    )
    return tuple(shown)


def _shown(project: Project, name: str) -> object:
    value = getattr(project.answers.get(project.policy.name, Answers()), name)
    return list(value) if isinstance(value, tuple) else value
