"""A table's columns as integers, ready for the engine; each is encoded once and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import SensitiveCodes
from anonymiser.errors import ColumnError
from anonymiser.hierarchies import Hierarchy, IntervalSpec
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.limits import HIDDEN
from anonymiser.microdata import Column, Microdata, smallest_dtype
from anonymiser.recipe import AttributePlan, Recipe

__all__ = ["EncodedTable", "label_ranks"]

Leaves = npt.NDArray[np.unsignedinteger]
_Codes = tuple[tuple[str, tuple[str, ...]], ...]


class EncodedTable:
    """Hierarchies and integer codes of a table's columns under the rules of its recipes.

    Parameters
    ----------
    microdata : Microdata
    strict : bool
        Refuse values that the lists of a rule do not hold; otherwise they are placed and reported
        by :meth:`unseen` (a recipe applied to next month's extract).
    """

    def __init__(self, microdata: Microdata, *, strict: bool = True) -> None:
        self.microdata = microdata
        self._strict = strict
        self._views: dict[_Codes, Microdata] = {(): microdata}
        self._derived: dict[object, Column] = {}
        self._hierarchies: dict[object, Hierarchy] = {}
        self._leaves: dict[object, Leaves] = {}

    def view(self, recipe: Recipe) -> Microdata:
        """The table with what the recipe declares to mean "no value"."""
        codes = recipe.missing_codes
        if codes not in self._views:
            self._views[codes] = self.microdata.with_missing(
                {name: (*self.microdata.missing.get(name, ()), *own) for name, own in codes}
            )
        return self._views[codes]

    def column(self, recipe: Recipe, name: str) -> Column:
        """A column of the table, or one that the recipe derives."""
        for derived in recipe.derived:
            if derived.name == name:
                key = (derived, recipe.missing_codes)
                if key not in self._derived:
                    self._derived[key] = derived.compute(self.view(recipe))
                return self._derived[key]
        return self.view(recipe).column(name)

    def hierarchy(self, recipe: Recipe, plan: AttributePlan) -> Hierarchy:
        """The hierarchy of a column under the rule of its plan."""
        key = self._key(recipe, plan)
        if key not in self._hierarchies:
            self._hierarchies[key] = plan.hierarchy.build(self.column(recipe, plan.name), strict=self._strict)
        return self._hierarchies[key]

    def leaves(self, recipe: Recipe, plan: AttributePlan) -> Leaves:
        """Leaf of each record in the hierarchy of the plan: (rows,) unsigned array."""
        key = self._key(recipe, plan)
        if key not in self._leaves:
            hierarchy, column = self.hierarchy(recipe, plan), self.column(recipe, plan.name)
            leaf = hierarchy.encode(column.values).astype(smallest_dtype(len(hierarchy.leaves)))
            self._leaves[key] = leaf[column.codes]
        return self._leaves[key]

    def labels_at(self, recipe: Recipe, plan: AttributePlan) -> tuple[tuple[str, ...], Leaves, int | None]:
        """Labels at the plan's level, each record's index into them, and the missing label's index."""
        hierarchy = self.hierarchy(recipe, plan)
        labels = hierarchy.labels[plan.level]
        to_label = hierarchy.maps[plan.level].astype(smallest_dtype(len(labels)))
        apart = hierarchy.missing and not (plan.level and labels == (HIDDEN,))
        missing = len(labels) - 1 if apart else None
        return labels, to_label[self.leaves(recipe, plan)], missing

    def sensitive(self, recipe: Recipe) -> tuple[SensitiveCodes, ...]:
        """The sensitive attributes at the levels at which they would leave, and who each record is of.

        The latter where the recipe has a column that tells persons apart: class sizes then count people.
        """
        people = self.people(recipe)
        result = [] if people is None else [people]
        for plan in recipe.sensitive:
            labels, codes, missing = self.labels_at(recipe, plan)
            hierarchy, order = self.hierarchy(recipe, plan), label_ranks(plan, labels)
            result.append(SensitiveCodes(plan.name, codes, len(labels), missing, hierarchy, plan.level, order))
        return tuple(result)

    def people(self, recipe: Recipe) -> SensitiveCodes | None:
        """Whose each record is; None where every record is a person."""
        if recipe.entity is None:
            return None
        column = self.column(recipe, recipe.entity.name)
        return SensitiveCodes(column.name, column.codes, len(column.values) + 1, len(column.values), entity=True)

    def qis(self, recipe: Recipe) -> tuple[tuple[Hierarchy, ...], tuple[Leaves, ...]]:
        """Hierarchies and leaves of the quasi-identifiers.

        Raises
        ------
        ColumnError
            No quasi-identifier is chosen.
        """
        if not recipe.qis:
            raise ColumnError(
                "No quasi-identifier is chosen, so there is nothing to measure. "
                "Mark at least one column that could point at a person (date of birth, postcode, gender …)."
            )
        self.view(recipe).prepare(plan.name for plan in recipe.qis)
        plans: Iterable[AttributePlan] = recipe.qis
        pairs = [(self.hierarchy(recipe, plan), self.leaves(recipe, plan)) for plan in plans]
        return tuple(h for h, _ in pairs), tuple(leaf for _, leaf in pairs)

    def _key(self, recipe: Recipe, plan: AttributePlan) -> object:
        """What a column's codes depend on; those of a derived one also on the codes of the others."""
        is_derived = any(derived.name == plan.name for derived in recipe.derived)
        return plan.reading, recipe.derived, recipe.missing_codes if is_derived else ()

    def unseen(self, recipe: Recipe) -> dict[str, int]:
        """How many distinct values of each column its rule did not know (columns with none left out)."""
        counts = {}
        for plan in recipe.attributes:
            if plan.leaves or plan.is_qi:
                number = len(plan.hierarchy.unseen(self.column(recipe, plan.name)))
                if number:
                    counts[plan.name] = number
        return counts


def label_ranks(plan: AttributePlan, labels: Sequence[str]) -> npt.NDArray[np.int64] | None:
    """Rank of each label of numbers in intervals; what is no number ranks above them all."""
    if not isinstance(plan.hierarchy, IntervalSpec):
        return None
    if plan.level:
        return np.arange(len(labels), dtype=np.int64)  # intervals stand in order of size
    return np.unique(parse_numbers(labels, plan.hierarchy.decimal_mark), return_inverse=True)[1].astype(np.int64)
