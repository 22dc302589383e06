"""``--answers``: what can still be learnt from the release, counted, guessed and told apart record by record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, build_members
from anonymiser.privacy import PrivacyModel
from anonymiser.recipe import Recipe
from anonymiser.transform.encoded import EncodedTable
from anonymiser.utility.prediction import predictive_task
from anonymiser.utility.propensity import propensity_score
from anonymiser.utility.queries import query_error

__all__ = ["NO_ANSWERS", "answer_fields"]

NO_ANSWERS: Final[dict[str, object]] = dict.fromkeys(("query_error", "predictive_task", "propensity_score"))
"""The fields without the option, or where nothing is released."""
_SEED: Final = 1
"""The same queries and folds each time, so that figures move with the setting only."""

Codes = npt.NDArray[np.int64]


def answer_fields(
    table: EncodedTable,
    recipe: Recipe,
    finest: FrequencySet,
    requirements: tuple[PrivacyModel, ...],
    *,
    suppress: bool,
) -> dict[str, object]:
    """The fields of the option.

    Parameters
    ----------
    table : EncodedTable
    recipe : Recipe
    finest : FrequencySet
        The classes at level 0.
    requirements : tuple of PrivacyModel
        In force, bound to their population.
    suppress : bool
        Whether the records that fail are left out.
    """
    hierarchies, leaves = table.qis(recipe)
    classes, class_of = build_members(
        hierarchies, leaves, table.sensitive(recipe), node=recipe.node, histograms=suppress
    )
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in requirements if suppress else ():
        passing &= model.passes(classes)
    there = passing[class_of]
    if not there.any():
        return dict(NO_ANSWERS)
    exact = [leaf.astype(np.int64) for leaf in leaves]
    shown = [
        h.maps[level][leaf].astype(np.int64) for h, level, leaf in zip(hierarchies, recipe.node, exact, strict=True)
    ]
    queries = query_error(finest, classes, passing, np.random.default_rng(_SEED))
    return {
        "query_error": asdict(queries),
        "predictive_task": _guesses(table, recipe, exact, [np.where(there, code, -1) for code in shown]),
        "propensity_score": _told_apart(shown, there),
    }


def _guesses(table: EncodedTable, recipe: Recipe, exact: list[Codes], shown: list[Codes]) -> dict[str, object] | None:
    """How well each sensitive column is guessed from the others, with the table and with the release."""
    told: dict[str, object] = {}
    for one in table.sensitive(recipe):
        if one.entity:
            continue
        target = one.codes.astype(np.int64)
        known = np.where(target == (-1 if one.missing is None else one.missing), -1, target)
        found = predictive_task(exact, shown, known, np.random.default_rng(_SEED))
        told[one.name] = None if found is None else asdict(found) | {"kept": found.kept}
    return told or None


def _told_apart(shown: list[Codes], there: npt.NDArray[np.bool_]) -> dict[str, object]:
    """Whether suppression alone tells the release from the table: both at the released levels."""
    found = propensity_score(shown, [code[there] for code in shown])
    return asdict(found) | {"ratio": found.ratio, "standardised": found.standardised}
