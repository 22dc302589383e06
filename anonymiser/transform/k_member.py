"""k-member clustering, plain and weighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.methods import KMember, WeightedKMember
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress
from anonymiser.transform.merging import merge_failing, numbered, starting_size
from anonymiser.transform.mondrian import least_group, verdict_of
from anonymiser.transform.points import Points, points_of
from anonymiser.transform.spans import with_partition

__all__ = ["apply", "cluster", "outlyingness"]

_LEVEL: Final = "span of its group"
_METHOD: Final = "Clustering: the span of the values in a group of records that are alike."
_NEIGHBOURS: Final = 5
_SAMPLE: Final = 1_000
_NEAR: Final = 10
_AHEAD: Final = 1e4
"""Times the weight: heavier records become seeds first, however near they are."""
_ENOUGH: Final = 0.005
"""Share of the groups: where a round changes fewer, the rounds end."""
_PART: Final = 512
Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]


def apply(
    draft: Draft,
    spec: KMember | WeightedKMember,
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
    mass = record_weights(draft, points, spec, generator) if isinstance(spec, WeightedKMember) else None
    group = cluster(points, begin, mass, generator, rounds=spec.rounds, progress=progress)
    group = merge_failing(points, group, k, verdict)
    made = with_partition(draft, group, level=_LEVEL, method=_METHOD)
    sentences = (f"{spec.sentence()} Each group has at least {k:,} records.",)
    return made.with_record(MethodRecord(spec.method, spec.title, sentences, (("groups", int(group.max()) + 1),)))


def cluster(
    points: Points,
    k: int,
    mass: Reals | None,
    generator: np.random.Generator,
    *,
    rounds: int,
    progress: Progress,
) -> Wholes:
    """Group of each record, each of at least k: (records,) int64 array from 0.

    Parameters
    ----------
    points : Points
    k : int
        At most the number of records.
    mass : (records,) float64 array or None
        What a record's loss counts; None for all alike. Heavier records are grouped first.
    generator : numpy Generator
    rounds : int
        Of dividing neighbouring groups anew.
    progress : Progress
    """
    from anonymiser.transform import clustering_kernels as greedy
    from anonymiser.transform import improving_kernels as kernels

    rows = points.rows
    if not points.at.size or k == 1 or rows < 2 * k:
        return np.arange(rows, dtype=np.int64) if k == 1 else np.zeros(rows, dtype=np.int64)
    weigh = np.ones(rows) if mass is None else mass
    group = np.empty(rows, dtype=np.int64)
    rank = np.zeros(rows, np.float32) if mass is None else (mass * _AHEAD).astype(np.float32)
    preference = weigh.astype(np.float32)
    progress(0.0, "Building the groups")
    groups = greedy.k_member(
        points.at.copy(), points.weights, rank, preference, k, int(generator.integers(rows)), group
    )
    kernels.assign(points.at, points.weights, weigh, group, groups, k)
    kernels.improve(points.at, points.weights, weigh, group, groups, k, 3)
    for number in range(rounds):
        draws, changes = generator.random(groups), 0
        for first in range(0, groups, _PART):
            progress(0.5 + 0.5 * (number + first / groups) / rounds, "Dividing neighbouring groups anew")
            last = min(first + _PART, groups)
            changes += kernels.regroup(
                points.at, points.weights, weigh, group, groups, k, _NEIGHBOURS, draws, first, last
            )
        if changes <= _ENOUGH * groups:
            break
    if rounds:
        kernels.improve(points.at, points.weights, weigh, group, groups, k, 2)
    return numbered(group)


def record_weights(draft: Draft, points: Points, spec: WeightedKMember, generator: np.random.Generator) -> Reals:
    """Weight of each record, 1 on average.

    Raises
    ------
    InputError
        There is no such column, or nobody has the values.
    """
    if spec.weigh == "typical":
        off = outlyingness(points, generator)
        middle = float(np.median(off)) or 1.0
        weights: Reals = 1.0 / (1.0 + (off / middle) ** 2)
    else:
        column = draft.column(spec.column)
        if column is None:
            raise InputError(f"'{spec.column}' does not leave, so its values cannot count more. Choose another column.")
        heavy = np.array([*(label in spec.values for label in column.labels), False])[column.codes]
        if not heavy.any():
            raise InputError(f"Nobody has the values of '{spec.column}' that should count more. Choose others.")
        weights = np.where(heavy, spec.factor, 1.0)
    result: Reals = weights / weights.mean()
    return result


def outlyingness(points: Points, generator: np.random.Generator) -> Reals:
    """Distance of each record from its tenth nearest among a thousand drawn records: (records,) float64 array."""
    from anonymiser.transform import clustering_kernels as kernels

    rows = points.rows
    drawn = np.sort(generator.choice(rows, min(_SAMPLE, rows), replace=False))
    sample = np.ascontiguousarray(points.at[:, drawn])
    near = min(_NEAR, drawn.size - 1)
    out, found = np.empty(drawn.size, dtype=np.float32), np.empty(rows)
    for i in range(rows):
        kernels.distances(sample, points.weights, points.at[:, i], 0, drawn.size, out)
        found[i] = np.partition(out, near)[near]
    return found
