import csv
import dataclasses
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymiser.attributes import Role
from anonymiser.release import payload as payload_module
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.payload import Payload
from anonymiser.release.writing import csv_name, parquet_name, write_records
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]


@pytest.fixture(params=[True, False], ids=["without a name", "named"])
def payload(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Payload]:
    monkeypatch.setattr(payload_module, "_ANONYMOUS", request.param)
    with Payload(tmp_path) as made:
        yield made
    assert list(tmp_path.iterdir()) == []


def column(name: str, labels: tuple[str, ...], codes: list[int]) -> ReleasedColumn:
    return ReleasedColumn(name, Role.INSENSITIVE, "c", "exact", "m", labels, np.array(codes, dtype=np.uint8))


ODD = ReleasedTable(
    (
        column("=name,\n", ("=1+1", 'a "b", c', "two\nlines", "NA", "never"), [0, 1, 2, 3, 5]),
        column("whole", ("-1", "2", "77"), [0, 1, 3, 0, 1]),
        column("number", ("1.50", "-2"), [0, 1, 2, 0, 1]),
        column("day", ("2020-02-29",), [0, 0, 1, 0, 0]),
    ),
    (),
    np.arange(5),
    0,
)


def test_csv_has_every_label_as_it_stands(payload: Payload, facts: MakeFacts) -> None:
    write_records(as_it_leaves(ODD, np.arange(5)), facts(), payload, lambda _: None)
    text = payload.read(csv_name(facts())).decode()
    rows = list(csv.reader(text.splitlines(keepends=True)))
    assert rows[0] == ["'=name,\n", "whole", "number", "day"]
    assert [row[0] for row in rows[1:]] == ["'=1+1", 'a "b", c', "two\nlines", "NA", ""]
    assert [row[1:] for row in rows[1:3]] == [["-1", "1.50", "2020-02-29"], ["2", "-2", "2020-02-29"]]
    assert rows[3][1:] == ["", "", ""]
    assert "never" not in text


def test_parquet_has_types_and_nothing_else(payload: Payload, facts: MakeFacts) -> None:
    write_records(as_it_leaves(ODD, np.arange(5)), facts(), payload, lambda _: None)
    raw = payload.read(parquet_name(facts()))
    file = pq.ParquetFile(pa.BufferReader(raw))
    assert file.schema_arrow.metadata is None
    assert file.metadata.metadata is None
    assert [str(kind) for kind in file.schema_arrow.types] == ["string", "int64", "double", "date32[day]"]
    for i in range(file.metadata.num_columns):
        assert file.metadata.row_group(0).column(i).statistics is None
    table = file.read()
    assert table.column(1).to_pylist() == [-1, 2, None, -1, 2]
    assert table.column(2).to_pylist() == [1.5, -2.0, None, 1.5, -2.0]
    kept = pq.ParquetFile(pa.BufferReader(raw), read_dictionary=["'=name,\n"]).read().column(0)
    assert set(kept.chunk(0).dictionary.to_pylist()) == {"'=1+1", 'a "b", c', "two\nlines", "NA"}
    assert not re.search(rb"pandas|ARROW:schema|/home|/root|/tmp", raw)


def test_chunks_join_without_a_seam(payload: Payload, facts: MakeFacts) -> None:
    n = 150_001
    codes = (np.arange(n) % 7).astype(np.uint8)
    big = ReleasedTable(
        (dataclasses.replace(column("a", tuple("abcdefg"), []), codes=codes), column("b", ("1",), [0])),
        (),
        np.arange(n),
        0,
    )
    big = dataclasses.replace(big, columns=(big.columns[0], dataclasses.replace(big.columns[1], codes=codes * 0)))
    told: list[float] = []
    write_records(as_it_leaves(big, np.arange(n)), facts(), payload, told.append)
    lines = payload.read(csv_name(facts())).decode().split()
    assert len(lines) == n + 1
    assert lines[65_530:65_545] == [f'"{"abcdefg"[i % 7]}","1"' for i in range(65_529, 65_544)]
    assert told == sorted(told)
    assert told[-1] == 1.0
