"""Every setting of the sliders at once: measured in the background, scored for any k and limit, walked step by step."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from math import prod
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import limit_in_records
from anonymiser.engine import backend
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import LatticeSums, Progress
from anonymiser.planning import requirements_in_force
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.search import measure_lattice

__all__ = [
    "AT_ONCE",
    "MOST_NODES",
    "Axis",
    "Exploration",
    "Lattice",
    "Move",
    "Scores",
    "apply",
    "best",
    "cancel",
    "drawn",
    "explore",
    "found",
    "frontier",
    "grid_of",
    "is_current",
    "moves",
    "nearest",
    "neighbours",
    "place_of",
    "score",
    "size_of",
    "ticks",
    "under_way",
    "was_cancelled",
]

AT_ONCE: Final = 20_000
"""Settings that are measured without being asked."""
MOST_NODES: Final = 150_000
"""Settings that a picture holds; more are searched, not drawn."""
_GRID: Final = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 25, 30, 40, 50, 75, 100)
_KEPT: Final = 3
_NOBODY: Final = -0.3
"""Below the logarithm of one."""

Wholes = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Axis(Enum):
    """What an axis of the picture can show."""

    DETAIL = "detail kept"
    LOSS = "information loss"
    DELETED = "rows in groups that fail"
    GROUP = "smallest group left"
    SMALLEST = "smallest group before deleting"

    @property
    def more_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        return self in {Axis.DETAIL, Axis.GROUP, Axis.SMALLEST}


@dataclass(frozen=True, eq=False)
class Lattice:
    """Every node, measured.

    Attributes
    ----------
    key : hashable
        What the sums depend on.
    sums : LatticeSums
    sizes : (attributes,) int64 array
        Values in the domain of each attribute.
    heights : (attributes,) int64 array
        Last level of each attribute.
    """

    key: Hashable
    sums: LatticeSums
    sizes: Wholes
    heights: Wholes

    @property
    def nodes(self) -> int:
        """How many there are."""
        return int(self.sums.nodes.shape[0])


@dataclass(frozen=True, eq=False)
class Scores:
    """Every node at one k and one limit, as if its failing records were suppressed.

    Attributes
    ----------
    k, limit, rows : int
        The smallest group asked for; records that may be suppressed; records of the table.
    nodes : (nodes, attributes) int64 array
    deleted : (nodes,) int64 array
        Records in classes that fail a requirement.
    group, smallest, classes : (nodes,) int64 arrays
        Smallest class that is left (0: none); smallest class and classes before suppression.
    detail, loss : (nodes,) float64 arrays
        1 − precision, and Loss; 0 to 1.
    meets : (nodes,) bool array
        Whether the failing records fit the limit and something is left.
    """

    k: int
    limit: int
    rows: int
    nodes: Wholes
    deleted: Wholes
    group: Wholes
    smallest: Wholes
    classes: Wholes
    detail: Reals
    loss: Reals
    meets: Flags

    def along(self, axis: Axis) -> Reals:
        """The values of one axis."""
        if axis is Axis.DETAIL:
            return self.detail
        if axis is Axis.LOSS:
            return self.loss
        counts = {Axis.DELETED: self.deleted, Axis.GROUP: self.group, Axis.SMALLEST: self.smallest}
        return counts[axis].astype(np.float64)


@dataclass(frozen=True)
class Move:
    """One slider moved to another level, from a setting to the next.

    Attributes
    ----------
    column : str
    level, before : str
        Its new level and its old one, as words.
    place : int
        The setting that it leads to.
    coarser : bool
        Whether it blurs.
    made_safe : int
        Records that no longer fail (negative: that fail now).
    group_gained : int
        By how much the smallest class that is left grows.
    detail_gained : float
        Detail kept after the move less before; negative where detail is lost.
    meets : bool
        Whether the requirements are met after it.
    """

    column: str
    level: str
    before: str
    place: int
    coarser: bool
    made_safe: int
    group_gained: int
    detail_gained: float
    meets: bool


@dataclass(eq=False)
class Exploration:
    """A walk over a lattice in the background.

    Attributes
    ----------
    key : hashable
    progress : Progress
    preparing : bool
        Whether it waits for the compiled kernels, which takes some seconds once.
    """

    key: Hashable
    preparing: bool = False
    progress: Progress = field(default_factory=Progress)
    done: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether it has ended."""
        return self.done.wait(seconds)

    @property
    def share(self) -> float:
        """How far it is, from 0 to 1."""
        return min(1.0, self.progress.done / self.progress.total) if self.progress.total else 0.0


