"""The draft with which methods begin: every column at the level of its recipe, nothing suppressed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import build
from anonymiser.engine.origin import FinestSums
from anonymiser.hierarchies import DateSpec, IntervalSpec
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.microdata import smallest_dtype
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.transform.base import Cover, Draft, DraftColumn
from anonymiser.transform.encoded import EncodedTable, label_ranks
from anonymiser.transform.full_domain import level_in_words
from anonymiser.utility.domain import label_penalties

__all__ = ["Start", "first_draft", "level_cover"]


@dataclass(frozen=True, eq=False)
class Start:
    """Where methods begin.

    Attributes
    ----------
    draft : Draft
        At the recipe's levels.
    hierarchies : tuple of Hierarchy, one a quasi-identifier
    leaves : tuple of (input rows,) arrays, one a quasi-identifier
        The exact values: what is lost is measured from them.
    """

    draft: Draft
    hierarchies: tuple[Hierarchy, ...]
    leaves: tuple[npt.NDArray[np.unsignedinteger], ...]

    @cached_property
    def finest(self) -> FinestSums | None:
        """Sums over the classes of exact values."""
        origin = build(self.hierarchies, self.leaves).origin
        return None if origin is None else origin.finest


def first_draft(table: EncodedTable, recipe: Recipe) -> Start:
    """The table at the recipe's levels.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    hierarchies, leaves = table.qis(recipe)
    columns = tuple(
        _column(table, recipe, plan)
        for plan in recipe.attributes
        if plan.treatment is Treatment.RELEASE and (plan.is_qi or plan.leaves)
    )
    rows = table.microdata.rows
    return Start(
        Draft(np.arange(rows, dtype=np.int64), columns, rows, people=table.people(recipe)), hierarchies, leaves
    )


def level_cover(hierarchy: Hierarchy, level: int, records: npt.NDArray[np.int64]) -> Cover:
    """Cover of a level's labels, the missing one last.

    Parameters
    ----------
    hierarchy : Hierarchy
    level : int
    records : (leaves,) int64 array
        Records of each leaf.
    """
    labels = len(hierarchy.labels[level])
    share = hierarchy.leaf_counts[level] / hierarchy.size
    support = np.bincount(hierarchy.maps[level], weights=records, minlength=labels).astype(np.float64)
    return Cover(label_penalties(hierarchy, level), share, np.full(labels, level, dtype=np.int64), support)


def _column(table: EncodedTable, recipe: Recipe, plan: AttributePlan) -> DraftColumn:
    hierarchy = table.hierarchy(recipe, plan)
    labels, codes, missing = table.labels_at(recipe, plan)
    records = np.bincount(table.leaves(recipe, plan), minlength=len(hierarchy.leaves)).astype(np.int64)
    cover = level_cover(hierarchy, plan.level, records)
    shown = labels if missing is None else labels[:-1]
    if missing is None:  # no missing value occurs: what it would be charged is never read
        first = np.append(np.arange(len(labels)), 0)
        cover = Cover(cover.penalty[first], cover.share[first], cover.levels[first], cover.support[first])
        codes = codes.astype(smallest_dtype(len(shown)))
    ranks = label_ranks(plan, labels)
    numbers = _numbers(plan, shown)
    return DraftColumn(
        name=plan.name,
        role=plan.role,
        concept=plan.concept.value,
        level=plan.level_name,
        method=level_in_words(plan),
        labels=tuple(shown),
        codes=codes,
        cover=cover,
        hierarchy=hierarchy,
        at=plan.level,
        numbers=numbers,
        ordered=numbers is not None or isinstance(plan.hierarchy, IntervalSpec | DateSpec),
        order=None if ranks is None else np.append(ranks[: len(shown)], 0),
        is_qi=plan.is_qi,
        leaves=plan.leaves,
        size=hierarchy.size,
    )


def _numbers(plan: AttributePlan, labels: tuple[str, ...]) -> npt.NDArray[np.float64] | None:
    """The labels as numbers, where they are exact and all of them are numbers and no codes (007)."""
    if plan.level or not labels:
        return None
    mark = plan.hierarchy.decimal_mark if isinstance(plan.hierarchy, IntervalSpec) else "."
    found = parse_numbers(labels, mark)
    codes = any(label[:1] == "0" and label[1:2].isdigit() for label in labels)
    return None if codes or np.isnan(found).any() else found
