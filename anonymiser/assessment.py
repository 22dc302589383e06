"""Every measure of a table at one setting, with suppression all or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.summary import ClassSummary, summarise
from anonymiser.privacy import KAnonymity, PrivacyModel
from anonymiser.privacy.closeness import equal_distance
from anonymiser.privacy.diversity import distinct_values, entropy_diversity
from anonymiser.utility import information_loss as utility
from anonymiser.utility.base import Node

__all__ = ["Assessment", "RequirementResult", "SensitiveMeasures", "assess", "limit_in_records"]


@dataclass(frozen=True)
class RequirementResult:
    """One requirement with the value that the released classes reach (None: there is none)."""

    model: PrivacyModel
    reached: float | None
    met: bool


@dataclass(frozen=True)
class SensitiveMeasures:
    """Diversity and closeness of one sensitive attribute over the released classes.

    ``distinct_l`` counts a missing value as a value of its own, as ARX does. ``entropy_l`` and
    ``t_closeness`` are None where no histogram was kept.
    """

    name: str
    distinct_l: int
    entropy_l: float | None
    t_closeness: float | None


@dataclass(frozen=True)
class Assessment:
    """What a setting would release.

    Suppression is all or nothing: when the failing records fit the limit they are suppressed and
    every measure describes what is released, the suppressed ones charged as the measure says; when
    they do not fit, nothing is suppressed, the requirements count as not met, and the measures
    describe the whole table.

    Attributes
    ----------
    rows : int
        Records of the input, suppressed ones included.
    failing : int
        Records in classes that break a requirement.
    limit : int
        Records that may be suppressed.
    suppressed : int
        Records that are.
    met : bool
        Whether what is released satisfies every requirement (False where nothing is left).
    target_k : int
    k : int
        Smallest released class; 0 where nothing is left.
    classes, classes_raw : int
        Released classes; classes before suppression.
    unique_records : int
        Released records that are alone in their class.
    records_below_k, unique_records_raw : int
        Records in classes smaller than ``target_k`` (of one record), before suppression.
    loss, loss_if_suppressed, precision : float
        0 (all detail kept) to 1.
    loss_by_attribute : tuple of float
    discernibility, average_class_size, mean_kept_class : float
    sensitive : tuple of SensitiveMeasures
    requirements : tuple of RequirementResult
    sizes : (sizes, 2) int64 array
        Class size and number of such classes, before suppression.
    """

    rows: int
    node: tuple[int, ...]
    failing: int
    limit: int
    suppressed: int
    met: bool
    target_k: int
    k: int
    classes: int
    classes_raw: int
    unique_records: int
    unique_records_raw: int
    records_below_k: int
    loss: float
    loss_if_suppressed: float
    loss_by_attribute: tuple[float, ...]
    precision: float
    discernibility: float
    average_class_size: float
    mean_kept_class: float
    sensitive: tuple[SensitiveMeasures, ...]
    requirements: tuple[RequirementResult, ...]
    sizes: npt.NDArray[np.int64]

    @property
    def kept(self) -> int:
        """Records released."""
        return self.rows - self.suppressed

    @property
    def detail_kept(self) -> float:
        """1 − precision: the share of generalisation steps not taken, from 0 to 1."""
        return 1.0 - self.precision

    @property
    def mean_risk(self) -> float:
        """Mean prosecutor risk over released records: classes / records; 0 where nothing is left."""
        return self.classes / self.kept if self.kept else 0.0


def limit_in_records(limit: float, rows: int) -> int:
    """Records that a suppression limit (a share from 0 to 1) allows.

    >>> limit_in_records(0.02, 30162), limit_in_records(0.29, 100)
    (603, 29)
    """
    return math.floor(limit * rows + 1e-9)


def assess(
    classes: FrequencySet,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    *,
    target_k: int | None = None,
) -> Assessment:
    """Measure one node.

    Parameters
    ----------
    classes : FrequencySet
        The classes at the node.
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    target_k : int or None
        k for ``records_below_k``; the k of the requirements where it is left out (else 1).
    """
    verdicts = [model.passes(classes) for model in requirements]
    passing = np.logical_and.reduce(verdicts) if verdicts else np.ones(classes.classes, dtype=np.bool_)
    wanted = [model.k for model in requirements if isinstance(model, KAnonymity)]
    target = target_k if target_k is not None else max(wanted, default=1)
    summary = summarise(classes, passing, target)
    limit = limit_in_records(suppression, classes.rows)
    suppress = summary.failing <= limit
    released = passing if suppress and summary.failing else None
    met = suppress and summary.kept_classes > 0
    results = tuple(
        RequirementResult(model, model.reached(classes, released), met or bool(verdict.all()))
        for model, verdict in zip(requirements, verdicts, strict=True)
    )
    node: Node = tuple(zip(classes.hierarchies, classes.node, strict=True))
    return Assessment(
        rows=classes.rows,
        node=classes.node,
        failing=summary.failing,
        limit=limit,
        suppressed=summary.failing if suppress else 0,
        met=met,
        target_k=target,
        k=summary.kept_smallest if suppress else summary.smallest,
        classes=summary.kept_classes if suppress else summary.classes,
        classes_raw=summary.classes,
        unique_records=summary.kept_uniques if suppress else summary.uniques,
        unique_records_raw=summary.uniques,
        records_below_k=summary.below_target,
        **_utility(node, summary, suppress=suppress),
        loss_by_attribute=utility.loss_by_attribute(node, summary, suppress=suppress),
        sensitive=_sensitive(classes, released),
        requirements=results,
        sizes=summary.sizes,
    )


def _utility(node: Node, summary: ClassSummary, *, suppress: bool) -> dict[str, float]:
    return {
        "loss": utility.loss(node, summary, suppress=suppress),
        "loss_if_suppressed": utility.loss(node, summary, suppress=True),
        "precision": utility.precision(node, summary, suppress=suppress),
        "discernibility": utility.discernibility(node, summary, suppress=suppress),
        "average_class_size": utility.average_class_size(node, summary, suppress=suppress),
        "mean_kept_class": utility.mean_kept_class(node, summary, suppress=suppress),
    }


def _sensitive(classes: FrequencySet, released: npt.NDArray[np.bool_] | None) -> tuple[SensitiveMeasures, ...]:
    """Over the released classes; None stands for all of them."""
    chosen: npt.NDArray[np.bool_] | slice = slice(None) if released is None else released
    if not classes.counts[chosen].size:
        return ()
    result = []
    for name in classes.sensitive:
        distinct = int(distinct_values(classes, name, count_missing=True)[chosen].min())
        histogram = classes.histograms.get(name)
        entropy = distance = None
        if histogram is not None:
            entropy = float(entropy_diversity(histogram)[chosen].min())
            distance = float(equal_distance(histogram)[chosen].max())
        result.append(SensitiveMeasures(name, distinct, entropy, distance))
    return tuple(result)
