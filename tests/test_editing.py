from __future__ import annotations

from typing import ClassVar

import pytest

from anonymiser.attributes import Concept, Role
from anonymiser.editing import (
    NumberRule,
    RuleKind,
    edge_rows,
    edges_rule,
    group_rows,
    groups_rule,
    kind_of,
    kinds_for,
    new_rule,
    number_rule,
    numbers_in,
    role_groups,
    with_concept,
    with_hierarchy,
    with_missing_codes,
    with_roles,
)
from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import DateSpec, FlatSpec, GroupSpec, IntervalSpec, TableSpec, education_groups
from anonymiser.microdata import Column, Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment

AGES = [str(18 + i % 60) for i in range(600)] + ["99"]


def column(values: list[str], name: str = "x") -> Column:
    return Microdata.from_columns({name: values}).column(name)


def recipe() -> Recipe:
    weight = number_rule(column(AGES), NumberRule(widths=(5, 10)))
    return Recipe(
        attributes=(
            AttributePlan(name="id", role=Role.DIRECT, hierarchy=FlatSpec(), treatment=Treatment.DROP),
            AttributePlan(name="sex", role=Role.QUASI, hierarchy=FlatSpec()),
            AttributePlan(name="weight", role=Role.QUASI, hierarchy=weight),
        )
    )


class TestRoles:
    def test_a_direct_identifier_is_dropped(self) -> None:
        changed = with_roles(recipe(), {"sex": Role.DIRECT}, RESEARCHERS)
        assert changed.attribute("sex").treatment is Treatment.DROP
        assert changed.attribute("weight") == recipe().attribute("weight")

    def test_several_at_once_and_back(self) -> None:
        changed = with_roles(recipe(), {"id": Role.QUASI, "sex": Role.INSENSITIVE}, RESEARCHERS)
        assert changed.attribute("id").is_qi
        assert not changed.attribute("sex").is_qi

    def test_an_exact_number_that_no_longer_counts_leaves_in_bands(self) -> None:
        changed = with_roles(recipe(), {"weight": Role.OBSERVABLE}, RESEARCHERS)
        assert changed.attribute("weight").level == 1

    def test_an_open_release_keeps_only_what_counts(self) -> None:
        changed = with_roles(recipe(), {"weight": Role.OBSERVABLE}, GOVERNMENT)
        assert changed.attribute("weight").treatment is Treatment.DROP
        assert with_roles(changed, {"weight": Role.QUASI}, GOVERNMENT).attribute("weight").is_qi

    def test_the_same_role_changes_nothing(self) -> None:
        assert with_roles(recipe(), {"sex": Role.QUASI}, RESEARCHERS) == recipe()

    def test_groups_name_every_column_that_does_something(self) -> None:
        changed = with_roles(recipe(), {"weight": Role.OBSERVABLE_SENSITIVE}, RESEARCHERS)
        named = {group.title: group.columns for group in role_groups(changed)}
        assert named == {
            "Name one person": ("id",),
            "Point together": ("sex",),
            "Seen by others": ("weight",),
            "Could harm": ("weight",),
        }


class TestRules:
    def test_a_level_keeps_its_word(self) -> None:
        before = recipe().with_levels({"weight": 2})
        word = before.attribute("weight").level_name
        finer = number_rule(column(AGES), NumberRule(widths=(1, 5, 10)))
        assert with_hierarchy(before, "weight", finer).attribute("weight").level_name == word

    def test_hidden_stays_hidden(self) -> None:
        top = recipe().attribute("weight").top
        changed = with_hierarchy(recipe().with_levels({"weight": top}), "weight", FlatSpec())
        assert not changed.attribute("weight").leaves

    def test_a_word_that_is_gone_does_not_hide_the_column(self) -> None:
        changed = with_hierarchy(recipe().with_levels({"weight": 2}), "weight", FlatSpec())
        assert changed.attribute("weight").level == 0

    def test_another_meaning_brings_another_rule(self) -> None:
        changed = with_concept(recipe(), "sex", Concept.BIRTHDATE, DateSpec())
        assert (changed.attribute("sex").concept, kind_of(changed.attribute("sex").hierarchy)) == (
            Concept.BIRTHDATE,
            RuleKind.DATES,
        )

    @pytest.mark.parametrize("kind", list(RuleKind))
    def test_every_kind_that_is_offered_places_every_value(self, kind: RuleKind) -> None:
        values = column(AGES)
        if kind in kinds_for(values, FlatSpec()):
            spec = new_rule(kind, values)
            spec.build(values, strict=True)
            assert kind_of(spec) is kind

    def test_numbers_are_not_offered_as_countries(self) -> None:
        assert RuleKind.COUNTRIES not in kinds_for(column(AGES), FlatSpec())
        assert RuleKind.NUMBERS not in kinds_for(column(["Fiji", "Peru"]), FlatSpec())


