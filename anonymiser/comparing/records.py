"""Two settings in the same picture: sizes of groups, and the same few records."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Final

from anonymiser import figures
from anonymiser.comparing.recipes import Pair
from anonymiser.comparison import BeforeAfter, before_after
from anonymiser.figures import SizeBin
from anonymiser.project import Project
from anonymiser.recipe import Recipe

__all__ = ["RECORDS", "Sizes", "records", "sizes"]

RECORDS: Final = 10
"""Records shown under both settings."""


@dataclass(frozen=True)
class Sizes:
    """People by the size of their group under two settings, in the same bins.

    Attributes
    ----------
    left, right : tuple of SizeBin
    asked : (int, int)
        The smallest group that each setting's recipe asks for.
    too_few : (int, int)
        Records in smaller groups, before anything is deleted.
    """

    left: tuple[SizeBin, ...]
    right: tuple[SizeBin, ...]
    asked: tuple[int, int]
    too_few: tuple[int, int]

    def told(self, names: tuple[str, str]) -> str:
        """What the two show, in words.

        Parameters
        ----------
        names : (str, str)
            Of the two settings.
        """
        said = [
            f"{name}: {few:,} in groups of fewer than {k}"
            for name, few, k in zip(names, self.too_few, self.asked, strict=True)
        ]
        return (
            f"Rows in groups that are too small. {'; '.join(said)}. "
            "Counted before anything is deleted; lengths are drawn so that a single row is still seen."
        )


def sizes(project: Project, pair: Pair) -> Sizes:
    """Class sizes of both, in bins of which one begins at each setting's k."""
    left, right = (project.assess(recipe) for recipe in (pair.left, pair.right))
    return Sizes(
        figures.size_bins(left, beside=right),
        figures.size_bins(right, beside=left),
        (left.target_k, right.target_k),
        (left.records_below_k, right.records_below_k),
    )


def records(project: Project, recipe: Recipe, most: int = RECORDS) -> BeforeAfter:
    """The same few records before and after any recipe. Raw values: never for presentation mode."""
    other = copy.copy(project)  # shares table and memo; only the recipe differs
    other.recipe = recipe
    return before_after(other, most)
