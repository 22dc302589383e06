from __future__ import annotations

import pytest

from anonymiser import sliding
from anonymiser.gate import checks
from anonymiser.microdata import MemorySource, Microdata
from anonymiser.policy import RESEARCHERS
from anonymiser.project import Project
from sample_data.customers import generate


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> Project:
    """The sample, as if it were too large to count sensitive values at every press."""
    monkeypatch.setattr(sliding, "_MANY_ROWS", 500)
    return Project(sample())


def sample() -> Microdata:
    return Microdata("customers.csv", MemorySource(generate(1_000)), "0" * 64)


def test_values_wait_while_groups_are_too_small(project: Project) -> None:
    found, whole = project.assess(), project.assess(histograms=True)
    assert found.pending
    assert not whole.pending
    assert not found.met
    assert found.failing <= whole.failing
    assert (found.k, found.classes_raw, found.loss) == (whole.k, whole.classes_raw, whole.loss)
    for live, full in zip(found.requirements, whole.requirements, strict=True):
        assert live.model == full.model
        assert live.met <= full.met, "never kinder"
        assert (live.reached is None) == live.model.needs_histogram


def test_they_are_looked_at_once_the_groups_can_leave(project: Project) -> None:
    project.choose_policy(RESEARCHERS.name, levels=True)
    found, whole = project.assess(), project.assess(histograms=True)
    assert not found.pending
    assert [(r.reached, r.met) for r in found.requirements] == [(r.reached, r.met) for r in whole.requirements]


def test_the_policy_says_that_they_wait(project: Project) -> None:
    told = {check.name: check for check in checks(project.recipe, project.assess(), RESEARCHERS)}
    assert "not looked at while groups are too small" in told["Spread of sensitive numbers"].sentence
    assert told["Spread of sensitive numbers"].met is False
    assert told["Harmful answers"].met is False
    assert told["Deleted records"].sentence.startswith("At least ")


def test_finer_and_coarser_nodes_are_the_same_as_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted at the node itself, in whatever order the sliders move."""
    monkeypatch.setattr("anonymiser.project._LARGE", 500)
    moving, fresh = Project(sample()), Project(sample())
    for level in (3, 5, 1, 6, 2):
        for one in (moving, fresh):
            one.change(one.recipe.with_levels({"birthdate": level}))
        fresh = Project(sample(), fresh.recipe)
        assert moving.assess(histograms=True).requirements == fresh.assess(histograms=True).requirements


def test_nobody_is_told_that_few_rows_go_before_they_are_counted(project: Project) -> None:
    """Just too many for the owner's own limit, far fewer than the policy's: with the values counted it may be more."""
    project.choose_policy(RESEARCHERS.name, levels=True)
    project.change(project.recipe.changed(suppression=0.0))
    found = project.assess()
    assert found.pending
    assert 0 < found.failing <= 50
    told = {check.name: check for check in checks(project.recipe, found, RESEARCHERS)}
    assert told["Deleted records"].met is False
