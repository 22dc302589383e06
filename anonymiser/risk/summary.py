"""Every risk figure that follows from the sizes of the released classes, in one record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy.people import class_sizes, entity_of
from anonymiser.risk.population import PopulationModel, Sample, dankar, estimate
from anonymiser.risk.prosecutor import (
    DEFAULT_THRESHOLD,
    journalist,
    journalist_from_fraction,
    prosecutor,
    prosecutor_over_people,
    released_sizes,
)

__all__ = ["RiskMeasures", "measure_risk"]


@dataclass(frozen=True)
class RiskMeasures:
    """Figures under the names that the command line prints. All are shares from 0 to 1; 1 is worst.

    Attributes
    ----------
    risk_threshold : float
        A record is at risk above it.
    prosecutor_highest, prosecutor_success, prosecutor_records_at_risk : float
    journalist_highest, journalist_success, journalist_records_at_risk : float
        Equal to the prosecutor's where no population and no sampling fraction is given.
    marketer_success : float
    sample_uniques : float
        Released records that are alone in their class (or share it with records of the same person
        only), as a share of the released ones.
    pitman, zayatz, snb, dankar : float or None
        Population uniques as a share of the population; None without a sampling fraction, or where the
        model gives no estimate.
    dankar_model : str or None
        The model behind ``dankar``.
    no_estimate : tuple of str
        Why a model gives none.
    """

    risk_threshold: float
    prosecutor_highest: float
    prosecutor_success: float
    prosecutor_records_at_risk: float
    journalist_highest: float
    journalist_success: float
    journalist_records_at_risk: float
    marketer_success: float
    sample_uniques: float
    pitman: float | None
    zayatz: float | None
    snb: float | None
    dankar: float | None
    dankar_model: str | None
    no_estimate: tuple[str, ...]


def measure_risk(
    classes: FrequencySet,
    kept: npt.NDArray[np.bool_] | None = None,
    *,
    threshold: float = DEFAULT_THRESHOLD,
    fraction: float | None = None,
    population: npt.NDArray[np.integer] | None = None,
) -> RiskMeasures:
    """Measure the released classes of a node.

    Where the classes say which records are one person's, sizes are people: ten records of one person
    hide nobody.

    Parameters
    ----------
    classes : FrequencySet
    kept : (classes,) bool array, optional
        Released classes; all where it is left out.
    threshold : float
    fraction : float, optional
        Share of the population that the input's rows are, above 0 to 1.
    population : (classes,) integer array, optional
        People of the population in each class (``privacy.population.population_sizes``); it goes before
        the fraction.

    Raises
    ------
    InputError
        The fraction is not above 0 to 1.
    """
    sizes = released_sizes(classes, kept)
    chosen = slice(None) if kept is None else kept
    records, people = classes.counts[chosen], class_sizes(classes)[chosen]
    over_people = entity_of(classes) is not None
    own = prosecutor_over_people(records, people, threshold) if over_people else prosecutor(sizes, threshold)
    wider = own
    if population is not None:
        wider = journalist(records, population[chosen], threshold, complete=False)
    elif fraction is not None:
        wider = journalist_from_fraction(sizes, fraction, threshold)
    everybody = released_sizes(classes)
    rows = int((everybody[:, 0] * everybody[:, 1]).sum())
    sample = None if fraction is None else Sample.of_fraction(sizes, rows, fraction)
    estimates = {} if sample is None else {model: estimate(sample, model) for model in PopulationModel}
    rule = None if sample is None else dankar(sample)
    shares = {model: found.share for model, found in estimates.items()}
    unique = int(records[people <= 1].sum())
    return RiskMeasures(
        risk_threshold=threshold,
        prosecutor_highest=own.highest,
        prosecutor_success=own.success_rate,
        prosecutor_records_at_risk=own.share_at_risk,
        journalist_highest=wider.highest,
        journalist_success=wider.success_rate,
        journalist_records_at_risk=wider.share_at_risk,
        marketer_success=wider.mean,
        sample_uniques=unique / own.records if own.records else 0.0,
        pitman=shares.get(PopulationModel.PITMAN),
        zayatz=shares.get(PopulationModel.ZAYATZ),
        snb=shares.get(PopulationModel.SNB),
        dankar=None if rule is None else rule.share,
        dankar_model=None if rule is None or rule.model is None else rule.model.value,
        no_estimate=tuple(found.reason for found in estimates.values() if found.reason),
    )
