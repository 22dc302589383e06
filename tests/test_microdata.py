"""Microdata: columns encoded alike wherever the rows live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.errors import ColumnError
from anonymiser.microdata import (
    MISSING_CODES,
    Column,
    MemorySource,
    Microdata,
    ParquetSource,
    ReadReport,
    encode_text,
    smallest_dtype,
)

CELLS = st.one_of(
    st.none(), st.sampled_from([*MISSING_CODES, "a", " a", "a\t", "b", "NA", " NULL "]), st.text(max_size=3)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=4), st.booleans())
def test_encoding_is_what_plain_python_does(chunks: list[list[str | None]], dictionaries: bool) -> None:  # noqa: FBT001
    text = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    if dictionaries:
        encoded = [pa.array(chunk, pa.string()).dictionary_encode() for chunk in chunks]
        text = pa.chunked_array(encoded, pa.dictionary(pa.int32(), pa.string()))
    column = encode_text("x", text, ("b",))
    cells = ["" if cell is None else trimmed(cell) for chunk in chunks for cell in chunk]
    expected = [None if cell in {*MISSING_CODES, "b"} else cell for cell in cells]
    assert [None if code == len(column.values) else column.values[code] for code in column.codes] == expected
    assert column.values == tuple(dict.fromkeys(cell for cell in expected if cell is not None))
    assert column.n_missing == expected.count(None)
    assert column.codes.dtype == smallest_dtype(len(column.values))


def trimmed(cell: str) -> str:
    return pc.utf8_trim_whitespace(pa.scalar(cell)).as_py()


def test_many_values_take_a_wider_dtype() -> None:
    column = encode_text("x", pa.chunked_array([[str(i) for i in range(300)], ["0", None]]))
    assert column.codes.dtype == np.uint16
    assert column.counts.tolist() == [2, *[1] * 299, 1]


def test_a_narrow_dictionary_that_is_full() -> None:
    values = pa.array([*range(128), None], pa.int8())
    text = pa.DictionaryArray.from_arrays(values, [str(i) for i in range(128)])
    column = encode_text("x", pa.chunked_array([text]))
    assert (len(column.values), column.n_missing) == (128, 1)


@pytest.mark.parametrize(
    ("largest", "dtype"), [(255, np.uint8), (256, np.uint16), (2**16, np.uint32), (2**32, np.uint64)]
)
def test_smallest_dtype(largest: int, dtype: type) -> None:
    assert smallest_dtype(largest) is dtype


def test_declared_codes_are_missing_in_their_column_only() -> None:
    table = Microdata.from_columns({"a": ["999", "?", "1"], "b": ["999", "?", "1"]})
    declared = table.with_missing({"a": ("999", " ? ")})
    assert declared.column("a").values == ("1",)
    assert declared.column("b").values == table.column("a").values == ("999", "?", "1")
    assert declared.with_missing({"b": ("1",)}).column("a").values == ("1",)
    with pytest.raises(ColumnError, match="no column 'c'"):
        table.with_missing({"c": ("1",)})


def test_derived_columns_follow_and_nothing_else_is_lost() -> None:
    report = ReadReport("text table")
    source = MemorySource(pa.table({"a": ["1", "2"]}))
    table = Microdata("people.csv", source, "0" * 64, report).with_missing({"a": ("2",)})
    wider = table.with_columns([Column("b", ("x",), np.array([1, 0], dtype=np.uint8))])
    assert wider.names == ("a", "b")
    assert (wider.report, wider.column("a").n_missing, wider.column("b").n_missing) == (report, 1, 1)
    assert wider.source.take(("b", "a"), np.array([1])).to_pydict() == {"b": ["x"], "a": ["2"]}


def test_no_such_column() -> None:
    with pytest.raises(ColumnError, match="The columns are: a"):
        Microdata.from_columns({"a": ["1"]}).column("b")


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"id": range(100), "sex": ["F", "M"] * 50}), path, row_group_size=7)
    return path


def test_rows_are_taken_from_any_row_group(parquet: Path) -> None:
    rows = np.array([99, 0, 0, 6, 7, 50])
    taken = ParquetSource(parquet).take(("sex", "id"), rows)
    assert taken.to_pydict() == {"sex": ["M", "F", "F", "F", "M", "F"], "id": ["99", "0", "0", "6", "7", "50"]}
    assert ParquetSource(parquet).take(("id",), np.array([], dtype=np.intp)).num_rows == 0


def test_batches_join_to_the_whole(parquet: Path) -> None:
    source = ParquetSource(parquet, names=["number", "gender"])
    batches = list(source.batches(("gender", "number"), 10))
    assert pa.Table.from_batches(batches).column("number").to_pylist() == [str(i) for i in range(100)]
    assert Microdata("x", source, "").column("gender").counts.tolist() == [50, 50, 0]
