from __future__ import annotations

from hashlib import sha256

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.attributes import Concept
from anonymiser.joining.people import extract_name, extract_of, normal_spellings
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.release.pseudonymise import MANGLED, NORMALISERS, UnusableValueError
from anonymiser.release.pseudonyms import kind_of

KEY = bytes(range(32))
LIKELY = r"[a-zA-Z]{2} ?[0-9]{2}-?[0-9]{4} ?[a-d]?|[0-9.]{1,4}[eE]\+?[0-9]{1,2}|\+?44 ?7700 ?90[0-9]{4}"
NUMBERS = [f"ZX{n:06d}A" for n in range(6)]


def table(numbers: list[str], **others: list[str]) -> Project:
    columns = {"national_insurance_number": numbers, "gender": ["F", "M"] * (len(numbers) // 2), **others}
    source = Microdata.from_columns(columns).source
    return Project(Microdata("t.csv", source, sha256(repr(columns).encode()).hexdigest()))


def one_by_one(value: str, concept: Concept) -> str:
    try:
        return "" if MANGLED.fullmatch(value.strip()) else NORMALISERS[kind_of(concept)](value)
    except UnusableValueError:
        return ""


@given(
    st.lists(st.text(max_size=12) | st.from_regex(LIKELY, fullmatch=True)),
    st.sampled_from([Concept.NATIONAL_INSURANCE, Concept.BANK_ACCOUNT, Concept.EMAIL, Concept.PHONE]),
)
def test_all_at_once_is_as_one_by_one(values: list[str], concept: Concept) -> None:
    assert normal_spellings(values, concept) == [one_by_one(value, concept) for value in values]


def test_another_spelling_is_the_same_person_and_another_key_is_not() -> None:
    ids = extract_of(table(NUMBERS), KEY, {}).ids
    spelt = table([" zx 00 00 00 a", *NUMBERS[:0:-1]])
    again = extract_of(spelt, KEY, {})
    assert again.linked == 6
    assert again.by == Concept.NATIONAL_INSURANCE.value
    assert again.ids[0] == ids[0]
    assert set(again.ids.tolist()) == set(ids.tolist())
    assert not set(extract_of(table(NUMBERS), bytes(32), {}).ids.tolist()) & set(ids.tolist())


def test_what_is_doubled_missing_or_destroyed_is_nobodys_elsewhere() -> None:
    numbers = ["ZX000001A", "ZX 00 00 01 A", "", "1.2E+09", "ZX000005A", "ZX000006A", "ZX000007A", "ZX000008A"]
    first, second = table(numbers), table([*numbers[:6], "ZX000010A", "ZX000011A"])
    found, other = extract_of(first, KEY, {}), extract_of(second, KEY, {})
    assert (found.linked, other.linked) == (4, 4)
    assert len(np.intersect1d(found.ids, other.ids)) == 2
    assert len(set(found.ids.tolist())) == 8


def test_without_identifiers_people_are_known_in_one_table_only() -> None:
    bare = Project(Microdata.from_columns({"gender": ["F", "M"] * 3, "colour": list("aabbcc")}))
    found = extract_of(bare, KEY, {})
    assert (found.by, found.linked) == ("", 0)
    again = extract_of(Project(bare.microdata), KEY, {})
    assert again.name == found.name
    assert np.array_equal(again.ids, found.ids)


def test_people_are_known_by_what_they_were_known_by() -> None:
    """The earlier table had account numbers only; this one has both."""
    accounts = [f"{n:09d}" for n in range(51157818, 51157824)]
    earlier = Project(Microdata.from_columns({"bank_account_number": accounts, "gender": ["F", "M"] * 3}))
    known = extract_of(earlier, KEY, {})
    assert known.by == Concept.BANK_ACCOUNT.value
    both = table(NUMBERS, bank_account_number=accounts)
    assert extract_of(both, KEY, {}).by == Concept.NATIONAL_INSURANCE.value
    found = extract_of(both, KEY, {known.name: known})
    assert found.by == Concept.BANK_ACCOUNT.value
    assert np.array_equal(np.sort(found.ids), np.sort(known.ids))


def test_a_table_is_told_by_its_file_rows_and_columns() -> None:
    name = extract_name(table(NUMBERS))
    assert extract_name(table(NUMBERS)) == name
    assert extract_name(table(NUMBERS[:4])) != name
    renamed = Microdata.from_columns({"nino": NUMBERS, "gender": ["F", "M"] * 3})
    assert extract_name(Project(renamed)) != name
