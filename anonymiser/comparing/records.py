"""Two settings in the same picture: sizes of groups, and the same few records."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Final

from anonymiser import figures
from anonymiser.comparing.recipes import Pair
from anonymiser.comparison import BeforeAfter, before_after
from anonymiser.figures import SizeBin
from anonymiser.project import Project
from anonymiser.recipe import Recipe

__all__ = ["RECORDS", "records", "sizes"]

RECORDS: Final = 10
"""Records shown under both settings."""


def sizes(project: Project, pair: Pair) -> tuple[tuple[SizeBin, ...], tuple[SizeBin, ...]]:
    """Class sizes of both in the same bins, those of the stricter k."""
    both = [project.assess(recipe) for recipe in (pair.left, pair.right)]
    k = max(found.target_k for found in both)
    left, right = (figures.size_bins(replace(found, target_k=k)) for found in both)
    return left, right


def records(project: Project, recipe: Recipe, most: int = RECORDS) -> BeforeAfter:
    """The same few records before and after any recipe. Raw values: never for presentation mode."""
    other = copy.copy(project)  # shares table and memo; only the recipe differs
    other.recipe = recipe
    return before_after(other, most)
