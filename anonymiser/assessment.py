"""Every measure of a table at one setting, with suppression all or nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.margins import margins_of
from anonymiser.engine.profile import forget
from anonymiser.engine.summary import ClassSummary, summarise
from anonymiser.privacy import KAnonymity, PrivacyModel, against
from anonymiser.privacy.measures import SensitiveMeasures, measure_sensitive
from anonymiser.privacy.people import class_size_figures, entity_of
from anonymiser.privacy.population import PopulationMeasures, all_or_nobody, measure_population
from anonymiser.utility import domain, marginals
from anonymiser.utility import entropy as bits
from anonymiser.utility import information_loss as utility
from anonymiser.utility.base import Node
from anonymiser.utility.quality import Quality, quality_of

__all__ = ["Assessment", "RequirementResult", "SensitiveMeasures", "assess", "limit_in_records"]


@dataclass(frozen=True)
class RequirementResult:
    """One requirement with what the released classes make of it.

    Attributes
    ----------
    model : PrivacyModel
    reached : float or None
        The worst value of a released class; None where there is none, infinite where no threshold
        would do.
    met : bool
    breaking : int
        Classes that break it, before suppression.
    breaking_records : int
        Their records.
    """

    model: PrivacyModel
    reached: float | None
    met: bool
    breaking: int = 0
    breaking_records: int = 0


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
    loss_am, precision_mono : float
        Arithmetic mean of the attributes' losses; precision blind to suppression; 0 to 1.
    gcp : float
        Global certainty penalty, 0 to 1.
    ncp_by_attribute : tuple of float
    c_avg : float
        Mean released class over ``target_k``; 0 where nothing is left.
    dmstar : float
        Discernibility blind to suppression.
    height : int
        Sum of the levels.
    entropy, entropy_mono, nentropy : float
        Bits lost, with suppression and without; each attribute's share of its bits, summed.
    ambiguity : float
    kl_divergence : float or None
        In nats; None where the classes were not counted at level 0.
    marginal_distance : float
        Share of a column's records that its released distribution misplaces, 0 to 1.
    quality : Quality or None
    over_people : bool
        Whether class sizes count persons, not records: in ``k``, ``unique_records``,
        ``records_below_k`` (still a number of records, in classes of too few people) and ``sizes``.
    population : PopulationMeasures or None
        None without a population table, or where nothing is left.
    pending : bool
        Whether requirements on sensitive values were not looked at, because the groups are too small
        whatever they say: ``failing`` then counts those groups alone, and they count as not met.
    people_risk : float or None
        ``mean_risk`` where class sizes count persons; None where classes / records says it.
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
    loss_am: float = 0.0
    precision_mono: float = 0.0
    gcp: float = math.nan
    ncp_by_attribute: tuple[float, ...] = ()
    c_avg: float = 0.0
    dmstar: float = 0.0
    height: int = 0
    entropy: float = math.nan
    entropy_mono: float = math.nan
    nentropy: float = math.nan
    ambiguity: float = math.nan
    kl_divergence: float | None = None
    marginal_distance: float = math.nan
    quality: Quality | None = None
    over_people: bool = False
    population: PopulationMeasures | None = None
    pending: bool = False
    people_risk: float | None = None

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
        """Mean prosecutor risk over released records: classes / records, or of people; 0 where nothing is left."""
        if self.people_risk is not None:
            return self.people_risk
        return self.classes / self.kept if self.kept else 0.0

    @property
    def highest_risk(self) -> float:
        """1/k, and 1 where the smallest class holds nobody known; 0 where nothing is left."""
        return 1 / max(self.k, 1) if self.kept else 0.0


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
    population: FrequencySet | None = None,
    live: bool = False,
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
    population : FrequencySet or None
        Classes of a population, under the same rules: needed by k-map and δ-presence.
    live : bool
        Leave out the measures that look at every label again (``gcp`` and those after it, which are
        not numbers then): for sliders.

    Raises
    ------
    InputError
        A requirement does not fit what it is on, or needs a population that is not there.
    """
    bound = against(requirements, population)
    verdicts = [model.passes(classes) for model in bound]
    passing = np.ones(classes.classes, dtype=np.bool_)
    for verdict in verdicts:
        passing &= verdict
    all_or_nobody(bound, passing)
    wanted = [model.k for model in requirements if isinstance(model, KAnonymity)]
    target = target_k if target_k is not None else max(wanted, default=1)
    summary = summarise(classes, passing, target)
    limit = limit_in_records(suppression, classes.rows)
    suppress = summary.failing <= limit
    released = passing if suppress and summary.failing else None
    met = suppress and summary.kept_classes > 0
    results = tuple(
        _result(classes, model, verdict, each.reached(classes, released), met=met)
        for model, each, verdict in zip(requirements, bound, verdicts, strict=True)
    )
    sensitive = measure_sensitive(classes, released, live=live)
    for histogram in classes.histograms.values():
        forget(histogram)
    node: Node = tuple(zip(classes.hierarchies, classes.node, strict=True))
    sizes = class_size_figures(classes, summary, released, target)
    found = Assessment(
        rows=classes.rows,
        node=classes.node,
        failing=summary.failing,
        limit=limit,
        suppressed=summary.failing if suppress else 0,
        met=met,
        target_k=target,
        k=sizes.smallest,
        classes=summary.kept_classes if suppress else summary.classes,
        classes_raw=summary.classes,
        unique_records=sizes.uniques,
        unique_records_raw=sizes.uniques_raw,
        records_below_k=sizes.below_target,
        **_utility(node, summary, suppress=suppress),
        loss_by_attribute=utility.loss_by_attribute(node, summary, suppress=suppress),
        sensitive=sensitive,
        requirements=results,
        sizes=sizes.histogram,
        c_avg=utility.mean_kept_class(node, summary, suppress=suppress) / max(target, 1),
        dmstar=utility.discernibility(node, summary, suppress=False),
        height=sum(classes.node),
        over_people=entity_of(classes) is not None,
        people_risk=sizes.mean_risk,
        population=None if population is None else measure_population(classes, population, released),
    )
    if live:
        return found
    margins = margins_of(classes, released)
    return replace(
        found,
        entropy=bits.entropy(node, margins),
        entropy_mono=bits.entropy_monotonic(node, margins),
        nentropy=bits.entropy_normalised(node, margins),
        ambiguity=domain.ambiguity(node, margins),
        gcp=domain.gcp(node, margins),
        marginal_distance=marginals.marginal_distance(node, margins),
        ncp_by_attribute=domain.ncp_by_attribute(node, margins),
        kl_divergence=domain.kl_divergence(node, margins),
        quality=quality_of(node, summary, margins, suppress=suppress),
    )


