"""The built-in recipients: thresholds with sources, levels that exist, claims that are never made."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from anonymiser.attributes import Role
from anonymiser.errors import PolicyError
from anonymiser.gate import passes
from anonymiser.hierarchies import FlatSpec
from anonymiser.microdata import Microdata
from anonymiser.planning import asked_for, harmful_answers, level_named, own_requirements
from anonymiser.policy import GOVERNMENT, HOUSE_RULE, NEVER_SAY, POLICIES, RESEARCHERS, Policy, Threshold
from anonymiser.privacy import AlphaK, Distance, EntropyDiversity, KAnonymity, TCloseness
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
@pytest.mark.skipif(not COURSEWORK.is_file(), reason="needs the insurer's table: set HALFTONE_SHARED")
def test_the_insurers_table_gives_the_figures_that_were_measured_by_hand() -> None:
    project = Project(read(COURSEWORK))
    project.choose_policy(RESEARCHERS.name, levels=True)
    found = project.assess()
    assert (found.k, found.suppressed, found.classes) == (7, 0, 48)
    reached = {r.model.attribute: r.reached for r in found.requirements if isinstance(r.model, TCloseness | AlphaK)}
    assert reached == pytest.approx(
        {
            "avg_n_drinks_per_week": 0.2186666666666667,
            "avg_n_cigret_per_week": 0.2451428571428571,
            "cc_status": 0.1875,
        }
    )
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


def test_t_and_alpha_of_the_researchers_are_checked(sample: Project) -> None:
    assert not any("t-closeness" in sentence or "α" in sentence for sentence in RESEARCHERS.not_checked)
    project = Project(sample.microdata)
    project.choose_policy(RESEARCHERS.name, levels=True)
    asked = asked_for(project.recipe, RESEARCHERS)
    numbers = {"avg_n_drinks_per_week", "avg_n_cigaret_per_week"}
    assert {r.attribute for r in asked if isinstance(r, TCloseness)} == numbers
    assert all(r.distance is Distance.ORDERED and r.t == 0.35 for r in asked if isinstance(r, TCloseness))
    assert AlphaK(attribute="cc_status", alpha=0.5, values=("1",)) in asked
    told = {check.name: check for check in project.checks()}
    assert told["Spread of sensitive numbers"].source == HOUSE_RULE
    assert "answer 1 in cc_status, which is taken to be the harmful one" in told["Harmful answers"].sentence


def test_a_group_of_harmful_answers_fails() -> None:
    answers = ["no" if i % 2 else "yes" for i in range(60)]
    project = Project(Microdata.from_columns({"gender": ["f", "m"] * 30, "diabetes": answers}))
    assert harmful_answers(project.recipe, "diabetes") == ("yes",)
    assert {check.name: check.met for check in project.checks()}["Harmful answers"] is False
    assert not project.assess().met


def test_groups_that_lie_too_far_from_everybody_fail(sample: Project) -> None:
    project = Project(sample.microdata)
    project.policies["strict"] = RESEARCHERS.model_copy(update={"name": "strict", "ordered_t": Threshold(value=0.1)})
    project.choose_policy("strict", levels=True)
    assert {check.name: check.met for check in project.checks()}["Spread of sensitive numbers"] is False
    assert project.assess().failing > project.assess().limit


@pytest.mark.parametrize(
    ("answers", "harmful"),
    [(["0", "1", "1"], ("1",)), (["a", "b", "b"], ("a",)), (["Positive", "x"], ("Positive",))],
)
def test_the_harmful_answer_is_yes_or_the_rarer(answers: list[str], harmful: tuple[str, ...]) -> None:
    table = Microdata.from_columns({"gender": ["f"] * len(answers), "diabetes": answers})
    assert harmful_answers(Project(table).recipe, "diabetes") == harmful


def test_what_an_answer_means_outlives_a_change_of_recipient(sample: Project) -> None:
    project = Project(sample.microdata)
    changed = AlphaK(attribute="cc_status", alpha=0.5, values=("0",))
    project.change(project.recipe.changed(requirements=(changed,)))
    for name in (GOVERNMENT.name, RESEARCHERS.name):
        project.choose_policy(name, levels=True)
    assert harmful_answers(project.recipe, "cc_status") == ("0",)
    assert not passes(project.checks())  # nearly everybody has that answer


def test_without_a_harmful_answer_the_point_fails(sample: Project) -> None:
    project = Project(sample.microdata)
    project.choose_policy(RESEARCHERS.name, levels=True)
    rest = tuple(r for r in project.recipe.requirements if not isinstance(r, AlphaK))
    project.change(project.recipe.changed(requirements=rest))
    told = next(check for check in project.checks() if check.name == "Harmful answers")
    assert told.met is False
    assert "Say under Requirements which answer" in told.sentence


@pytest.mark.parametrize(
    ("policy", "column", "role"),
    [
        (GOVERNMENT, "cc_status", Role.QUASI),
        (GOVERNMENT, "avg_n_drinks_per_week", Role.QUASI),
        (RESEARCHERS, "cc_status", Role.INSENSITIVE),
        (RESEARCHERS, "cc_status", Role.QUASI),
        (RESEARCHERS, "avg_n_drinks_per_week", Role.OBSERVABLE),
        (RESEARCHERS, "birthdate", Role.INSENSITIVE),
        (GOVERNMENT, "gender", Role.SENSITIVE),
    ],
    ids=lambda x: x.name if isinstance(x, Policy) else str(getattr(x, "value", x)),
)
def test_no_role_takes_a_column_out_of_the_policy(sample: Project, policy: Policy, column: str, role: Role) -> None:
    project = Project(sample.microdata)
    project.choose_policy(policy.name, levels=True)
    changed = project.recipe.with_attribute(column, role=role, treatment=Treatment.RELEASE, level=0)
    rest = tuple(r for r in changed.requirements if r.attribute != column)
    project.change(changed.changed(requirements=rest))
    told = next(check for check in project.checks() if check.name == "Roles of the columns")
    assert (told.met, told.may_override) == (False, policy is RESEARCHERS)
    assert column in told.sentence


@pytest.mark.parametrize("column", ["surname", "phone_number", "bank_account_number"])
def test_an_identifier_stays_under_a_policy_of_ones_own_too(sample: Project, column: str) -> None:
    project, own = (
        Project(sample.microdata),
        Policy.custom("Own", open_release=False, k=2, suppression=1, distinct_l=None),
    )
    project.policies[own.name] = own
    project.choose_policy(own.name)
    project.change(project.recipe.with_attribute(column, role=Role.INSENSITIVE, treatment=Treatment.RELEASE, level=0))
    told = next(check for check in project.checks() if check.name == "Direct identifiers")
    assert told.met is False
    assert column in told.sentence


def test_requirements_of_ones_own_outlive_sliders_and_the_policys_cannot_be_loosened(sample: Project) -> None:
    project = Project(sample.microdata)
    own = (EntropyDiversity(attribute="avg_n_drinks_per_week", l=1.5), KAnonymity(k=9))
    looser = (KAnonymity(k=2), TCloseness(attribute="avg_n_drinks_per_week", t=0.9, distance=Distance.ORDERED))
    project.change(project.recipe.changed(requirements=(*project.recipe.requirements, *own, *looser)))
    project.change_roles(project.recipe.with_levels({"gender": 1}))
    assert own_requirements(project.recipe, RESEARCHERS) == own
    project.choose_policy(RESEARCHERS.name, levels=True)
    assert own_requirements(project.recipe, RESEARCHERS) == own
    assert project.recipe.k == 9
    project.choose_policy(GOVERNMENT.name)
    assert own_requirements(project.recipe, GOVERNMENT) == ()


def test_numbers_without_bands_are_measured_by_the_equal_distance(sample: Project) -> None:
    recipe = sample.recipe.with_attribute("avg_n_drinks_per_week", hierarchy=FlatSpec(), level=0)
    asked = [r for r in asked_for(recipe, RESEARCHERS) if isinstance(r, TCloseness)]
    assert {r.attribute: r.distance for r in asked} == {
        "avg_n_drinks_per_week": Distance.EQUAL,
        "avg_n_cigaret_per_week": Distance.ORDERED,
    }


@pytest.mark.parametrize(("ordered_t", "alpha"), [(1.2, None), (None, 0.0), (-0.1, None), (None, 1.5)])
def test_a_policy_of_ones_own_has_t_and_alpha_in_range(ordered_t: float | None, alpha: float | None) -> None:
    with pytest.raises(PolicyError):
        Policy.custom("X", open_release=False, k=5, suppression=0, distinct_l=None, ordered_t=ordered_t, alpha=alpha)


def test_nothing_that_a_person_reads_makes_a_forbidden_claim() -> None:
    files = [*ROOT.glob("pages/**/*.py"), ROOT / "anonymiser/story.py", *ROOT.glob("anonymiser/release/*.py")]
    forbidden = [re.compile(rf"\b{re.escape(claim)}\b", re.IGNORECASE) for claim in NEVER_SAY if claim != "anonymous"]
    for path in files:
        text = path.read_text(encoding="utf-8")
        for claim in forbidden:
            assert not claim.search(text), f"{path.name} says '{claim.pattern}'"
