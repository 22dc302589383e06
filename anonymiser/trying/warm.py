"""Compile the kernels of the methods, so that the first answer of each is at full speed."""

from __future__ import annotations

from typing import Final

from anonymiser.attributes import Role
from anonymiser.engine import preparing
from anonymiser.hierarchies import FlatSpec
from anonymiser.methods import METHODS
from anonymiser.microdata import Microdata
from anonymiser.privacy import DistinctDiversity, KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import transform
from anonymiser.trying.candidates import From, recipe_with
from anonymiser.trying.forms import first_values, made

__all__ = ["PART", "warm"]

PART: Final = preparing.Part(
    tuple(
        f"anonymiser.transform.{name}_kernels"
        for name in (
            "clustering",
            "fuzzy",
            "improving",
            "local_recoding",
            "local_suppression",
            "microaggregation",
            "mondrian",
            "swapping",
        )
    ),
    "anonymiser.trying.warm:warm",
)
_ROWS: Final = 24
_COLUMNS: Final = {
    "age": Role.QUASI,
    "town": Role.QUASI,
    "illness": Role.SENSITIVE,
    "pay": Role.INSENSITIVE,
    "debt": Role.INSENSITIVE,
}


def warm() -> None:
    """Load the compiled kernels by one run of each method over a small table, compiling them the first time."""
    table = Microdata.from_columns(
        {
            name: [f"{'A' if name == 'town' else ''}{20 + (place + 1) * row % (7 + 4 * place)}" for row in range(_ROWS)]
            for place, name in enumerate(_COLUMNS)
        }
    )
    plans = tuple(AttributePlan(name=name, role=role, hierarchy=FlatSpec()) for name, role in _COLUMNS.items())
    wanted = (KAnonymity(k=2), DistinctDiversity(attribute="illness", l=2))
    project = Project(table, Recipe(attributes=plans, requirements=wanted))
    for method in METHODS:
        recipe = recipe_with(project, (made(method, first_values(project, method)),), From.SLIDERS)
        transform(project.table, recipe, project.in_force(recipe), generators_from(step_key(method.title.encode())))