@dataclass(eq=False)
class _Shelf:
    """What was found for one project."""

    results: OrderedDict[Hashable, Lattice] = field(default_factory=OrderedDict)
    running: Exploration | None = None
    cancelled: Hashable = None


_SHELVES: WeakKeyDictionary[Project, _Shelf] = WeakKeyDictionary()


# --- measuring in the background ---


def explore(project: Project) -> Exploration | None:
    """Measure every node of the current columns in the background; None where that was done before.

    What runs for other columns is stopped. Results of before stay.

    Raises
    ------
    ColumnError
        No quasi-identifier is chosen.
    """
    shelf, key = _shelf(project), _key(project)
    if key in shelf.results:
        return None
    if shelf.running is not None:
        if shelf.running.key == key:
            return shelf.running
        shelf.running.progress.cancel()
    recipe = project.recipe.with_levels({plan.name: 0 for plan in project.recipe.qis})
    models = project.in_force(recipe)
    root = project.classes(recipe, histograms=any(model.needs_histogram for model in models))
    walk = shelf.running = Exploration(key)
    walk.progress.total, grid = size_of(project.recipe), grid_of(project)
    shelf.cancelled = None

    walk.preparing = not backend.may_search()

    def work() -> None:
        try:
            backend.warm_search()
            walk.preparing = False
            sums = measure_lattice(root, models, grid=grid, progress=walk.progress)
            if sums is not None:
                _keep(shelf, key, root, sums)
        finally:
            if shelf.running is walk:
                shelf.running = None
            walk.done.set()

    threading.Thread(target=work, name="lattice", daemon=True).start()
    return walk


def found(project: Project) -> Lattice | None:
    """The lattice of the current columns; the latest of the same columns under other requirements; else None."""
    shelf, key = _shelf(project), _key(project)
    exact = shelf.results.get(key)
    if exact is not None:
        return exact
    same = [lattice for k, lattice in list(shelf.results.items()) if isinstance(k, tuple) and k[0] == _columns(project)]
    return same[-1] if same else None


def is_current(project: Project, lattice: Lattice) -> bool:
    """Whether a lattice was measured under the requirements of now."""
    return lattice.key == _key(project)


def under_way(project: Project) -> Exploration | None:
    """The walk for the current columns, while it runs."""
    walk = _shelf(project).running
    return walk if walk is not None and walk.key == _key(project) else None


def cancel(project: Project) -> None:
    """Stop the walk; what was found before stays."""
    shelf = _shelf(project)
    if shelf.running is not None:
        shelf.cancelled = shelf.running.key
        shelf.running.progress.cancel()
        shelf.running = None


def was_cancelled(project: Project) -> bool:
    """Whether the walk for the current columns was stopped by hand."""
    return _shelf(project).cancelled == _key(project)


def size_of(recipe: Recipe) -> int:
    """Number of settings of the sliders."""
    return prod(plan.top + 1 for plan in recipe.qis)


def grid_of(project: Project) -> tuple[int, ...]:
    """Values of k that the slider offers: the usual ones and those of every recipient."""
    own = {int(policy.k.value) for policy in project.policies.values()}
    return tuple(sorted({*_GRID, *own, max(project.recipe.k, 1)}))


def _shelf(project: Project) -> _Shelf:
    return _SHELVES.setdefault(project, _Shelf())


def _columns(project: Project) -> Hashable:
    return tuple(plan.reading for plan in project.recipe.qis), project.recipe.derived, project.recipe.missing_codes


