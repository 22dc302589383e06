"""What a column's values look like, whatever it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pycountry
from stdnum import iban, luhn
from stdnum.gb import nhs

from anonymiser.attributes import Concept, Role
from anonymiser.reading.look import Look

__all__ = ["MANGLED", "NUMBER", "WHOLE_NUMBER", "Content", "look_like"]

NUMBER: Final = r"^[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?$"
WHOLE_NUMBER: Final = r"^[-+]?\d+$"
MANGLED: Final = r"^[-+]?\d(?:[.,]\d+)?[eE]\+\d{1,3}$"
"""A long number as a spreadsheet shows it in a narrow column: 4.47701E+11."""

_MOST: Final = 0.8
_CHECKED: Final = 100
"""Values that a checksum is tried on."""
_VALID: Final = 0.9
"""Share of right checksums; random numbers reach a tenth."""
_WORDS_LEAST: Final = 2
"""One value alone is no list of genders or countries."""


@dataclass(frozen=True)
class Content:
    """What most values look like.

    Attributes
    ----------
    concept : Concept
    role : Role
    share : float
        Of the records with a value.
    what : str
        In words: "look like UK postcodes".
    """

    concept: Concept
    role: Role
    share: float
    what: str


@dataclass(frozen=True)
class _Looks:
    concept: Concept
    role: Role
    what: str
    pattern: str
    check: Callable[[str], bool] | None = None


def look_like(look: Look) -> Content | None:
    """What at least four fifths of the records look like; None when that is nothing known."""
    if not look.valued:
        return None
    for looks in _LOOKS:
        matched = look.matching(looks.pattern)
        share = look.count(matched) / look.valued
        if share >= _MOST and _checked(look, matched, looks.check):
            return Content(looks.concept, looks.role, share, looks.what)
    for concept, role, what, words in _WORD_LISTS:
        share = _share_in(look, words())
        if share >= _MOST and look.distinct >= _WORDS_LEAST:
            return Content(concept, role, share, what)
    return None


def _checked(look: Look, matched: npt.NDArray[np.bool_], check: Callable[[str], bool] | None) -> bool:
    if check is None:
        return True
    places = np.flatnonzero(matched)
    chosen = places[np.linspace(0, len(places) - 1, min(_CHECKED, len(places))).astype(np.intp)]
    values = look.values.take(pa.array(chosen)).to_pylist()
    return sum(map(check, values)) >= _VALID * len(values)


def _share_in(look: Look, words: pa.Array) -> float:
    simple = pc.utf8_lower(pc.replace_substring_regex(look.values, r"[-_\s]+", " "))
    return look.count(pc.is_in(simple, value_set=words).to_numpy(zero_copy_only=False)) / look.valued


def _is_phone(value: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, "GB"))
    except phonenumbers.NumberParseException:
        return False


def _is_iban(value: str) -> bool:
    return bool(iban.is_valid(value, check_country=False))


@cache
def _countries() -> pa.Array:
    names = {
        getattr(country, field).lower()
        for country in pycountry.countries
        for field in ("name", "common_name", "official_name", "alpha_3")
        if hasattr(country, field)
    }
    bare = {name.split(",")[0] for name in names}
    spaced = {name.replace("-", " ") for name in names | bare}
    return pa.array(
        sorted(spaced | {"usa", "uk", "england", "scotland", "wales", "northern ireland", "russia", "turkey"})
    )


@cache
def _genders() -> pa.Array:
    words = "m f male female man woman men women boy girl masculine feminine non binary nonbinary other unknown x"
    return pa.array([*words.split(), "non binary", "prefer not to say", "not known", "not specified"])


_LOOKS: Final = (
    _Looks(Concept.EMAIL, Role.DIRECT, "look like e-mail addresses", r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"),
    _Looks(
        Concept.RECORD_ID,
        Role.DIRECT,
        "look like identifiers made by a computer",
        r"^(?:(?i)\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}"
        r"|(?:[0-9a-f]{2}:){5}[0-9a-f]{2})$",
    ),
    _Looks(Concept.RECORD_ID, Role.DIRECT, "look like network addresses", r"^(?:\d{1,3}\.){3}\d{1,3}$"),
    _Looks(Concept.RECORD_ID, Role.DIRECT, "look like web addresses", r"^(?i)(?:https?://|www\.)\S+$"),
    _Looks(
        Concept.NATIONAL_INSURANCE,
        Role.DIRECT,
        "look like National Insurance numbers",
        r"^(?i)[A-Z]{2}(?:[ -]?\d{2}){3}[ -]?[A-Z]$",
    ),
    _Looks(
        Concept.POSTCODE,
        Role.QUASI,
        "look like UK postcodes",
        r"^(?i)(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})$",
    ),
    _Looks(
        Concept.BLOOD_GROUP,
        Role.SENSITIVE,
        "are blood groups",
        r"^(?i)(?:A|B|AB|O)\s?(?:rh\s?)?(?:[+-]|pos(?:itive)?|neg(?:ative)?)$",
    ),
    _Looks(
        Concept.NHS_NUMBER, Role.DIRECT, "are valid NHS numbers", r"^\d{3}[ -]?\d{3}[ -]?\d{4}$", check=nhs.is_valid
    ),
    _Looks(Concept.BANK_ACCOUNT, Role.DIRECT, "are valid IBANs", r"^[A-Z]{2}\d{2}[ A-Z\d]{11,40}$", check=_is_iban),
    _Looks(
        Concept.BANK_ACCOUNT,
        Role.DIRECT,
        "are valid card numbers",
        r"^[2-6](?:[ -]?\d){12,18}$",
        check=lambda value: bool(luhn.is_valid(value.replace(" ", "").replace("-", ""))),
    ),
    _Looks(
        Concept.PHONE,
        Role.DIRECT,
        "look like phone numbers",
        r"^(?:\+|00|\(?0)[\d\s()./-]{8,19}$|^\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}$",
        check=lambda value: sum(c.isdigit() for c in value) >= 10 and _is_phone(value),  # noqa: PLR2004 - digits of a number
    ),
)
_WORD_LISTS: Final = (
    (Concept.GENDER, Role.QUASI, "are words for gender", _genders),
    (Concept.COUNTRY, Role.QUASI, "are names of countries", _countries),
)
