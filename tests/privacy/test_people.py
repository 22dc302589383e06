"""k over people, where one person has several records."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.assessment import assess
from anonymiser.engine.frequency import roll_up
from anonymiser.privacy import AlphaK, KAnonymity
from anonymiser.privacy.people import class_sizes
from tests.engine_tables import BACKENDS, backend_of
from tests.privacy.secrets_by_group import Secrets


def visits(*each: tuple[int, int]) -> Secrets:
    """Records as (group, person); -1 is nobody known."""
    return Secrets(tuple((group, 0) for group, _ in each), 1, (), tuple(person for _, person in each))


@pytest.mark.parametrize("name", BACKENDS)
def test_a_person_counts_once(name: str) -> None:
    with backend_of(name):
        classes = visits((0, 1), (0, 1), (0, 1), (1, 1), (1, 2), (1, 3)).build()
        found = assess(classes, [KAnonymity(k=2)], 0.0)
    assert found.over_people
    assert (found.k, found.unique_records, found.records_below_k) == (1, 3, 3)
    assert found.sizes.tolist() == [[1, 1], [3, 1]]
    assert (found.rows, found.classes) == (6, 2)
    assert not found.met
    assert found.requirements[0].reached == 1


def test_the_person_is_no_sensitive_attribute() -> None:
    found = assess(visits((0, 1), (0, 2)).build(), [], 0.0)
    assert [measures.name for measures in found.sensitive] == ["s"]


def test_records_of_nobody_known_count_as_none() -> None:
    """They may all be of one person who is counted already."""
    found = assess(visits((0, 1), (0, -1), (0, -1), (1, -1)).build(), [KAnonymity(k=1)], 1.0)
    assert (found.k, found.suppressed, found.unique_records_raw) == (1, 1, 4)


def test_suppression_removes_classes_of_too_few_people() -> None:
    found = assess(visits((0, 1), (0, 1), (1, 2), (1, 3)).build(), [KAnonymity(k=2)], 1.0)
    assert (found.k, found.suppressed, found.unique_records) == (2, 2, 0)


def test_alpha_k_counts_people_too() -> None:
    classes = visits((0, 1), (0, 1), (1, 2), (1, 3)).build()
    assert sorted(AlphaK(attribute="s", alpha=1.0, k=2).passes(classes).tolist()) == [False, True]


def test_more_persons_than_a_bit_mask_holds() -> None:
    classes = visits(*((person % 3, person) for person in range(150)), (0, 0)).build()
    assert assess(classes, [], 0.0).k == 50
    assert assess(roll_up(classes, [2]), [], 0.0).k == 150


@given(rows=st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 5)), min_size=1, max_size=25))
@settings(max_examples=50, deadline=None)
def test_people_are_never_more_than_records(rows: list[tuple[int, int]]) -> None:
    classes = visits(*rows).build()
    people = class_sizes(classes)
    assert (people <= classes.counts).all()
    assert sorted(people.tolist()) == sorted(
        len({p for h, p in rows if h == g and p >= 0}) for g in {g for g, _ in rows}
    )
    coarse = roll_up(classes, [1])
    assert class_sizes(coarse).min() >= people.min()


def test_rows_of_one_person_do_not_make_a_guess_harder() -> None:
    """Ten rows of two people and two of two: each guess is right one time in two, not one time in six."""
    classes = visits(*((0, row % 2) for row in range(10)), (1, 2), (1, 3)).build()
    found = assess(classes, [KAnonymity(k=2)], 0.0)
    assert (found.mean_risk, found.highest_risk) == (0.5, 0.5)


def test_a_group_of_nobody_known_is_at_full_risk() -> None:
    found = assess(visits((0, -1), (0, -1), (1, 1), (1, 2)).build(), [], 0.0)
    assert (found.k, found.highest_risk) == (0, 1.0)
    assert found.mean_risk == pytest.approx(0.75)