def _key(project: Project) -> Hashable:
    recipe = project.recipe
    models = tuple(model for model in requirements_in_force(recipe) if not isinstance(model, KAnonymity))
    sensitive = tuple((plan.reading, plan.level) for plan in recipe.sensitive) if models else ()
    people = recipe.entity and recipe.entity.reading
    return _columns(project), models, sensitive, people, project.population, grid_of(project)


def _keep(shelf: _Shelf, key: Hashable, root: FrequencySet, sums: LatticeSums) -> None:
    sizes = np.array([h.size for h in root.hierarchies], dtype=np.int64)
    heights = np.array([h.height for h in root.hierarchies], dtype=np.int64)
    shelf.results[key] = Lattice(key, sums, sizes, heights)
    while len(shelf.results) > _KEPT:
        shelf.results.popitem(last=False)


# --- scoring: no class is looked at again ---


@lru_cache(maxsize=16)
def score(lattice: Lattice, k: int, suppression: float) -> Scores:
    """Every node for one k and one suppression limit, from the sums alone.

    Parameters
    ----------
    lattice : Lattice
    k : int
        One of the lattice's grid; the next larger one where it is not.
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.

    Notes
    -----
    Loss and precision are those of :mod:`anonymiser.utility.information_loss`, suppressed records charged.
    """
    sums = lattice.sums
    step = min(int(np.searchsorted(sums.grid, k)), sums.grid.size - 1)
    rows = max(sums.rows, 1)
    kept = sums.kept_rows[:, step]
    deleted = sums.rows - kept
    limit = limit_in_records(suppression, sums.rows)
    leaves = sums.kept_leaves[:, step, :] + deleted[:, np.newaxis] * lattice.sizes
    spread = np.maximum(rows * (lattice.sizes - 1), 1)
    lost = np.where(lattice.sizes > 1, np.maximum(leaves - rows, 0) / spread, 0.0)
    steps = sums.nodes / np.maximum(lattice.heights, 1)
    detail = (kept / rows) * (1.0 - steps.mean(axis=1))
    return Scores(
        k=int(sums.grid[step]),
        limit=limit,
        rows=sums.rows,
        nodes=sums.nodes,
        deleted=deleted,
        group=sums.kept_smallest[:, step],
        smallest=sums.smallest,
        classes=sums.classes,
        detail=detail,
        loss=np.expm1(np.log1p(lost).mean(axis=1)),
        meets=(deleted <= limit) & (sums.kept_classes[:, step] > 0),
    )


def frontier(scores: Scores, x: Axis, y: Axis) -> npt.NDArray[np.intp]:
    """Nodes that meet the requirements and that none of those beats on both axes, from the best of x down."""
    places = np.flatnonzero(scores.meets)
    across, up = _gain(scores, x)[places], _gain(scores, y)[places]
    order = np.lexsort((-up, -across))
    best_before = np.maximum.accumulate(up[order])
    better = np.ones(order.size, dtype=np.bool_)
    better[1:] = up[order][1:] > best_before[:-1]
    return places[order[better]]


def best(scores: Scores, x: Axis) -> int | None:
    """The node that meets the requirements at least cost; of several the one that deletes least."""
    places = np.flatnonzero(scores.meets)
    if not places.size:
        return None
    order = np.lexsort((scores.deleted[places], -_gain(scores, x)[places].round(12)))
    return int(places[order[0]])


def _gain(scores: Scores, axis: Axis) -> Reals:
    values = scores.along(axis)
    return values if axis.more_is_better else -values


def drawn(values: npt.NDArray[np.integer] | Reals, axis: Axis) -> Reals:
    """Where values stand on an axis: counts of rows by their square root, sizes of groups by their logarithm.

    A group of nobody stands below a group of one.

    >>> drawn(np.array([0, 100]), Axis.DELETED).tolist(), drawn(np.array([0, 100]), Axis.GROUP).tolist()
    ([0.0, 10.0], [-0.3, 2.0])
    """
    real = np.asarray(values, dtype=np.float64)
    if axis is Axis.DELETED:
        return np.sqrt(real)
    if axis in {Axis.GROUP, Axis.SMALLEST}:
        return np.where(real >= 1, np.log10(np.maximum(real, 1)), _NOBODY)
    return real


