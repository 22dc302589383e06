"""Local recoding over the hierarchies, to a local optimum, honouring every requirement.

1. Begin with one group in which everything is hidden.
2. Show each group more exactly: one column, one step down, where that pays most; the records of each label that meet
   every requirement become a group of their own, the others stay together as they were. Until no group can be parted.
3. Move records into groups that show them more exactly, where what they leave still meets every requirement; then go
   on with 2. Until nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.methods import LocalRecoding
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, DraftColumn, MethodRecord, Progress, tidy
from anonymiser.transform.ladders import Ladder, ladder_of
from anonymiser.transform.mondrian import Verdict, least_group, verdict_of

__all__ = ["apply"]

_LEVEL: Final = "as its group needs"
_METHOD: Final = "Local recoding: generalised in each group of records only as far as that group needs."
Wholes = npt.NDArray[np.int64]


def apply(
    draft: Draft,
    spec: LocalRecoding,
    requirements: Sequence[PrivacyModel],
    generator: np.random.Generator,  # noqa: ARG001 - the Protocol
    progress: Progress,
) -> Draft:
    """Generalise each group only as far as it needs.

    Raises
    ------
    InputError
        There are fewer records than k.
    """
    k = least_group(draft, requirements)
    groups = _Groups.hidden([ladder_of(column) for column in draft.visible_qis], draft.rows)
    judge = _Judge(k, verdict_of(draft, requirements))
    groups.part(judge, progress)
    for number in range(spec.rounds):
        progress(0.5 + 0.5 * number / spec.rounds, "Moving records to where they are shown more exactly")
        if not groups.move(judge):
            break
        groups.part(judge, lambda _part, _words: None)
    changed = groups.columns()
    number = groups.levels.shape[0]
    sentences = (f"{spec.sentence()} Each group has at least {k:,} records.",)
    record = MethodRecord(spec.method, spec.title, sentences, (("groups", number),))
    return draft.with_columns(*changed, partition=groups.group_of).with_record(record)


@dataclass(frozen=True, eq=False)
class _Judge:
    """Whether groups meet every requirement."""

    k: int
    verdict: Verdict

    def passes(self, group_of: Wholes, groups: int) -> npt.NDArray[np.bool_]:
        """Which groups do; a record in group ``groups`` is in none."""
        enough: npt.NDArray[np.bool_] = np.bincount(group_of, minlength=groups + 1)[:groups] >= self.k
        if self.verdict and enough.any():
            enough = enough & self.verdict.passes(group_of, groups + 1)[:groups]
        return enough


@dataclass(eq=False)
class _Groups:
    """Records in groups, each with its levels."""

    ladders: list[Ladder]
    rows: npt.NDArray[np.int32]
    maps: npt.NDArray[np.int32]
    losses: npt.NDArray[np.float64]
    group_of: Wholes
    levels: Wholes

    @classmethod
    def hidden(cls, ladders: list[Ladder], rows: int) -> _Groups:
        """One group, every column at its top."""
        height = max((ladder.height for ladder in ladders), default=0) + 1
        width = max((ladder.codes for ladder in ladders), default=1)
        maps = np.zeros((len(ladders), height, width), dtype=np.int32)
        losses = np.zeros((len(ladders), height, width))
        for j, ladder in enumerate(ladders):
            for level, (codes, loss) in enumerate(zip(ladder.maps, ladder.losses, strict=True)):
                maps[j, level, : codes.size] = codes
                losses[j, level, : loss.size] = loss
        matrix = np.empty((rows, len(ladders)), dtype=np.int32)
        for j, ladder in enumerate(ladders):
            matrix[:, j] = ladder.column.codes
        tops = np.array([[ladder.height for ladder in ladders]], dtype=np.int64)
        return cls(ladders, matrix, maps, losses, np.zeros(rows, dtype=np.int64), tops)

    def part(self, judge: _Judge, progress: Progress) -> None:
        """Show every group more exactly until none can be parted."""
        from anonymiser.transform import local_recoding_kernels as kernels

        active = np.arange(self.levels.shape[0])
        tried = np.zeros(active.size, dtype=np.int64)
        while active.size and self.ladders:
            place = np.full(self.levels.shape[0], -1, dtype=np.int64)
            place[active] = np.arange(active.size)
            own = place[self.group_of]
            records = np.flatnonzero(own >= 0)
            order = records[np.argsort(own[records], kind="stable")]
            ends = np.cumsum(np.bincount(own[records], minlength=active.size))
            lows = ends - np.bincount(own[records], minlength=active.size)
            levels = self.levels[active]
            kernels.tighten(self.rows, order, lows, ends, self.maps, levels)
            self.levels[active] = levels
            chosen = np.empty(active.size, dtype=np.int64)
            kernels.choose(self.rows, order, lows, ends, self.maps, self.losses, levels, tried, judge.k, chosen)
            progress(0.5 * (1.0 - records.size / self.group_of.size), "Showing each group more exactly")
            active, tried = self._stepped(judge, active, tried, chosen, order)

    def _stepped(
        self, judge: _Judge, active: Wholes, tried: Wholes, chosen: Wholes, order: Wholes
    ) -> tuple[Wholes, Wholes]:
        """Take the chosen steps; returns the groups to look at again and what they need not try."""
        going = chosen >= 0
        place = np.full(self.levels.shape[0], -1, dtype=np.int64)
        place[active] = np.where(going, np.arange(active.size), -1)
        parent = place[self.group_of[order]]
        order, parent = order[parent >= 0], parent[parent >= 0]
        column = chosen[parent]
        below = self.levels[active[parent], column] - 1
        code = self.maps[column, below, self.rows[order, column]]
        key, child = np.unique(parent * self.maps.shape[2] + code, return_inverse=True)
        parent_of = key // self.maps.shape[2]
        leaves = self._leaving(judge, order, child, parent_of)
        fresh = np.cumsum(leaves) - 1 + self.levels.shape[0]
        moving = leaves[child]
        self.group_of[order[moving]] = fresh[child[moving]]
        levels = self.levels[active[parent_of[leaves]]]
        levels[np.arange(levels.shape[0]), chosen[parent_of[leaves]]] -= 1
        self.levels = np.concatenate([self.levels, levels])
        looked = np.concatenate([active[going], fresh[leaves]])
        marks = np.concatenate([tried[going] | (1 << chosen[going]), np.zeros(int(leaves.sum()), dtype=np.int64)])
        return self._compact(looked, marks)

    def _leaving(self, judge: _Judge, order: Wholes, child: Wholes, parent_of: Wholes) -> npt.NDArray[np.bool_]:
        """Which children become groups of their own, so that they and what stays meet the requirements."""
        number, parents = parent_of.size, int(parent_of.max(initial=-1)) + 1
        group_of = np.full(self.group_of.size, number, dtype=np.int64)
        group_of[order] = child
        leaves = judge.passes(group_of, number)
        size = np.bincount(child, minlength=number)
        while True:
            group_of[:] = parents
            staying = ~leaves[child]
            group_of[order[staying]] = parent_of[child[staying]]
            some = np.bincount(parent_of[child[staying]], minlength=parents) > 0
            wrong = some & ~judge.passes(group_of, parents)
            candidates = np.flatnonzero(leaves & wrong[parent_of])
            if not candidates.size:
                return leaves
            ranked = candidates[np.lexsort((size[candidates], parent_of[candidates]))]
            first = np.r_[True, np.diff(parent_of[ranked]) > 0]
            leaves[ranked[first]] = False  # the smallest stays, too

    def _compact(self, looked: Wholes, marks: Wholes) -> tuple[Wholes, Wholes]:
        """Forget groups that have no records any more; the numbers of those to look at follow."""
        there = np.bincount(self.group_of, minlength=self.levels.shape[0]) > 0
        number = np.cumsum(there) - 1
        self.group_of = number[self.group_of]
        self.levels = self.levels[there]
        alive = there[looked]
        return number[looked[alive]], marks[alive]

    def move(self, judge: _Judge) -> int:
        """Move records into groups that show them more exactly; returns how many moved."""
        from anonymiser.transform import local_recoding_kernels as kernels

        number = self.levels.shape[0]
        size = np.bincount(self.group_of, minlength=number)
        first = np.empty(number, dtype=np.int64)
        first[self.group_of[::-1]] = np.arange(self.group_of.size - 1, -1, -1)
        columns = np.arange(len(self.ladders))
        labels = self.maps[columns, self.levels, self.rows[first]]
        loss = self.losses[columns, self.levels, labels].sum(axis=1)
        kinds, kind = np.unique(self.levels, axis=0, return_inverse=True)
        groups = np.argsort(kind.ravel(), kind="stable")
        begins = np.searchsorted(kind.ravel()[groups], np.arange(len(kinds) + 1))
        best = np.empty(self.group_of.size, dtype=np.int64)
        kernels.better_groups(
            self.rows,
            self.maps,
            self.levels,
            labels,
            loss,
            begins,
            groups,
            self.group_of,
            size[self.group_of] > judge.k,
            best,
        )
        wanting = np.flatnonzero(best >= 0)
        gain = loss[self.group_of[wanting]] - loss[best[wanting]]
        wanting = wanting[np.argsort(-gain, kind="stable")]
        return self._moved(judge, wanting, best, size)

    def _moved(self, judge: _Judge, wanting: Wholes, best: Wholes, size: Wholes) -> int:
        """Move as many as the groups can spare, those that gain most first; take back what breaks a requirement."""
        before = self.group_of[wanting]
        rank = np.empty(wanting.size, dtype=np.int64)  # how many of the same group go before
        by_group = np.argsort(before, kind="stable")
        starts = np.searchsorted(before[by_group], before[by_group])
        rank[by_group] = np.arange(wanting.size) - starts
        going = wanting[rank < size[before] - judge.k]
        left, reached = self.group_of[going].copy(), best[going]
        self.group_of[going] = reached
        while going.size:
            bad = ~judge.passes(self.group_of, size.size)
            back = bad[left] | bad[reached]
            if not back.any():
                break
            self.group_of[going[back]] = left[back]
            going, left, reached = going[~back], left[~back], reached[~back]
        return int(going.size)

    def columns(self) -> list[DraftColumn]:
        """The columns as their groups show them."""
        made = []
        for j, ladder in enumerate(self.ladders):
            level = self.levels[self.group_of, j]
            codes = ladder.shown(level, self.rows[:, j])
            column = tidy(ladder.column, ladder.texts, codes, ladder.cover)
            made.append(replace(column, level=_LEVEL, method=_METHOD))
        return made
