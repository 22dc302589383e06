import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import PolicyError
from anonymiser.microdata import Column, Microdata
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.leaks import RawColumn, RawKind, refuse_leaks
from anonymiser.release.spelling import is_telling, matches, runs
from anonymiser.transform.released import DroppedColumn, ReleasedColumn, ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]
INPUT = 260


def raw(name: str, kind: RawKind, value: Callable[[int], str | None]) -> RawColumn:
    return RawColumn(Microdata.from_columns({name: [value(i) for i in range(INPUT)]}).column(name), kind)


PHONES = raw("phone", RawKind.DIRECT, lambda i: f"(07700) 900 {i:03d}")
NI = raw("ni", RawKind.DIRECT, lambda i: f"ZZ {i:06d} T")
SURNAMES = raw("surname", RawKind.DIRECT, lambda i: ("Rose", "London", "Baker", "Smith", "Okafor", "Nowak")[i % 6])
IDS = raw("customer", RawKind.DIRECT, lambda i: str(10_000 + i))
DATES = raw("birthdate", RawKind.FINER, lambda i: f"{i % 28 + 1:02d}/07/{1940 + i % 60}")
COUNTRIES = raw("country", RawKind.FINER, lambda i: "Tuvalu" if i == 25 else ("Armenia", "Georgia")[i % 2])


def with_labels(
    table: ReleasedTable, labels: dict[int, str], name: str = "notes", role: Role = Role.INSENSITIVE
) -> ReleasedTable:
    """One more column: "none" everywhere but for the released records named."""
    texts = ("none", *labels.values())
    codes = np.zeros(table.rows, dtype=np.uint16)
    for number, record in enumerate(labels, start=1):
        codes[record] = number
    return dataclasses.replace(
        table, columns=(*table.columns, ReleasedColumn(name, role, "c", "exact", "Kept.", texts, codes))
    )


def found(
    raws: list[RawColumn], table: ReleasedTable, facts: ReleaseFacts, documents: dict[str, str] | None = None
) -> str | None:
    try:
        refuse_leaks(raws, table, facts, documents or {})
    except PolicyError as error:
        return str(error)
    return None


EVERYTHING = [PHONES, NI, SURNAMES, IDS, DATES, COUNTRIES]


def test_a_clean_release_passes(table: ReleasedTable, facts: MakeFacts) -> None:
    assert (
        found(EVERYTHING, table, facts(), {"README": "Ask Rose Baker in London, Georgia, on 22 November 2025."}) is None
    )


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("(07700) 900 123", "phone"),
        ("call 07700-900-123 at noon", "phone"),
        ("07700900123", "phone"),
        ("zz000123t", "ni"),
        ("see ZZ 00 01 23 T", "ni"),
    ],
)
def test_a_telling_identifier_is_found_in_any_cell_and_spelling(
    table: ReleasedTable, facts: MakeFacts, label: str, name: str
) -> None:
    message = found(EVERYTHING, with_labels(table, {7: label}), facts())
    assert message is not None
    assert "'notes'" in message
    assert f"'{name}'" in message
    assert "123" not in message


def test_a_name_is_found_in_the_record_of_its_own_person(table: ReleasedTable, facts: MakeFacts) -> None:
    own = int(table.source_rows[3])
    label = SURNAMES.column.values[SURNAMES.column.codes[own]]
    message = found([SURNAMES], with_labels(table, {3: f"seen by Dr {label}"}), facts())
    assert message is not None
    assert label not in message


def test_a_surname_that_is_also_a_place_or_a_trade_does_not_stop(table: ReleasedTable, facts: MakeFacts) -> None:
    another = next(i for i in range(table.rows) if SURNAMES.column.codes[table.source_rows[i]] != 2)
    assert found([SURNAMES], with_labels(table, {another: "Baker"}, "occupation"), facts()) is None
    regions = dataclasses.replace(table.columns[0], name="region", labels=("London", "rest of England"))
    assert found([SURNAMES], dataclasses.replace(table, columns=(regions,)), facts()) is None


def test_a_column_full_of_names_is_found_whoever_they_are(table: ReleasedTable, facts: MakeFacts) -> None:
    given = raw("given_name", RawKind.DIRECT, lambda i: f"Name{chr(97 + i % 26)}")
    shifted = {i: f"name{chr(97 + (i * 3 + 11) % 26)}" for i in range(12)}
    assert "'notes'" in str(found([given], with_labels(table, shifted), facts()))


def test_short_numbers_count_only_in_their_own_record(table: ReleasedTable, facts: MakeFacts) -> None:
    assert found([IDS], with_labels(table, {3: "10200"}), facts(), {"d": "rows 10200"}) is None
    assert found([IDS], with_labels(table, {3: str(10_000 + int(table.source_rows[3]))}), facts()) is not None


