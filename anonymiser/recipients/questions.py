"""The questions, and which of them are still without an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from anonymiser.policy import Model
from anonymiser.recipients.answers import Answers

__all__ = ["QUESTIONS", "Question", "Safe", "questions_for", "unanswered"]


class Safe(Enum):
    """The frame: Five Safes, and what comes after."""

    PROJECT = "Project"
    PEOPLE = "People"
    SETTING = "Setting"
    DATA = "Data"
    OUTPUTS = "Outputs"
    AFTERWARDS = "Afterwards"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes
    ----------
    name : str
        Field of `Answers`.
    safe : Safe
    words, hint : str
    leaves : bool
        Whether the answer goes into the release; otherwise into the private archive only.
    open_too : bool
        Whether it is asked where anyone may get the release.
    long : bool
        Whether the answer is some sentences.
    """

    name: str
    safe: Safe
    words: str
    hint: str = ""
    leaves: bool = False
    open_too: bool = True
    long: bool = False


QUESTIONS: Final = (
    Question("purpose", Safe.PROJECT, "What is it for?", "The study of …", leaves=True, long=True),
    Question("owner", Safe.PROJECT, "Who are you, the owner?", "Your organisation", leaves=True),
    Question("contact", Safe.PROJECT, "How do they reach you?", "E-mail, telephone", leaves=True),
    Question("senior_owner", Safe.PROJECT, "Who decides, and answers for it?", "Name and post"),
    Question("lawful_basis", Safe.PROJECT, "Your lawful basis (UK GDPR)"),
    Question("article_9", Safe.PROJECT, "Your condition for health data (Article 9)"),
    Question("dpia", Safe.PROJECT, "Your impact assessment (DPIA)", "Its reference or date"),
    Question("objections", Safe.PROJECT, "How are objections and opt-outs honoured?", "Left out before …", long=True),
    Question("recipient", Safe.PEOPLE, "Who receives it?", "Organisation, department", leaves=True),
    Question("people", Safe.PEOPLE, "Who there works with it, and how are they trained?", long=True, open_too=False),
    Question(
        "intent",
        Safe.PEOPLE,
        "What might they, or somebody behind them, intend?",
        "Curiosity, a news story, a claim against us, …",
        long=True,
    ),
    Question("anyone", Safe.SETTING, "May anyone get it?"),
    Question("kept_where", Safe.SETTING, "Where is it kept?", "An encrypted drive of …", leaves=True, open_too=False),
    Question("agreement", Safe.SETTING, "Under which agreement?", "Reference and date", leaves=True, open_too=False),
    Question(
        "linked_with",
        Safe.DATA,
        "What else could they link it with?",
        "The electoral register, their own patients, social media, …",
        long=True,
    ),
    Question("known_columns", Safe.DATA, "Which columns could they look up there?"),
    Question("follow_up", Safe.DATA, "Must they recognise a person in your next release to them?", open_too=False),
    Question(
        "publishes",
        Safe.OUTPUTS,
        "What will they publish, and who checks it first?",
        "Tables of at least ten people, read by …",
        leaves=True,
        long=True,
        open_too=False,
    ),
    Question("incident", Safe.AFTERWARDS, "What happens if it is lost or seen by others?", leaves=True, long=True),
    Question(
        "recall", Safe.AFTERWARDS, "How is it called back?", "By letter; deleted in …", leaves=True, open_too=False
    ),
    Question("review_on", Safe.AFTERWARDS, "When is this looked at again?"),
    Question("destroy_by", Safe.AFTERWARDS, "Until when may they keep it?", leaves=True, open_too=False),
    Question("certificate", Safe.AFTERWARDS, "Do they certify its destruction?", leaves=True, open_too=False),
    Question(
        "key_destruction",
        Safe.AFTERWARDS,
        "When do you destroy the keys of this release?",
        "With the private archive, in …",
    ),
)


def questions_for(model: Model) -> tuple[Question, ...]:
    """The questions that are asked about a release of this model."""
    return tuple(question for question in QUESTIONS if question.open_too or model is Model.RESTRICTED)


def unanswered(answers: Answers, model: Model) -> tuple[Question, ...]:
    """Questions without an answer. That nothing can be looked up is an answer once 'linked with' is given."""

    def empty(question: Question) -> bool:
        value = getattr(answers, question.name)
        return not answers.linked_with if question.name == "known_columns" and not value else value in (None, "")

    return tuple(question for question in questions_for(model) if empty(question))
