"""What a column's name says, with tolerance for spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Final

from anonymiser.attributes import Role
from anonymiser.suggest.vocabulary import FILLERS, IDENTIFIERS, KNOWN, PEOPLE, Known

__all__ = ["NameMatch", "is_identifier", "match_name", "words_of"]

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LETTERS_TO_MISSPELL: Final = 5
"""Shorter words must be spelt right: "rage" is not "race"."""
_ALIKE: Final = 0.83
_CAUTION: Final = {Role.DIRECT: 2, Role.SENSITIVE: 1, Role.OBSERVABLE_SENSITIVE: 1}
"""Of phrases with as many words, the one that asks for more care wins: "household income" is money."""


@dataclass(frozen=True)
class NameMatch:
    """What a name speaks of.

    Attributes
    ----------
    known : Known
    misspelt : bool
        A word was spelt a little differently.
    """

    known: Known
    misspelt: bool


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name, in lower case.

    >>> words_of("avg_n_cigaret_per_week"), words_of("dateOfBirth"), words_of("NHSNumber2")
    (('avg', 'n', 'cigaret', 'per', 'week'), ('date', 'of', 'birth'), ('nhs', 'number', '2'))
    """
    return tuple(word.lower() for word in _WORDS.findall(name.replace("'", "")))


def match_name(name: str) -> NameMatch | None:
    """What a column's name speaks of; None for a name that says nothing.

    >>> match_name("n_countries_visted").known.what
    'travel'
    """
    words = words_of(name)
    best: tuple[int, ...] = ()
    found = None
    for phrase, known in _phrases():
        misspelt = _match(phrase, words)
        if misspelt is None or (known.alone and not _beside(phrase, words) <= FILLERS | PEOPLE):
            continue
        score = (len(phrase), _CAUTION.get(known.role, 0), sum(map(len, phrase)), -misspelt)
        if score > best:
            best, found = score, NameMatch(known, misspelt > 0)
    return found


def is_identifier(name: str) -> tuple[bool, bool]:
    """Whether a name is that of an identifier ("ref"), and whether of a person's ("patient_id")."""
    words = set(words_of(name))
    identifier = bool(words & IDENTIFIERS)
    return identifier, identifier and bool(words & PEOPLE)


@cache
def _phrases() -> tuple[tuple[tuple[str, ...], Known], ...]:
    return tuple((words_of(phrase), known) for known in KNOWN for phrase in known.phrases)


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(word for phrase, _ in _phrases() for word in phrase) | FILLERS | PEOPLE


def _match(phrase: tuple[str, ...], words: tuple[str, ...]) -> int | None:
    """How many words of a phrase are misspelt in a name; None when some are not there."""
    if len(phrase) > 1 and "".join(phrase) in words:
        return 0
    misspelt = 0
    for word in phrase:
        if word in words:
            continue
        if not any(_alike(word, other) for other in words):
            return None
        misspelt += 1
    return misspelt


def _beside(phrase: tuple[str, ...], words: tuple[str, ...]) -> set[str]:
    return {word for word in words if word not in phrase and not word.isdigit()}


@cache
def _alike(word: str, other: str) -> bool:
    """Whether ``other`` is ``word`` misspelt; a word of the vocabulary is itself ("county", "country")."""
    if min(len(word), len(other)) < _LETTERS_TO_MISSPELL or word[0] != other[0] or other in _vocabulary():
        return False
    return SequenceMatcher(None, word, other).ratio() >= _ALIKE
