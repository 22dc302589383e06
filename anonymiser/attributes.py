"""Roles of attributes (suggestions with their reasons are in ``suggest.py``)."""

from __future__ import annotations

from enum import Enum

__all__ = ["Concept", "Role"]


class Role(Enum):
    """What an attribute can do to a person. Terms as in Hundepool et al. (2012)."""

    DIRECT = "direct identifier"
    PERSON = "person key"
    """Tells persons apart where one has several records: k counts by it. A direct identifier in all else."""
    QUASI = "quasi-identifier"
    OBSERVABLE = "observable"
    """Not in registers, but an acquaintance may know it: weight, height, travel."""
    OBSERVABLE_SENSITIVE = "observable and sensitive"
    """Both: drinking and smoking."""
    SENSITIVE = "sensitive"
    INSENSITIVE = "insensitive"

    @property
    def identifies(self) -> bool:
        """Whether the attribute points at one person by itself, and so never leaves as it is."""
        return self in (Role.DIRECT, Role.PERSON)

    @property
    def is_sensitive(self) -> bool:
        """Whether diversity requirements look at the attribute."""
        return self in (Role.SENSITIVE, Role.OBSERVABLE_SENSITIVE)

    @property
    def is_observable(self) -> bool:
        """Whether an acquaintance may know the attribute."""
        return self in (Role.OBSERVABLE, Role.OBSERVABLE_SENSITIVE)


class Concept(Enum):
    """What a column is about, as far as it was recognised; policies speak of concepts."""

    GIVEN_NAME = "given name"
    SURNAME = "surname"
    FULL_NAME = "full name"
    EMAIL = "e-mail address"
    PHONE = "phone number"
    NATIONAL_INSURANCE = "National Insurance number"
    NHS_NUMBER = "NHS number"
    BANK_ACCOUNT = "bank account number"
    ADDRESS = "address line"
    RECORD_ID = "record number"
    GENDER = "gender"
    BIRTHDATE = "date of birth"
    AGE = "age"
    BIRTH_COUNTRY = "country of birth"
    CURRENT_COUNTRY = "country of residence"
    COUNTRY = "country"
    POSTCODE = "postcode"
    EDUCATION = "education"
    WEIGHT = "weight"
    HEIGHT = "height"
    BMI = "body mass index"
    DRINKS = "drinks a week"
    CIGARETTES = "cigarettes a week"
    COUNTRIES_VISITED = "countries visited"
    BLOOD_GROUP = "blood group"
    HEALTH_STATUS = "health status"
    DATE = "date"
    NUMBER = "number"
    CATEGORY = "category"
    TEXT = "free text"
    CONSTANT = "constant"
