"""How many people are unique in the population, estimated from the classes of a sample.

Every estimate is an extrapolation from one sample by one model; one that does not converge is None
with the reason, never 0. Without a sample unique it is 0.

References
----------
Hoshino (2001), Applying Pitman's sampling formula to microdata disclosure risk assessment.
Zayatz (1991), Estimation of the number of unique population elements using a sample.
Chen, Keller-McNulty (1998), Estimation of identification disclosure risk in microdata.
Dankar, El Emam, Neisa, Roffey (2012), Estimating the re-identification risk of clinical data sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.risk.pitman import pitman_uniques
from anonymiser.risk.slide_negative_binomial import snb_uniques

__all__ = ["PopulationEstimate", "PopulationModel", "Sample", "dankar", "estimate"]

_SMALL_FRACTION: Final = 0.1
"""Dankar's rule: up to this sampling fraction Pitman's model is the most accurate."""


class PopulationModel(Enum):
    """Models of population uniqueness."""

    PITMAN = "Pitman"
    ZAYATZ = "Zayatz"
    SNB = "slide negative binomial"


@dataclass(frozen=True, eq=False)
class Sample:
    """The released classes and the size of the population that they come from.

    Attributes
    ----------
    sizes : (sizes, 2) int64 array
        Class size and number of classes of that size, over the released classes.
    population : float
        People in the population, at least as many as released records.

    Raises
    ------
    InputError
        The population is smaller than the sample.
    """

    sizes: npt.NDArray[np.int64]
    population: float

    def __post_init__(self) -> None:
        if not self.population >= self.records:
            raise InputError(f"The population cannot be smaller than the {self.records:,} records drawn from it.")

    @classmethod
    def of_fraction(cls, sizes: npt.NDArray[np.int64], rows: int, fraction: float) -> Sample:
        """The sample, where the input's ``rows`` are that fraction of the population.

        Raises
        ------
        InputError
            The fraction is not above 0 to 1.
        """
        if not 0 < fraction <= 1:
            raise InputError("The sampling fraction must be above 0 and at most 1; 0.01 stands for 1 in 100.")
        return cls(sizes, max(float(round(rows / fraction)), float(rows)))

    @property
    def records(self) -> int:
        """Records in the released classes."""
        return int((self.sizes[:, 0] * self.sizes[:, 1]).sum())

    @property
    def classes(self) -> int:
        """Released classes."""
        return int(self.sizes[:, 1].sum())

    @property
    def fraction(self) -> float:
        """Records / population, from 0 to 1."""
        return self.records / self.population if self.population else 0.0

    def of_size(self, size: int) -> int:
        """Classes of a size."""
        return int(self.sizes[self.sizes[:, 0] == size, 1].sum())


@dataclass(frozen=True)
class PopulationEstimate:
    """What a model says.

    Attributes
    ----------
    model : PopulationModel or None
        None where there is nothing to estimate: no record is unique in the sample.
    population : float
        People in it.
    uniques : float or None
        People who are unique in it, from 0; None where the model gives no estimate.
    reason : str
        Why there is none; empty where there is one.
    """

    model: PopulationModel | None
    population: float
    uniques: float | None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """Uniques as a share of the population, from 0 to 1; 1 is worst."""
        if self.uniques is None:
            return None
        return self.uniques / self.population if self.population else 0.0


def estimate(sample: Sample, model: PopulationModel) -> PopulationEstimate:
    """Population uniques after one model.

    Parameters
    ----------
    sample : Sample
        A single record, like any table of sample uniques only, gives no estimate after Pitman or SNB;
        after Zayatz all of the population is unique.
    model : PopulationModel

    Notes
    -----
    Pitman: Γ(θ + 1)/Γ(θ + α) · N^α at the maximum of the likelihood. Zayatz: c₁/π times the chance
    that a sample unique is a population unique, by Bayes from hypergeometric sampling. SNB: K·β^α, the
    parameters from c₁ and c₂, K by Shlosser. Suppressed records are not part of the sample, a missing
    value is a value of its own. The range is 0 to N, 0 is best.
    """
    if not sample.of_size(1):
        return PopulationEstimate(model, sample.population, 0.0)
    if model is PopulationModel.ZAYATZ:
        uniques: float | None = _zayatz(sample)
        reason = ""
    elif model is PopulationModel.PITMAN:
        uniques = pitman_uniques(sample.sizes, sample.population)
        reason = "Pitman's likelihood has no maximum that the search could find for these classes."
    else:
        uniques = snb_uniques(sample.sizes, sample.population)
        reason = "No slide negative binomial distribution fits the classes of one and of two records."
    if uniques is not None and sample.population < uniques <= sample.population * (1 + 1e-12):
        uniques = sample.population  # rounding alone: everybody is unique
    if uniques is not None and not 0 <= uniques <= sample.population:
        uniques, reason = None, "The model gives a number that cannot be: it does not describe these classes."
    return PopulationEstimate(model, sample.population, uniques, "" if uniques is not None else reason)


def dankar(sample: Sample, *, with_snb: bool = False) -> PopulationEstimate:
    """Population uniques after the decision rule of Dankar et al.; the result names the model used.

    Parameters
    ----------
    sample : Sample
    with_snb : bool
        Above a sampling fraction of 0.1, take SNB where it is smaller than Zayatz, as the paper does.
        Left out, it is always Zayatz: what ARX reports, whose SNB gives no estimate on most tables,
        and never a smaller number than the paper's rule.

    Notes
    -----
    Sampling fraction up to 0.1: Pitman, or Zayatz where Pitman gives no estimate. Above: Zayatz.
    """
    if not sample.of_size(1):
        return PopulationEstimate(None, sample.population, 0.0)
    zayatz = estimate(sample, PopulationModel.ZAYATZ)
    if sample.fraction <= _SMALL_FRACTION * (1 + 1e-12):
        pitman = estimate(sample, PopulationModel.PITMAN)
        return pitman if pitman.uniques is not None else zayatz
    snb = estimate(sample, PopulationModel.SNB) if with_snb else zayatz
    if snb.uniques is not None and zayatz.uniques is not None and snb.uniques < zayatz.uniques:
        return snb
    return zayatz


def _zayatz(sample: Sample) -> float:
    """c₁/π · P(population unique | sample unique).

    A class of i people gives a sample unique with the hypergeometric chance
    i·(n/N)·Π_{k<i−1} (N − n − k)/(N − 1 − k); the classes of the sample stand for those of the population.
    """
    records, people = float(sample.records), sample.population
    size, number = sample.sizes[:, 0], sample.sizes[:, 1]
    steps = np.arange(int(size.max()) - 1, dtype=np.float64)
    others = np.maximum(people - records - steps, 0.0) / np.maximum(people - 1.0 - steps, 1.0)
    none_else = np.concatenate([[1.0], np.cumprod(others)])
    chance = size * none_else[size - 1]
    uniques = sample.of_size(1)
    return uniques * (uniques / float((number * chance).sum())) / sample.fraction
