"""A column's labels at every level from its own up: what a method needs that walks up and down hierarchies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymiser.limits import HIDDEN, MISSING
from anonymiser.transform.base import Cover, DraftColumn
from anonymiser.utility.domain import label_penalties

__all__ = ["Ladder", "ladder_of"]

Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ladder:
    """Levels of a column; level 0 is the one that it is at.

    Attributes
    ----------
    column : DraftColumn
    labels : tuple of tuple of str
        At each level; `missing` where a missing value has a label of its own.
    maps : tuple of (codes,) int64 arrays
        Label at each level of each of the column's codes, the one of a missing value included.
    covers : tuple of Cover
        Of each level's labels (without the entry for a missing value, which is a label here).
    """

    column: DraftColumn
    labels: tuple[tuple[str, ...], ...]
    maps: tuple[Wholes, ...]
    covers: tuple[Cover, ...]

    @property
    def height(self) -> int:
        """The last level."""
        return len(self.maps) - 1

    @property
    def codes(self) -> int:
        """Codes of the column."""
        return int(self.maps[0].size)

    @cached_property
    def losses(self) -> tuple[npt.NDArray[np.float64], ...]:
        """Loss of each label of each level, from 0 (exact) to 1 (hidden)."""
        least = 1.0 / max(self.column.size, 1)
        if least == 1.0:
            return tuple(np.zeros(cover.share.size) for cover in self.covers)
        return tuple(np.clip((cover.share - least) / (1.0 - least), 0.0, 1.0) for cover in self.covers)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every label of every level, one level after the other."""
        return tuple(text for level in self.labels for text in level)

    @cached_property
    def cover(self) -> Cover:
        """Of ``texts`` and of a missing value."""
        last = self.column.cover
        parts = self.covers
        return Cover(
            np.r_[*(c.penalty for c in parts), last.penalty[-1]],
            np.r_[*(c.share for c in parts), last.share[-1]],
            np.r_[*(c.levels for c in parts), last.levels[-1]].astype(np.int64),
            np.r_[*(c.support for c in parts), last.support[-1]],
        )

    def shown(self, level: Wholes, codes: npt.NDArray[np.integer]) -> Wholes:
        """Index into ``texts`` of each record at its own level; a label of missing values is an empty cell."""
        offsets = np.cumsum([0, *(len(labels) for labels in self.labels)])
        result = np.empty(codes.size, dtype=np.int64)
        for height, labels in enumerate(self.labels):
            at = level == height
            place = self.maps[height][codes[at]]
            blank = self._blank(height)
            result[at] = np.where(place == blank, len(self.texts), place + offsets[height])
            del labels
        return result

    def _blank(self, height: int) -> int:
        """The label of missing values at a level; −1 where they have none of their own."""
        place = int(self.maps[height][-1])
        return place if place not in self.maps[height][:-1] and self.labels[height][place] == MISSING else -1


def ladder_of(column: DraftColumn) -> Ladder:
    """The levels of a column's hierarchy from its own up; itself and ``*`` where a method took the hierarchy away."""
    hierarchy, known = column.hierarchy, len(column.labels)
    if hierarchy is None:
        return _two_levels(column)
    labels, maps, covers = [], [], []
    for level in range(column.at, hierarchy.height + 1):
        names = list(hierarchy.labels[level])
        up = hierarchy.parents(column.at, level).astype(np.int64)
        share = hierarchy.leaf_counts[level] / hierarchy.size
        if up.size == known:  # no missing value in the input: the column's code for one still needs a place
            top = level == hierarchy.height and names == [HIDDEN]
            up = np.append(up, 0 if top else len(names))
            if not top:
                names.append(MISSING)
                share = np.append(share, 1.0 / column.size)
        labels.append(tuple(names))
        maps.append(up)
        covers.append(_cover(column, up, share, level))
    return Ladder(column, tuple(labels), tuple(maps), tuple(covers))


def _cover(column: DraftColumn, up: Wholes, share: npt.NDArray[np.float64], level: int) -> Cover:
    hierarchy = column.hierarchy
    assert hierarchy is not None  # noqa: S101 - the caller has looked
    support = np.bincount(up, weights=np.nan_to_num(column.cover.support), minlength=share.size).astype(np.float64)
    penalty = np.append(label_penalties(hierarchy, level), 0.0)[: share.size]
    return Cover(penalty, share, np.full(share.size, level, dtype=np.int64), support)


def _two_levels(column: DraftColumn) -> Ladder:
    number = len(column.labels) + 1
    exact, cover = np.arange(number), column.cover
    whole = np.array([float(np.nan_to_num(cover.support).sum())])
    hidden = Cover(np.ones(1), np.ones(1), np.full(1, -1, dtype=np.int64), whole)
    return Ladder(
        column, ((*column.labels, MISSING), (HIDDEN,)), (exact, np.zeros(number, dtype=np.int64)), (cover, hidden)
    )
