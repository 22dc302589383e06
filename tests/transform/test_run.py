"""Without a method the draft is the full-domain release, and measures the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from anonymiser.attributes import Role
from anonymiser.errors import InputError, RecipeError
from anonymiser.methods import METHODS, LocalRecoding, Mondrian, method_named
from anonymiser.microdata import Microdata
from anonymiser.planning import requirements_in_force
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.transform.base import Cover, DraftColumn, tidy
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import REGISTRY, released, transform

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "customers.csv"
GENERATORS = generators_from(step_key(b"test"))


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(read(SAMPLE))


def levels_of(project: Project, step: int) -> dict[str, int]:
    return {plan.name: min(plan.top, step) for plan in project.recipe.qis}


@pytest.mark.parametrize("step", [0, 1, 2, 3, 9])
def test_without_a_method_every_measure_is_that_of_the_levels(project: Project, step: int) -> None:
    recipe = project.recipe.with_levels(levels_of(project, step))
    recipe = recipe.changed(suppression=0.05)
    found = transform(project.table, recipe, requirements_in_force(recipe), GENERATORS)
    expected = project.assess(recipe, histograms=True)
    for field in dataclasses.fields(expected):
        mine, theirs = getattr(found.assessment, field.name), getattr(expected, field.name)
        if field.name in (
            "quality",
            "sizes",
            "sensitive",
            "requirements",
            "kl_divergence",
            "marginal_distance",
            "population",
        ):
            continue
        assert mine == (None if theirs is None else pytest.approx(theirs, rel=1e-9, abs=1e-12)), field.name
    assert np.array_equal(found.assessment.sizes, expected.sizes)
    assert found.assessment.sensitive == expected.sensitive
    assert [r.reached for r in found.assessment.requirements] == [r.reached for r in expected.requirements]
    for name, value in vars(expected.quality).items():
        assert getattr(found.assessment.quality, name) == pytest.approx(value, rel=1e-9, abs=1e-12), name


def test_without_a_method_the_same_table_leaves(project: Project) -> None:
    recipe = project.recipe.with_levels(levels_of(project, 3)).changed(suppression=0.05)
    mine = released(transform(project.table, recipe, requirements_in_force(recipe), GENERATORS).draft, recipe)
    theirs = project.released(recipe)
    assert [c.name for c in mine.columns] == [c.name for c in theirs.columns]
    assert mine.dropped == theirs.dropped
    assert np.array_equal(mine.source_rows, theirs.source_rows)
    for one, other in zip(mine.columns, theirs.columns, strict=True):
        assert one.labels == other.labels
        assert np.array_equal(one.codes, other.codes)


def test_a_recipe_groups_at_most_once(project: Project) -> None:
    with pytest.raises(RecipeError, match="at most one method"):
        project.recipe.changed(methods=(Mondrian(), LocalRecoding()))


def test_methods_survive_json(project: Project) -> None:
    recipe = project.recipe.changed(methods=(Mondrian(relaxed=True),))
    assert type(recipe).from_json(recipe.to_json()) == recipe
    with pytest.raises(RecipeError):
        type(recipe).from_json(recipe.to_json().replace('"mondrian"', '"magic"'))


def test_no_parameter_is_a_seed_and_every_method_says_what_it_is() -> None:
    for method in METHODS:
        assert not {"seed", "random_state", "key"} & set(method.model_fields)
        assert method.title
        assert method.about.endswith(".")
        assert method.when.endswith(".")
        assert method.not_protected.endswith(".")
        assert method_named(method.model_fields["method"].default) is method
    with pytest.raises(InputError, match="no method called 'magic'"):
        method_named("magic")


def test_every_method_has_its_code_and_no_code_is_without_a_method() -> None:
    assert set(REGISTRY) <= {method.model_fields["method"].default for method in METHODS}


def test_equal_texts_become_one_label() -> None:
    column = DraftColumn(
        "a", Role.QUASI, "category", "exact", "", ("x", "y"), np.array([0, 1], np.uint8), Cover.exact(2, 2)
    )
    cover = Cover(np.array([0.1, 0.4, 0.2, 0.0]), np.array([0.1, 0.4, 0.2, 0.5]), np.array([0, 1, 2, 0]), np.ones(4))
    made = tidy(column, ["p", "q", "p"], np.array([0, 1, 2, 3]), cover)
    assert made.labels == ("p", "q")
    assert made.codes.tolist() == [0, 1, 0, 2]
    assert made.cover.share.tolist() == [0.2, 0.4, 0.5]
    assert made.cover.levels.tolist() == [0, 1, 0]


def test_an_empty_table_is_refused() -> None:
    project = Project(Microdata.from_columns({"age": [], "job": []}))
    recipe = project.recipe
    for plan in recipe.attributes:
        recipe = recipe.with_attribute(plan.name, role=type(plan.role).QUASI, treatment=type(plan.treatment).RELEASE)
    with pytest.raises(InputError, match="no records"):
        transform(project.table, recipe, (), GENERATORS)
