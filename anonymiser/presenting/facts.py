"""What every panel draws on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import Assessment
from anonymiser.gate import Check, checks
from anonymiser.policy import Policy
from anonymiser.project import Project

__all__ = ["Facts", "facts_of"]


@dataclass(frozen=True)
class Facts:
    """The current setting under a recipient's policy.

    Attributes
    ----------
    project : Project
    policy : Policy
    assessment, before : Assessment
        At this setting, and with every column exact and no method.
    checks : tuple of Check
    """

    project: Project
    policy: Policy
    assessment: Assessment
    before: Assessment
    checks: tuple[Check, ...]

    @property
    def k(self) -> int:
        """The smallest group that the policy asks for."""
        return int(self.policy.k.value)

    @property
    def hide(self) -> int:
        """The largest count that is not shown."""
        return self.policy.hide_counts_up_to

    @property
    def fails(self) -> bool:
        """Whether it could not leave like this."""
        return any(check.met is False for check in self.checks) or not self.assessment.kept

    @property
    def passing(self) -> npt.NDArray[np.bool_]:
        """Groups that meet every requirement, before the recipe's methods."""
        classes = self.project.classes()
        passing = np.ones(classes.classes, dtype=np.bool_)
        for model in self.project.in_force():
            passing &= model.passes(classes)
        return passing


def facts_of(project: Project, policy: Policy) -> Facts:
    """The facts of the project's recipe."""
    recipe = project.recipe
    exact = recipe.with_levels({plan.name: 0 for plan in recipe.qis}).changed(methods=())
    found = project.assess()
    return Facts(project, policy, found, project.assess(exact), checks(recipe, found, policy))