def test_a_finer_value_is_found_in_another_column_of_its_own_record(table: ReleasedTable, facts: MakeFacts) -> None:
    own = DATES.column.values[DATES.column.codes[table.source_rows[9]]]
    assert "'notes'" in str(found([DATES], with_labels(table, {9: own}), facts()))
    assert found([DATES], with_labels(table, {9: "06/01/1901"}), facts()) is None
    assert table.source_rows[5] == 25
    assert found([COUNTRIES], with_labels(table, {5: "Tuvalu"}), facts()) is not None
    assert found([COUNTRIES], with_labels(table, {6: "Tuvalu"}), facts()) is None


def test_a_label_that_many_share_is_no_leak(table: ReleasedTable, facts: MakeFacts) -> None:
    born = dataclasses.replace(table.columns[0], name="lives in", labels=("Armenia", "Georgia"))
    assert found([COUNTRIES], dataclasses.replace(table, columns=(born,)), facts()) is None


@pytest.mark.parametrize(
    "text",
    [
        "Phone: 07700 900 123",
        "<td>(07700) 900 123</td>",
        '{"enum": ["07700 900123"]}',
        "a,07700\\-900\\-123,b",
        "born 05/07/1944",
        "born 05.07.1944 here",
    ],
)
def test_a_telling_value_is_found_in_a_document(table: ReleasedTable, facts: MakeFacts, text: str) -> None:
    message = found(EVERYTHING, table, facts(), {"TERMS.md": text})
    assert message is not None
    assert "TERMS.md" in message
    assert "900" not in message
    assert "1944" not in message


def test_the_owners_own_contact_may_be_in_her_data(table: ReleasedTable, facts: MakeFacts) -> None:
    own = facts(contact="07700 900 123")
    assert found([PHONES], table, own, {"README": "Call 07700 900 123."}) is None
    assert found([PHONES], table, own, {"README": "Call 07700 900 124."}) is not None


def test_a_fingerprint_is_nobodys_account_number(table: ReleasedTable, facts: MakeFacts) -> None:
    """Eight digits of the key's fingerprint are somebody's account by chance; elsewhere they are a leak."""
    accounts = raw("account", RawKind.DIRECT, lambda i: f"{12_345_678 + i}")
    fingerprint = "1234 5678 9abc def0 " * 4
    assert found([accounts], table, facts(), {"README": f"Its fingerprint is {fingerprint}."}) is None
    assert found([accounts], table, facts(), {"README": "Account 1234 5678."}) is not None


def test_words_about_a_column_name_nothing_rare(table: ReleasedTable, facts: MakeFacts) -> None:
    country = dataclasses.replace(table.columns[0], name="country", labels=("Asia", "other"))

    def saying(**words: str) -> ReleasedTable:
        return dataclasses.replace(table, columns=(dataclasses.replace(country, **words), *table.columns[1:]))

    assert found([COUNTRIES], saying(method="Countries such as Armenia were put together."), facts()) is None
    assert "'country'" in str(found([COUNTRIES], saying(method="Tuvalu was put with others."), facts()))
    assert found([COUNTRIES], saying(level="all but Tuvalu"), facts()) is not None
    kept = dataclasses.replace(country, labels=("Asia", "Tuvalu"), level="all but Tuvalu")
    assert found([COUNTRIES], dataclasses.replace(table, columns=(kept, *table.columns[1:])), facts()) is None
    reasons = dataclasses.replace(table, dropped=(DroppedColumn("notes", "one is about Tuvalu"),))
    assert "'notes'" in str(found([COUNTRIES], reasons, facts()))


def test_pseudonyms_are_not_searched(table: ReleasedTable, facts: MakeFacts) -> None:
    made = with_labels(table, {3: "ZZ000123T"}, "person_id", Role.DIRECT)
    assert found([NI], made, facts()) is None


def test_a_million_values_are_looked_up_quickly() -> None:
    import time

    values = tuple(f"0770{i:07d}" for i in range(1_000_000))
    start = time.process_time()
    hits = list(matches(values, {f"0770{i:07d}" for i in range(0, 1_000_000, 250_000)}))
    assert [i for i, _ in hits] == list(range(0, 1_000_000, 250_000))
    assert time.process_time() - start < 10


def test_runs_do_not_cross_cells() -> None:
    assert "12" not in set(runs("1 | 2"))
    assert "ABCDEF" in set(runs("a b c d e f g"))
    assert "ABCDEFG" not in set(runs("a b c d e f g"))


@pytest.mark.parametrize(
    ("value", "telling"), [("", False), ("A1", False), ("M0U 1RA", True), ("1234567", False), ("12345678", True)]
)
def test_what_points_at_a_person_by_itself(value: str, *, telling: bool) -> None:
    assert is_telling(value) is telling


def test_an_empty_column_is_nothing_to_search(table: ReleasedTable, facts: MakeFacts) -> None:
    empty = Column("phone", (), np.zeros(INPUT, dtype=np.uint8))
    assert found([RawColumn(empty, RawKind.DIRECT)], table, facts(), {"a": "b"}) is None
