"""k-map and δ-presence: how many people of a population each class may stand for.

The population is a second frequency set over the same hierarchies, from a table that holds the
people of this one among others. Both models look at class sizes in it, F, beside those here, f.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from anonymiser.engine.class_backend import highest, lowest
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.errors import InputError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.privacy.base import TOLERANCE, PrivacyModel
from anonymiser.privacy.people import class_sizes

__all__ = [
    "AgainstPopulation",
    "DeltaPresence",
    "KMap",
    "PopulationMeasures",
    "against",
    "all_or_nobody",
    "measure_population",
    "people_lacking",
    "population_sizes",
    "presence",
]

_NO_POPULATION = (
    "A requirement (k-map or δ-presence) needs a population table. Load one where requirements are chosen, "
    "or take the requirement out."
)
_OTHER_RULES = "The population table was not encoded like the table. It needs the same columns under the same rules."


class _OnPopulation(BaseModel):
    """What the two models share: alone they know no population, and so say nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def needs_histogram(self) -> bool:
        """Class sizes suffice."""
        return False

    @property
    def attribute(self) -> str | None:
        """No sensitive attribute is concerned."""
        return None

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:  # noqa: ARG002 - the Protocol
        """Cannot be said without a population: see `against`.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError(_NO_POPULATION)

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:  # noqa: ARG002 - the Protocol
        """None: there is no population."""
        return None


class KMap(_OnPopulation):
    """Every class matches at least k people of the population: F ≥ k.

    From 0 (the class is not in the population table at all, which then cannot hold these people);
    higher is safer.

    References
    ----------
    Sweeney (2001), Computational disclosure control.
    """

    kind: Literal["k_map"] = "k_map"
    k: int = Field(ge=1)

    def passes_in(self, classes: FrequencySet, population: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes of at least k people of the population."""
        return population_sizes(classes, population) >= self.k

    def reached_in(
        self, classes: FrequencySet, population: FrequencySet, chosen: npt.NDArray[np.bool_] | None
    ) -> float | None:
        """The smallest F of a chosen class."""
        return lowest(population_sizes(classes, population), chosen)


