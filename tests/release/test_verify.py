import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from anonymiser.errors import PolicyError
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import DiversityRequirement, ReleaseFacts
from anonymiser.release.payload import Payload
from anonymiser.release.verify import prove_records
from anonymiser.release.writing import csv_name, parquet_name, write_parquet, write_records
from anonymiser.transform.released import DroppedColumn, ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]


@pytest.fixture
def payload(tmp_path: Path) -> Iterator[Payload]:
    with Payload(tmp_path) as made:
        yield made


def written(table: ReleasedTable, facts: ReleaseFacts, payload: Payload) -> ReleasedTable:
    leaving = as_it_leaves(table, np.arange(table.rows))
    write_records(leaving, facts, payload, lambda _: None)
    return leaving


def with_codes(table: ReleasedTable, place: int, rows: slice, code: int) -> ReleasedTable:
    codes = table.columns[place].codes.copy()
    codes[rows] = code
    columns = list(table.columns)
    columns[place] = dataclasses.replace(columns[place], codes=codes)
    return dataclasses.replace(table, columns=tuple(columns))


def test_it_counts_what_is_there(table: ReleasedTable, facts: MakeFacts, payload: Payload) -> None:
    proof = prove_records(payload, written(table, facts(), payload), facts())
    assert (proof.rows, proof.k, proof.diversity) == (240, 40, (("drinks", 4),))


def test_a_missing_quasi_identifier_is_a_class_of_its_own(
    table: ReleasedTable, facts: MakeFacts, payload: Payload
) -> None:
    leaving = written(with_codes(table, 1, slice(0, 4), 4), facts(), payload)
    with pytest.raises(PolicyError, match="5 promised"):
        prove_records(payload, leaving, facts())
    assert prove_records(payload, leaving, facts(k_target=2, sensitive=())).k == 2


def test_a_missing_sensitive_value_never_counts(table: ReleasedTable, facts: MakeFacts, payload: Payload) -> None:
    drinks = table.columns[2]
    labels = (*drinks.labels[:2], "missing", "*")
    odd = dataclasses.replace(
        table, columns=(*table.columns[:2], dataclasses.replace(drinks, labels=labels), table.columns[3])
    )
    leaving = written(with_codes(odd, 2, slice(0, 10), 4), facts(), payload)
    with pytest.raises(PolicyError, match="fewer than 3 different values of 'drinks'"):
        prove_records(payload, leaving, facts())
    two = (DiversityRequirement("drinks", 2),)
    assert prove_records(payload, leaving, facts(sensitive=two)).diversity == (("drinks", 2),)


def test_no_quasi_identifier_is_one_class(table: ReleasedTable, facts: MakeFacts, payload: Payload) -> None:
    assert prove_records(payload, written(table, facts(), payload), facts(qi_names=())).k == 240


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"gender"', b'"surname"'),
        (b'"gender",', b""),
        (b'"M","1980', b'"F","1980'),
        (b'\n"F","1940\xe2\x80\x931959","none","0"', b""),
        (b'"F","1940\xe2\x80\x931959","none","0"', b'"F","1940\xe2\x80\x931959","none","1"'),
    ],
)
def test_a_file_that_is_not_what_was_meant_is_refused(
    table: ReleasedTable, facts: MakeFacts, payload: Payload, old: bytes, new: bytes
) -> None:
    leaving = written(table, facts(), payload)
    content = payload.read(csv_name(facts()))
    assert old in content
    payload.add(csv_name(facts()), content.replace(old, new, 1))
    with pytest.raises(PolicyError, match=r"own check|differ"):
        prove_records(payload, leaving, facts())


def test_parquet_must_be_the_same_row_by_row(table: ReleasedTable, facts: MakeFacts, payload: Payload) -> None:
    leaving = written(table, facts(), payload)
    rows = [{c.name: (*c.labels, None)[c.codes[i]] for c in leaving.columns} for i in range(leaving.rows)]
    rows[0], rows[1] = rows[1], rows[0]
    batch = pa.RecordBatch.from_pylist(rows)
    write_parquet(batch.schema, iter([batch]), payload.create(parquet_name(facts())))
    with pytest.raises(PolicyError, match="2 records of the Parquet"):
        prove_records(payload, leaving, facts())


def test_a_dropped_column_is_never_in_the_header(table: ReleasedTable, facts: MakeFacts, payload: Payload) -> None:
    leaving = written(table, facts(), payload)
    with pytest.raises(PolicyError, match="header"):
        prove_records(payload, dataclasses.replace(leaving, dropped=(DroppedColumn("Visits", "x"),)), facts())
