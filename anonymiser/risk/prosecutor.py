"""Prosecutor, journalist and marketer: three attackers, and what each can expect.

The prosecutor knows that the person is in the table. The journalist knows only that the person is in
the population and picks any one to make a point. The marketer wants as many as possible right.

References
----------
El Emam (2013), Guide to the de-identification of personal health information, chapters 16 and 17.
Prasser, Eicher, Spengler, Bild, Kuhn (2020), Flexible data anonymization using ARX.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.summary import size_histogram
from anonymiser.errors import InputError
from anonymiser.risk.individual import expected_inverse

__all__ = [
    "ReidentificationRisk",
    "class_sizes",
    "journalist",
    "journalist_from_fraction",
    "population_class_sizes",
    "prosecutor",
]

Integers = npt.NDArray[np.int64]

DEFAULT_THRESHOLD: Final = 0.2
"""A record counts as at risk above this: 1 in 5, customary under agreement (El Emam)."""


@dataclass(frozen=True)
class ReidentificationRisk:
    """What one kind of attacker can expect over the released records.

    All shares run from 0 to 1, 1 is worst; with no record released all are 0.

    Attributes
    ----------
    records, classes : int
        Released; suppressed records do not count.
    threshold : float
        A record is at risk when its risk is above this.
    records_at_risk : int
    highest : float
        The largest risk of a record.
    mean : float
        The mean over records: the marketer's success rate (for the prosecutor: classes / records).
    success_rate : float
        The share of records that the attacker gets right on average.
    """

    records: int
    classes: int
    threshold: float
    records_at_risk: int
    highest: float
    mean: float
    success_rate: float

    @property
    def share_at_risk(self) -> float:
        """Records at risk as a share of the released ones."""
        return self.records_at_risk / self.records if self.records else 0.0


def class_sizes(classes: FrequencySet, kept: npt.NDArray[np.bool_] | None = None) -> Integers:
    """Sizes of the kept classes (None: all) with the number of classes of each: shape (sizes, 2)."""
    return size_histogram(classes.counts if kept is None else classes.counts[kept])


def prosecutor(sizes: Integers, threshold: float = DEFAULT_THRESHOLD) -> ReidentificationRisk:
    """The risk 1/|E| of each record: the attacker knows that the person is in the table.

    Parameters
    ----------
    sizes : (sizes, 2) int64 array
        Class size and number of classes of that size, over the released classes.
    threshold : float
        From 0 to 1. A risk equal to it is not above it, as in ARX.

    Notes
    -----
    highest = 1 / min |E|; mean = success rate = classes / records. A single record has the risk 1. A
    missing value is a value of its own.

    Examples
    --------
    >>> risk = prosecutor(np.array([[1, 2], [4, 1]]), threshold=0.2)
    >>> risk.highest, risk.mean, risk.records_at_risk
    (1.0, 0.5, 6)
    """
    each = _per_class(sizes)
    return _attacker(each, each.astype(np.float64), threshold)


def journalist(
    sample: npt.NDArray[np.integer], population: npt.NDArray[np.integer], threshold: float = DEFAULT_THRESHOLD
) -> ReidentificationRisk:
    """The risk 1/F of each record, where F people of the population share its quasi-identifiers.

    ``mean`` is the marketer's success rate.

    Parameters
    ----------
    sample, population : (classes,) integer arrays
        f, records of each released class; F, people of the population in it, never fewer
        (`population_class_sizes`).

    Notes
    -----
    highest = 1 / min F; mean = Σ f/F / n; success rate = max(classes / Σ F, Σ f/F / n), as ARX.

    Raises
    ------
    InputError
        The population has fewer people in a class than the table.
    """
    _refuse_smaller(sample, population)
    return _attacker(sample.astype(np.int64), population.astype(np.float64), threshold)


def journalist_from_fraction(
    sizes: Integers, fraction: float, threshold: float = DEFAULT_THRESHOLD
) -> ReidentificationRisk:
    """The journalist's risk where only the sampling fraction is known.

    The plain estimate F = f / fraction would be too kind: it calls a person who is alone in a 1 %
    sample one of a hundred, although the person may well be alone in the population. The risk is
    therefore E(1/F | f), as in the individual risk; it is an estimate, not a bound.

    Parameters
    ----------
    sizes : (sizes, 2) int64 array
    fraction : float
        Share of the population that is in the table, above 0 to 1. With 1 it is the prosecutor's risk.

    Raises
    ------
    InputError
        The fraction is not above 0 to 1.
    """
    if not 0 < fraction <= 1:
        raise InputError("The sampling fraction must be above 0 and at most 1; 0.01 stands for 1 in 100.")
    each = _per_class(sizes)
    risk = expected_inverse(each, np.full(each.size, float(fraction)))
    return _attacker(each, 1.0 / risk, threshold)


def population_class_sizes(sample: FrequencySet, population: FrequencySet) -> Integers:
    """People of the population in each class of the table: (classes,) int64 array, 0 where there is none.

    Both must have been built with the same hierarchies at the same node.

    Raises
    ------
    ValueError
        They were not.
    """
    pairs = zip(sample.hierarchies, population.hierarchies, sample.node, population.node, strict=True)
    if any(low != high or ours.labels[low] != theirs.labels[high] for ours, theirs, low, high in pairs):
        raise ValueError("table and population must be grouped by the same hierarchies at the same levels")
    wanted, known = _sortable(sample.keys), _sortable(population.keys)
    order = np.argsort(known)
    place = np.searchsorted(known, wanted, sorter=order)
    nearest = order[np.minimum(place, known.size - 1)] if known.size else np.zeros(wanted.size, dtype=np.intp)
    found = known[nearest] == wanted if known.size else np.zeros(wanted.size, dtype=np.bool_)
    result: Integers = np.where(found, population.counts[nearest] if known.size else 0, 0).astype(np.int64)
    return result


def _sortable(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.generic]:
    if keys.shape[0] == 1:
        one: npt.NDArray[np.generic] = keys[0]
        return one
    words = [(f"w{i}", np.uint64) for i in range(keys.shape[0])]
    whole: npt.NDArray[np.generic] = np.ascontiguousarray(keys.T).view(words).reshape(-1)
    return whole


def _refuse_smaller(sample: npt.NDArray[np.integer], population: npt.NDArray[np.integer]) -> None:
    smaller = int(np.count_nonzero(population < sample))
    if smaller:
        raise InputError(
            f"In {smaller:,} groups the population table has fewer people than the table itself, so it cannot be "
            "the population that the table was drawn from. Choose one that holds everybody."
        )


def _per_class(sizes: Integers) -> Integers:
    return np.repeat(sizes[:, 0], sizes[:, 1])


def _attacker(sample: Integers, population: npt.NDArray[np.float64], threshold: float) -> ReidentificationRisk:
    records = int(sample.sum())
    if not records:
        return ReidentificationRisk(0, 0, threshold, 0, 0.0, 0.0, 0.0)
    at_risk = int(sample[1.0 / population > threshold].sum())
    mean = float((sample / population).sum()) / records
    success = max(sample.size / float(population.sum()), mean)
    return ReidentificationRisk(
        records, int(sample.size), threshold, at_risk, 1.0 / float(population.min()), mean, success
    )
