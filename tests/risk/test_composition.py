from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.risk.composition import ABSENT, OUTSIDE, Nesting, drop_one, group_sizes, join, nesting
from anonymiser.transform.released import ReleasedTable

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
CUSTOMERS = SHARED / "data" / "coursework" / "customer_information.csv"
ELSEWHERE = "South Georgia and the South Sandwich Islands"


def numbered(*columns: np.ndarray) -> np.ndarray:
    return np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel()


@pytest.fixture(scope="module")
def columns() -> dict[str, np.ndarray]:
    table = pd.read_csv(CUSTOMERS)
    year = pd.to_datetime(table["birthdate"], dayfirst=True).dt.year.to_numpy()
    project = Project(read(CUSTOMERS))
    project.choose_policy(RESEARCHERS.name, levels=True)
    born = project.recipe.attribute("country_of_birth")
    labels, blocs, _ = project.table.labels_at(project.recipe, born)
    moved = np.where(table["country_of_birth"] == ELSEWHERE, labels.index("Asia-Pacific and other"), blocs)
    return {
        "gender": (table["gender"] == "F").to_numpy().astype(np.int64),
        "20 years": (year - 5) // 20,
        "5 years": year // 5,
        "blocs": blocs.astype(np.int64),
        "blocs of the policy": moved.astype(np.int64),
        "degree": table["education_level"].isin(["bachelor", "masters", "phD"]).to_numpy().astype(np.int64),
    }


@pytest.mark.shared
@pytest.mark.skipif(not CUSTOMERS.exists(), reason="HALFTONE_SHARED is not there")
class TestTheInsurersTable:
    """The figures of POLICY.md: what two releases of the thousand customers tell together."""

    @pytest.mark.parametrize(
        ("blocs", "alone", "under"),
        [("blocs of the policy", 4, 156), ("blocs", 3, 160)],
        ids=["South Georgia beside Antarctica", "South Georgia in the Americas, as in M49"],
    )
    def test_joined(self, columns: dict[str, np.ndarray], blocs: str, alone: int, under: int) -> None:
        first = numbered(columns["gender"], columns["20 years"], columns[blocs], columns["degree"])
        nested = numbered(columns["gender"], columns["20 years"], columns[blocs])
        crossing = numbered(columns["gender"], columns["5 years"], columns["degree"])
        assert [(join([one]).k, one.max() + 1) for one in (first, nested)] == [(7, 48), (19, 24)]
        assert join([crossing]).k == 11
        assert nesting(nested, first) is Nesting.COARSER
        assert nesting(first, nested) is Nesting.FINER
        assert join([nested, first]).k == 7
        both = join([crossing, first])
        assert nesting(crossing, first) is Nesting.CROSSING
        assert (both.k, both.alone, both.under(5)) == (1, alone, under)

    def test_through_the_recipes(self) -> None:
        project = Project(read(CUSTOMERS))
        project.choose_policy(RESEARCHERS.name, levels=True)
        first = classes_of(project.released(), project.microdata.rows)
        project.choose_policy(GOVERNMENT.name, levels=True)
        second = classes_of(project.released(), project.microdata.rows)
        joined = join([second, first])
        assert (group_sizes(first).min(), group_sizes(second).min(), joined.k) == (7, 19, 7)
        assert nesting(second, first) is Nesting.COARSER
        recipe = project.recipe
        wanted = {"birthdate": "5 years", "education_level": "degree / other", "country_of_birth": "hidden"}
        levels = {name: recipe.attribute(name).hierarchy.level_names.index(word) for name, word in wanted.items()}
        crossing = classes_of(project.released(recipe.with_levels(levels)), project.microdata.rows)
        both = join([crossing, first])
        assert (group_sizes(crossing).min(), both.k, both.alone, both.under(5)) == (11, 1, 3, 160)


def classes_of(table: ReleasedTable, rows: int) -> np.ndarray:
    quasi = [c.codes.astype(np.int64) for c in table.columns if c.role.name == "QUASI"]
    result = np.full(rows, ABSENT)
    result[table.source_rows] = numbered(*quasi)
    return result


STATUS = st.integers(min_value=OUTSIDE, max_value=3)


@st.composite
def releases(draw: st.DrawFn, status: st.SearchStrategy[int] = STATUS) -> list[np.ndarray]:
    people = draw(st.integers(1, 30))
    number = draw(st.integers(1, 3))
    return [np.array(draw(st.lists(status, min_size=people, max_size=people))) for _ in range(number)]


