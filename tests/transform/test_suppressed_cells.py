"""Local suppression: k holds when it is counted by other code, and few cells are lost."""

from __future__ import annotations

import csv
import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anonymiser.errors import InputError
from anonymiser.transform.suppressed_cells import class_sizes, empty_any, empty_own, match_counts
from tests.oracles.tables import SMALL

ORACLE = json.loads((SMALL / "sdcmicro.json").read_text(encoding="utf-8"))
BLANK = 4
TABLES = arrays(np.int64, st.tuples(st.integers(1, 4), st.integers(1, 25)), elements=st.integers(0, BLANK))


def small(qis: list[str]) -> tuple[np.ndarray, int]:
    with (SMALL / "small400.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = np.array([np.unique([row[name] for row in rows], return_inverse=True)[1] for name in qis])
    return codes.astype(np.int64), int(codes.max()) + 1


def counted(codes: np.ndarray) -> list[int]:
    """Class sizes in plain Python."""
    rows = [tuple(row) for row in codes.T.tolist()]
    return [rows.count(row) for row in rows]


def matched(codes: np.ndarray, blank: int) -> list[int]:
    """Matches with blanks as anything, in plain Python."""
    rows = codes.T.tolist()
    return [
        sum(all(a == b or blank in (a, b) for a, b in zip(row, other, strict=True)) for other in rows) for row in rows
    ]


@given(codes=TABLES, k=st.integers(1, 6), important=st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_group_has_k_people(codes: np.ndarray, k: int, important: bool) -> None:  # noqa: FBT001
    keep = list(range(codes.shape[0]))[::-1] if important else []
    own = empty_own(codes, BLANK, k, keep)
    assert class_sizes(own).tolist() == counted(own)
    assert min(counted(own)) >= min(k, codes.shape[1])
    loose = empty_any(codes, BLANK, k, keep)
    assert match_counts(loose, BLANK).tolist() == matched(loose, BLANK)
    assert min(matched(loose, BLANK)) >= min(k, codes.shape[1])
    for after in (own, loose):
        assert ((after == codes) | (after == BLANK)).all()


@given(codes=TABLES)
@settings(max_examples=30, deadline=None)
def test_nothing_is_emptied_where_k_holds(codes: np.ndarray) -> None:
    twice = np.concatenate([codes, codes], axis=1)
    assert (empty_own(twice, BLANK, 2) == twice).all()
    assert (empty_any(twice, BLANK, 2) == twice).all()


@pytest.mark.parametrize(("block", "k"), list(product("ABC", (3, 5))))
def test_no_more_cells_than_sdcmicro(block: str, k: int) -> None:
    qis = ORACLE[block]["qi"]
    codes, blank = small(qis)
    theirs = ORACLE[block][f"kAnon_k{k}_supps"]
    after = empty_any(codes, blank, k)
    assert min(matched(after, blank)) >= k
    assert int((after != codes).sum()) <= sum(theirs.values())


def test_the_columns_that_sdcmicro_spares_are_spared() -> None:
    for block in "AC":
        qis = ORACLE[block]["qi"]
        codes, blank = small(qis)
        for k in (3, 5):
            lost = (empty_any(codes, blank, k) != codes).sum(axis=1)
            assert [name for name, cells in zip(qis, lost, strict=True) if cells] == [
                name for name, cells in ORACLE[block][f"kAnon_k{k}_supps"].items() if cells
            ]


def test_strictly_counted_cells_are_few() -> None:
    """One cell for each of the 11 people is the least; the strict reading needs at most two on this table."""
    codes, blank = small(ORACLE["A"]["qi"])
    after = empty_own(codes, blank, 3)
    assert 11 <= int((after != codes).sum()) <= 22


def test_important_columns_are_emptied_last() -> None:
    codes, blank = small(ORACLE["B"]["qi"])
    plain, kept = empty_own(codes, blank, 3), empty_own(codes, blank, 3, [1])
    assert (kept[1] != codes[1]).sum() < (plain[1] != codes[1]).sum()


def test_too_many_columns() -> None:
    with pytest.raises(InputError, match="at most 12"):
        empty_own(np.zeros((13, 2), dtype=np.int64) + np.arange(2), 5, 2)
