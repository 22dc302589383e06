"""Fuzzy clustering: records on a boundary are shared until a group needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.methods import FuzzyClustering
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress
from anonymiser.transform.merging import merge_failing, numbered, starting_size
from anonymiser.transform.mondrian import least_group, verdict_of
from anonymiser.transform.points import Points, points_of
from anonymiser.transform.spans import with_partition

__all__ = ["apply", "cluster"]

_LEVEL: Final = "span of its group"
_METHOD: Final = "Fuzzy clustering: the span of the values in a group of records around one centre."
_TOP: Final = 6
"""Centres near a record that are looked at."""
_SETTLING: Final = 6
_PART: Final = 4_096
Wholes = npt.NDArray[np.int64]


def apply(
    draft: Draft,
    spec: FuzzyClustering,
    requirements: Sequence[PrivacyModel],
    generator: np.random.Generator,
    progress: Progress,
) -> Draft:
    """Cluster the records; every group shows the span of its values.

    Raises
    ------
    InputError
        There are fewer records than a group needs, or a weight is for nothing.
    """
    k, verdict = least_group(draft, requirements), verdict_of(draft, requirements)
    begin = starting_size(k, requirements)
    points = points_of(draft, spec.attribute_weights)
    group, shared = cluster(points, begin, spec, generator, progress)
    group = merge_failing(points, group, k, verdict)
    made = with_partition(draft, group, level=_LEVEL, method=_METHOD)
    sentences = (f"{spec.sentence()} Each group has at least {k:,} records.",)
    counts = (("groups", int(group.max()) + 1), ("records on a boundary", shared))
    return made.with_record(MethodRecord(spec.method, spec.title, sentences, counts))


def cluster(
    points: Points, k: int, spec: FuzzyClustering, generator: np.random.Generator, progress: Progress
) -> tuple[Wholes, int]:
    """Group of each record from 0, and how many records were shared between groups in the end.

    Groups that found too few records in every round may be left smaller than k: the caller merges them.

    Parameters
    ----------
    points : Points
    k : int
        At most the number of records; also the records a centre, to begin with.
    spec : FuzzyClustering
    generator : numpy Generator
    progress : Progress
    """
    from anonymiser.transform import fuzzy_kernels as kernels

    rows = points.rows
    if not points.at.size or k == 1 or rows < 2 * k:
        return (np.arange(rows, dtype=np.int64) if k == 1 else np.zeros(rows, dtype=np.int64)), 0
    centres = np.ascontiguousarray(points.at[:, np.sort(generator.choice(rows, rows // k, replace=False))])
    top = min(_TOP, centres.shape[1])
    at, apart = np.empty((rows, top), dtype=np.int32), np.empty((rows, top), dtype=np.float32)
    shares, group = np.empty((rows, top)), np.empty(rows, dtype=np.int64)

    def look(done: float, words: str) -> None:
        nonlocal at, apart, shares
        if centres.shape[1] < at.shape[1]:
            at, apart, shares = (array[:, : centres.shape[1]].copy() for array in (at, apart, shares))
        for first in range(0, rows, _PART):
            progress(done, words)
            kernels.nearest(points.at, points.weights, centres, first, min(first + _PART, rows), at, apart)
        kernels.memberships(apart, spec.fuzziness, shares)

    steps = spec.iterations + _SETTLING
    for step in range(spec.iterations):
        look(step / steps, "Gathering the records around centres")
        kernels.centres_of(points.at, at, shares, spec.fuzziness, centres)
    shared = 0
    for step in range(_SETTLING):
        look((spec.iterations + step) / steps, "Giving boundary records to the groups that need them")
        shared = kernels.settle(at, apart, shares, spec.share, k, group, np.empty(centres.shape[1], dtype=np.int64))
        placed = group >= 0
        if not placed.any():  # every group was too small and nobody's neighbour: one group
            return np.zeros(rows, dtype=np.int64), shared
        own = numbered(group[placed])
        sums = [np.bincount(own, weights=row[placed]) for row in points.at]
        centres = np.ascontiguousarray(np.array(sums) / np.bincount(own), dtype=np.float32)
        if placed.all() and step == _SETTLING - 2:
            return numbered(group), shared
    group[placed] = own
    group[~placed] = int(own.max()) + 1 + np.arange(int((~placed).sum()))  # each alone: merged with what is nearest
    return numbered(group), shared
