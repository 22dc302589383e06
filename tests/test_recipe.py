"""Recipes: JSON there and back, what they refuse, and that two equal ones are one key."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from anonymiser.attributes import Concept, Role
from anonymiser.errors import RecipeError
from anonymiser.hierarchies import (
    DateSpec,
    Derived,
    FlatSpec,
    Group,
    GroupLevel,
    GroupSpec,
    HierarchySpec,
    IntervalLevel,
    IntervalSpec,
    MaskSpec,
    PostcodeSpec,
    RareSpec,
    TableSpec,
)
from anonymiser.limits import MAX_QIS
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.recipe import AttributePlan, Recipe, ReleaseForm, Treatment

RULES: tuple[HierarchySpec, ...] = (
    FlatSpec(),
    TableSpec(rows=(("a", "letters", "*"), ("b", "letters", "*"))),
    GroupSpec(levels=(GroupLevel(name="2 groups", groups=(Group(label="ends", members=("a", "z")),)),)),
    IntervalSpec(levels=(IntervalLevel(name="tens", edges=(10.0, 20.0)),)),
    RareSpec(kept=("a",)),
    PostcodeSpec(),
)


@st.composite
def plans(draw: st.DrawFn, name: str) -> AttributePlan:
    rule = draw(st.sampled_from(RULES))
    return AttributePlan(
        name=name,
        role=draw(st.sampled_from(Role)),
        concept=draw(st.sampled_from(Concept)),
        hierarchy=rule,
        level=draw(st.integers(0, len(rule.level_names) - 1)),
        treatment=draw(st.sampled_from(Treatment)),
    )


def _one_person_key(drawn: Iterable[AttributePlan]) -> tuple[AttributePlan, ...]:
    """People are told apart by one column only: the first stays."""
    found: list[AttributePlan] = []
    for plan in drawn:
        second = plan.role is Role.PERSON and any(p.role is Role.PERSON for p in found)
        found.append(plan.model_copy(update={"role": Role.DIRECT}) if second else plan)
    return tuple(found)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    names = draw(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=5))
    requirements: list[KAnonymity | DistinctDiversity] = [KAnonymity(k=draw(st.integers(1, 10**12)))]
    if names:
        requirements.append(DistinctDiversity(attribute=names[0], l=draw(st.integers(1, 9))))
    return Recipe(
        attributes=_one_person_key(draw(plans(name)) for name in names),
        derived=draw(st.sampled_from([(), (Derived(name="bmi", inputs=("weight", "height")),)])),
        requirements=tuple(requirements),
        suppression=draw(st.floats(0, 1)),
        recipient=draw(st.text(max_size=8)),
        form=draw(st.sampled_from(ReleaseForm)),
        sample_fraction=draw(st.floats(0, 1, exclude_min=True)),
    )


@settings(max_examples=200, deadline=None)
@given(recipes())
def test_json_there_and_back(recipe: Recipe) -> None:
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert hash(again) == hash(recipe)
    assert again.to_json() == recipe.to_json()
    assert again.fingerprint == recipe.fingerprint
    assert Recipe.from_json(recipe.to_json().encode()) == recipe


@pytest.mark.parametrize("rule", [*RULES, DateSpec(first=1930), MaskSpec(steps=(1, 3))])
def test_every_rule_survives_json(rule: HierarchySpec) -> None:
    recipe = Recipe(attributes=(AttributePlan(name="x", role=Role.QUASI, hierarchy=rule),))
    assert Recipe.from_json(recipe.to_json()).attribute("x").hierarchy == rule


def plan(name: str, role: Role = Role.QUASI, **changes: object) -> AttributePlan:
    return AttributePlan(**{"name": name, "role": role, "hierarchy": FlatSpec(), **changes})


BASE = Recipe(attributes=(plan("sex"), plan("age", hierarchy=RULES[1]), plan("illness", Role.SENSITIVE)))


def test_a_recipe_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        BASE.suppression = 1.0
    with pytest.raises(ValidationError):
        BASE.attributes[0].level = 1
    assert BASE.with_levels({"age": 2}) != BASE
    assert BASE.with_levels({"age": 0}) is BASE
    assert BASE.node == (0, 0)


def test_levels_are_read_off() -> None:
    changed = BASE.with_levels({"age": 2, "sex": 1})
    assert changed.node == (1, 2)
    assert changed.attribute("age").level_name == "hidden"
    assert (changed.k, BASE.changed(requirements=()).k) == (5, 1)


def test_what_leaves() -> None:
    assert plan("a").leaves
    assert not plan("a", level=1).leaves
    assert not plan("a", treatment=Treatment.DROP).leaves
    assert not plan("a", Role.DIRECT).leaves
    assert plan("a", Role.DIRECT, treatment=Treatment.PSEUDONYM).leaves
    assert not plan("a", treatment=Treatment.DROP).is_qi
    assert [a.name for a in BASE.sensitive] == ["illness"]
    assert BASE.with_levels({"illness": 1}).sensitive == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"suppression": 1.5}, "suppression"),
        ({"suppression": -0.1}, "suppression"),
        ({"suppression": float("nan")}, "suppression"),
        ({"sample_fraction": 0}, "sample_fraction"),
        ({"version": 2}, "version"),
        ({"surprise": 1}, "surprise"),
        ({"requirements": [{"kind": "k_anonymity", "k": 0}]}, "k"),
        ({"requirements": [{"kind": "hope"}]}, "requirements"),
        ({"attributes": [{"name": "a"}]}, "attributes"),
        ({"attributes": json.loads(BASE.to_json())["attributes"] * 2}, "named twice"),
    ],
)
def test_a_malformed_recipe_is_refused_in_words(change: dict[str, object], words: str) -> None:
    document = json.loads(BASE.to_json()) | change
    with pytest.raises(RecipeError, match=words):
        Recipe.from_json(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "{}", "\x00", b"\xff\xfe{"])
def test_what_is_no_recipe_is_refused(text: str | bytes) -> None:
    with pytest.raises(RecipeError):
        Recipe.from_json(text)


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(RecipeError, match="levels 0 to 1, not 2"):
        BASE.with_levels({"sex": 2})
    with pytest.raises(RecipeError):
        BASE.with_levels({"sex": -1})
    with pytest.raises(RecipeError, match="no column"):
        BASE.with_levels({"shoe": 1})


def test_too_many_quasi_identifiers_are_refused() -> None:
    many = [plan(f"q{i}") for i in range(MAX_QIS + 1)]
    assert len(Recipe(attributes=tuple(many[:-1])).qis) == MAX_QIS
    with pytest.raises(RecipeError, match="at most"):
        BASE.changed(attributes=tuple(many))


def test_the_message_of_a_refusal_holds_no_value_of_a_hierarchy() -> None:
    document = json.loads(BASE.to_json())
    document["attributes"][1]["hierarchy"]["rows"] = [["Zebulon", 17], ["Quetzal", "*"]]
    with pytest.raises(RecipeError) as refused:
        Recipe.from_json(json.dumps(document))
    assert "Zebulon" not in str(refused.value)
    assert "Quetzal" not in str(refused.value)
