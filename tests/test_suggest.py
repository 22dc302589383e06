"""Suggested roles: right on real tables, cautious on unknown ones, with reasons that can be checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from faker import Faker
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Concept, Role
from anonymiser.microdata import Microdata
from anonymiser.reading import look, read
from anonymiser.suggest import Suggestion, suggest
from anonymiser.suggest.names import match_name, words_of

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
shared = pytest.mark.skipif(not SHARED.exists(), reason="HALFTONE_SHARED is not there")
ROWS = 200

CUSTOMERS = {
    "given_name": (Role.DIRECT, Concept.GIVEN_NAME),
    "surname": (Role.DIRECT, Concept.SURNAME),
    "gender": (Role.QUASI, Concept.GENDER),
    "birthdate": (Role.QUASI, Concept.BIRTHDATE),
    "country_of_birth": (Role.QUASI, Concept.BIRTH_COUNTRY),
    "current_country": (Role.INSENSITIVE, Concept.CURRENT_COUNTRY),
    "phone_number": (Role.DIRECT, Concept.PHONE),
    "postcode": (Role.QUASI, Concept.POSTCODE),
    "national_insurance_number": (Role.DIRECT, Concept.NATIONAL_INSURANCE),
    "bank_account_number": (Role.DIRECT, Concept.BANK_ACCOUNT),
    "cc_status": (Role.SENSITIVE, Concept.HEALTH_STATUS),
    "weight": (Role.OBSERVABLE, Concept.WEIGHT),
    "height": (Role.OBSERVABLE, Concept.HEIGHT),
    "blood_group": (Role.SENSITIVE, Concept.BLOOD_GROUP),
    "avg_n_drinks_per_week": (Role.OBSERVABLE_SENSITIVE, Concept.DRINKS),
    "avg_n_cigret_per_week": (Role.OBSERVABLE_SENSITIVE, Concept.CIGARETTES),
    "education_level": (Role.QUASI, Concept.EDUCATION),
    "n_countries_visited": (Role.OBSERVABLE, Concept.COUNTRIES_VISITED),
}
SPELT_OTHERWISE = {
    "avg_n_cigret_per_week": "avg_n_cigaret_per_week",
    "n_countries_visited": "n_countries_visted",
}


def of(name: str, *values: str | None) -> Suggestion:
    return suggest(Microdata.from_columns({name: values}))[0]


def verdicts(table: Microdata) -> dict[str, tuple[Role, Concept]]:
    return {s.name: (s.role, s.concept) for s in suggest(table)}


@shared
@pytest.mark.shared
def test_the_customers() -> None:
    table = read(SHARED / "data/coursework/customer_information.csv")
    found = {s.name: s for s in suggest(table)}
    assert {name: (s.role, s.concept) for name, s in found.items()} == CUSTOMERS
    assert found["birthdate"].date_format == "%d/%m/%Y"
    assert found["postcode"].reasons[0] == "1,000 different values in 1,000 rows."
    assert "100 % look like UK postcodes." in found["postcode"].reasons
    assert any("82 cells were destroyed" in reason for reason in found["phone_number"].reasons)
    assert found["current_country"].reasons[0] == "All 1,000 rows hold the same value."


@shared
@pytest.mark.shared
def test_the_customers_in_the_spelling_of_the_task() -> None:
    table = read(SHARED / "data/coursework/customer_information.csv")
    renamed = {SPELT_OTHERWISE.get(name, name): table.source.text(name).to_pylist() for name in table.names}
    expected = {SPELT_OTHERWISE.get(name, name): verdict for name, verdict in CUSTOMERS.items()}
    assert verdicts(Microdata.from_columns(renamed)) == expected


@shared
@pytest.mark.shared
def test_the_customers_without_names() -> None:
    """Content alone finds what has a form; nothing that points at a person becomes harmless."""
    table = read(SHARED / "data/coursework/customer_information.csv")
    columns = {f"column {i}": table.source.text(name).to_pylist() for i, name in enumerate(table.names)}
    found = dict(zip(table.names, suggest(Microdata.from_columns(columns)), strict=True))
    for name in ("given_name", "surname", "phone_number", "national_insurance_number", "bank_account_number"):
        assert found[name].role is Role.DIRECT, name
    for name in ("postcode", "gender", "birthdate", "country_of_birth", "education_level"):
        assert found[name].role is Role.QUASI, name
    assert found["blood_group"].role is Role.SENSITIVE
    assert [name for name, s in found.items() if s.role is Role.INSENSITIVE] == ["current_country"]


@shared
@pytest.mark.shared
def test_adult() -> None:
    found = verdicts(read(SHARED / "data/adult/adult.csv"))
    assert found.pop("salary-class") == (Role.SENSITIVE, Concept.CATEGORY)
    assert {role for role, _ in found.values()} == {Role.QUASI}
    assert found["age"][1] is Concept.AGE
    assert found["native-country"][1] is Concept.BIRTH_COUNTRY


@pytest.mark.parametrize(
    ("made_by", "role", "concept"),
    [
        ("email", Role.DIRECT, Concept.EMAIL),
        ("phone_number", Role.DIRECT, Concept.PHONE),
        ("uuid4", Role.DIRECT, Concept.RECORD_ID),
        ("ipv4", Role.DIRECT, Concept.RECORD_ID),
        ("url", Role.DIRECT, Concept.RECORD_ID),
        ("iban", Role.DIRECT, Concept.BANK_ACCOUNT),
        ("ssn", Role.DIRECT, Concept.NATIONAL_INSURANCE),
        ("postcode", Role.QUASI, Concept.POSTCODE),
        ("country", Role.QUASI, Concept.COUNTRY),
        ("sentence", Role.DIRECT, Concept.TEXT),
        ("first_name", Role.DIRECT, Concept.TEXT),
        ("name", Role.DIRECT, Concept.RECORD_ID),
    ],
)
def test_content_under_a_name_that_says_nothing(made_by: str, role: Role, concept: Concept) -> None:
    fake = Faker("en_GB")
    fake.seed_instance(1)
    found = of("x1", *(str(getattr(fake, made_by)()) for _ in range(ROWS)))
    assert (found.role, found.concept) == (role, concept)


def test_identifiers_are_found_under_a_wrong_name() -> None:
    assert of("weight", *(f"p{i}@example.org" for i in range(9))).role is Role.DIRECT
    assert of("gender", *(f"ZZ {100_000 + i} T" for i in range(9))).concept is Concept.NATIONAL_INSURANCE


def test_nhs_numbers_are_told_by_their_check_digit() -> None:
    numbers = ["943 476 5919", "401 023 2137", "987 654 3210"]
    assert of("x", *numbers).concept is Concept.NHS_NUMBER
    assert of("x", *(number[:-1] + "0" for number in numbers)).concept is not Concept.NHS_NUMBER


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("dob", "a date of birth"),
        ("birth_date", "a date of birth"),
        ("DateOfBirth", "a date of birth"),
        ("Sex", "gender or sex"),
        ("sex_at_birth", "gender or sex"),
        ("ZIP", "a postcode"),
        ("post_code", "a postcode"),
        ("ni_number", "a National Insurance number"),
        ("NINO", "a National Insurance number"),
        ("nhs_no", "an NHS number"),
        ("E-Mail", "an e-mail address"),
        ("mobile", "a phone number"),
        ("Telephone No.", "a phone number"),
        ("sort code", "a bank account or card"),
        ("IBAN", "a bank account or card"),
        ("account", "an account"),
        ("forename", "a given name"),
        ("FirstName", "a given name"),
        ("last name", "a surname"),
        ("customer_name", "a person's name"),
        ("home adress", "an address"),
        ("occuption", "work"),
        ("martial_status", "a family"),
        ("ethnicity", "ethnic origin"),
        ("race", "ethnic origin"),
        ("religon", "a special category of personal data"),
        ("primary diagnosis", "health"),
        ("disease", "health"),
        ("household income", "money"),
        ("salery", "money"),
        ("avg_n_cigaret_per_week", "smoking"),
        ("avg_n_cigret_per_week", "smoking"),
        ("n_countries_visted", "travel"),
        ("n_countries_visited", "travel"),
        ("county", "a place"),
        ("country", "a country"),
        ("native-country", "a country of birth"),
        ("age_group", "an age group"),
    ],
)
def test_names_are_understood(name: str, what: str) -> None:
    match = match_name(name)
    assert match is not None
    assert match.known.what == what


@pytest.mark.parametrize(
    "name", ["x1", "rage", "hospital_name", "message_type_code", "pages", "column 3", "", "ü", "Q12a"]
)
def test_names_that_say_nothing(name: str) -> None:
    match = match_name(name)
    assert match is None or match.known.what == "free text"


def test_words_of_names() -> None:
    assert words_of("NHSNumber2") == ("nhs", "number", "2")
    assert words_of("patient's age (years)") == ("patients", "age", "years")


def test_the_more_serious_of_two_things_wins() -> None:
    assert of("household income", "10", "20", "10").role is Role.SENSITIVE
    assert of("patient address", "a", "b", "a").role is Role.DIRECT


def test_the_date_of_something_sensitive_may_be_known() -> None:
    found = of("diagnosis date", "25/01/1990", "01/02/1990")
    assert (found.role, found.concept, found.date_format) == (Role.QUASI, Concept.DATE, "%d/%m/%Y")


def test_a_name_suffices_where_the_content_is_destroyed() -> None:
    found = of("phone_number", *["4.47701E+11"] * 60)
    assert (found.role, found.concept) == (Role.DIRECT, Concept.PHONE)
    assert any("60 cells were destroyed" in reason for reason in found.reasons)


def test_a_name_of_an_identifier_with_few_values_is_not_believed() -> None:
    assert of("email_opt_in", *["Y", "N"] * 40).role is Role.QUASI
    assert of("gp_name", *["Dr A", "Dr B"] * 40).role is Role.DIRECT


def test_numbers_given_to_records() -> None:
    assert of("id", *map(str, range(50))).concept is Concept.RECORD_ID
    assert of("x", *map(str, range(1_000, 1_050))).concept is Concept.RECORD_ID
    assert of("x", *(str(10_000_000 + i * i * 7_919 % 89_999_999) for i in range(50))).concept is Concept.RECORD_ID
    assert of("patient_id", *["1", "2"] * 30).role is Role.DIRECT
    assert of("region_id", *["1", "2"] * 30).role is Role.QUASI


def test_unknown_numbers_are_never_harmless() -> None:
    assert of("x", *(f"{i * 0.37:.2f}" for i in range(50))).role is Role.OBSERVABLE
    assert of("x", *["1", "2", "3"] * 20).role is Role.QUASI


def test_a_plainer_concept_where_the_content_does_not_fit() -> None:
    assert of("smoker", "yes", "no", "yes").concept is Concept.CATEGORY
    assert of("age", "20-29", "30-39", "20-29").concept is Concept.CATEGORY
    assert of("year_of_birth", *(str(1950 + i % 40) for i in range(60))).concept is Concept.NUMBER
    assert of("zip", *(str(10_000 + i % 30) for i in range(60))).concept is Concept.CATEGORY
    assert of("diagnosis", "flu", "cold", "hiv").concept is Concept.CATEGORY
    assert of("hiv", "yes", "no", "no").concept is Concept.HEALTH_STATUS
    assert of("current_country", "France", "Spain", "France").concept is Concept.COUNTRY


def test_only_a_constant_is_insensitive() -> None:
    assert of("x", *["same"] * 5).role is Role.INSENSITIVE
    assert of("x", *[None] * 5).role is Role.INSENSITIVE
    assert of("x", "same", None, "same").role is not Role.INSENSITIVE
    assert of("x", "same").role is not Role.INSENSITIVE


def test_a_constant_that_names_or_harms_is_not_insensitive() -> None:
    assert of("surname", *["Smith"] * 5).role is Role.DIRECT
    assert of("diagnosis", *["hiv"] * 5).role is Role.SENSITIVE
    assert of("x", *["ann@example.org"] * 5).role is Role.DIRECT


def test_dates_bring_their_evidence() -> None:
    found = of("dob", "25/01/1990", "01/02/1990")
    assert found.date_format == "%d/%m/%Y"
    assert found.dates is not None
    assert found.dates.sentence in found.reasons
    undecided = of("dob", "01/02/1990", "02/03/1990")
    assert undecided.date_format is None
    assert undecided.dates.candidates == ("%d/%m/%Y", "%m/%d/%Y")


def test_large_tables_are_sampled_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_ROWS", 5_000)
    monkeypatch.setattr(look, "SAMPLE_ROWS", 2_000)
    rows = range(6_000)
    table = Microdata.from_columns(
        {
            "code": [f"AB{i % 90 + 10} {i % 9}ZZ{i}"[:8] + "Q" * (i % 7) for i in rows],
            "one": ["x"] * 6_000,
            "n": map(str, rows),
        }
    )
    found = {s.name: s for s in suggest(table)}
    assert "a sample of 2,000 rows" in found["n"].reasons[0]
    assert found["n"].role is Role.DIRECT
    assert found["one"].role is Role.INSENSITIVE
    assert found["one"].reasons[0] == "All 6,000 rows hold the same value."


def test_a_column_constant_in_the_sample_only_is_not_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "MOST_ROWS", 100)
    monkeypatch.setattr(look, "SAMPLE_ROWS", 10)
    found = of("x", *["same"] * 150, "other", *["same"] * 100)
    assert found.role is Role.QUASI


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=20), st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20))
def test_any_column_gets_a_role_without_its_values(name: str, values: list[str | None]) -> None:
    found = of(name, *values)
    assert found.reasons
    if found.role is Role.INSENSITIVE:
        assert len({(value or "").strip() for value in values}) <= 2
    for value in values:
        if value and len(value.strip()) > 7 and not value.isascii():
            assert not any(value in reason for reason in found.reasons)
