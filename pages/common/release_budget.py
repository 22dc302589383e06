"""How the counts of tables are protected: rounded, or with noise under a privacy budget."""

from __future__ import annotations

from typing import Final

import streamlit as st

from anonymiser.project import Project
from anonymiser.releasing.budget_words import BUDGETS, budget_in_words, no_budget

__all__ = ["budget_of_counts"]

_ROUNDED: Final = "Rounded to 5"
_NOISY: Final = "Random noise, with a privacy budget"


def budget_of_counts(project: Project) -> float | None:
    """Draw the choice; the budget, or None where counts are rounded."""
    why_not, chosen = no_budget(project), project.recipe.budget
    way = st.radio(
        "Counts",
        [_ROUNDED, _NOISY],
        int(chosen is not None),
        key="counts-way",
        horizontal=True,
        disabled=bool(why_not),
        help="Differential privacy: the noise is so large that nobody can tell from the counts whether somebody else "
        "had stood in one person's place.",
    )
    if why_not:
        st.caption(why_not)
        return None
    if way == _ROUNDED:
        return None
    epsilon = st.select_slider(
        "Budget (ε): small is more private, large is more exact",
        BUDGETS,
        chosen if chosen in BUDGETS else 1.0,
        key="counts-budget",
    )
    st.caption(budget_in_words(project, epsilon))
    return float(epsilon)
