"""A project: measuring by recipe, the way back, saving, and next month's extract."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Concept, Role
from anonymiser.errors import ColumnError, HierarchyError, RecipeError
from anonymiser.gate import passes
from anonymiser.hierarchies import FlatSpec, TableSpec
from anonymiser.limits import MAX_QIS
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS, Policy
from anonymiser.privacy import DistinctDiversity, EntropyDiversity, KAnonymity, TCloseness
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment

AGES = TableSpec(rows=tuple((str(a), f"{a // 10 * 10}s", "young" if a < 40 else "old", "*") for a in range(20, 60)))
NAMES = ("id", "sex", "age", "town", "illness")


def table(rows: int = 200, *, seed: int = 5) -> Microdata:
    rng = np.random.default_rng(seed)
    return Microdata.from_columns(
        {
            "id": [f"person {i}" for i in range(rows)],
            "sex": [None if v == 2 else "FM"[v] for v in rng.choice(3, size=rows, p=[0.48, 0.48, 0.04])],
            "age": [str(a) for a in rng.integers(20, 60, size=rows)],
            "town": [f"town {t}" for t in rng.integers(0, 4, size=rows)],
            "illness": [f"illness {i}" for i in rng.integers(0, 6, size=rows)],
        },
        "people.csv",
    )


def recipe(**changes: object) -> Recipe:
    plans = (
        AttributePlan(name="id", role=Role.DIRECT, hierarchy=FlatSpec(), treatment=Treatment.DROP),
        AttributePlan(name="sex", role=Role.QUASI, hierarchy=FlatSpec()),
        AttributePlan(name="age", role=Role.QUASI, hierarchy=AGES),
        AttributePlan(name="town", role=Role.QUASI, hierarchy=FlatSpec()),
        AttributePlan(name="illness", role=Role.SENSITIVE, hierarchy=FlatSpec()),
    )
    given = {"attributes": plans, "requirements": (KAnonymity(k=4),), "suppression": 0.1}
    return Recipe(**{**given, **changes})


def project(**changes: object) -> Project:
    return Project(table(), recipe(**changes))


def plain_sizes(of: Project) -> list[int]:
    """Class sizes by counting the released labels of all rows."""
    chosen = of.recipe
    columns = []
    for plan in chosen.qis:
        labels, codes, _ = of.table.labels_at(chosen, plan)
        columns.append([labels[code] for code in codes])
    return sorted(Counter(zip(*columns, strict=True)).values())


# --- measuring ---


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=6))
def test_any_way_through_the_lattice_measures_each_node_alike(way: list[tuple[int, int, int]]) -> None:
    walked = project()
    for node in way:
        walked.change(walked.recipe.with_levels(dict(zip(("sex", "age", "town"), node, strict=True))))
        found = walked.assess()
        assert found.node == node
        assert np.repeat(found.sizes[:, 0], found.sizes[:, 1]).tolist() == plain_sizes(walked)
        fresh = Project(walked.microdata, walked.recipe).assess()
        assert (found.k, found.loss, found.suppressed, found.met) == (fresh.k, fresh.loss, fresh.suppressed, fresh.met)


def test_an_assessment_is_kept_until_the_recipe_changes() -> None:
    walked = project()
    first = walked.assess()
    assert walked.assess() is first
    walked.change(walked.recipe.changed(suppression=1.0))
    assert walked.assess() is not first
    walked.undo()
    assert walked.assess() is first


def test_the_released_table_is_what_was_measured() -> None:
    walked = project(requirements=(KAnonymity(k=4), DistinctDiversity(attribute="illness", l=2)), suppression=1.0)
    walked.change(walked.recipe.with_levels({"age": 2}))
    found, released = walked.assess(), walked.released()
    assert (released.rows, released.suppressed) == (found.kept, found.suppressed)
    assert [c.name for c in released.columns] == ["sex", "age", "town", "illness"]
    rows = list(zip(*(c.codes.tolist() for c in released.columns[:3]), strict=True))
    assert min(Counter(rows).values()) == found.k
    assert len(set(rows)) == found.classes
    secret = released.columns[3].codes.tolist()
    assert min(len({s for r, s in zip(rows, secret, strict=True) if r == group}) for group in set(rows)) >= 2


@pytest.mark.parametrize("model", [EntropyDiversity(attribute="illness", l=2), TCloseness(attribute="illness", t=0.5)])
def test_a_requirement_that_counts_sensitive_values(model: EntropyDiversity | TCloseness) -> None:
    walked = project(requirements=(KAnonymity(k=4), model), suppression=1.0)
    walked.change(walked.recipe.with_levels({"age": 2}))
    found = walked.assess()
    assert (found.met, found.requirements[1].met) == (True, True)
    assert walked.released().rows == found.kept
    again = Recipe.from_json(walked.recipe.to_json())
    assert Project(walked.microdata, again).assess().suppressed == found.suppressed


def test_when_too_many_would_go_nobody_goes() -> None:
    walked = project(requirements=(KAnonymity(k=100),), suppression=0.1)
    found = walked.assess()
    assert (found.met, found.suppressed, walked.released().suppressed) == (False, 0, 0)
    assert walked.released().rows == walked.microdata.rows


def test_every_record_suppressed() -> None:
    walked = project(requirements=(KAnonymity(k=10_000),), suppression=1.0)
    found, released = walked.assess(), walked.released()
    assert (found.kept, found.k, found.met) == (0, 0, False)
    assert (released.rows, released.suppressed) == (0, walked.microdata.rows)


def test_no_quasi_identifier() -> None:
    plain = recipe()
    for name in ("sex", "age", "town"):
        plain = plain.with_attribute(name, role=Role.INSENSITIVE)
    with pytest.raises(ColumnError, match="No quasi-identifier"):
        Project(table(), plain).assess()


@pytest.mark.parametrize("content", [["x"] * 30, [None] * 30, [f"v{i}" for i in range(30)]])
def test_constant_missing_and_unique_columns(content: list[str | None]) -> None:
    microdata = Microdata.from_columns({"a": content, "b": ["F", "M"] * 15})
    plans = tuple(AttributePlan(name=name, role=Role.QUASI, hierarchy=FlatSpec()) for name in "ab")
    walked = Project(microdata, Recipe(attributes=plans, requirements=(KAnonymity(k=2),)))
    assert walked.assess().k == (1 if len(set(content)) > 1 else 15)
    walked.change(walked.recipe.with_levels({"a": 1, "b": 1}))
    found = walked.assess()
    assert (found.k, found.classes) == (30, 1)
    assert 0 <= found.loss <= 1


def test_a_table_of_one_row() -> None:
    microdata = Microdata.from_columns({"a": ["x"]})
    plan = AttributePlan(name="a", role=Role.QUASI, hierarchy=FlatSpec())
    walked = Project(microdata, Recipe(attributes=(plan,), requirements=(KAnonymity(k=2),)))
    assert (walked.assess().k, walked.assess().met) == (1, False)


# --- requirements on columns that cannot bear them ---


def test_a_requirement_on_a_hidden_column_asks_nothing() -> None:
    walked = project(requirements=(KAnonymity(k=4), DistinctDiversity(attribute="illness", l=3)), suppression=1.0)
    strict = walked.assess().suppressed
    walked.change(walked.recipe.with_levels({"illness": 1}))
    assert walked.assess().suppressed <= strict
    assert walked.released().suppressed == walked.assess().suppressed
    walked.change(walked.recipe.with_attribute("illness", treatment=Treatment.DROP))
    assert len(walked.assess().requirements) == 1


@pytest.mark.parametrize("name", ["town", "shoe size"])
def test_a_requirement_on_a_column_that_is_not_sensitive_is_refused(name: str) -> None:
    wrong = recipe(requirements=(KAnonymity(k=2), DistinctDiversity(attribute=name, l=2)))
    with pytest.raises(RecipeError, match=name):
        Project(table(), wrong).assess()
    with pytest.raises(RecipeError, match=name):
        project().load_json(wrong.to_json())


# --- the way back ---


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["undo", "redo", "reset", 0, 1, 2, 3]), max_size=25))
def test_undo_and_redo_go_back_and_forth_without_loss(steps: list[str | int]) -> None:
    walked = project()
    past, future, current = [], [], walked.recipe
    for step in steps:
        if step == "undo":
            walked.undo()
            if past:
                future.append(current)
                current = past.pop()
        elif step == "redo":
            walked.redo()
            if future:
                past.append(current)
                current = future.pop()
        else:
            target = recipe() if step == "reset" else current.with_levels({"age": int(step)})
            walked.reset() if step == "reset" else walked.change(target)
            if target != current:
                past.append(current)
                future, current = [], target
        assert walked.recipe == current
        assert (walked.can_undo, walked.can_redo) == (bool(past), bool(future))


def test_scenarios_are_kept_under_their_names() -> None:
    walked = project()
    walked.keep("fine")
    walked.change(walked.recipe.with_levels({"age": 2}))
    walked.keep("coarse", "for the board")
    walked.keep("fine")
    assert [(s.name, s.recipe.node, s.note) for s in walked.scenarios] == [
        ("coarse", (0, 2, 0), "for the board"),
        ("fine", (0, 2, 0), ""),
    ]


# --- saving ---


def test_a_saved_project_comes_back_whole() -> None:
    walked = project()
    own = Policy.custom("Our auditor", open_release=False, k=7, suppression=0.1, distinct_l=2)
    walked.policies[own.name] = own
    walked.keep("exact")
    walked.change(walked.recipe.with_levels({"age": 3}))
    saved = walked.to_json()
    assert "person 1" not in saved
    again = Project(table(), recipe())
    again.load_json(saved)
    assert again.recipe == walked.recipe
    assert again.scenarios == walked.scenarios
    assert again.policies == walked.policies
    assert again.to_json() == saved
    again.undo()
    assert again.recipe == recipe()


@pytest.mark.parametrize(
    "damage",
    [
        {"scenarios": 7},
        {"scenarios": ["x"]},
        {"scenarios": [{"name": "x"}]},
        {"policies": [{"name": "x"}]},
        {"policies": [7]},
        {"policies": None},
        {"recipe": {}},
    ],
)
def test_a_damaged_project_is_refused_and_nothing_is_lost(damage: dict[str, object]) -> None:
    walked = project()
    walked.keep("mine")
    document = json.loads(walked.to_json()) | damage
    before = (walked.recipe, walked.scenarios, walked.policies.copy())
    with pytest.raises(RecipeError):
        walked.load_json(json.dumps(document))
    assert (walked.recipe, walked.scenarios, walked.policies) == before


@pytest.mark.parametrize("text", ["", "{", "[1]", "7", "[" * 100_000, b"\xff\x00"])
def test_what_is_no_project_is_refused(text: str | bytes) -> None:
    with pytest.raises(RecipeError):
        project().load_json(text)


@pytest.mark.parametrize("k", [1, 0, float("nan")])
def test_a_file_cannot_bring_a_policy_without_protection(k: float) -> None:
    own = Policy.custom("Anyone", open_release=True, k=2, suppression=0.1, distinct_l=None).model_dump(mode="json")
    document = json.loads(project().to_json()) | {"policies": [own | {"k": {"value": k}}]}
    with pytest.raises(RecipeError):
        project().load_json(json.dumps(document))


def test_a_file_cannot_replace_a_built_in_policy() -> None:
    weak = GOVERNMENT.model_copy(update={"k": RESEARCHERS.k}).model_dump(mode="json")
    document = json.loads(project().to_json()) | {"policies": [weak]}
    walked = project()
    with pytest.raises(RecipeError, match="built-in"):
        walked.load_json(json.dumps(document))
    assert walked.policies[GOVERNMENT.name] == GOVERNMENT


# --- next month's extract ---


def next_month() -> Microdata:
    rows = 40
    return Microdata.from_columns(
        {
            "id": [f"person {i}" for i in range(rows)],
            "sex": ["F", "M", "X", None] * 10,
            "age": ["25", "61", "34", "ninety"] * 10,
            "town": ["town 1", "a new town"] * 20,
            "illness": ["illness 1", "something new"] * 20,
        },
        "next.csv",
    )


def test_values_never_seen_are_placed_and_reported_never_dropped() -> None:
    month = Project(next_month(), recipe(requirements=(KAnonymity(k=1),)))
    assert month.table.unseen(month.recipe) == {"age": 2}
    for level in range(4):
        month.change(month.recipe.with_levels({"age": level}))
        assert month.assess().rows == 40
        assert int((month.assess().sizes[:, 0] * month.assess().sizes[:, 1]).sum()) == 40
        assert month.released().rows == 40
        assert plain_sizes(month) == np.repeat(*month.assess().sizes.T).tolist()
    labels = {c.name: c for c in month.released(month.recipe.with_levels({"age": 1})).columns}["age"].labels
    assert "not listed" in labels
    assert not {"61", "ninety"} & set(labels)


def test_a_new_table_refuses_a_hierarchy_that_misses_values() -> None:
    strict = Project(next_month())
    bad = recipe(requirements=(KAnonymity(k=1),))
    with pytest.raises(HierarchyError, match="misses 2 values") as refused:
        strict.assess(bad)
    assert "ninety" not in str(refused.value)
    assert set(refused.value.values) == {"61", "ninety"}


@pytest.mark.parametrize("gone", ["sex", "illness"])
def test_a_recipe_for_other_columns_is_refused(gone: str) -> None:
    columns = {name: ["1", "2"] for name in NAMES if name != gone}
    with pytest.raises(RecipeError, match=gone):
        Project(Microdata.from_columns(columns), recipe()).load_json(recipe().to_json())
    with pytest.raises(RecipeError, match="shoe"):
        Project(Microdata.from_columns({**{name: ["1"] for name in NAMES}, "shoe": ["7"]}), recipe()).load_json(
            recipe().to_json()
        )


# --- policies ---


def test_a_column_about_a_name_never_leaves_whatever_role_it_is_given() -> None:
    walked = project()
    for policy in (RESEARCHERS, GOVERNMENT):
        walked.choose_policy(policy.name)
        assert walked.checks()[0].met
        for role in (Role.INSENSITIVE, Role.QUASI, Role.SENSITIVE):
            given = {"role": role, "treatment": Treatment.RELEASE}
            renamed = walked.recipe.with_attribute("id", **given, concept=Concept.SURNAME)
            check = walked.checks(renamed)[0]
            assert (check.name, check.met, check.may_override) == ("Direct identifiers", False, False)
            assert walked.checks(renamed.with_attribute("id", concept=Concept.CATEGORY))[0].met
            assert walked.checks(renamed.with_levels({"id": 1}))[0].met


def test_choosing_a_policy_sets_its_requirements_and_can_be_undone() -> None:
    walked = project()
    walked.choose_policy(GOVERNMENT.name)
    assert (walked.recipe.k, walked.policy) == (11, GOVERNMENT)
    assert not passes(walked.checks())
    walked.undo()
    assert walked.recipe == recipe()
    with pytest.raises(RecipeError, match="no policy"):
        walked.choose_policy("Nobody")


def test_a_recipe_for_an_unknown_recipient_is_refused() -> None:
    project = Project(Microdata.from_columns({"sex": ["F", "M"], "age": ["1", "2"]}))
    stranger = project.recipe.changed(recipient="Nobody we know")
    with pytest.raises(RecipeError, match="whose policy is not here"):
        project.load_json(stranger.to_json())
    assert project.recipe.recipient != "Nobody we know"


def test_more_quasi_identifiers_than_can_be_measured_are_dropped_not_refused() -> None:
    """Forty columns of towns: those beyond the limit do not leave, and say so by their treatment."""
    columns = {f"town_{i}": [f"{'ABCDEFGH'[(row * (i + 3)) % 8]}{row % 50}" for row in range(300)] for i in range(40)}
    project = Project(Microdata.from_columns(columns))
    assert len(project.recipe.qis) == MAX_QIS
    others = [plan for plan in project.recipe.attributes if not plan.is_qi]
    assert len(others) == 40 - MAX_QIS
    assert not any(plan.leaves for plan in others)
    project.choose_policy(GOVERNMENT.name)
    assert len(project.recipe.qis) == MAX_QIS