class DeltaPresence(_OnPopulation):
    """Nobody's presence in the table is too certain, or too unlikely: minimum ≤ f/F ≤ maximum.

    From 0 to 1; what is reached is the largest f/F. With a minimum above 0 every class of the
    population has to be represented, and leaving a class out would itself tell that its people are
    absent: then one class that fails fails them all. A class that is not in the population table
    counts as certain (1).

    References
    ----------
    Nergiz, Atzori, Clifton (2007), Hiding the presence of individuals from shared databases.
    """

    kind: Literal["delta_presence"] = "delta_presence"
    minimum: float = Field(default=0.0, ge=0, le=1)
    maximum: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError("the minimum of δ-presence is above its maximum")
        return self

    def passes_in(self, classes: FrequencySet, population: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes within both bounds; with a minimum all or none."""
        share = presence(classes, population)
        within = (share >= self.minimum - TOLERANCE) & (share <= self.maximum + TOLERANCE)
        if self.minimum > 0:
            complete = int(np.count_nonzero(population_sizes(classes, population))) == population.classes
            within &= complete and bool(within.all())
        return within

    def reached_in(
        self, classes: FrequencySet, population: FrequencySet, chosen: npt.NDArray[np.bool_] | None
    ) -> float | None:
        """The largest f/F of a chosen class."""
        return highest(presence(classes, population), chosen)


@dataclass(frozen=True, eq=False)
class AgainstPopulation:
    """One of the two models with its population: a `PrivacyModel` like the others."""

    model: KMap | DeltaPresence
    population: FrequencySet
    _rolled: list[FrequencySet] = field(default_factory=list, repr=False)

    @property
    def needs_histogram(self) -> bool:
        """Class sizes suffice."""
        return False

    @property
    def attribute(self) -> str | None:
        """No sensitive attribute is concerned."""
        return None

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Which classes satisfy it."""
        return self.model.passes_in(classes, self._at(classes))

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The value that the chosen classes reach."""
        return self.model.reached_in(classes, self._at(classes), chosen)

    def model_dump(self) -> dict[str, Any]:
        """The requirement without the population."""
        return self.model.model_dump()

    def _at(self, classes: FrequencySet) -> FrequencySet:
        """The population at the node, kept until another one is asked for."""
        if not self._rolled or self._rolled[0].node != classes.node:
            self._rolled[:] = [roll_up(self.population, classes.node)]
        return self._rolled[0]


def against(requirements: Sequence[PrivacyModel], population: FrequencySet | None) -> list[PrivacyModel]:
    """The requirements, those on a population bound to it (None: they stay without one)."""
    if population is None:
        return list(requirements)
    return [AgainstPopulation(r, population) if isinstance(r, KMap | DeltaPresence) else r for r in requirements]


def presence(classes: FrequencySet, population: FrequencySet) -> npt.NDArray[np.float64]:
    """f/F of each class, at most 1; 1 for a class that the population does not have."""
    there = population_sizes(classes, population)
    share: npt.NDArray[np.float64] = np.where(there > 0, class_sizes(classes) / np.maximum(there, 1), 1.0)
    return np.minimum(share, 1.0)


def population_sizes(classes: FrequencySet, population: FrequencySet) -> npt.NDArray[np.int64]:
    """People of the population in each class, 0 where it does not have the class: (classes,) int64 array.

    Parameters
    ----------
    classes : FrequencySet
    population : FrequencySet
        Under the same rules, at the same node or a finer one. Its hierarchies may hold more values;
        a class whose values they do not hold has nobody in the population.

    Raises
    ------
    InputError
        The two were encoded with different rules.
    """
    pairs = list(zip(classes.hierarchies, population.hierarchies, strict=False))
    if len(classes.hierarchies) != len(population.hierarchies) or any(
        here.attribute != there.attribute or here.level_names != there.level_names for here, there in pairs
    ):
        raise InputError(_OTHER_RULES)
    there = population if population.node == classes.node else roll_up(population, classes.node)
    keys, known = _as_there(classes, there)
    if keys.shape[0] == 1:
        order = np.argsort(there.keys[0])
        place = np.searchsorted(there.keys[0][order], keys[0])
        same = order[np.minimum(place, there.classes - 1)]
        known &= there.keys[0][same] == keys[0]
        return np.where(known, class_sizes(there)[same], 0).astype(np.int64)
    both = np.concatenate([there.keys, keys], axis=1)
    number = np.zeros(both.shape[1], dtype=np.int64)
    for word in both:
        _, rank = np.unique(word, return_inverse=True)
        _, number = np.unique(number * both.shape[1] + rank, return_inverse=True)
    sizes = np.zeros(both.shape[1], dtype=np.int64)
    sizes[number[: there.classes]] = class_sizes(there)
    return np.where(known, sizes[number[there.classes :]], 0)


def _as_there(classes: FrequencySet, there: FrequencySet) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """Keys of the classes as the population packs them, and which of them it can hold at all."""
    if all(here is other for here, other in zip(classes.hierarchies, there.hierarchies, strict=True)):
        return classes.keys, np.ones(classes.classes, dtype=np.bool_)
    layout, known = there.layout, np.ones(classes.classes, dtype=np.bool_)
    keys = np.zeros((layout.n_words, classes.classes), dtype=np.uint64)
    for j, (here, other) in enumerate(zip(classes.hierarchies, there.hierarchies, strict=True)):
        codes = _codes_there(here, other, classes.node[j])[classes.layout.codes(classes.keys, j)]
        known &= codes >= 0
        if layout.bits[j]:
            keys[layout.words[j]] |= np.maximum(codes, 0).astype(np.uint64) << np.uint64(layout.shifts[j])
    return keys, known


@lru_cache(maxsize=256)
def _codes_there(here: Hierarchy, other: Hierarchy, level: int) -> npt.NDArray[np.int64]:
    """Code in the other hierarchy of each label of this one at a level; -1 where it has none of its values."""
    top = len(other.labels[level]) == 1 and here.labels[level] == other.labels[level]
    if top:  # hidden: everybody looks like everybody
        return np.zeros(len(here.labels[level]), dtype=np.int64)
    last = [len(other.leaves) - 1 if other.missing else -1] if here.missing else []
    values = here.leaves[:-1] if here.missing else here.leaves
    leaf = np.array([*(other.index.get(value, -1) for value in values), *last], dtype=np.int64)
    found = np.flatnonzero(leaf >= 0)
    codes = np.full(len(here.labels[level]), -1, dtype=np.int64)
    codes[here.maps[level][found]] = other.maps[level][leaf[found]]
    if np.any(codes[here.maps[level][found]] != other.maps[level][leaf[found]]):
        raise InputError(_OTHER_RULES)  # values that are one label here are several there
    return codes


def people_lacking(classes: FrequencySet, population: FrequencySet) -> int:
    """People of the table whom the population table cannot hold, as its classes are too small for them.

    A table that was drawn from the population gives 0. Otherwise the population table is not complete:
    every figure then takes the people that it has, so that no class looks safer for it.
    """
    short = class_sizes(classes).astype(np.int64) - population_sizes(classes, population)
    return int(np.maximum(short, 0).sum())


@dataclass(frozen=True)
class PopulationMeasures:
    """The released classes against the population.

    Attributes
    ----------
    k_map : int
        Fewest people of the population in a class, 0 where it does not have the class; higher is safer.
    delta_presence : float
        Largest f/F, at most 1; lower is safer.
    delta_presence_min : float
        Smallest f/F over the classes of the population: 0 where the release leaves one out.
    """

    k_map: int
    delta_presence: float
    delta_presence_min: float


def measure_population(
    classes: FrequencySet, population: FrequencySet, released: npt.NDArray[np.bool_] | None
) -> PopulationMeasures | None:
    """Measure the released classes (None: all) with nothing required; None where none is released."""
    chosen = np.ones(classes.classes, dtype=np.bool_) if released is None else released
    if not chosen.any():
        return None
    there = population if population.node == classes.node else roll_up(population, classes.node)
    sizes, share = population_sizes(classes, there), presence(classes, there)
    complete = int(np.count_nonzero(sizes[chosen])) == there.classes
    return PopulationMeasures(
        int(sizes[chosen].min()), float(share[chosen].max()), float(share[chosen].min()) if complete else 0.0
    )


def all_or_nobody(requirements: Sequence[PrivacyModel], passing: npt.NDArray[np.bool_]) -> None:
    """Where δ-presence has a minimum, a class that is left out for any reason fails all of them, in place.

    Its people are then known to be absent.
    """
    if not passing.all() and any(
        isinstance(model, AgainstPopulation) and isinstance(model.model, DeltaPresence) and model.model.minimum > 0
        for model in requirements
    ):
        passing[:] = False