class TestNumbers:
    def test_top_coding_and_folded_ends(self) -> None:
        spec = number_rule(column(AGES), NumberRule(widths=(10,), top=60, fewest=5, unit="years"))
        labels = spec.labels(spec.levels[0])
        assert labels[-1] == "60 years or more"
        hierarchy = spec.build(column(AGES))
        assert hierarchy.level_names == ("exact", "10 years", "hidden")

    def test_bands_on_top_nest_in_the_widths(self) -> None:
        spec = number_rule(column(AGES), NumberRule(widths=(5, 10), bands=3))
        assert len(spec.levels) == 3
        assert set(spec.levels[-1].edges) <= set(spec.levels[-2].edges)

    def test_widths_that_do_not_nest_are_refused(self) -> None:
        with pytest.raises(HierarchyError, match="do not nest"):
            number_rule(column(AGES), NumberRule(widths=(4, 6)))

    def test_nothing_left_is_refused(self) -> None:
        with pytest.raises(HierarchyError, match="No range"):
            number_rule(column(["1", "2"]), NumberRule(widths=(1,), fewest=100))

    def test_parameters_come_back(self) -> None:
        rule = NumberRule(widths=(5.0, 10.0), unit="kg")
        assert numbers_in(number_rule(column(AGES), rule)).widths == (5.0, 10.0)
        assert numbers_in(FlatSpec()) == NumberRule()

    def test_edges_come_back_unchanged(self) -> None:
        spec = number_rule(column(AGES), NumberRule(widths=(5, 10), bands=3))
        assert edges_rule(spec, edge_rows(spec)) == spec

    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            ([("", "1, 2")], "no word"),
            ([("a", "1, x")], "not a number"),
            ([("a", " ")], "no edge"),
            ([("a", "2, 1")], "not increasing"),
            ([("a", "1, 3"), ("b", "2")], "cut through"),
            ([("a", "1, nan")], "not increasing"),
        ],
    )
    def test_edges_that_cannot_be_used(self, rows: list[tuple[str, str]], words: str) -> None:
        with pytest.raises(HierarchyError, match=words):
            edges_rule(IntervalSpec(levels=()), rows)


class TestGroups:
    def test_groups_come_back_unchanged(self) -> None:
        spec = education_groups(["primary", "secondary", "bachelor", "masters", "phD", "other"])
        names, rows = group_rows(spec)
        again = groups_rule(names, rows)
        assert set(group_rows(again)[1]) == set(rows)
        assert again.level_names == spec.level_names

    def test_an_imported_table_is_edited_without_its_top(self) -> None:
        spec = TableSpec(rows=(("a", "x", "*"), ("b", "x", "*")))
        assert group_rows(spec) == (("level 1",), [("a", "x"), ("b", "x")])

    def test_a_value_without_a_group_is_named(self) -> None:
        with pytest.raises(HierarchyError, match="no group") as error:
            groups_rule(("g",), [("a", "x"), ("b", "")])
        assert error.value.values == ("b",)

    def test_a_value_that_stands_twice_is_named(self) -> None:
        with pytest.raises(HierarchyError, match="more rows than one") as error:
            groups_rule(("g",), [("a", "x"), ("a", "y")])
        assert error.value.values == ("a",)

    def test_a_group_in_two_groups_is_refused(self) -> None:
        with pytest.raises(HierarchyError, match="more groups than one"):
            groups_rule(("g", "h"), [("a", "x", "1"), ("b", "x", "2")])

    def test_groups_that_miss_a_value_of_the_column_are_refused(self) -> None:
        spec = groups_rule(("g",), [("a", "x")])
        assert isinstance(spec, GroupSpec)
        with pytest.raises(HierarchyError) as error:
            spec.build(column(["a", "b"]), strict=True)
        assert error.value.values == ("b",)


class TestMissingCodes:
    """What the owner declares to mean "no value" is part of the recipe."""

    TABLE: ClassVar = {"weight": ["70", "999", "80", "999"], "height": ["170", "180", "999", "160"]}

    def opened(self, recipe: Recipe | None = None) -> Project:
        return Project(Microdata.from_columns(self.TABLE), recipe)

    def test_the_next_extract_is_read_alike(self) -> None:
        first = self.opened()
        recipe = with_missing_codes(first.table, first.recipe, "weight", ("999",))
        again = self.opened(Recipe.from_json(recipe.to_json()))
        assert again.table.column(again.recipe, "weight").n_missing == 2
        assert again.table.column(again.recipe, "height").n_missing == 0
        assert again.microdata.column("weight").n_missing == 0

    def test_classes_are_counted_anew(self) -> None:
        project = self.opened()
        recipe = project.recipe
        for plan in recipe.attributes:
            recipe = recipe.with_attribute(plan.name, role=Role.INSENSITIVE)
        project.change(recipe.with_attribute("weight", role=Role.QUASI, treatment=Treatment.RELEASE, level=0))
        assert not project.classes().hierarchies[0].missing
        project.change(with_missing_codes(project.table, project.recipe, "weight", ("999",)))
        assert project.classes().hierarchies[0].missing
        project.undo()
        assert not project.classes().hierarchies[0].missing

    def test_codes_that_nobody_has_change_nothing(self) -> None:
        project = self.opened()
        with pytest.raises(HierarchyError, match="No cell of 'weight' holds these codes"):
            with_missing_codes(project.table, project.recipe, "weight", ("998",))
