"""Every setting of the sliders at once: measured in the background, scored for any k and limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Final

import numpy as np

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import LatticeSums, Progress
from anonymiser.exploring import tasks
from anonymiser.exploring.tasks import Task
from anonymiser.planning import requirements_in_force
from anonymiser.privacy import KAnonymity, PrivacyModel
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import LatticeTable, measure_lattice, tabulate

__all__ = [
    "AT_ONCE",
    "MOST_NODES",
    "Lattice",
    "Walk",
    "apply",
    "as_file",
    "cancel",
    "explore",
    "found",
    "grid_of",
    "is_current",
    "levels_of",
    "root_of",
    "score",
    "size_of",
    "under_way",
    "was_cancelled",
    "work_of",
]

AT_ONCE: Final = 20_000
"""Settings that are measured without being asked."""
MOST_NODES: Final = 150_000
"""Settings that a picture holds; more are searched, not drawn."""
_GRID: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 25, 30, 40, 50, 75, 100)
_KIND: Final = "lattice"
_SCORED: Final = 8
_MOST_DETAILS: Final = 2_000_000_000
"""Classes times settings up to which the file holds the measures that need every label."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Every node, measured.

    Attributes
    ----------
    key : hashable
        What the sums depend on.
    root : FrequencySet
    sums : LatticeSums
    scored : dict
        Tables for some k and limits, the latest last.
    """

    key: Hashable
    root: FrequencySet
    sums: LatticeSums
    scored: OrderedDict[Hashable, LatticeTable] = field(default_factory=OrderedDict, repr=False)

    @property
    def nodes(self) -> int:
        """How many there are."""
        return int(self.sums.nodes.shape[0])


@dataclass(eq=False)
class Walk(Task):
    """A walk over a lattice in the background.

    Attributes
    ----------
    progress : Progress
    """

    progress: Progress = field(default_factory=Progress)

    @property
    def share(self) -> float:
        """How far it is, from 0 to 1."""
        return min(1.0, self.progress.done / self.progress.total) if self.progress.total else 0.0


def explore(project: Project) -> Walk | None:
    """Measure every node of the current columns in the background; None where that was done before.

    What runs for other columns is stopped. Results of before stay.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    key = _key(project)
    if tasks.result(project, _KIND, key) is not None:
        return None
    running = under_way(project)
    if running is not None:
        return running
    root, models = root_of(project)
    walk = Walk(_KIND, key)
    walk.on_cancel = walk.progress.cancel
    walk.progress.total, grid = size_of(project.recipe), grid_of(project)

    def work() -> Lattice | None:
        sums = measure_lattice(root, models, grid=grid, extremes=False, progress=walk.progress)
        return None if sums is None else Lattice(key, root, sums)

    begun = tasks.start(project, walk, work)
    return begun if isinstance(begun, Walk) else None


def root_of(project: Project) -> tuple[FrequencySet, tuple[PrivacyModel, ...]]:
    """The classes of level 0 and the requirements on them."""
    recipe = project.recipe.with_levels({plan.name: 0 for plan in project.recipe.qis})
    return project.classes(recipe), project.in_force(recipe)


def found(project: Project) -> Lattice | None:
    """The lattice of the current columns; the latest of the same columns under other requirements; else None.

    Raises
    ------
    AnonymiserError
        It cannot be measured.
    """
    columns = _columns(project)
    kept = tasks.result(project, _KIND, _key(project)) or tasks.latest(
        project, _KIND, lambda key: isinstance(key, tuple) and key[0] == columns
    )
    return kept if isinstance(kept, Lattice) else None


def is_current(project: Project, lattice: Lattice) -> bool:
    """Whether a lattice was measured under the requirements of now."""
    return lattice.key == _key(project)


def under_way(project: Project) -> Walk | None:
    """The walk for the current columns, while it runs."""
    walk = tasks.under_way(project, _KIND, _key(project))
    return walk if isinstance(walk, Walk) else None


def cancel(project: Project) -> None:
    """Stop the walk; what was found before stays."""
    tasks.cancel(project, _KIND)


def was_cancelled(project: Project) -> bool:
    """Whether the walk for the current columns was stopped by hand."""
    return tasks.was_cancelled(project, _KIND, _key(project))


def size_of(recipe: Recipe) -> int:
    """Number of settings of the sliders."""
    return prod(plan.top + 1 for plan in recipe.qis)


def work_of(project: Project) -> int:
    """About how much there is to do to measure every setting: classes times settings."""
    return project.microdata.rows * size_of(project.recipe)


def grid_of(project: Project) -> tuple[int, ...]:
    """Values of k that the slider offers: the usual ones and those of every recipient."""
    own = {int(policy.k.value) for policy in project.policies.values()}
    return tuple(sorted({*_GRID, *own, max(project.recipe.k, 1)}))


def _columns(project: Project) -> Hashable:
    recipe = project.recipe
    entity = None if recipe.entity is None else recipe.entity.reading
    coded = recipe.missing_codes if recipe.derived else ()
    return tuple(plan.reading for plan in recipe.qis), recipe.derived, coded, entity


def _key(project: Project) -> Hashable:
    recipe = project.recipe
    models = tuple(model for model in requirements_in_force(recipe) if not isinstance(model, KAnonymity))
    sensitive = tuple((plan.reading, plan.level) for plan in recipe.sensitive) if models else ()
    return _columns(project), models, sensitive, grid_of(project), id(project.population)


def score(lattice: Lattice, k: int, suppression: float, weights: tuple[float, ...] | None = None) -> LatticeTable:
    """Every node for one k of the lattice's grid and one limit, from the sums alone: no class is looked at again.

    Parameters
    ----------
    lattice : Lattice
    k : int
        The next larger one of the grid where it is not in it.
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    weights : tuple of float, optional
        How much each attribute's detail matters.
    """
    grid, scored = lattice.sums.grid, lattice.scored
    step = min(int(np.searchsorted(grid, k)), grid.size - 1)
    key = (step, suppression, weights)
    table = scored.get(key)
    if table is None:
        table = tabulate(lattice.root, lattice.sums, int(grid[step]), suppression, weights=weights)
        scored[key] = table
        while len(scored) > _SCORED:
            scored.popitem(last=False)
    return table


def as_file(project: Project, k: int) -> bytes:
    """Every setting with all its measures as Parquet: what ``search --all`` writes.

    Entropy and ambiguity are left empty where measuring them again would take long.
    """
    root, models = root_of(project)
    details = root.classes * size_of(project.recipe) <= _MOST_DETAILS
    sums = measure_lattice(root, models, grid=(k,), details=details)
    if sums is None:
        raise RuntimeError("nobody can cancel this walk")
    return tabulate(root, sums, k, project.recipe.suppression).to_parquet()


def apply(project: Project, node: Sequence[int]) -> None:
    """Move the sliders to a node (one step of undo); a node is what it says without methods, so these go."""
    project.change_roles(project.recipe.changed(methods=()).with_levels(levels_of(project, node)))


def levels_of(project: Project, node: Sequence[int]) -> dict[str, int]:
    """The level of each column that counts."""
    return dict(zip((plan.name for plan in project.recipe.qis), map(int, node), strict=True))
