"""Values replaced so that groups show several, and Anatomy's two tables."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Role
from anonymiser.errors import InputError
from anonymiser.methods import Anatomy, MethodSpec, ScalableDiversity
from anonymiser.microdata import Microdata
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import Treatment
from anonymiser.transform.anatomy import buckets
from anonymiser.transform.run import Transformed, released, transform

ILLNESSES = ("flu", "asthma", "cancer", "gout")


def people(rows: int = 400, *, shares: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1), l_wanted: int = 3) -> Project:
    rng = np.random.default_rng(11)
    columns = {
        "age": [str(age) for age in rng.integers(20, 80, rows)],
        "job": rng.choice(["nurse", "cook", "clerk", "pilot"], rows).tolist(),
        "illness": rng.choice(ILLNESSES, rows, p=shares).tolist(),
    }
    project = Project(Microdata.from_columns(columns))
    recipe = project.recipe
    for name, role in (("age", Role.QUASI), ("job", Role.QUASI), ("illness", Role.SENSITIVE)):
        recipe = recipe.with_attribute(name, role=role, treatment=Treatment.RELEASE, level=0)
    wanted = (KAnonymity(k=4), DistinctDiversity(attribute="illness", l=l_wanted))
    project.change(recipe.changed(requirements=wanted, suppression=0.0))
    return project


def done(project: Project, spec: MethodSpec, seed: int = 7) -> Transformed:
    recipe = project.recipe.changed(methods=(spec,))
    return transform(project.table, recipe, recipe.requirements, lambda _step: np.random.default_rng(seed))


class TestScalableDiversity:
    SPEC = ScalableDiversity(names=("illness",), keep=0.7)

    def test_k_and_l_hold_in_what_leaves(self) -> None:
        project = people()
        table = released(done(project, self.SPEC).draft, project.recipe)
        text = [[(*c.labels, "")[code] for code in c.codes.tolist()] for c in table.columns]
        groups = defaultdict(list)
        for age, job, illness in zip(*text, strict=True):
            groups[age, job].append(illness)
        assert min(map(len, groups.values())) >= 4
        assert min(len(set(shown)) for shown in groups.values()) >= 3

    def test_a_group_of_one_illness_is_diverse_afterwards(self) -> None:
        """Nine in ten have the same: without replacement, groups of three kinds would have to be huge."""
        project = people(2_000, shares=(0.94, 0.02, 0.02, 0.02))
        found = done(project, self.SPEC)
        assert found.assessment.met
        assert found.draft.partition is not None
        assert int(found.draft.partition.max()) > 100

    def test_totals_are_estimated_back_without_bias(self) -> None:
        """Mean of 60 estimates within 4 standard errors of the truth: wrong in 1 of 4,000 such tests."""
        project = people()
        truth = project.table.column(project.recipe, "illness")
        true = dict(zip(truth.values, truth.counts.tolist(), strict=False))
        sums, errors = Counter(), Counter()
        for seed in range(60):
            table = next(t for t in done(project, self.SPEC, seed).draft.extra if t.name.endswith("_estimate"))
            for value, _, estimate, error in table.rows:
                sums[value] += float(estimate)
                errors[value] += float(error) ** 2
        for value, count in true.items():
            assert abs(sums[value] - 60 * count) <= 4 * errors[value] ** 0.5

    def test_values_are_retained_as_often_as_said(self) -> None:
        """2,000 draws at 0.7: five standard deviations are 0.051."""
        project = people(2_000)
        before, after = (
            project.table.column(project.recipe, "illness"),
            done(project, self.SPEC).draft.column("illness"),
        )
        assert after is not None
        same = np.array(before.values)[before.codes] == np.array(after.labels)[after.codes]
        assert abs(same.mean() - 0.7) < 0.051

    def test_a_column_that_is_not_sensitive_is_refused(self) -> None:
        with pytest.raises(InputError, match="'job' is no sensitive column"):
            done(people(), ScalableDiversity(names=("job",)))


class TestAnatomy:
    SPEC = Anatomy(names=("illness",), diversity=2)

    def test_two_tables_joined_by_the_group_alone(self) -> None:
        project = people()
        found = done(project, self.SPEC)
        table = released(found.draft, project.recipe)
        assert [c.name for c in table.columns] == ["age", "job", "group"]
        assert {dropped.name: dropped.reason for dropped in table.dropped} == {"illness": "In a table of its own."}
        group = table.columns[-1]
        sizes = Counter(group.labels[code] for code in group.codes.tolist())
        told: dict[str, dict[str, int]] = defaultdict(dict)
        for number, value, people_of in table.extra[0].rows:
            told[number][value] = int(people_of)
        assert {number: sum(values.values()) for number, values in told.items()} == sizes
        assert all(len(values) >= 2 for values in told.values())
        assert all(max(values.values()) == 1 for values in told.values()), "nobody is surer than 1 in 2"
        truth = project.table.column(project.recipe, "illness")
        assert Counter(v for values in told.values() for v, n in values.items() for _ in range(n)) == Counter(
            dict(zip(truth.values, truth.counts.tolist(), strict=False))
        )

    def test_l_is_judged_in_the_groups_and_k_has_no_meaning(self) -> None:
        met = done(people(l_wanted=2), self.SPEC).assessment
        assert [(result.reached, result.met) for result in met.requirements[1:]] == [(2, True)]
        assert met.k <= 1
        assert not met.met
        assert "k has no meaning" in done(people(), self.SPEC).draft.no_k

    def test_a_value_that_is_too_common(self) -> None:
        with pytest.raises(InputError, match="a value is too common"):
            done(people(shares=(0.7, 0.1, 0.1, 0.1)), self.SPEC)

    def test_no_sensitive_column_stays_beside_the_exact_values(self) -> None:
        project = people()
        project.change(project.recipe.with_attribute("job", role=Role.SENSITIVE))
        with pytest.raises(InputError, match="'job' is sensitive too"):
            done(project, self.SPEC)


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), min_size=4, max_size=80), st.integers(2, 4), st.integers(0, 5))
def test_every_bucket_is_diverse(values: list[int], diversity: int, seed: int) -> None:
    codes = np.array(values)  # 6 stands for a missing value
    known = Counter(v for v in values if v != 6)
    possible = len(known) >= diversity and max(known.values(), default=0) * diversity <= sum(known.values())
    if not possible:
        with pytest.raises(InputError):
            buckets(codes, 6, diversity, np.random.default_rng(seed))
        return
    group = buckets(codes, 6, diversity, np.random.default_rng(seed))
    for number in range(int(group.max()) + 1):
        inside = [v for v in codes[group == number].tolist() if v != 6]
        assert len(set(inside)) == len(inside) >= diversity
