"""The table of a population, encoded under the rules of another table's recipe. Nothing of it ever leaves."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build
from anonymiser.errors import InputError
from anonymiser.microdata import Column, Microdata, smallest_dtype
from anonymiser.privacy.population import people_lacking
from anonymiser.recipe import Recipe
from anonymiser.transform.encoded import EncodedTable

__all__ = ["PopulationTable"]


class PopulationTable:
    """The people that a table was drawn from, one row each.

    Columns are matched by name. A value that the table does not have is placed by the rules of the
    recipe, as one of next month's extract would be; its people can match the table where the rule
    gives them a label of the table.

    Parameters
    ----------
    microdata : Microdata

    Raises
    ------
    InputError
        It holds no record.
    """

    def __init__(self, microdata: Microdata) -> None:
        if not microdata.rows:
            raise InputError(f"The population table {microdata.name} holds no record. Choose one that holds people.")
        self.microdata = microdata
        self._encoded = EncodedTable(microdata, strict=False)
        self._kept: tuple[Hashable, FrequencySet] | None = None
        self._told: tuple[Hashable, tuple[str, ...]] | None = None

    def classes(self, table: EncodedTable, recipe: Recipe) -> FrequencySet:
        """Its classes at level 0, over hierarchies that hold the values of both tables.

        Raises
        ------
        InputError
            It does not have a column that counts towards the groups, or by which people are told apart.
        """
        key = _key(table, recipe)
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, self._count(table, recipe))
        return self._kept[1]

    def unseen(self, recipe: Recipe) -> dict[str, int]:
        """How many of its values the rule of each column did not know (columns with none left out)."""
        found = {
            plan.name: len(plan.hierarchy.unseen(self._encoded.column(_narrow(recipe), plan.name)))
            for plan in recipe.qis
        }
        return {name: number for name, number in found.items() if number}

    def lacking(self, table: EncodedTable, recipe: Recipe, classes: FrequencySet) -> int:
        """People of the table, in the exact values of ``classes``, whom the population table cannot hold."""
        return people_lacking(classes, self.classes(table, recipe))

    def in_words(self, table: EncodedTable, recipe: Recipe, finest: FrequencySet) -> tuple[str, ...]:
        """What it holds, whom it lacks and what it has that is new, in sentences without values of the data."""
        key = _key(table, recipe)
        if self._told is None or self._told[0] != key:
            self._told = (key, self._sentences(table, recipe, finest))
        return self._told[1]

    def _sentences(self, table: EncodedTable, recipe: Recipe, finest: FrequencySet) -> tuple[str, ...]:
        told = [f"Population: {self.microdata.name}, {self.microdata.rows:,} records."]
        lacking = self.lacking(table, recipe, finest)
        if lacking:
            told.append(
                f"It does not hold everybody: {lacking:,} of the table's people are not in it with the same values. "
                "Every figure counts the people that it has, so none looks safer for that."
            )
        told += [
            f"{name}: {number:,} different values of the population are new to the recipe; they were placed."
            for name, number in self.unseen(recipe).items()
        ]
        return tuple(told)

    def _count(self, table: EncodedTable, recipe: Recipe) -> FrequencySet:
        self._refuse_other_columns(recipe)
        narrow = _narrow(recipe)
        hierarchies, leaves = [], []
        for plan in recipe.qis:
            both = _together(table.column(recipe, plan.name), self._encoded.column(narrow, plan.name))
            hierarchy = plan.hierarchy.build(both, strict=False)
            leaf = hierarchy.encode(both.values).astype(smallest_dtype(len(hierarchy.leaves)))
            hierarchies.append(hierarchy)
            leaves.append(leaf[both.codes])
        return build(hierarchies, leaves, self._people(narrow))

    def _people(self, recipe: Recipe) -> tuple[SensitiveCodes, ...]:
        return tuple(one for one in self._encoded.sensitive(recipe) if one.entity)

    def _refuse_other_columns(self, recipe: Recipe) -> None:
        here = self.microdata
        missing = [plan.name for plan in _narrow(recipe).attributes if plan.name not in here.names]
        missing = [name for name in missing if name not in {rule.name for rule in recipe.derived}]
        if recipe.entity is not None and recipe.entity.name in missing:
            raise InputError(
                f"The population table {here.name} has no column '{recipe.entity.name}', by which people are told "
                "apart. Without it several rows of one person would count as several people."
            )
        if missing:
            raise InputError(
                f"The population table {here.name} has no column '{missing[0]}'. It needs every column that counts "
                f"towards the groups, under the same name: {', '.join(plan.name for plan in recipe.qis)}."
            )


def _key(table: EncodedTable, recipe: Recipe) -> Hashable:
    """All that the population's classes depend on."""
    person = None if recipe.entity is None else recipe.entity.reading
    codes = recipe.missing_codes if recipe.derived else ()
    return table, tuple(plan.reading for plan in recipe.qis), recipe.derived, codes, person


def _narrow(recipe: Recipe) -> Recipe:
    """The recipe without the columns that the population table need not have."""
    wanted = {plan.name for plan in recipe.qis}
    derived = tuple(rule for rule in recipe.derived if rule.name in wanted)
    wanted |= {name for rule in derived for name in rule.inputs}
    if recipe.entity is not None:
        wanted.add(recipe.entity.name)
    plans = tuple(plan for plan in recipe.attributes if plan.name in wanted)
    return recipe.changed(attributes=plans, derived=derived, requirements=())


def _together(here: Column, there: Column) -> Column:
    """The other table's column, with the values of both."""
    known = {value: code for code, value in enumerate(here.values)}
    values = (*here.values, *(value for value in there.values if value not in known))
    places = {value: code for code, value in enumerate(values)}
    codes = np.array([*(places[value] for value in there.values), len(values)], dtype=smallest_dtype(len(values)))
    return Column(there.name, values, codes[there.codes])
