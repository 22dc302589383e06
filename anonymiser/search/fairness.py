"""Who disappears: how suppression falls on groups of people, and the best setting that spares none too little.

The groups are the values of any column, carried along in a frequency set like a sensitive attribute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.errors import InputError
from anonymiser.privacy import PrivacyModel
from anonymiser.privacy.base import histogram_of
from anonymiser.search.objective import By
from anonymiser.search.optimum import Optimum, Searcher

__all__ = ["Fairness", "Removal", "fair_optimum", "fair_searcher", "removal_by_group"]

Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Removal:
    """What suppression takes from each group.

    Attributes
    ----------
    records, removed : (groups,) int64 arrays
        Records of each value of the column, and those in classes that break a requirement.
    labels : tuple of str
        The values, where they are known; a missing one is last. Raw: for the page only.
    """

    records: Wholes
    removed: Wholes
    labels: tuple[str, ...] = ()

    @property
    def rates(self) -> npt.NDArray[np.float64]:
        """Share of each group that is removed, from 0 to 1; 0 for a value that does not occur."""
        found: npt.NDArray[np.float64] = self.removed / np.maximum(self.records, 1)
        return found

    @property
    def rate(self) -> float:
        """Share of all records that is removed."""
        return float(self.removed.sum() / max(int(self.records.sum()), 1))

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """How many times its share of the table each group's share of the removed records is.

        0 where nothing is removed; 1 for a group that is hit like all the others.
        """
        return self.rates / self.rate if self.rate else np.zeros(self.records.size)

    def worst(self, smallest: int = 1) -> int | None:
        """The group that loses the largest share of its records; None where nothing is removed.

        Parameters
        ----------
        smallest : int
            Groups of fewer records are left out.
        """
        rates = np.where(self.records >= smallest, self.rates, -1.0)
        found = int(np.argmax(rates)) if rates.size else 0
        return found if rates.size and rates[found] > 0 else None

    def is_fair(self, most: float, smallest: int = 1) -> bool:
        """Whether no group loses more than ``most`` times its share."""
        return bool((self.times[self.records >= smallest] <= most * (1 + 1e-12)).all())


@dataclass(frozen=True)
class Fairness:
    """What suppression may do to the groups of a column.

    Attributes
    ----------
    group : str
        The column.
    most : float
        From 1 up: at 2, no group loses more than twice its share. Where nothing is removed, nobody is hit.
    smallest : int
        Groups of fewer records are left out of the comparison.
    """

    group: str
    most: float
    smallest: int = 1


def removal_by_group(classes: FrequencySet, requirements: Sequence[PrivacyModel], group: str) -> Removal:
    """What each group would lose at a node if its failing classes were suppressed.

    Parameters
    ----------
    classes : FrequencySet
        With the counts of ``group`` beside what the requirements need.
    requirements : sequence of PrivacyModel
    group : str
        The column.
    """
    histogram = histogram_of(classes, group)
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in requirements:
        passing &= model.passes(classes)
    gone = np.repeat(~passing, np.diff(histogram.starts))
    removed = np.bincount(
        histogram.values[gone], weights=histogram.counts[gone], minlength=histogram.cardinality
    ).astype(np.int64)
    info = classes.sensitive[group]
    labels = () if info.hierarchy is None else info.hierarchy.labels[info.level]
    return Removal(histogram.totals, removed, labels)


def fair_optimum(
    root: FrequencySet,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    group: str,
    most: float,
    *,
    smallest: int = 1,
    by: By = By.LOSS,
    cancelled: Callable[[], bool] = lambda: False,
) -> Optimum | None:
    """The best node under the same requirements that removes no group more than some times its share.

    Parameters
    ----------
    root, requirements, suppression, group, most, smallest, by
        As in `fair_searcher`.
    cancelled : function
        As in `optimum`.

    Raises
    ------
    InputError
        ``most`` is below 1: some group always loses its share.
    """
    search = fair_searcher(root, requirements, suppression, Fairness(group, most, smallest), by=by)
    return search.best(cancelled=cancelled)


def fair_searcher(
    root: FrequencySet,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    fairness: Fairness,
    *,
    by: By = By.LOSS,
    weights: Sequence[float] | None = None,
) -> Searcher:
    """A search that takes only nodes that are fair to the groups of a column.

    Parameters
    ----------
    root : FrequencySet
        At level 0, with the counts of the column.
    requirements, suppression, by, weights
        As in `Searcher`.
    fairness : Fairness

    Raises
    ------
    InputError
        Less than its share is allowed: some group always loses that.
    """
    if not fairness.most >= 1:
        raise InputError("Allow each group at least once its share: a number from 1 up.")

    def is_fair(node: tuple[int, ...]) -> bool:
        removal = removal_by_group(roll_up(root, node), requirements, fairness.group)
        return removal.is_fair(fairness.most, fairness.smallest)

    return Searcher(root, requirements, suppression, by=by, weights=weights, accepts=is_fair)
