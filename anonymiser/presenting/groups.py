"""Groups of a table that may be shown: labels that many people share, no small count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from anonymiser.engine.frequency import FrequencySet
from anonymiser.figures import shown
from anonymiser.presenting.deck import Table, people_shown
from anonymiser.presenting.facts import Facts
from anonymiser.presenting.shortening import short
from anonymiser.privacy.people import class_sizes
from anonymiser.recipe import AttributePlan

__all__ = ["groups_of"]

_GROUPS: Final = 5
_COLUMNS: Final = 4
"""Columns of labels that a table on a slide has room for."""
_SHARED: Final = 50
"""An exact value is shown only where each value of its column belongs to this many rows or more."""
_EXAMPLE: Final = Table(
    ("Sex", "Born", "Lives in", "People"),
    (
        ("woman", "1960–1979", "the north", "20"),
        ("man", "1960–1979", "the north", "15"),
        ("woman", "1980–1999", "the south", "10"),
    ),
    (),
    note="A made-up example, in which k is 10: at this setting no group of the real table may be shown.",
)


def groups_of(facts: Facts) -> Table:
    """Some groups that are released, with labels that many share and counts that obey the small-number rule.

    A made-up example where no group of the table may be shown.
    """
    recipe, classes = facts.project.recipe, facts.project.classes()
    if recipe.methods:  # they make other groups than the levels do
        return replace(_EXAMPLE, note="A made-up example, in which k is 10.")
    sizes = class_sizes(classes)
    fit = np.flatnonzero(facts.passing & (sizes >= facts.k))
    visible = [(j, plan) for j, plan in enumerate(recipe.qis) if plan.leaves][:_COLUMNS]
    if not fit.size or not visible:
        return _EXAMPLE
    ranked = fit[np.argsort(sizes[fit], kind="stable")]
    chosen = [int(place) for place in (*ranked[:2], *ranked[-min(_GROUPS - 2, max(0, ranked.size - 2)) :][::-1])]
    chosen = sorted(dict.fromkeys(chosen), key=lambda place: -int(sizes[place]))
    texts = [_labels(facts, classes, j, plan, chosen) for j, plan in visible]
    rows = [
        (*labels, people_shown(int(sizes[place]), facts.hide))
        for place, labels in zip(chosen, zip(*texts, strict=True), strict=True)
    ]
    head = (*(short(plan.name, 22) for _, plan in visible), "People")
    return Table(
        head,
        tuple(rows),
        (),
        note="The largest and the smallest groups. Counts are rounded to 5; small ones are not shown.",
    )


def _labels(facts: Facts, classes: FrequencySet, j: int, plan: AttributePlan, chosen: Sequence[int]) -> list[str]:
    """Labels of one column; an exact value is shown only where every value of the column is common."""
    codes = classes.layout.codes(classes.keys, j)
    names = classes.hierarchies[j].labels[classes.node[j]]
    if plan.level == 0:
        rows = np.bincount(codes, weights=class_sizes(classes), minlength=len(names))
        if rows[rows > 0].min() < max(_SHARED, facts.hide + 1):
            return ["•••" for _ in chosen]
    return [short(shown(names[int(codes[place])]), 22) for place in chosen]