def brute_force(given_: list[np.ndarray]) -> list[int]:
    """Of each person whom a release shows: how many others have the same place in every release."""
    places = list(zip(*[one.tolist() for one in given_], strict=True))
    counts = Counter(places)
    return [counts[place] if any(one >= 0 for one in place) else 0 for place in places]


@given(releases())
def test_the_groups_are_those_of_brute_force(given_: list[np.ndarray]) -> None:
    joined, expected = join(given_), brute_force(given_)
    assert joined.of_each().tolist() == expected
    placed = list(zip(expected, zip(*given_, strict=True), strict=True))
    stayed = [size for size, place in placed if size and OUTSIDE not in place]
    came = [size for size, place in placed if size and OUTSIDE in place]
    assert joined.k == min(stayed, default=0)
    assert joined.people == len(stayed)
    assert joined.alone == sum(size == 1 for size in stayed)
    assert joined.under(3) == sum(size < 3 for size in stayed)
    assert joined.by_difference == len(came)
    assert joined.under_by_difference(3) == sum(size < 3 for size in came)


@given(releases(st.integers(ABSENT, 3)))
def test_the_joint_k_never_exceeds_the_k_of_a_release(given_: list[np.ndarray]) -> None:
    together = join(given_).k
    for one in given_:
        if (one >= 0).any():
            assert together <= join([one]).k


@given(releases(st.integers(ABSENT, 3)), st.randoms())
def test_order_and_numbering_do_not_matter(given_: list[np.ndarray], random: object) -> None:
    order = np.random.default_rng(random.randint(0, 99)).permutation(given_[0].size)
    again = [np.where(one >= 0, 7 - one, one)[order] for one in reversed(given_)]
    assert sorted(join(given_).of_each().tolist()) == sorted(join(again).of_each().tolist())


@given(st.lists(st.integers(0, 7), min_size=1, max_size=40))
def test_of_nested_releases_the_joint_k_is_that_of_the_finer(classes: list[int]) -> None:
    fine = np.array(classes)
    coarse = fine // 3
    assert nesting(coarse, fine) in {Nesting.COARSER, Nesting.SAME}
    assert join([coarse, fine]).k == join([fine]).k


def test_absence_tells() -> None:
    """Two people are left out of the first release; the second shows one group of them and eight others."""
    first = np.array([0] * 8 + [ABSENT] * 2)
    second = np.zeros(10, dtype=np.int64)
    assert nesting(second, first) is Nesting.SAME  # among those whom both show
    joined = join([first, second])
    assert (joined.k, joined.alone, joined.under(5)) == (2, 0, 2)


def test_who_is_in_no_release_is_in_no_group() -> None:
    joined = join([np.array([0, 0, ABSENT]), np.array([0, 0, ABSENT])])
    assert (joined.k, joined.people) == (2, 2)
    assert join([np.array([ABSENT, ABSENT])]).k == 0


def test_a_newcomer_is_told_apart_by_difference() -> None:
    """Eleven people, then the same eleven and one more in the same group: the new row is the newcomer's."""
    joined = join([np.array([0] * 11 + [OUTSIDE]), np.array([0] * 12)])
    assert (joined.k, joined.by_difference, joined.under_by_difference(5)) == (11, 1, 1)


def test_the_column_that_causes_it_stands_first() -> None:
    rng = np.random.default_rng(0)
    first = rng.integers(0, 4, 400)
    harmless, fine = first // 2, rng.integers(0, 50, 400)
    release = numbered(harmless, fine)
    found = drop_one(release, {"harmless": (harmless, 2), "fine": (fine, 50)}, [first], 5)
    assert [one.name for one in found] == ["fine", "harmless"]
    assert found[0].under == 0
    assert found[0].k == join([harmless, first]).k
    assert found[1].under == join([fine, first]).under(5)


def test_nothing_to_join_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        join([])


@given(releases(), st.integers(1, 6))
def test_somebody_with_several_records_counts_once_in_a_group(given_: list[np.ndarray], people: int) -> None:
    persons = np.arange(given_[0].size) % people
    joined = join(given_, persons)
    places = list(zip(*[one.tolist() for one in given_], strict=True))
    for row, place in enumerate(places):
        alike = {int(persons[other]) for other, its in enumerate(places) if its == place}
        assert joined.of_each()[row] == (len(alike) if any(one >= 0 for one in place) else 0)
