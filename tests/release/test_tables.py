import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.errors import InputError, PolicyError
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import ReleaseFacts, SmallNumberRule
from anonymiser.release.payload import Payload
from anonymiser.release.tables import frequency_tables, hidden_up_to, shown_counts, write_tables
from anonymiser.release.verify import prove_tables
from anonymiser.release.writing import csv_name
from anonymiser.transform.released import ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]


@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(1, 20))
def test_a_shown_count_is_rounded_and_a_small_one_hidden(count: int, hide: int, step: int) -> None:
    shown = int(shown_counts(np.array([count]), hide, SmallNumberRule(hide, step))[0])
    assert (shown == -1) is (count <= hide)
    if shown >= 0:
        assert shown % step == 0
        assert shown > 0
        assert abs(shown - count) * 2 <= step or shown == step


def test_the_promised_k_hides_more_than_the_rule_if_it_is_stricter(facts: MakeFacts) -> None:
    assert hidden_up_to(facts(k_target=5)) == 7
    assert hidden_up_to(facts(k_target=11)) == 10


def skewed(table: ReleasedTable) -> ReleasedTable:
    """Two people alone with a birthdate, six of one gender in another."""
    birth = table.columns[1]
    codes = birth.codes.copy()
    codes[:2] = 3
    gender = dataclasses.replace(table.columns[0], codes=table.columns[0].codes.copy())
    gender.codes[np.flatnonzero(codes == 0)[6:]] = 0
    gender.codes[np.flatnonzero(codes == 0)[:6]] = 1
    return dataclasses.replace(table, columns=(gender, dataclasses.replace(birth, codes=codes), *table.columns[2:]))


def rows_of(payload: Payload, facts: ReleaseFacts) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(payload.read(csv_name(facts)).decode())))


def test_small_groups_are_not_even_named(table: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> None:
    leaving = as_it_leaves(skewed(table), np.arange(table.rows))
    with Payload(tmp_path) as payload:
        write_tables(frequency_tables(leaving, facts()), facts(), payload)
        text = payload.read(csv_name(facts())).decode()
        rows = rows_of(payload, facts())
        proof = prove_tables(payload, leaving, facts())
    assert "2000–2019" not in text
    assert proof.rows == len(rows) == 3 + 4 + 7
    hidden = [row for row in rows if row["cell"] == "group" and not row["people"]]
    assert [(row["first_value"], row["second_value"]) for row in hidden] == [("M", "1940–1959")]
    truth = Counter(
        (leaving.columns[0].labels[g], leaving.columns[1].labels[b])
        for g, b in zip(leaving.columns[0].codes, leaving.columns[1].codes, strict=True)
    )
    for row in rows:
        if row["table"] == "3" and row["cell"] == "group" and row["people"]:
            assert abs(truth[row["first_value"], row["second_value"]] - int(row["people"])) <= 2
    total = next(row for row in rows if row["table"] == "3" and row["cell"] == "total")
    assert int(total["people"]) == sum(
        int(r["people"] or 0) for r in rows if r["table"] == "3" and r["cell"] == "group"
    )


def test_missing_values_are_counted_as_a_value(table: ReleasedTable, facts: MakeFacts) -> None:
    chosen = facts(qi_names=("visits",), sensitive=())
    single = frequency_tables(as_it_leaves(table, np.arange(table.rows)), chosen)[0]
    assert single.values[0][-1] == "missing"
    assert single.shown[-1] == 20


def test_tables_that_say_nothing_or_too_much_are_refused(table: ReleasedTable, facts: MakeFacts) -> None:
    with pytest.raises(PolicyError, match="too small"):
        frequency_tables(as_it_leaves(table, np.arange(6)), facts())
    with pytest.raises(InputError, match="at least one"):
        frequency_tables(table, facts(qi_names=()))
    many = dataclasses.replace(
        table.columns[0], labels=tuple(map(str, range(1100))), codes=np.tile(np.arange(1100, dtype=np.uint16), 20)
    )
    wide = ReleasedTable((many, dataclasses.replace(many, name="birthdate")), (), np.arange(22_000), 0)
    with pytest.raises(InputError, match="million"):
        frequency_tables(wide, facts(sensitive=()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"F",,,"group",120', b'"F",,,"group",121'),
        (b'"F",,,"group",120', b'"F",,,"group",5'),
        (b'"F",,,"group",120', b'"F",,,"group",'),
        (b'"F",,,"group",120', b'"F",,,"group",150'),
        (b'"total",240', b'"total",235'),
        (b'"people"', b'"persons"'),
    ],
)
def test_the_proof_finds_a_wrong_count(
    table: ReleasedTable, facts: MakeFacts, tmp_path: Path, old: bytes, new: bytes
) -> None:
    leaving = as_it_leaves(table, np.arange(table.rows))
    with Payload(tmp_path) as payload:
        write_tables(frequency_tables(leaving, facts()), facts(), payload)
        prove_tables(payload, leaving, facts())
        content = payload.read(csv_name(facts()))
        assert old in content
        payload.add(csv_name(facts()), content.replace(old, new, 1))
        with pytest.raises(PolicyError):
            prove_tables(payload, leaving, facts())
