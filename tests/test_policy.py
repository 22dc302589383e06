"""The built-in recipients: thresholds with sources, levels that exist, claims that are never made."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from anonymiser.attributes import Role
from anonymiser.errors import PolicyError
from anonymiser.gate import passes
from anonymiser.planning import level_named
from anonymiser.policy import GOVERNMENT, HOUSE_RULE, NEVER_SAY, POLICIES, RESEARCHERS, Policy
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Treatment
from sample_data import CUSTOMERS

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared"))
COURSEWORK = SHARED / "data/coursework/customer_information.csv"


@pytest.fixture(scope="module")
def sample() -> Project:
    return Project(read(CUSTOMERS))


def test_thresholds_carry_their_sources() -> None:
    assert (RESEARCHERS.k.value, GOVERNMENT.k.value) == (5, 11)
    assert "El Emam" in RESEARCHERS.k.source
    assert "CMS" in GOVERNMENT.k.source
    assert RESEARCHERS.suppression.source == HOUSE_RULE
    assert RESEARCHERS.suppression.is_house_rule


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.name[:10])
def test_every_level_that_a_policy_names_exists(policy: Policy, sample: Project) -> None:
    named = 0
    for plan in sample.recipe.attributes:
        rule = policy.rule(plan.concept)
        if rule is not None and rule.treatment is Treatment.RELEASE and rule.level not in ("hidden", "exact"):
            assert rule.level in plan.hierarchy.level_names
            named += 1
    assert named >= 2


def test_an_unknown_level_is_hidden_never_exact(sample: Project) -> None:
    plan = sample.recipe.attribute("birthdate")
    assert level_named(plan.hierarchy, "fortnight") == plan.top


@pytest.mark.parametrize("name", POLICIES)
def test_the_sample_meets_each_policy_at_its_levels(name: str) -> None:
    project = Project(read(CUSTOMERS))
    project.choose_policy(name, levels=True)
    found = project.checks()
    assert passes(found)
    assert any(check.met is None for check in found)  # what cannot be checked yet is said


def test_an_open_release_carries_quasi_identifiers_only(sample: Project) -> None:
    sample.choose_policy(GOVERNMENT.name, levels=True)
    assert all(a.role is Role.QUASI for a in sample.recipe.attributes if a.leaves)
    sample.undo()


@pytest.mark.shared
def test_the_insurers_table_gives_the_figures_that_were_measured_by_hand() -> None:
    project = Project(read(COURSEWORK))
    project.choose_policy(RESEARCHERS.name, levels=True)
    found = project.assess()
    assert (found.k, found.suppressed, found.classes) == (7, 0, 48)
    project.choose_policy(GOVERNMENT.name, levels=True)
    found = project.assess()
    assert (found.k, found.classes) == (19, 24)


def test_a_policy_of_ones_own_is_a_house_rule() -> None:
    own = Policy.custom("Charity", open_release=False, k=7, suppression=0.02, distinct_l=2)
    assert own.k.is_house_rule
    with pytest.raises(PolicyError):
        Policy.custom("Charity", open_release=True, k=1, suppression=0.0, distinct_l=None)
    with pytest.raises(PolicyError):
        Policy.custom("", open_release=True, k=5, suppression=0.0, distinct_l=None)


def test_nothing_that_a_person_reads_makes_a_forbidden_claim() -> None:
    files = [*ROOT.glob("pages/**/*.py"), ROOT / "anonymiser/story.py", *ROOT.glob("anonymiser/release/*.py")]
    forbidden = [re.compile(rf"\b{re.escape(claim)}\b", re.IGNORECASE) for claim in NEVER_SAY if claim != "anonymous"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        for claim in forbidden:
            assert not claim.search(text), f"{path.name} says '{claim.pattern}'"
