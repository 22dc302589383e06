"""The compiled loop of record linkage: how many released records are nearest to each person."""

# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0917 - Numba infers types and takes arguments in order
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_SAME = 1e-9  # distances that differ by rounding only


@njit(cache=True, nogil=True)
def nearest(true_numbers, numbers, true_codes, codes, blanks, excludes, people, own, credit, ties):
    """One over the number of nearest records where a person's own is among them, else 0.

    ``numbers`` (columns, records) in units of the spread, NaN for missing; ``codes`` (columns, records) with
    ``blanks`` for missing, where ``excludes`` says that another value cannot be the same person. ``people`` are the
    places in the true arrays, ``own`` the released record of each, or -1.
    """
    records = numbers.shape[1] if numbers.shape[0] else codes.shape[1]
    distance = np.empty(records)
    for at in range(people.size):
        person = people[at]
        distance[:] = 0.0
        for j in range(codes.shape[0]):
            value = true_codes[j, person]
            apart = np.inf if excludes[j] else 1.0
            if excludes[j]:
                for record in range(records):
                    if codes[j, record] != value and codes[j, record] != blanks[j]:
                        distance[record] = apart
            else:
                for record in range(records):
                    if codes[j, record] != value:
                        distance[record] += apart
        for j in range(numbers.shape[0]):
            value = true_numbers[j, person]
            if value != value:  # noqa: PLR0124 - missing: nearest to what is missing too
                for record in range(records):
                    if numbers[j, record] == numbers[j, record]:
                        distance[record] += 1.0
                continue
            for record in range(records):
                step = numbers[j, record] - value
                distance[record] += step * step if step == step else 1.0  # noqa: PLR0124
        least = np.inf
        for record in range(records):
            least = min(least, distance[record])
        found = 0
        limit = least + _SAME
        if least < np.inf:
            for record in range(records):
                if distance[record] <= limit:
                    found += 1
        ties[at] = found
        mine = own[at]
        credit[at] = 1.0 / found if mine >= 0 and found and distance[mine] <= limit else 0.0
