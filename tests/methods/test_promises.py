"""What every registered method promises, counted again from the file that it leaves: a new method joins by itself."""

from __future__ import annotations

import csv
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymiser import trying
from anonymiser.attributes import Role
from anonymiser.errors import InputError
from anonymiser.hierarchies import FlatSpec
from anonymiser.methods import METHODS, MethodParameters, Scope
from anonymiser.microdata import Microdata
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.release.table_file import write_table
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import Transformed, released, transform
from tests.transform.adult import EIGHT, adult, needs_adult

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "customers.csv"
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.title)
ROLES = {
    "age": Role.QUASI,
    "job": Role.QUASI,
    "town": Role.QUASI,
    "disease": Role.SENSITIVE,
    "pay": Role.INSENSITIVE,
    "note": Role.INSENSITIVE,
}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[str | None]]:
    """Missing values, constants, ties, one record; ``pay`` is a number everywhere."""
    rows = draw(st.integers(1, 30))

    def column(values: Sequence[str | None]) -> list[str | None]:
        return draw(st.lists(st.sampled_from(values), min_size=rows, max_size=rows))

    return {
        "age": column(draw(st.sampled_from([["30"], ["20", "30", "31", "77"], ["20", "55", None]]))),
        "job": column(draw(st.sampled_from([["nurse"], ["nurse", "cook", "clerk", "-1"], ["nurse", "cook", None]]))),
        "town": column(draw(st.sampled_from([["A"], ["A", "B", "C", "D", "E"]]))),
        "disease": column(draw(st.sampled_from([["flu"], ["flu", "cold", "gout"], ["flu", "cold", None]]))),
        "pay": column(["100", "200", "300", "450", "9000"]),
        "note": column(["abc", "abd", "xyz"]),
    }


def project_of(table: dict[str, list[str | None]], k: int, diversity: int) -> Project:
    plans = tuple(AttributePlan(name=name, role=role, hierarchy=FlatSpec()) for name, role in ROLES.items())
    wanted = (KAnonymity(k=k), DistinctDiversity(attribute="disease", l=diversity))
    return Project(Microdata.from_columns(table), Recipe(attributes=plans, requirements=wanted))


def spec_of(project: Project, method: type[MethodParameters]) -> MethodParameters:
    return trying.made(method, trying.first_values(project, method))


def run(project: Project, spec: MethodParameters, key: bytes = b"one") -> tuple[Transformed, Recipe]:
    recipe = trying.recipe_with(project, (spec,), trying.From.SLIDERS)
    return transform(project.table, recipe, project.in_force(recipe), generators_from(step_key(key))), recipe


def read_back(made: Transformed, recipe: Recipe) -> list[dict[str, str]]:
    """The records as somebody else's program reads them from the file."""
    table = released(made.draft, recipe)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        write_table(table, np.arange(table.rows), path)
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def classes_in(rows: list[dict[str, str]], recipe: Recipe) -> list[list[dict[str, str]]]:
    names = [plan.name for plan in recipe.qis if rows and plan.name in rows[0]]
    found: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return list(found.values())


def assert_clear(error: InputError) -> None:
    """A sentence, without a value of the data."""
    assert str(error).endswith((".", "?"))
    assert not any(value in str(error) for value in ("nurse", "cook", "9000", "gout"))


def check(made: Transformed, recipe: Recipe) -> None:
    """Count everything again from the file."""
    assessment, rows = made.assessment, read_back(made, recipe)
    assert made.draft.suppressed is not None
    assert len(rows) == made.draft.rows - int(made.draft.suppressed.sum())
    classes = classes_in(rows, recipe)
    if assessment.no_k:
        assert assessment.k <= 1
        assert not assessment.met or recipe.k <= 1
        return
    assert assessment.k == min(map(len, classes), default=0)
    assert assessment.classes == len(classes)
    if assessment.met:
        assert min(map(len, classes)) >= recipe.k
        for requirement in recipe.requirements:
            if isinstance(requirement, DistinctDiversity) and requirement.attribute in rows[0]:
                values = [{row[requirement.attribute] for row in one} - {"", "missing", "*"} for one in classes]
                assert min(map(len, values)) >= requirement.l


@every_method
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables(), k=st.integers(1, 6), diversity=st.integers(1, 2))
def test_on_any_small_table(
    method: type[MethodParameters], table: dict[str, list[str | None]], k: int, diversity: int
) -> None:
    project = project_of(table, k, diversity)
    try:
        spec = spec_of(project, method)
        made, recipe = run(project, spec)
    except InputError as error:
        assert_clear(error)
        return
    check(made, recipe)


@every_method
def test_on_the_insurers_table(method: type[MethodParameters]) -> None:
    project = Project(read(SAMPLE))
    spec = spec_of(project, method)
    made, recipe = run(project, spec)
    check(made, recipe)
    if method.scope is Scope.GROUPING and not made.draft.no_k:
        assert made.assessment.met
    for record in made.draft.record:
        assert record.sentences
        assert not any("seed" in sentence.casefold() for sentence in record.sentences)


class TestOnAdult:
    """The first 4,000 records: enough for every kind of group, and quick."""

    pytestmark = needs_adult

    @pytest.mark.parametrize(
        "method", [m for m in METHODS if m.scope is Scope.GROUPING], ids=lambda method: method.title
    )
    def test_groups_keep_k_and_l(self, method: type[MethodParameters]) -> None:
        whole = adult(10, qi=EIGHT, sensitive="occupation", require=("distinct_l:occupation:3",))
        columns = {name: whole.microdata.column(name) for name in whole.microdata.names}
        first = {name: [(*c.values, None)[code] for code in c.codes[:4000]] for name, c in columns.items()}
        project = Project(Microdata.from_columns(first), whole.recipe)
        made, recipe = run(project, spec_of(project, method))
        assert made.assessment.met or made.draft.no_k
        check(made, recipe)


@every_method
def test_a_table_smaller_than_k_is_refused_or_not_met(method: type[MethodParameters]) -> None:
    table: dict[str, list[Any]] = {name: ["1", "2", "3"] for name in ROLES}
    project = project_of(table, 50, 1)
    try:
        made, _ = run(project, spec_of(project, method))
    except InputError as error:
        assert_clear(error)
        return
    assert not made.assessment.met
    assert method.scope is not Scope.GROUPING or made.draft.no_k


@every_method
def test_the_same_key_gives_the_same_table_and_another_key_another(method: type[MethodParameters]) -> None:
    project = Project(read(SAMPLE))
    spec = spec_of(project, method)
    first, again, other = (read_back(*run(project, spec, key)) for key in (b"one", b"one", b"two"))
    assert first == again
    if method.random and method.title != "Rounding":  # which draws only where it is asked to
        assert first != other
    if not method.random:
        assert first == other
