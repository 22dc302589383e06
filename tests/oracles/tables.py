"""The oracles' tables as frequency sets, at level 0."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from anonymiser.attributes import Role
from anonymiser.engine.frequency import FrequencySet, build
from anonymiser.engine.histograms import Histogram
from anonymiser.hierarchies import FlatSpec, TableSpec, hierarchies_in_folder
from anonymiser.microdata import Microdata
from anonymiser.privacy.base import histogram_of
from anonymiser.privacy.diversity import entropy_diversity
from anonymiser.reading import read
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.encoded import EncodedTable

HERE = Path(__file__).parent
SMALL = HERE / "small400"
SHARED = Path(os.environ.get("HALFTONE_SHARED", HERE.parents[1].parent / "shared"))
ADULT = SHARED / "data" / "adult"
DISEASES = (
    ("none", "a", "*"),
    ("hiv", "a", "*"),
    ("flu", "b", "*"),
    ("asthma", "b", "*"),
    ("diabetes", "c", "*"),
    ("cancer", "c", "*"),
)
"""The groups of the reference's ``t_hier_disease``."""

_kept: dict[object, FrequencySet] = {}


def once(key: object, make: Callable[[], FrequencySet]) -> FrequencySet:
    if key not in _kept:
        _kept[key] = make()
    return _kept[key]


def plan(name: str, role: Role, folder: Path | None = None) -> AttributePlan:
    """A column at level 0 with ARX's hierarchy, or with none."""
    rules = {} if folder is None else hierarchies_in_folder(folder, [name])
    return AttributePlan(name=name, role=role, hierarchy=rules.get(name, FlatSpec()))


def frequency_set(table: Microdata, plans: Sequence[AttributePlan]) -> FrequencySet:
    """Classes at level 0, with the counts, hierarchies and orders of the sensitive attributes."""
    recipe = Recipe(attributes=tuple(plans))
    encoded = EncodedTable(table)
    hierarchies, leaves = encoded.qis(recipe)
    sensitive = [
        replace(codes, hierarchy=encoded.hierarchy(recipe, one), level=one.level)
        for codes, one in zip(encoded.sensitive(recipe), recipe.sensitive, strict=True)
    ]
    return build(hierarchies, leaves, sensitive, histograms=bool(sensitive))


def arx_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Quasi-identifiers and nodes of one of ARX's tables."""
    lines = path.read_text(encoding="utf-8").splitlines()
    qis = lines[0].split("qi order: ")[1].split(" ;")[0].split(";")
    return qis, list(csv.DictReader(lines[1:]))


def adult(qis: Iterable[str], sensitive: Sequence[str] = ()) -> FrequencySet:
    """Adult at level 0."""
    plans = [plan(name, Role.QUASI, ADULT) for name in qis]
    return frequency_set(read(ADULT / "adult.csv"), plans + [plan(name, Role.SENSITIVE, ADULT) for name in sensitive])


@dataclass(frozen=True)
class EntropyAsArx:
    """ARX's floating expression: it rejects some exact ties that the library counts as met."""

    attribute: str
    l: float  # noqa: E741

    needs_histogram = True

    def passes(self, classes: FrequencySet) -> np.ndarray:
        histogram = histogram_of(classes, self.attribute)
        reached = entropy_diversity(histogram)
        result = reached >= self.l
        for c in np.flatnonzero(np.abs(reached - self.l) < 1e-6):
            result[c] = self._one(histogram, c)
        return result

    def _one(self, histogram: Histogram, c: int) -> bool:
        counts = histogram.counts[histogram.starts[c] : histogram.starts[c + 1]].astype(np.float64)
        size = counts.sum()
        return counts.size >= self.l and size * (np.log(size) - np.log(self.l)) >= (counts * np.log(counts)).sum()

    def reached(self, _classes: FrequencySet, _chosen: np.ndarray | None) -> float | None:
        return None

    def model_dump(self) -> dict[str, object]:
        return {}


def node_of(text: str) -> tuple[int, ...]:
    """A node, written with blanks, commas or brackets."""
    return tuple(int(level) for level in text.strip("[]").replace(",", " ").split())


def small_root(qis: Sequence[str]) -> FrequencySet:
    """The 400 made-up records with ARX's hierarchies."""
    folder = SMALL / "hierarchies"
    plans = [plan(name, Role.QUASI, folder) for name in qis]
    return frequency_set(read(SMALL / "small400_arx.csv"), [*plans, plan("disease", Role.SENSITIVE, folder)])


def small_columns(qis: Sequence[str], sensitive: Sequence[str] = ("disease", "income", "hours")) -> FrequencySet:
    """Some columns of the 400 made-up records as they are."""
    plans = [plan(name, Role.QUASI) for name in qis]
    for name in sensitive:
        rule = TableSpec(rows=DISEASES) if name == "disease" else FlatSpec()
        plans.append(AttributePlan(name=name, role=Role.SENSITIVE, hierarchy=rule))
    return frequency_set(read(SMALL / "small400.csv"), plans)


def rounded_numbers() -> tuple[np.ndarray, np.ndarray]:
    """Age, income and hours, and the same rounded to 5, 100 and 10 (half to even, as in R)."""
    with (SMALL / "small400.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    original = np.array([[float(row[name]) for name in ("age", "income", "hours")] for row in rows])
    steps = np.array([5.0, 100.0, 10.0])
    return original, np.round(original / steps) * steps
