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
from anonymiser.privacy.people import class_sizes, entity_of
from anonymiser.risk.individual import expected_inverse

__all__ = [
    "ReidentificationRisk",
    "journalist",
    "journalist_from_fraction",
    "prosecutor",
    "prosecutor_over_people",
    "released_sizes",
]

Integers = npt.NDArray[np.int64]

DEFAULT_THRESHOLD: Final = 0.2
"""A record counts as at risk above this: 1 in 5, customary under agreement (El Emam)."""
_SORT_ABOVE: Final = 1 << 20
"""Class sizes that are counted through a table rather than sorted."""


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


def released_sizes(classes: FrequencySet, kept: npt.NDArray[np.bool_] | None = None) -> Integers:
    """Sizes of the kept classes (None: all) with the number of classes of each: shape (sizes, 2).

    In people, where the classes say which records are one person's (a class of nobody known counts 1).
    """
    sizes = classes.counts if entity_of(classes) is None else np.maximum(class_sizes(classes), 1).astype(np.int32)
    sizes = sizes if kept is None else sizes[kept]
    if sizes.max(initial=0) >= _SORT_ABOVE:
        return size_histogram(sizes)
    number = np.bincount(sizes)
    found = np.flatnonzero(number)
    return np.stack([found, number[found]], axis=1).astype(np.int64)


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


def prosecutor_over_people(
    records: npt.NDArray[np.integer], people: npt.NDArray[np.integer], threshold: float = DEFAULT_THRESHOLD
) -> ReidentificationRisk:
    """The prosecutor's risk where one person has several records: 1 / people of the class.

    Parameters
    ----------
    records, people : (classes,) integer arrays
        Of each released class; a class of nobody known counts as one person.
    """
    return _attacker(records.astype(np.int64), np.maximum(people, 1).astype(np.float64), threshold)


def journalist(
    sample: npt.NDArray[np.integer],
    population: npt.NDArray[np.integer],
    threshold: float = DEFAULT_THRESHOLD,
    *,
    complete: bool = True,
) -> ReidentificationRisk:
    """The risk 1/F of each record, where F people of the population share its quasi-identifiers.

    ``mean`` is the marketer's success rate.

    Parameters
    ----------
    sample, population : (classes,) integer arrays
        f, records of each released class; F, people of the population in it, never fewer
        (``privacy.population.population_sizes``).
    complete : bool
        Refuse a population that lacks people of the table. Otherwise F is taken as it is found, at least
        1: the risk is then larger than with the whole population, never smaller.

    Notes
    -----
    highest = 1 / min F; mean = Σ f/F / n; success rate = max(classes / Σ F, Σ f/F / n), as ARX.

    Raises
    ------
    InputError
        The population has fewer people in a class than the table.
    """
    if complete:
        _refuse_smaller(sample, population)
    return _attacker(sample.astype(np.int64), np.maximum(population, 1).astype(np.float64), threshold)


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