def _result(
    classes: FrequencySet, model: PrivacyModel, verdict: npt.NDArray[np.bool_], reached: float | None, *, met: bool
) -> RequirementResult:
    """What became of one requirement."""
    if verdict.all():
        return RequirementResult(model, reached, met=True)
    broken = ~verdict
    records = int((classes.counts * broken).sum(dtype=np.int64))
    return RequirementResult(model, reached, met, int(np.count_nonzero(broken)), records)


class _Losses(TypedDict):
    loss: float
    loss_if_suppressed: float
    loss_am: float
    precision: float
    precision_mono: float
    discernibility: float
    average_class_size: float
    mean_kept_class: float


def _utility(node: Node, summary: ClassSummary, *, suppress: bool) -> _Losses:
    return {
        "loss": utility.loss(node, summary, suppress=suppress),
        "loss_if_suppressed": utility.loss(node, summary, suppress=True),
        "loss_am": utility.loss_arithmetic(node, summary, suppress=suppress),
        "precision": utility.precision(node, summary, suppress=suppress),
        "precision_mono": utility.precision(node, summary, suppress=False),
        "discernibility": utility.discernibility(node, summary, suppress=suppress),
        "average_class_size": utility.average_class_size(node, summary, suppress=suppress),
        "mean_kept_class": utility.mean_kept_class(node, summary, suppress=suppress),
    }
