"""Checks of single nodes through the models themselves: for any requirement, any width of keys, warm or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.engine.summary import summarise
from anonymiser.privacy import PrivacyModel
from anonymiser.search.monotone import is_convex, is_monotone
from anonymiser.search.probe import Probe
from anonymiser.search.sums import NodeSums

__all__ = ["Check", "ModelCheck"]

_KEPT: Final = 256
_KEPT_BYTES: Final = 512 * 2**20


class Check(Protocol):
    """Measures one node."""

    def check(self, node: Sequence[int]) -> NodeSums:
        """Sums of the node; incomplete where more records fail than may be suppressed."""
        ...


class ModelCheck:
    """Rolls up and asks each model; a probe that goes first spares most of that.

    Parameters
    ----------
    root : FrequencySet
        At level 0, with histograms where a requirement needs them.
    requirements : sequence of PrivacyModel
    limit : int
        Records that may fail.
    probe : Probe or None
        What masks say of the requirements: a class that it fails fails.
    wants_labels : bool
        Also count the failing records of each label.
    """

    def __init__(
        self,
        root: FrequencySet,
        requirements: Sequence[PrivacyModel],
        limit: int,
        probe: Probe | None,
        *,
        wants_labels: bool,
    ) -> None:
        self._requirements, self._limit = tuple(requirements), limit
        self._probe, self._wants_labels = probe, wants_labels
        self._convex = limit == 0 and all(is_convex(r) for r in self._requirements)
        self._kept = [root]
        self._bytes = 0

    def check(self, node: Sequence[int]) -> NodeSums:
        """Sums of a node."""
        fewest = 0
        if self._probe is not None:
            first = self._probe.check(node)
            fewest = first.fewest
            if fewest > self._limit:
                return NodeSums(fewest, fewest)
        classes = self._roll_up(tuple(node))
        monotone, passing = self._verdicts(classes)
        fewest = max(fewest, int(classes.counts[~monotone].sum(dtype=np.int64)))
        summary = summarise(classes, passing, 1)
        if self._convex and summary.failing:
            fewest = max(fewest, 1)  # were all to pass at a finer node, they would all pass here
        return NodeSums(
            failing=summary.failing,
            fewest=fewest,
            complete=True,
            classes=summary.classes,
            squares=summary.sum_squares,
            kept_classes=summary.kept_classes,
            kept_squares=summary.kept_sum_squares,
            kept_leaves=summary.kept_leaves,
            removed=_removed(classes, ~passing) if self._wants_labels else (),
        )

    def _verdicts(self, classes: FrequencySet) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Classes that pass the monotone requirements, and those that pass all."""
        monotone = np.ones(classes.classes, dtype=np.bool_)
        passing = np.ones(classes.classes, dtype=np.bool_)
        for requirement in self._requirements:
            verdict = requirement.passes(classes)
            passing &= verdict
            if is_monotone(requirement):
                monotone &= verdict
        return monotone, passing

    def _roll_up(self, node: tuple[int, ...]) -> FrequencySet:
        finer = [s for s in self._kept if all(a <= b for a, b in zip(s.node, node, strict=True))]
        source = min(finer, key=lambda s: s.classes)
        found = roll_up(source, node)
        if (
            2 * found.classes <= source.classes
            and len(self._kept) < _KEPT
            and self._bytes + found.nbytes <= _KEPT_BYTES
        ):
            self._kept.append(found)
            self._bytes += found.nbytes
        return found


def _removed(classes: FrequencySet, failing: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], ...]:
    """Failing records of each label, for each attribute."""
    sizes = classes.counts[failing].astype(np.int64)
    found = []
    for j, (hierarchy, level) in enumerate(zip(classes.hierarchies, classes.node, strict=True)):
        labels = len(hierarchy.labels[level])
        if not classes.layout.bits[j]:
            found.append(np.array([sizes.sum()]))
            continue
        codes = classes.layout.codes(classes.keys, j)[failing].astype(np.int64)
        found.append(np.bincount(codes, weights=sizes, minlength=labels).astype(np.int64))
    return tuple(found)
