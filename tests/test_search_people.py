"""Searches where one person has several rows: every setting's k is of people."""

from __future__ import annotations

import numpy as np
import pytest

from anonymiser.attributes import Role
from anonymiser.editing import with_roles
from anonymiser.exploring import lattice
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.search import RolledUp
from anonymiser.search.lattice_table import tabulate
from anonymiser.search.whole import measure_lattice

QIS = ("a", "b", "c")


@pytest.fixture
def visits() -> Project:
    """Three hundred rows of some hundred people."""
    rng = np.random.default_rng(0)
    table = {"who": [f"p{i}" for i in rng.integers(0, 120, 300)]}
    table |= {name: [str(x) for x in rng.integers(0, size, 300)] for name, size in zip(QIS, (4, 3, 5), strict=True)}
    project = Project(Microdata.from_columns(table))
    roles = {"who": Role.PERSON, **dict.fromkeys(QIS, Role.QUASI)}
    recipe = with_roles(project.recipe, roles, project.policy)
    project.change(recipe.changed(requirements=(KAnonymity(k=5),), suppression=1.0))
    return project


def test_every_setting_counts_people(visits: Project) -> None:
    root, models = lattice.root_of(visits)
    sums = measure_lattice(root, models, grid=(2, 5))
    assert sums is not None
    table = tabulate(root, sums, 5, 1.0)
    standings = RolledUp(root, models, 1.0)
    for row, levels in enumerate(table.levels):
        node = tuple(int(level) for level in levels)
        found = visits.assess(visits.recipe.with_levels(dict(zip(QIS, node, strict=True))))
        assert (table.smallest[row], table.suppressed[row]) == (found.k, found.suppressed)
        assert table.smallest_raw[row] == found.sizes[:, 0].min()
        assert standings.standing(node).k == found.k
