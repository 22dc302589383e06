"""What a method did, to look at: rectangles over two columns, numbers before and after, counts before and after."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.limits import MISSING
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.transform.base import Draft, DraftColumn
from anonymiser.transform.spans import Scale, scale_of

__all__ = ["Counts", "Dots", "Plane", "axes_of", "changed_columns", "counts", "dots", "plane"]

_MOST_RECTANGLES: Final = 600
_MOST_POINTS: Final = 1200
_MOST_BARS: Final = 24
_TICKS: Final = 6
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """Groups as rectangles over two columns, and people as points.

    Attributes
    ----------
    names : (str, str)
    rectangles : (groups, 5) float64 array
        Left, right, bottom, top, people.
    left_out : int
        Groups that are not drawn because there are too many.
    points : (people, 2) float64 array
        A sample, moved about a little so that equal ones do not hide each other.
    ticks : two tuples of (place, label)
    """

    names: tuple[str, str]
    rectangles: Reals
    left_out: int
    points: Reals
    ticks: tuple[tuple[tuple[float, str], ...], tuple[tuple[float, str], ...]]


@dataclass(frozen=True, eq=False)
class Dots:
    """Numbers of one column before and after, a sample."""

    name: str
    before: Reals
    after: Reals


@dataclass(frozen=True, eq=False)
class Counts:
    """People by value of one column, before and after; the commonest values, in order."""

    name: str
    labels: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]


def axes_of(project: Project, recipe: Recipe) -> tuple[str, ...]:
    """Columns over which rectangles can be drawn, those with most values first; none where there are no groups."""
    found = project.draft(recipe)
    if found.draft.partition is None:
        return ()
    return tuple(c.name for c in sorted(found.start.draft.visible_qis, key=lambda c: -len(c.labels)))


def plane(project: Project, recipe: Recipe, names: tuple[str, str]) -> Plane:
    """The groups of a method over two columns.

    The largest are drawn where there are very many. Missing values stand beyond the last value.
    """
    found = project.draft(recipe)
    partition = found.draft.partition
    assert partition is not None  # noqa: S101 - `axes_of` says so
    scales = [scale_of(c) for name in names for c in found.start.draft.columns if c.name == name]
    places = [scale.position[scale.column.codes].astype(np.float64) for scale in scales]
    sizes = np.bincount(partition)
    order = np.argsort(partition, kind="stable")
    starts = np.r_[0, np.cumsum(sizes)[:-1]]
    edges: list[Reals] = []
    for place in places:
        edges += [
            np.minimum.reduceat(place[order], starts) - 0.45,
            np.maximum.reduceat(place[order], starts) + 0.45,
        ]
    rectangles = np.column_stack([*edges, sizes])
    largest = np.argsort(-sizes, kind="stable")[:_MOST_RECTANGLES]
    rng = np.random.default_rng(0)
    some = rng.permutation(partition.size)[:_MOST_POINTS]
    jitter = rng.uniform(-0.4, 0.4, (some.size, 2))
    return Plane(
        (names[0], names[1]),
        rectangles[largest],
        sizes.size - largest.size,
        np.column_stack([place[some] for place in places]) + jitter,
        (_ticks(scales[0]), _ticks(scales[-1])),
    )


def _ticks(scale: Scale) -> tuple[tuple[float, str], ...]:
    number = max(scale.known, 1)
    chosen = np.unique(np.linspace(0, number - 1, min(number, _TICKS)).round().astype(int))
    found = [(float(i), scale.column.labels[int(scale.at[i])]) for i in chosen if scale.known]
    return (*found, (float(scale.known), MISSING)) if scale.size > scale.known else tuple(found)


def changed_columns(project: Project, recipe: Recipe) -> tuple[str, ...]:
    """Columns whose labels a method changed."""
    found = project.draft(recipe)
    before = {c.name: c for c in found.start.draft.columns}
    return tuple(
        c.name
        for c in found.draft.columns
        if c.leaves
        and (
            c.labels != before[c.name].labels
            or not np.array_equal(c.codes, before[c.name].codes[found.draft.source_rows])
        )
    )


def dots(project: Project, recipe: Recipe, name: str) -> Dots | None:
    """Numbers before and after; None where the column is not one of numbers any more."""
    before, after, draft = _pair(project, recipe, name)
    if before is None or after is None or before.numbers is None or after.numbers is None:
        return None
    some = np.random.default_rng(0).permutation(draft.rows)[:_MOST_POINTS]
    first = np.append(before.numbers, np.nan)[before.codes[draft.source_rows[some]]]
    now = np.append(after.numbers, np.nan)[after.codes[some]]
    known = ~(np.isnan(first) | np.isnan(now))
    return Dots(name, first[known], now[known])


def counts(project: Project, recipe: Recipe, name: str) -> Counts | None:
    """People by value, before and after: of numbers in equal bands, of labels the commonest."""
    before, after, draft = _pair(project, recipe, name)
    if before is None or after is None:
        return None
    kept = ~draft.suppressed if draft.suppressed is not None else np.ones(draft.rows, dtype=np.bool_)
    if before.numbers is not None and after.numbers is not None and before.numbers.size:
        return _banded(name, before, after, kept)
    first = np.bincount(before.codes, minlength=len(before.labels) + 1)
    now = np.bincount(after.codes[kept], minlength=len(after.labels) + 1)
    told = {label: (int(n), 0) for label, n in zip((*before.labels, MISSING), first, strict=True)}
    for label, n in zip((*after.labels, MISSING), now, strict=True):
        told[label] = (told.get(label, (0, 0))[0], int(n))
    chosen = sorted(told, key=lambda label: -max(told[label]))[:_MOST_BARS]
    there = [label for label in chosen if any(told[label])]
    return Counts(name, tuple(there), tuple(told[x][0] for x in there), tuple(told[x][1] for x in there))


def _banded(name: str, before: DraftColumn, after: DraftColumn, kept: npt.NDArray[np.bool_]) -> Counts:
    first = np.append(before.numbers if before.numbers is not None else [], np.nan)[before.codes]
    now = np.append(after.numbers if after.numbers is not None else [], np.nan)[after.codes[kept]]
    both = np.concatenate([first[~np.isnan(first)], now[~np.isnan(now)]])
    edges = np.linspace(both.min(), both.max() or 1.0, _MOST_BARS + 1) if both.size else np.zeros(2)
    edges = np.unique(edges) if np.ptp(edges) else np.array([edges[0] - 0.5, edges[0] + 0.5])
    labels = tuple(f"{(low + high) / 2:.4g}" for low, high in pairwise(edges))
    held = [np.histogram(x[~np.isnan(x)], edges)[0].tolist() for x in (first, now)]
    return Counts(name, labels, tuple(held[0]), tuple(held[1]))


def _pair(project: Project, recipe: Recipe, name: str) -> tuple[DraftColumn | None, DraftColumn | None, Draft]:
    found = project.draft(recipe)
    return found.start.draft.column(name), found.draft.column(name), found.draft
