"""What a privacy budget means for somebody who chooses one."""

from __future__ import annotations

import math
from typing import Final

from anonymiser.project import Project
from anonymiser.release.budget import PrivacyBudget, tables_of

__all__ = ["BUDGETS", "budget_in_words", "no_budget"]

BUDGETS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
"""From strong to weak, as the page offers them."""


def budget_in_words(project: Project, epsilon: float) -> str:
    """What the counts of the current recipe would be under a budget.

    Parameters
    ----------
    project : Project
    epsilon : float
    """
    tables = tables_of(sum(plan.leaves for plan in project.recipe.qis))
    budget = PrivacyBudget(epsilon)
    one = "1 table" if tables == 1 else f"{tables} tables"
    factor = math.exp(epsilon)
    odds = f"{factor:.1f}" if factor < 10 else f"{factor:,.0f}"  # noqa: PLR2004 - one digit is enough above
    return (
        f"The budget covers {one} together, {epsilon / max(tables, 1):.2g} each. 19 times in 20 a count is at most "
        f"{budget.off_by(tables):,} away from the true one, of {project.microdata.rows:,} records. Whatever somebody "
        f"sees, one person's row changes how likely it was by a factor of at most {odds}. Small counts are hidden as "
        "well. Not covered: which columns and steps you chose, and the number of records. Budgets of several releases "
        "add up."
    )


def no_budget(project: Project) -> str:
    """Why counts cannot have a budget, in a sentence; empty where they can."""
    if project.recipe.methods:
        return "A privacy budget is for counts of the columns at their levels: take the methods away first."
    if project.recipe.entity is not None:
        return "A privacy budget is for one row a person: here one person may have several."
    return ""
