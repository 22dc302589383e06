"""Subtracting the counts of one table from those of another, against brute force over sets of people."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.risk.differencing import small_remainders

PEOPLE = st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 4)), max_size=40)


@given(people=PEOPLE, limit=st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_as_sets_of_people(people: list[tuple[int, int]], limit: int) -> None:
    def cells(table: int) -> list[set[int]]:
        found = [{i for i, codes in enumerate(people) if codes[table] == label} for label in range(5)]
        return [cell for cell in found if len(cell) > limit]

    expected = 0
    for cell in cells(0):
        inside = [other for other in cells(1) if other <= cell]
        left = len(cell) - sum(map(len, inside))
        expected += bool(inside) and 1 <= left <= limit
    one, other = (np.array([codes[table] for codes in people], dtype=np.int32) for table in (0, 1))
    assert small_remainders(one, other, limit) == expected


def test_a_few_people_fewer() -> None:
    everybody = np.repeat([0, 1, 2], 30)
    without = everybody.copy()
    without[:3] = -1
    assert small_remainders(everybody, without, 7) == 1
    assert small_remainders(without, everybody, 7) == 0
