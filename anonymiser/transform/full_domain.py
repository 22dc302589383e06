"""Full-domain generalisation with suppression: the table as a recipe would release it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import build_members
from anonymiser.privacy import PrivacyModel
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.released import DroppedColumn, ReleasedColumn, ReleasedTable, numbers_of_people

__all__ = ["generalise", "level_in_words", "why_dropped"]


def generalise(
    table: EncodedTable, recipe: Recipe, requirements: Sequence[PrivacyModel], *, suppress: bool = True
) -> ReleasedTable:
    """Recode every column to its level and delete the records whose class fails a requirement.

    Parameters
    ----------
    table : EncodedTable
    recipe : Recipe
    requirements : sequence of PrivacyModel
    suppress : bool
        Delete failing records. The caller has checked that they fit the suppression limit.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    hierarchies, leaves = table.qis(recipe)
    counted = any(model.needs_histogram for model in requirements)
    classes, class_of = build_members(
        hierarchies, leaves, table.sensitive(recipe), node=recipe.node, histograms=counted
    )
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in requirements if suppress else ():
        passing &= model.passes(classes)
    rows = np.flatnonzero(passing[class_of]).astype(np.int64)
    columns, dropped = [], []
    for plan in recipe.attributes:
        if plan.treatment is Treatment.PSEUDONYM:
            continue  # the release makes it, with a key that stays out of here
        if plan.leaves:
            columns.append(_released(table, recipe, plan, rows))
        else:
            dropped.append(DroppedColumn(plan.name, why_dropped(plan)))
    return ReleasedTable(
        tuple(columns), tuple(dropped), rows, classes.rows - rows.size, people=numbers_of_people(table.people(recipe))
    )


def _released(table: EncodedTable, recipe: Recipe, plan: AttributePlan, rows: npt.NDArray[np.int64]) -> ReleasedColumn:
    labels, codes, missing = table.labels_at(recipe, plan)
    shown = labels if missing is None else labels[:-1]  # the missing label is the last: an empty cell
    return ReleasedColumn(
        name=plan.name,
        role=plan.role,
        concept=plan.concept.value,
        level=plan.level_name,
        method=level_in_words(plan),
        labels=tuple(shown),
        codes=codes[rows],
    )


def level_in_words(plan: AttributePlan) -> str:
    """What was done to a column, in a sentence."""
    if plan.level == 0:
        return "Released as it is in the source."
    return f"Generalised to '{plan.level_name}' (step {plan.level} of {plan.top})."


def why_dropped(plan: AttributePlan) -> str:
    """Why a column does not leave, in a sentence."""
    if plan.role.identifies:
        return "Direct identifier: never released."
    if plan.treatment is Treatment.DROP:
        return "Not needed by this recipient."
    return "Hidden: every value generalised to a single label."
