"""Make it nest: the nearest setting whose groups do not cross those of any earlier release that counts."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.release.ledger_book import Entry
from anonymiser.transform.encoded import EncodedTable

__all__ = ["Step", "bounds", "nearest", "steps_to"]

_MOST_TRIED: Final = 300
"""Settings that are measured before the search gives up."""
_MOST_WAYS: Final = 64

Node = tuple[int, ...]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bounds:
    """The settings that nest in every earlier release in one way.

    Attributes
    ----------
    low, high : tuple of int
        Lowest and highest level of each quasi-identifier.
    """

    low: Node
    high: Node


@dataclass(frozen=True)
class Step:
    """One column that has to become coarser.

    Attributes
    ----------
    column, before, after : str
        Its name, and the words of its level now and then.
    """

    column: str
    before: str
    after: str


def nearest(project: Project, entries: Sequence[Entry], allowed: Callable[[Recipe], bool]) -> Recipe | None:
    """The setting of least loss that nests in every earlier release and shows no column finer than now.

    Parameters
    ----------
    project : Project
    entries : sequence of Entry
        Those that count.
    allowed : callable
        Whether everything else that is asked of a setting is met; the joint k is counted there.

    Returns
    -------
    Recipe or None
        None where no setting that shows anything is allowed, or none was found among the first 300.

    Notes
    -----
    A setting nests where, for each earlier release, every column is at least as coarse as in it (what it hides is
    hidden), or every column that it shows is at least as fine. Both give a box of the lattice. Loss never falls
    upwards, so settings are tried from the lowest corners on, always the one of least loss.
    """
    recipe = project.recipe
    boxes = bounds(project, entries)
    waiting = [(_loss(project, box.low), box.low) for box in boxes]
    heapq.heapify(waiting)
    seen = {node for _, node in waiting}
    tried = 0
    while waiting and tried < _MOST_TRIED:
        _, node = heapq.heappop(waiting)
        candidate, tried = _at(recipe, node), tried + 1
        if not any(plan.leaves for plan in candidate.qis):
            continue
        if allowed(candidate):
            return candidate
        for above in _above(node, boxes):
            if above not in seen:
                seen.add(above)
                heapq.heappush(waiting, (_loss(project, above), above))
    return None


def steps_to(recipe: Recipe, other: Recipe) -> tuple[Step, ...]:
    """Which columns become coarser from one setting to another."""
    pairs = zip(recipe.qis, other.qis, strict=True)
    return tuple(Step(a.name, a.level_name, b.level_name) for a, b in pairs if a.level != b.level)


def bounds(project: Project, entries: Sequence[Entry]) -> list[Bounds]:
    """The boxes of the lattice, at and above the current node, in which a setting nests in every earlier release."""
    plans = project.recipe.qis
    now = tuple(plan.level for plan in plans)
    top = tuple(plan.top for plan in plans)
    table = EncodedTable(project.microdata, strict=False)
    ways = list(dict.fromkeys(_ways(project, table, entry, now) for entry in entries))
    if len(ways) > 1 and np.prod([len(way) for way in ways], dtype=np.float64) > _MOST_WAYS:
        ways = [way[:1] for way in ways]
    found = []
    for chosen in product(*ways):
        low = tuple(max(column) for column in zip(now, *(box.low for box in chosen), strict=True))
        high = tuple(min(column) for column in zip(top, *(box.high for box in chosen), strict=True))
        if all(a <= b for a, b in zip(low, high, strict=True)):
            found.append(Bounds(low, high))
    return list(dict.fromkeys(found))


def _ways(project: Project, table: EncodedTable, entry: Entry, now: Node) -> tuple[Bounds, ...]:
    """Coarser than an earlier release in every column, or finer in every column that it shows."""
    plans = project.recipe.qis
    top = tuple(plan.top for plan in plans)
    earlier = Recipe.from_json(entry.recipe_json)
    shown = {plan.name: plan for plan in earlier.qis if plan.name in entry.columns}
    groups = {plan.name: _earlier_labels(table, earlier, shown[plan.name]) for plan in plans if plan.name in shown}
    low, high = [], []
    for plan in plans:
        before = groups.get(plan.name)
        here = None if before is None else [_labels(table, project.recipe, plan, n) for n in range(plan.top + 1)]
        if before is None or here is None:
            low.append(plan.top)
            high.append(plan.top)
            continue
        low.append(next((n for n, labels in enumerate(here) if _holds(labels, before)), plan.top))
        high.append(max((n for n, labels in enumerate(here) if _holds(before, labels)), default=-1))
    coarser = Bounds(tuple(low), top)
    can_be_finer = set(shown) <= {plan.name for plan in plans} and all(a <= b for a, b in zip(now, high, strict=True))
    return (coarser, Bounds(now, tuple(high))) if can_be_finer else (coarser,)


def _earlier_labels(table: EncodedTable, recipe: Recipe, plan: AttributePlan) -> Labels | None:
    try:
        return _labels(table, recipe, plan, plan.level)
    except InputError:
        return None  # this table has no such column, or one of another kind


def _labels(table: EncodedTable, recipe: Recipe, plan: AttributePlan, level: int) -> Labels:
    """Label of each distinct value of a column, missing last."""
    hierarchy = table.hierarchy(recipe, plan)
    values = hierarchy.encode(table.column(recipe, plan.name).values)
    return np.asarray(hierarchy.maps[level][values], dtype=np.int64)


def _holds(coarse: Labels, fine: Labels) -> bool:
    """Whether each label of one is inside a single label of the other, over the same values."""
    pairs = np.unique(np.stack([fine, coarse]), axis=1).shape[1]
    return bool(pairs == np.unique(fine).size)


def _at(recipe: Recipe, node: Node) -> Recipe:
    levels: Mapping[str, int] = {plan.name: level for plan, level in zip(recipe.qis, node, strict=True)}
    return recipe.with_levels(dict(levels))


def _loss(project: Project, node: Node) -> float:
    return float(project.assess(_at(project.recipe, node)).loss)


def _above(node: Node, boxes: Sequence[Bounds]) -> Iterator[Node]:
    for place in range(len(node)):
        above = (*node[:place], node[place] + 1, *node[place + 1 :])
        inside = any(all(a <= n <= b for a, n, b in zip(box.low, above, box.high, strict=True)) for box in boxes)
        if inside:
            yield above
