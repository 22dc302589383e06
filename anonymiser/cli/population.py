"""``--population``: a table of the people that the table was drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from anonymiser.cli.inputs import load_table
from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError
from anonymiser.planning import requirements_in_force
from anonymiser.privacy import DeltaPresence, KMap, PrivacyModel, against
from anonymiser.recipe import Recipe
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.population import PopulationTable

__all__ = ["Population", "load_population"]


@dataclass(frozen=True, eq=False)
class Population:
    """A population under the rules of a recipe.

    Attributes
    ----------
    classes : FrequencySet or None
        At level 0; None where no table was given.
    rows, lacking : int
        People of it in records; people of the table whom it cannot hold.
    unseen : dict of str to int
        Different values of each column that the recipe's lists did not know.
    told : tuple of str
        The same in sentences.
    """

    classes: FrequencySet | None = None
    rows: int = 0
    lacking: int = 0
    unseen: dict[str, int] | None = None
    told: tuple[str, ...] = ()

    def in_force(self, recipe: Recipe) -> tuple[PrivacyModel, ...]:
        """The requirements in force, those on a population bound to it."""
        return tuple(against(requirements_in_force(recipe), self.classes))

    @property
    def fields(self) -> dict[str, object]:
        """What ``--json`` says of the table itself."""
        told = {"rows": self.rows, "lacking": self.lacking, "unseen": self.unseen}
        return {"population": None if self.classes is None else told}

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same for a person."""
        return self.told


def load_population(file: Path | None, table: EncodedTable, recipe: Recipe, finest: FrequencySet) -> Population:
    """Read the population table, if one is named.

    Parameters
    ----------
    finest : FrequencySet
        The classes of the table at level 0.

    Raises
    ------
    InputError
        It is empty or lacks a column, or a requirement needs one and none is named.
    ReadError
        It cannot be read.
    """
    if file is None:
        if any(isinstance(model, KMap | DeltaPresence) for model in recipe.requirements):
            raise InputError("k_map and delta_presence need a table of the population. Name it: --population FILE.")
        return Population()
    people = PopulationTable(load_table(file))
    classes = people.classes(table, recipe)
    return Population(
        classes,
        people.microdata.rows,
        people.lacking(table, recipe, finest),
        people.unseen(recipe),
        people.in_words(table, recipe, finest),
    )
