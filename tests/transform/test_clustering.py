"""Clustering: groups of k, requirements met, and each method better in what it is for."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Role
from anonymiser.errors import InputError
from anonymiser.methods import FuzzyClustering, KMember, MethodSpec, Mondrian, WeightedKMember
from anonymiser.microdata import Microdata
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import Treatment
from anonymiser.transform.base import silent
from anonymiser.transform.fuzzy import cluster as fuzzy_cluster
from anonymiser.transform.k_member import cluster, outlyingness
from anonymiser.transform.points import BLANK, Points, points_of
from anonymiser.transform.run import Transformed, transform
from tests.transform.adult import adult, needs_adult

Wholes = npt.NDArray[np.int64]


def points(at: npt.NDArray[np.float32]) -> Points:
    return Points(np.ascontiguousarray(at, dtype=np.float32), np.ones(len(at), dtype=np.float32))


@st.composite
def clouds(draw: st.DrawFn) -> Points:
    rows, width = draw(st.integers(2, 60)), draw(st.integers(1, 3))
    column = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, BLANK]), min_size=rows, max_size=rows)
    return points(np.array([draw(column) for _ in range(width)]))


@settings(deadline=None, max_examples=60)
@given(clouds(), st.integers(1, 9), st.integers(0, 3), st.booleans())
def test_every_group_has_k(cloud: Points, k: int, rounds: int, weighted: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(3)
    mass = rng.random(cloud.rows) + 0.1 if weighted else None
    group = cluster(cloud, k, mass, rng, rounds=rounds, progress=silent)
    sizes = np.bincount(group)
    assert group.min() == 0
    assert sizes.min() >= min(k, cloud.rows)


@settings(deadline=None, max_examples=60)
@given(clouds(), st.integers(2, 9))
def test_fuzzy_groups_partition_the_records(cloud: Points, k: int) -> None:
    group, shared = fuzzy_cluster(cloud, k, FuzzyClustering(), np.random.default_rng(3), silent)
    assert sorted(set(group.tolist())) == list(range(int(group.max()) + 1))
    assert 0 <= shared <= cloud.rows


def test_two_clouds_are_two_groups() -> None:
    """By hand: ten records near 0 and ten near 1 lose least apart, whatever comes first."""
    along = np.r_[np.linspace(0, 0.09, 10), np.linspace(0.91, 1, 10)]
    for seed in range(5):
        found = cluster(points(along[None]), 10, None, np.random.default_rng(seed), rounds=1, progress=silent)
        assert len(set(found[:10].tolist())) == len(set(found[10:].tolist())) == 1
        fuzzy, _ = fuzzy_cluster(points(along[None]), 10, FuzzyClustering(), np.random.default_rng(seed), silent)
        assert np.bincount(fuzzy).tolist() in ([20], [10, 10])


def test_a_lonely_record_lies_furthest_out() -> None:
    along = np.r_[np.linspace(0, 0.2, 40), 1.0]
    assert outlyingness(points(along[None]), np.random.default_rng(1)).argmax() == 40


def people() -> Project:
    rng = np.random.default_rng(11)
    ages = [str(a) if a else None for a in rng.integers(0, 60, 120)]
    jobs = rng.choice(["nurse", "cook", "clerk", "pilot"], 120).tolist()
    ill = rng.choice(["flu", "asthma", "cancer"], 120, p=[0.7, 0.2, 0.1]).tolist()
    project = Project(Microdata.from_columns({"age": ages, "job": jobs, "illness": ill}))
    recipe = project.recipe
    for name, role in (("age", Role.QUASI), ("job", Role.QUASI), ("illness", Role.SENSITIVE)):
        recipe = recipe.with_attribute(name, role=role, treatment=Treatment.RELEASE, level=0)
    wanted = (KAnonymity(k=4), DistinctDiversity(attribute="illness", l=2))
    project.change(recipe.changed(requirements=wanted, suppression=0.0))
    return project


def done(project: Project, spec: MethodSpec, seed: int = 7) -> Transformed:
    recipe = project.recipe.changed(methods=(spec,))
    return transform(project.table, recipe, recipe.requirements, lambda _step: np.random.default_rng(seed))


SPECS = (
    KMember(),
    WeightedKMember(),
    FuzzyClustering(),
    WeightedKMember(weigh="values", column="illness", values=("cancer",)),
)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.method}-{getattr(spec, 'weigh', '')}")
def test_all_requirements_are_met(spec: MethodSpec) -> None:
    found = done(people(), spec)
    assert found.assessment.met
    assert found.assessment.suppressed == 0
    assert found.assessment.k >= 4
    assert not found.draft.no_k
    again, other = done(people(), spec), done(people(), spec, seed=8)
    assert np.array_equal(found.draft.partition, again.draft.partition)
    assert not np.array_equal(found.draft.partition, other.draft.partition)


def test_a_column_that_weighs_nothing_is_blurred_most() -> None:
    plain, without = done(people(), KMember()), done(people(), KMember(attribute_weights=(("job", 0.0),)))
    assert without.assessment.ncp_by_attribute[0] < plain.assessment.ncp_by_attribute[0]
    assert without.assessment.ncp_by_attribute[1] > plain.assessment.ncp_by_attribute[1]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (KMember(attribute_weights=(("illness", 2.0),)), "is no quasi-identifier that leaves"),
        (KMember(attribute_weights=(("age", 0.0), ("job", 0.0))), "Every quasi-identifier weighs 0"),
        (WeightedKMember(weigh="values", column="illness", values=("gout",)), "Nobody has the values"),
        (WeightedKMember(weigh="values", column="town", values=("x",)), "'town' does not leave"),
    ],
)
def test_weights_that_mean_nothing_are_refused(spec: MethodSpec, words: str) -> None:
    with pytest.raises(InputError, match=words):
        done(people(), spec)


def test_more_people_than_there_are() -> None:
    project = people()
    project.change(project.recipe.changed(requirements=(KAnonymity(k=500),)))
    with pytest.raises(InputError, match="500"):
        done(project, KMember())


class TestOnAdult:
    """Each method against the others by the measure that its paper claims."""

    pytestmark = needs_adult

    @staticmethod
    @cache
    def groups() -> tuple[Points, dict[str, Wholes], npt.NDArray[np.float64]]:
        project = adult(10)
        drafts = {
            name: done(project, spec).draft
            for name, spec in (
                ("mondrian", Mondrian()),
                ("plain", KMember(rounds=4)),
                ("weighted", WeightedKMember(rounds=4)),
                ("fuzzy", FuzzyClustering()),
            )
        }
        found = {name: draft.partition for name, draft in drafts.items() if draft.partition is not None}
        where = points_of(transform_start(project))
        off = outlyingness(where, np.random.default_rng(5))
        return where, found, 1.0 / (1.0 + (off / np.median(off)) ** 2)

    def test_they_differ_and_hold_ten(self) -> None:
        _, found, _ = self.groups()
        assert len({group.tobytes() for group in found.values()}) == 4
        assert all(np.bincount(group).min() >= 10 for group in found.values())

    def test_plain_loses_least(self) -> None:
        where, found, _ = self.groups()
        lost = {name: spans(where, group).mean() for name, group in found.items()}
        assert min(lost, key=lost.__getitem__) == "plain"
        assert lost["plain"] <= 0.65 * lost["mondrian"]

    def test_weighted_spares_typical_people(self) -> None:
        where, found, weight = self.groups()
        lost = {name: np.average(spans(where, group).mean(axis=0), weights=weight) for name, group in found.items()}
        assert min(lost, key=lost.__getitem__) == "weighted"

    def test_fuzzy_groups_stand_closest_to_their_middle(self) -> None:
        where, found, _ = self.groups()
        off = {name: squares(where, group) for name, group in found.items()}
        assert min(off, key=off.__getitem__) == "fuzzy"


def transform_start(project: Project):  # noqa: ANN201 - a draft
    from anonymiser.transform.start import first_draft

    return first_draft(project.table, project.recipe).draft


def spans(where: Points, group: Wholes) -> npt.NDArray[np.float64]:
    """Range of each record's group in each attribute: (attributes, records)."""
    found = np.empty(where.at.shape)
    for row, column in zip(found, where.at, strict=True):
        low, high = np.full(group.max() + 1, np.inf), np.full(group.max() + 1, -np.inf)
        np.minimum.at(low, group, column)
        np.maximum.at(high, group, column)
        row[:] = np.minimum(1, high - low)[group]
    return found


def squares(where: Points, group: Wholes) -> float:
    """Sum of the squared distances from the groups' means."""
    sizes = np.bincount(group)
    return float(sum(((row - (np.bincount(group, row) / sizes)[group]) ** 2).sum() for row in where.at))
