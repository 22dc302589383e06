"""Where the methods in use stand among the settings of the sliders, and the next step with them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from anonymiser import exploring, trying
from anonymiser.methods import LocalRecoding, LocalSuppression, MethodParameters, Mondrian, Noise
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import Treatment
from anonymiser.search import Axis
from pages.common.state import SAMPLE


@pytest.fixture(scope="module")
def customers() -> Project:
    return Project(read(SAMPLE))


def using(project: Project, *methods: MethodParameters, start: trying.From = trying.From.EXACT) -> Project:
    project.change(trying.recipe_with(project, methods, start))
    return project


def test_a_method_stands_where_its_released_rows_say(customers: Project) -> None:
    project = using(customers, Mondrian())
    found, table = trying.standing(project), project.released()
    assert found is not None
    names = {plan.name for plan in project.recipe.qis}
    sizes = Counter(zip(*(c.codes.tolist() for c in table.columns if c.name in names), strict=True))
    assert found.along(Axis.GROUP) == min(sizes.values()) == found.along(Axis.SMALLEST)
    assert found.along(Axis.MEAN_RISK) == pytest.approx(len(sizes) / table.rows)
    assert found.along(Axis.LARGEST_RISK) == pytest.approx(1 / min(sizes.values()))
    assert found.along(Axis.DELETED) == project.microdata.rows - table.rows
    assert found.along(Axis.DETAIL) == project.assess().detail_kept
    assert found.along(Axis.DISCERNIBILITY) == sum(n * n for n in sizes.values())
    assert trying.standing_in_words(found).startswith("Mondrian: smallest group ")


def test_rows_that_fail_count_as_deleted_even_past_the_limit(customers: Project) -> None:
    project = using(customers, LocalRecoding())
    project.change(project.recipe.changed(methods=(LocalSuppression(k=2),), suppression=0.0))
    found = trying.standing(project)
    assert found is not None
    assert not found.met
    assert found.assessment.suppressed == found.assessment.failing > 0
    assert found.assessment.k >= project.recipe.k > found.smallest
    assert "not met" in trying.standing_in_words(found)
    project.change(project.recipe.changed(suppression=0.05))


def test_changed_numbers_have_no_place_among_levels(customers: Project) -> None:
    project = using(customers, Noise(names=("weight",)))
    quasi = project.recipe.qis[0].role
    project.change(project.recipe.with_attribute("weight", role=quasi, treatment=Treatment.RELEASE))
    found = trying.standing(project)
    assert found is not None
    assert found.no_place
    assert all(found.along(axis) is None for axis in Axis)
    assert "has no place in this picture" in trying.standing_in_words(found)


def test_the_next_step_compares_with_the_best_levels() -> None:
    project = using(Project(read(SAMPLE)), Mondrian())
    assert trying.best_levels(project, 60) is not None
    told = trying.advice_with_methods(project)
    assert told is not None
    best = trying.best_levels(project)
    assert best is not None
    alone = project.assess(best.recipe, histograms=True)
    better = project.assess().gcp <= alone.gcp
    assert f"{100 * best.detail:.0f} % of the detail" in told.sentence, "as the methods page has it"
    assert ("Mondrian keeps more than the best levels" in told.title) == better
    assert (told.recipe is None) == better


def test_a_methods_own_small_groups_are_raised() -> None:
    project = using(Project(read(SAMPLE)), LocalSuppression(k=2))
    project.change(project.recipe.changed(suppression=0.0))
    told = trying.advice_with_methods(project)
    assert told is not None
    assert told.recipe is not None
    assert told.recipe.methods == (LocalSuppression(k=project.recipe.k),)
    assert "makes groups of 2" in told.title


def test_a_setting_that_is_used_does_without_the_method() -> None:
    project = using(Project(read(SAMPLE)), Mondrian())
    node = tuple(plan.top for plan in project.recipe.qis)
    exploring.apply(project, node)
    assert project.recipe.node == node
    assert not project.recipe.methods
    project.undo()
    assert project.recipe.methods == (Mondrian(),)


def test_who_disappears_is_counted_on_the_methods_groups() -> None:
    project = using(Project(read(SAMPLE)), LocalSuppression(k=2))
    found = exploring.who_disappears(project, project.recipe, "gender")
    standing = trying.standing(project)
    assert standing is not None
    assert sum(found.gone) == standing.assessment.failing > 0
    assert sum(found.rows) == project.microdata.rows
    assert np.isclose(found.worst_times, max(found.times))