def ticks(axis: Axis, values: Reals) -> tuple[list[float], list[str]] | tuple[None, None]:
    """Round numbers for an axis that is not drawn evenly, and where they stand; None where it is."""
    if axis in {Axis.DETAIL, Axis.LOSS}:
        return None, None
    most = max(float(values.max(initial=1)), 1.0)
    power = len(str(int(most))) - 1
    if axis is Axis.DELETED:
        chosen = [
            0,
            *(int(f * 10 ** max(power - 1, 0)) for f in (1, 5, 10, 25, 50, 100) if f * 10 ** (power - 1) <= most),
        ]
    else:
        chosen = [0, *(f * 10**p for p in range(power + 1) for f in (1, 2, 5) if f * 10**p <= most)]
    return drawn(np.array(chosen), axis).tolist(), [
        "none" if n == 0 and axis.more_is_better else f"{n:,}" for n in chosen
    ]


# --- one step at a time ---


def place_of(scores: Scores, node: Sequence[int]) -> int:
    """Where a node stands among the scores."""
    return int(np.flatnonzero((scores.nodes == np.asarray(node)).all(axis=1))[0])


def neighbours(scores: Scores, recipe: Recipe) -> tuple[Move, ...]:
    """The direct finer and coarser settings: one slider moved by one step."""
    away = np.abs(scores.nodes - np.asarray(recipe.node)).sum(axis=1)
    return tuple(_move(scores, recipe, int(place)) for place in np.flatnonzero(away == 1))


def moves(scores: Scores, recipe: Recipe) -> tuple[Move, ...]:
    """Every move of a single slider, the most useful first.

    Moves that meet the requirements come first, by the detail that is left. Then those that make
    records safe, by how many for the detail that they cost.
    """
    differing = (scores.nodes != np.asarray(recipe.node)).sum(axis=1)
    every = [_move(scores, recipe, int(place)) for place in np.flatnonzero(differing == 1)]
    return tuple(sorted(every, key=_usefulness))


def nearest(scores: Scores, recipe: Recipe) -> int | None:
    """The setting that meets the requirements in fewest steps of the sliders, most detail kept; None without one."""
    places = np.flatnonzero(scores.meets)
    if not places.size:
        return None
    away = np.abs(scores.nodes[places] - np.asarray(recipe.node)).sum(axis=1)
    return int(places[np.lexsort((-scores.detail[places], away))[0]])


def apply(project: Project, node: Sequence[int]) -> None:
    """Move the sliders to a node (one step of undo)."""
    names = [plan.name for plan in project.recipe.qis]
    levels = dict(zip(names, map(int, node), strict=True))
    project.change_roles(project.recipe.with_levels(levels))


def _usefulness(move: Move) -> tuple[bool, float, int]:
    if move.meets:
        return False, -move.detail_gained, -move.made_safe
    worth = move.made_safe / max(-move.detail_gained, 1e-6) if move.made_safe > 0 else float(move.made_safe)
    return True, -worth, -move.made_safe


def _move(scores: Scores, recipe: Recipe, place: int) -> Move:
    here, there = recipe.node, scores.nodes[place]
    which = int(np.flatnonzero(there != np.asarray(here))[0])
    plan, at = recipe.qis[which], place_of(scores, here)
    words = plan.hierarchy.level_names
    return Move(
        column=plan.name,
        level=words[int(there[which])],
        before=words[plan.level],
        place=place,
        coarser=bool(there[which] > here[which]),
        made_safe=int(scores.deleted[at] - scores.deleted[place]),
        group_gained=int(scores.group[place] - scores.group[at]),
        detail_gained=float(scores.detail[place] - scores.detail[at]),
        meets=bool(scores.meets[place]),
    )
