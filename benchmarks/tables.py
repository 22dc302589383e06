"""The tables of the benchmarks as frequency sets: Adult with ARX's hierarchies, customers with our own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anonymiser.engine.frequency import FrequencySet, build
from anonymiser.hierarchies import Hierarchy, hierarchies_in_folder
from anonymiser.microdata import Microdata, smallest_dtype
from anonymiser.reading import read
from anonymiser.recipe import AttributePlan, Recipe, Role
from anonymiser.transform.encoded import EncodedTable
from benchmarks.timing import SHARED

ADULT_QIS = (
    "sex",
    "age",
    "race",
    "marital-status",
    "education",
    "native-country",
    "workclass",
    "occupation",
    "salary-class",
)
CUSTOMER_QIS = ("gender", "birthdate", "country_of_birth", "postcode", "education_level", "blood_group")


def adult() -> FrequencySet | None:
    """Adult at level 0, or None where the given data are absent."""
    folder = SHARED / "data" / "adult"
    if not folder.exists():
        return None
    microdata = read(folder / "adult.csv")
    specs = hierarchies_in_folder(folder, ADULT_QIS)
    columns = [microdata.column(name) for name in ADULT_QIS]
    hierarchies = [specs[column.name].build(column) for column in columns]
    return build(hierarchies, [leaves(h, c) for h, c in zip(hierarchies, columns, strict=True)])


def leaves(hierarchy: Hierarchy, column: object) -> np.ndarray:
    """Leaf of each record."""
    place = hierarchy.encode(column.values).astype(smallest_dtype(len(hierarchy.leaves)))
    return place[column.codes]


def customer_recipe(microdata: Microdata) -> Recipe:
    """Six quasi-identifiers of the customers with the rules that Halftone suggests."""
    from anonymiser.hierarchies import suggest_spec
    from anonymiser.suggest import suggest

    known = {s.name: s for s in suggest(microdata)}
    plans = []
    microdata.prepare(CUSTOMER_QIS)
    for name in CUSTOMER_QIS:
        suggestion = known[name]
        spec = suggest_spec(microdata.column(name), suggestion.concept, suggestion.date_format)
        plans.append(AttributePlan(name=name, role=Role.QUASI, concept=suggestion.concept, hierarchy=spec))
    return Recipe(attributes=tuple(plans))


def customers_root(path: Path) -> FrequencySet:
    """The customers' frequency set at level 0."""
    microdata = read(path)
    recipe = customer_recipe(microdata)
    table = EncodedTable(microdata)
    return build(*table.qis(recipe), table.sensitive(recipe))


def random_nodes(root: FrequencySet, number: int, seed: int = 1) -> list[tuple[int, ...]]:
    """Nodes drawn evenly from the lattice."""
    rng = np.random.default_rng(seed)
    return [tuple(int(rng.integers(0, h.height + 1)) for h in root.hierarchies) for _ in range(number)]
