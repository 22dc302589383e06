import json
import subprocess
import sys
from base64 import b32encode
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.attributes import Concept, Role
from anonymiser.errors import ColumnError
from anonymiser.microdata import Microdata
from anonymiser.release import pseudonymise
from anonymiser.release.keys import OwnerKeys, ReleaseKey
from anonymiser.release.pseudonyms import PseudonymRequest, identifiers, pseudonym_column, pseudonyms

KEY = ReleaseKey(bytes(range(32)))
NUMBERS = ["ZZ 19 48 92 T", "ZZ753513T", "zz947196t"]


def request(values: list[str | None], concept: Concept = Concept.NATIONAL_INSURANCE) -> PseudonymRequest:
    return PseudonymRequest("person_id", Microdata.from_columns({"ni": values}).column("ni"), concept)


def test_pseudonyms_follow_the_released_rows() -> None:
    column = pseudonym_column(request(NUMBERS), np.array([2, 0]), KEY)
    all_three = pseudonym_column(request(NUMBERS), np.arange(3), KEY).labels
    assert [column.labels[code] for code in column.codes] == [all_three[2], all_three[0]]
    assert all(len(label) == 24 for label in column.labels)
    assert column.role is Role.DIRECT


def test_releases_recipients_and_fields_share_no_pseudonym() -> None:
    keys = OwnerKeys.fresh()
    made = [
        set(
            pseudonym_column(
                PseudonymRequest(name, request(NUMBERS).source, Concept.RECORD_ID), np.arange(3), key
            ).labels
        )
        for name, key in [
            ("a", keys.for_release("r1", "x")),
            ("b", keys.for_release("r1", "x")),
            ("a", keys.for_release("r2", "x")),
            ("a", keys.for_release("r1", "y")),
        ]
    ]
    assert len(set.union(*made)) == 12
    again = pseudonym_column(
        PseudonymRequest("a", request(NUMBERS).source, Concept.RECORD_ID), np.arange(3), keys.for_release("r1", "x")
    )
    assert set(again.labels) == made[0]


def test_spellings_of_one_number_are_one() -> None:
    spellings = ("07700 900876", "(07700) 900 876", "+447700900876", "0044 7700 900876", "+44 (0)7700 900876")
    for spelling in spellings:
        column = Microdata.from_columns({"phone": [spelling]}).column("phone")
        assert identifiers(column, Concept.PHONE) == ["+447700900876"]


@pytest.mark.parametrize("number", ["020 7946 0018", "01632 960 001", "+1 202 555 0143", "+49 30 901820"])
def test_quick_and_thorough_phone_normaliser_agree(number: str) -> None:
    parsed = pseudonymise.phonenumbers.parse(number, "GB")
    full = pseudonymise.phonenumbers.format_number(parsed, pseudonymise.phonenumbers.PhoneNumberFormat.E164)
    assert pseudonymise.normalise_phone(number) == full


@pytest.mark.parametrize(
    ("values", "concept", "count", "words"),
    [
        (["4.47701E+11", "4.47701E+11", "07700900876"], Concept.PHONE, "2 records", "spreadsheet"),
        (["ZZ194892T", "zz 19 48 92 t"], Concept.NATIONAL_INSURANCE, "1 record ", "spelling"),
        (["ZZ194892T", "ZZ194892T"], Concept.NATIONAL_INSURANCE, "1 record ", "another record"),
        (["ZZ194892T", None, None], Concept.NATIONAL_INSURANCE, "2 records", "missing"),
        (["unknown", "ZZ194892T"], Concept.NATIONAL_INSURANCE, "1 record ", "National Insurance"),
        (["--", "x1"], Concept.RECORD_ID, "1 record ", "record number"),
    ],
)
def test_what_cannot_be_a_pseudonym_is_refused_by_count(
    values: list[str | None], concept: Concept, count: str, words: str
) -> None:
    with pytest.raises(ColumnError) as caught:
        pseudonym_column(request(values, concept), np.array([0]), KEY)
    message = str(caught.value)
    assert count in message
    assert words in message
    assert "'ni'" in message
    assert not any(value and value in message for value in values)


@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_many_at_once_are_the_same_as_one_by_one(normal: list[str]) -> None:
    assert pseudonyms(normal, bytes(32)) == [pseudonymise.pseudonym(text, bytes(32)) for text in normal]


def test_base32_is_the_standard_one() -> None:
    import hmac

    digest = hmac.digest(bytes(32), b"x", "sha256")[:15]
    assert pseudonyms(["x"], bytes(32)) == [b32encode(digest).decode()]


def test_the_script_in_the_archive_makes_the_same_pseudonyms(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"release_key": KEY.secret.hex()}))
    script = tmp_path / "pseudonymise.py"
    script.write_text(Path(pseudonymise.__file__).read_text("utf-8"))
    printed = subprocess.run(
        [sys.executable, str(script), "keys.json", "person_id", "national-insurance"],
        input="\n".join(NUMBERS),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert tuple(printed) == pseudonym_column(request(NUMBERS), np.arange(3), KEY).labels
