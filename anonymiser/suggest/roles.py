"""From what a column is called and what it holds to a role, with reasons that a person can check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow.compute as pc

from anonymiser.attributes import Concept, Role
from anonymiser.reading.dates import DateEvidence, date_evidence
from anonymiser.reading.look import BLOCKS, Look
from anonymiser.suggest.content import MANGLED, NUMBER, WHOLE_NUMBER, Content, look_like
from anonymiser.suggest.names import NameMatch, is_identifier, match_name

__all__ = ["Suggestion", "suggest_role"]

_MOST: Final = 0.8
_NEARLY_ALL: Final = 0.95
_NEARLY_UNIQUE: Final = 0.9
"""Different values as a share of the records with a value."""
_OFTEN_DIFFERENT: Final = 0.5
_MANY: Final = 0.2
_FEW_CODES: Final = 10
"""Numbers of up to this many different values are codes."""
_DIGITS_OF_IDS: Final = 7
_YES_NO: Final = 2
_SENTENCE: Final = r"\S+\s+\S+\s+\S+\s+\S+"
_ENOUGH_ROWS: Final = 50
_ONE_EACH: Final = {
    Concept.EMAIL,
    Concept.PHONE,
    Concept.NATIONAL_INSURANCE,
    Concept.NHS_NUMBER,
    Concept.BANK_ACCOUNT,
    Concept.RECORD_ID,
    Concept.TEXT,
}
"""What everyone has their own of; names may be shared by many and still name people."""
_NUMERIC_CONCEPTS: Final = {
    Concept.AGE,
    Concept.WEIGHT,
    Concept.HEIGHT,
    Concept.BMI,
    Concept.DRINKS,
    Concept.CIGARETTES,
    Concept.COUNTRIES_VISITED,
    Concept.NUMBER,
}
_ROLE_WORDS: Final = {
    Role.DIRECT: "It points at one person by itself, so it does not leave.",
    Role.QUASI: "Together with other columns it can single a person out.",
    Role.OBSERVABLE: "It is in no register, but an acquaintance may know it.",
    Role.OBSERVABLE_SENSITIVE: "An acquaintance may know it, and it is nobody else's business.",
    Role.SENSITIVE: "Learning it about a person could harm them.",
    Role.INSENSITIVE: "It tells nobody apart.",
}


@dataclass(frozen=True)
class Suggestion:
    """A role for a column, for a person to confirm or change.

    Attributes
    ----------
    name : str
        The column.
    role : Role
    concept : Concept
    reasons : tuple of str
        Sentences that can be checked against the table, without its values.
    date_format : str or None
        As in ``strptime``; None for what is no date, and for dates whose order is undecided.
    dates : DateEvidence or None
        Why it is dates, with the formats to choose among.
    numeric : bool
        Nearly all values are numbers.
    """

    name: str
    role: Role
    concept: Concept
    reasons: tuple[str, ...]
    date_format: str | None = None
    dates: DateEvidence | None = None
    numeric: bool = False


@dataclass(frozen=True)
class _Facts:
    """What is known of a column."""

    look: Look

    @cached_property
    def name(self) -> NameMatch | None:
        return match_name(self.look.name)

    @cached_property
    def content(self) -> Content | None:
        return look_like(self.look)

    @cached_property
    def dates(self) -> DateEvidence | None:
        found = date_evidence(self.look.values, self.look.counts)
        return found if found is not None and found.share >= _MOST else None

    @cached_property
    def numeric(self) -> bool:
        return self.look.share(NUMBER) >= _NEARLY_ALL

    @cached_property
    def different(self) -> float:
        """Different values as a share of the records with a value."""
        return self.look.distinct / self.look.valued if self.look.valued else 0.0

    @property
    def constant(self) -> bool:
        """Whether every record is the same; of a single record nothing is known."""
        look = self.look
        return look.rows > 1 and not look.sampled and look.distinct + (look.missing > 0) == 1


def suggest_role(look: Look) -> Suggestion:
    """A role for one column."""
    facts = _Facts(look)
    role, concept, reasons = _by_content(facts) or _by_name(facts) or _by_kind(facts) or _by_counts(facts)
    if facts.constant and role not in (Role.DIRECT, Role.SENSITIVE, Role.OBSERVABLE_SENSITIVE):
        what = f"All {look.where} hold the same value." if look.distinct else f"All {look.where} are empty."
        concept = concept if concept is Concept.CURRENT_COUNTRY else Concept.CONSTANT
        role, reasons = Role.INSENSITIVE, (what, *_name_reason(facts.name))
    elif concept is Concept.CURRENT_COUNTRY:
        concept = Concept.COUNTRY  # only a country of residence that all share says nothing
    dates = facts.dates if concept in (Concept.BIRTHDATE, Concept.DATE) else None
    if dates is not None:
        reasons = (*reasons, dates.sentence)
    return Suggestion(
        look.name,
        role,
        concept,
        (*reasons, _ROLE_WORDS[role]),
        date_format=dates.format if dates is not None else None,
        dates=dates,
        numeric=facts.numeric,
    )


_Verdict = tuple[Role, Concept, tuple[str, ...]]


def _by_content(facts: _Facts) -> _Verdict | None:
    """Identifiers are recognised by their looks, whatever the column is called."""
    content = facts.content
    if content is None or content.role is not Role.DIRECT or facts.dates is not None:
        return None
    named = facts.name.known if facts.name else None
    concept = named.concept if named is not None and named.role is Role.DIRECT else content.concept
    reasons = (_counts(facts.look), _looks(content), *_name_reason(facts.name), *_mangled(facts.look))
    return Role.DIRECT, concept, reasons


def _by_name(facts: _Facts) -> _Verdict | None:
    look, name = facts.look, facts.name
    identifier, of_person = is_identifier(look.name)
    if of_person or (identifier and facts.different >= _OFTEN_DIFFERENT):
        whose = "one person" if of_person else "one record"
        return Role.DIRECT, Concept.RECORD_ID, (_counts(look), f"The name is that of a number given to {whose}.")
    if name is None or identifier:
        return None
    mangled = _mangled(look)
    if name.known.concept in _ONE_EACH and look.distinct <= _FEW_CODES and look.valued >= _ENOUGH_ROWS and not mangled:
        why = "So few values are no identifiers, whatever the name says."
        return Role.QUASI, Concept.CATEGORY, (_counts(look), *_name_reason(name), why)
    role, concept = name.known.role, _fitting(name.known.concept, facts)
    reasons = [_counts(look), *_name_reason(name)]
    if facts.content is not None:
        reasons.append(_looks(facts.content))
    if role is Role.DIRECT:
        reasons.extend(mangled)
    elif role is Role.SENSITIVE and facts.dates is not None:
        role, concept = Role.QUASI, Concept.DATE
        reasons.append("The day on which it happened may be known to others.")
    return role, concept, tuple(reasons)


def _fitting(concept: Concept, facts: _Facts) -> Concept:
    """The concept that a name speaks of, or a plainer one when the content does not fit it."""
    look = facts.look
    looks_like = facts.content.concept if facts.content is not None else None
    plain = Concept.NUMBER if facts.numeric and look.distinct > _FEW_CODES else Concept.CATEGORY
    foreign = looks_like is None and look.share(r"[A-Za-z]") < _OFTEN_DIFFERENT
    if concept is Concept.HEALTH_STATUS:
        fitting = concept if look.distinct <= _YES_NO else plain
    elif concept is Concept.DATE:
        fitting = concept if facts.dates is not None else plain
    elif concept is Concept.CATEGORY and facts.dates is not None:
        fitting = Concept.DATE
    elif concept is Concept.CATEGORY and looks_like is Concept.COUNTRY:
        fitting = Concept.COUNTRY
    elif concept is Concept.BIRTHDATE and facts.dates is None and facts.numeric:
        fitting = Concept.NUMBER  # years
    elif (concept is Concept.POSTCODE and foreign) or (concept in _NUMERIC_CONCEPTS and not facts.numeric):
        fitting = Concept.CATEGORY
    else:
        fitting = concept
    return fitting


def _by_kind(facts: _Facts) -> _Verdict | None:
    """Postcodes, dates, countries and the like under a name that says nothing."""
    counts = _counts(facts.look)
    if facts.dates is not None:
        return Role.QUASI, Concept.DATE, (counts, f"{_share(facts.dates.share)} are dates.")
    content = facts.content
    if content is None:
        return None
    return content.role, content.concept, (counts, _looks(content))


def _by_counts(facts: _Facts) -> _Verdict:
    """Nothing was recognised: how often values differ decides, on the side of caution."""
    look, different = facts.look, facts.different
    counts = _counts(look)
    if facts.numeric:
        return _unknown_numbers(facts)
    if look.share(_SENTENCE) >= _OFTEN_DIFFERENT and different >= _MANY:
        return Role.DIRECT, Concept.TEXT, (counts, "Most cells are sentences, which may name people.")
    if different >= _NEARLY_UNIQUE:
        return Role.DIRECT, Concept.RECORD_ID, (counts, "Nearly every row has a text of its own.")
    if different >= _MANY and look.distinct > _FEW_CODES:
        return Role.DIRECT, Concept.TEXT, (counts, "So many different texts may be names.")
    return Role.QUASI, Concept.CATEGORY, (counts, "Nothing else is known of it, so the safe guess is made.")


def _unknown_numbers(facts: _Facts) -> _Verdict:
    look, different = facts.look, facts.different
    counts = _counts(look)
    whole = look.share(WHOLE_NUMBER) >= _NEARLY_ALL
    if whole and different >= _NEARLY_UNIQUE and (_are_counted_up(look) or _have_length_of_ids(look)):
        return Role.DIRECT, Concept.RECORD_ID, (counts, "The numbers look like those given to records.")
    if different >= _OFTEN_DIFFERENT:
        why = "Exact numbers that differ for most rows are fingerprints."
        return (Role.QUASI if whole else Role.OBSERVABLE), Concept.NUMBER, (counts, why)
    return Role.QUASI, Concept.NUMBER, (counts, "Nothing else is known of these numbers, so the safe guess is made.")


def _are_counted_up(look: Look) -> bool:
    """Whether whole numbers follow one another, with few left out (of a sample: within its blocks)."""
    if look.share(r"^\d{1,18}$") < _NEARLY_ALL:
        return False
    numbers = np.sort(
        pc.cast(look.values.filter(pc.match_substring_regex(look.values, r"^\d{1,18}$")), "int64").to_numpy()
    )
    steps = np.sort(np.diff(numbers))
    if look.sampled:
        steps = steps[:-BLOCKS]  # from one block to the next
    return bool(steps.size) and float(np.median(steps) * steps.size) >= _MOST * float(steps.sum())


def _have_length_of_ids(look: Look) -> bool:
    lengths = pc.utf8_length(look.values).to_numpy()
    usual = int(np.median(lengths))
    return usual >= _DIGITS_OF_IDS and float(np.mean(lengths == usual)) >= _MOST


def _counts(look: Look) -> str:
    values = f"{look.distinct:,} different {'value' if look.distinct == 1 else 'values'} in {look.where}"
    return f"{values}; {look.missing:,} without a value." if look.missing else f"{values}."


def _looks(content: Content) -> str:
    return f"{_share(content.share)} {content.what}."


def _share(share: float) -> str:
    """A share in words that never rounds up to all."""
    return "100 %" if share == 1 else f"{min(share, 0.99):.0%}".replace("%", " %")


def _name_reason(name: NameMatch | None) -> tuple[str, ...]:
    if name is None:
        return ()
    spelt = ", spelt a little differently," if name.misspelt else ""
    return (f"The name{spelt} speaks of {name.known.what}.",)


def _mangled(look: Look) -> tuple[str, ...]:
    count = look.count(look.matching(MANGLED))
    cells = "cell was" if count == 1 else "cells were"
    return (f"{count:,} {cells} destroyed by a spreadsheet (like 9.99999E+99).",) if count else ()
