"""A random sample that keeps the promise: groups that became too small in it are left out."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anonymiser.limits import HIDDEN, MISSING
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.keys import ReleaseKey
from anonymiser.release.order import row_order
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

__all__ = ["drawn_rows", "keeps_promise", "sample"]


def sample(table: ReleasedTable, facts: ReleaseFacts, key: ReleaseKey) -> tuple[npt.NDArray[np.int64], int]:
    """Rows of a sample in which every class is as large and as diverse as promised.

    Returns
    -------
    (n,) int64 array
        Rows, ascending.
    int
        Records that were drawn but left out.
    """
    rows = drawn_rows(table.rows, facts.sample_fraction, key.step("sample"))
    kept = rows[keeps_promise(as_it_leaves(table, rows), facts)]
    return kept, rows.size - kept.size


def drawn_rows(n: int, fraction: float, key: bytes) -> npt.NDArray[np.int64]:
    """A simple random sample without replacement.

    Parameters
    ----------
    n : int
    fraction : float
        In (0, 1].
    key : bytes
        32 bytes, for this purpose only.

    Returns
    -------
    (⌈n · fraction⌉,) int64 array
        Rows, ascending.
    """
    size = min(n, math.ceil(n * fraction - 1e-9))
    return np.sort(row_order(n, key)[:size])


def keeps_promise(table: ReleasedTable, facts: ReleaseFacts) -> npt.NDArray[np.bool_]:
    """Which records are in a class that has the promised size and diversity; shape (rows,)."""
    columns = {column.name: column for column in table.columns}
    group = np.zeros(table.rows, dtype=np.int64)
    for name in facts.qi_names:
        group = _joined(group, columns[name].codes)
    enough = _people(group, table.people_of_rows) >= facts.k_target
    for need in facts.sensitive:
        enough &= _different(group, columns[need.column], enough.size) >= need.l
    return np.asarray(enough[group])


def _people(group: npt.NDArray[np.int64], people: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
    """People in each class; records of nobody known count as none."""
    if people is None:
        return np.bincount(group).astype(np.int64)
    known = people >= 0
    pairs = np.unique(np.stack([group[known], people[known]]), axis=1)
    return np.bincount(pairs[0], minlength=int(group.max(initial=-1)) + 1).astype(np.int64)


def _joined(group: npt.NDArray[np.int64], codes: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.int64]:
    """Classes of two groupings together, numbered from 0."""
    pair = group * (int(codes.max(initial=0)) + 1) + codes.astype(np.int64)
    return np.unique(pair, return_inverse=True)[1].astype(np.int64)


def _different(group: npt.NDArray[np.int64], column: ReleasedColumn, groups: int) -> npt.NDArray[np.int64]:
    """Different values of a column in each class; a missing or hidden one does not count."""
    counts = np.array([label not in (MISSING, HIDDEN) for label in column.labels] + [False])
    codes = column.codes.astype(np.int64)
    seen = np.unique((group * counts.size + codes)[counts[codes]])
    return np.bincount(seen // counts.size, minlength=groups).astype(np.int64)
