"""A release in which one person has several rows counts people, from the first look to the written file."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from anonymiser import story
from anonymiser.attributes import Role
from anonymiser.editing import with_roles
from anonymiser.errors import PolicyError, RecipeError
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import Treatment
from anonymiser.release.cells import as_it_leaves
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.payload import Payload
from anonymiser.release.sampling import keeps_promise
from anonymiser.release.verify import prove_records
from anonymiser.release.writing import write_records
from anonymiser.transform.released import ReleasedTable


@pytest.fixture
def visits() -> Project:
    """Six rows of one person in the north; in the south six people with one row each, and one of nobody known."""
    table = {
        "patient": ["p1"] * 6 + [f"p{i}" for i in range(2, 8)] + [None],
        "area": ["north"] * 6 + ["south"] * 7,
    }
    project = Project(Microdata.from_columns(table))
    recipe = with_roles(project.recipe, {"patient": Role.PERSON, "area": Role.QUASI}, project.policy)
    project.change(recipe.changed(requirements=(KAnonymity(k=2),), suppression=0.5))
    return project


def test_every_count_is_of_people(visits: Project) -> None:
    found = visits.assess()
    assert found.over_people
    assert (found.suppressed, found.k, found.failing, found.unique_records_raw) == (6, 6, 6, 6)
    assert visits.released().rows == 7
    told = story.attack(found, visits.recipe)
    assert "rows of at least 6 people" in told
    whole = visits.assess(visits.recipe.changed(suppression=0.0))
    assert "rows of one person only, for 6 records of 13" in story.attack(whole, visits.recipe)


def test_the_key_never_leaves_as_it_is(visits: Project) -> None:
    assert not visits.recipe.attribute("patient").leaves
    assert "patient" not in {column.name for column in visits.released().columns}
    pseudonym = visits.recipe.with_attribute("patient", treatment=Treatment.PSEUDONYM)
    assert pseudonym.attribute("patient").leaves
    forced = visits.recipe.with_attribute("patient", treatment=Treatment.RELEASE)
    assert not forced.attribute("patient").leaves
    assert visits.assess(pseudonym).k == 6


@pytest.mark.parametrize("policy", [RESEARCHERS, GOVERNMENT])
def test_another_recipient_keeps_the_key(visits: Project, policy: object) -> None:
    visits.choose_policy(policy.name)
    assert visits.recipe.entity is not None
    assert visits.recipe.entity.treatment is Treatment.DROP


def test_there_is_one_key(visits: Project) -> None:
    with pytest.raises(RecipeError, match="told apart by one column"):
        with_roles(visits.recipe, {"area": Role.PERSON}, visits.policy)


@pytest.fixture
def facts() -> ReleaseFacts:
    return ReleaseFacts(
        release_id="r1",
        title="Visits",
        created=date(2026, 3, 1),
        owner="o",
        contact="c",
        recipient="r",
        purpose="p",
        k_target=2,
        qi_names=("area",),
        input_rows=13,
    )


def everything(project: Project) -> ReleasedTable:
    """All rows, as if nothing had to be suppressed."""
    return project.released(project.recipe.changed(requirements=()))


def test_the_written_file_is_counted_by_people(visits: Project, facts: ReleaseFacts, tmp_path: Path) -> None:
    """Rows in another order than in the input: whose they are has to follow."""
    order = np.random.default_rng(3).permutation(13)
    with Payload(tmp_path) as payload:
        leaving = as_it_leaves(everything(visits), order)
        write_records(leaving, facts, payload, lambda _: None)
        with pytest.raises(PolicyError, match="fewer people than the 2 promised"):
            prove_records(payload, leaving, facts)
        assert prove_records(payload, leaving, dataclasses.replace(facts, k_target=1)).k == 1
    as_rows = dataclasses.replace(leaving, people=None)
    with Payload(tmp_path) as payload:
        write_records(as_rows, facts, payload, lambda _: None)
        assert prove_records(payload, as_rows, facts).k == 6


def test_a_sample_keeps_groups_of_enough_people(visits: Project, facts: ReleaseFacts) -> None:
    kept = keeps_promise(as_it_leaves(everything(visits), np.arange(13)), facts)
    assert kept.tolist() == [False] * 6 + [True] * 7
