"""Small tables on their way through methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymiser.attributes import Role
from anonymiser.hierarchies import FlatSpec
from anonymiser.methods import MethodSpec
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.reading import read
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.base import DraftColumn
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import Transformed, transform
from tests.oracles.tables import SMALL


def recipe_for(
    qis: Sequence[str], others: Sequence[str] = (), *methods: MethodSpec, k: int = 1, suppression: float = 0.0
) -> Recipe:
    plans = [AttributePlan(name=name, role=Role.QUASI, hierarchy=FlatSpec()) for name in qis]
    plans += [AttributePlan(name=name, role=Role.SENSITIVE, hierarchy=FlatSpec()) for name in others]
    return Recipe(
        attributes=tuple(plans),
        methods=methods,
        requirements=(KAnonymity(k=k),) if k > 1 else (),
        suppression=suppression,
    )


def run(table: Microdata, recipe: Recipe, key: bytes = b"test") -> Transformed:
    return transform(EncodedTable(table), recipe, recipe.requirements, generators_from(step_key(key)))


def small400() -> Microdata:
    return read(SMALL / "small400.csv")


def texts(column: DraftColumn | None) -> list[str]:
    """What a recipient reads; an empty cell is empty."""
    assert column is not None
    shown = np.array([*column.labels, ""], dtype=object)
    return shown[column.codes].tolist()


def same(one: Transformed, other: Transformed) -> bool:
    return all(
        texts(a) == texts(b) for a, b in zip(one.draft.columns, other.draft.columns, strict=True)
    ) and np.array_equal(one.draft.source_rows, other.draft.source_rows)
