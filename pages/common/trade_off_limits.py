"""What single columns may do in the search for the best setting: lowest and highest level, and how much they matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from anonymiser.exploring import Question
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan
from anonymiser.search import By
from pages.common.words import escape

__all__ = ["Limits", "chosen"]

_USUAL: Final = 1.0
_MOST: Final = 10.0


@dataclass(frozen=True)
class Limits:
    """What was chosen, one entry a column.

    Attributes
    ----------
    lowest, highest : tuple of int
    weights : tuple of float or None
        None where all columns matter alike.
    """

    lowest: tuple[int, ...]
    highest: tuple[int, ...]
    weights: tuple[float, ...] | None

    def question(self, by: By) -> Question:
        """The search for the best setting inside these limits; weights only where the measure bears them."""
        return Question(by, self.lowest, self.highest, self.weights if by.bears_weights else None)


def chosen(project: Project) -> Limits:
    """Draw the choices, folded in, and read them."""
    with st.expander("Limits for single columns", key="column-limits", icon=":material/tune:"):
        st.caption(
            "Settings outside these levels are left out. A column that matters more is blurred later "
            "when the best setting is chosen; points and frontier stay where they are."
        )
        rows = [_row(plan) for plan in project.recipe.qis]
    weights = tuple(weight for _, _, weight in rows)
    alike = len(set(weights)) <= 1
    return Limits(tuple(low for low, _, _ in rows), tuple(high for _, high, _ in rows), None if alike else weights)


def _row(plan: AttributePlan) -> tuple[int, int, float]:
    words = plan.hierarchy.level_names
    between, weight = st.columns([5, 1], gap="medium", vertical_alignment="bottom")
    low, high = between.select_slider(
        f"{escape(plan.name)}: from, to",
        range(len(words)),
        value=(0, plan.top),
        format_func=lambda step: escape(words[step]),
        key=f"bounds:{plan.name}:{len(words)}",
        disabled=not plan.top,
    )
    matters = weight.number_input(
        "matters",
        0.0,
        _MOST,
        _USUAL,
        0.5,
        key=f"weight:{plan.name}",
        help="Compared with the other columns; usually 1.",
    )
    return int(low), int(high), float(matters)
