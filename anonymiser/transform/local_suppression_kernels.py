"""The compiled loop of local suppression where an empty cell may be anything."""

# ruff: noqa: ANN001, ANN201, C901, PLR0912 - Numba infers types and takes arguments in order
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def matches(codes, blank, rows, out):
    """How many records each of some records matches, itself included, where a blank matches anything."""
    columns, records = codes.shape
    for place in range(rows.size):
        row = rows[place]
        found = 0
        for other in range(records):
            apart = False
            for j in range(columns):
                if codes[j, row] != codes[j, other] and codes[j, row] != blank and codes[j, other] != blank:
                    apart = True
                    break
            if not apart:
                found += 1
        out[place] = found


@njit(cache=True, nogil=True)
def empty_cells(codes, blank, rows, order, k):
    """Empty cells of some records, one after the other, until each matches k records; returns how many cells.

    ``codes`` (columns, records) is changed; ``order`` are the sets of columns to try, as bits, the best first and all
    columns last.
    """
    columns, records = codes.shape
    apart = np.empty(1 << columns, dtype=np.int64)
    differ = np.empty(records, dtype=np.uint16)
    emptied = 0
    for place in range(rows.size):
        row = rows[place]
        apart[:] = 0
        differ[:] = 0
        for j in range(columns):  # column by column, without a branch: the processor takes many records at once
            own = codes[j, row]
            if own != blank:
                bit = np.uint16(1 << j)
                for other in range(records):
                    value = codes[j, other]
                    differ[other] |= np.uint16((value != own) & (value != blank)) * bit
        for other in range(records):
            apart[differ[other]] += 1
        if apart[0] >= k:
            continue
        for j in range(columns):  # records that differ in no more than a set of columns
            for bits in range(1 << columns):
                if bits >> j & 1:
                    apart[bits] += apart[bits ^ (1 << j)]
        for chosen in order:
            if apart[chosen] >= k:
                for j in range(columns):
                    if chosen >> j & 1 and codes[j, row] != blank:
                        codes[j, row] = blank
                        emptied += 1
                break
        else:
            for j in range(columns):
                if codes[j, row] != blank:
                    codes[j, row] = blank
                    emptied += 1
    return emptied
