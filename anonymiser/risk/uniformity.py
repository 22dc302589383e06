"""Groups that give a sensitive value away, because nearly everybody in them shares it.

References
----------
Machanavajjhala, Gehrke, Kifer, Venkitasubramaniam (2006), l-Diversity: the homogeneity attack.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError

__all__ = ["UniformClasses", "nearly_uniform"]


@dataclass(frozen=True, eq=False)
class UniformClasses:
    """Classes in which one sensitive value has at least a share of the known ones.

    Attributes
    ----------
    attribute : str
    threshold : float
    classes, records : int
        How many, and the records in them.
    completely : int
        Records in classes that hold one known value only.
    largest_share : float
        In any kept class; 0 where no class has a known value.
    numbers : (classes,) int64 array
        Their numbers in the frequency set, largest share first.
    values : (classes,) int64 array
        Code of the value that each gives away (the lowest on a tie): an owner who knows that only "yes"
        harms looks at those classes only.
    having, known : (classes,) int64 arrays
        Records with that value, and with any.
    """

    attribute: str
    threshold: float
    classes: int
    records: int
    completely: int
    largest_share: float
    numbers: npt.NDArray[np.int64]
    values: npt.NDArray[np.int64]
    having: npt.NDArray[np.int64]
    known: npt.NDArray[np.int64]


def nearly_uniform(
    classes: FrequencySet, attribute: str, threshold: float = 0.9, kept: npt.NDArray[np.bool_] | None = None
) -> UniformClasses:
    """Find the classes that tell a sensitive value of everybody in them.

    Parameters
    ----------
    classes : FrequencySet
        Built with histograms.
    attribute : str
        A sensitive attribute of it.
    threshold : float
        Above 0 to 1; a share equal to it counts.
    kept : (classes,) bool array, optional
        Released classes; all where it is left out.

    Notes
    -----
    The share is taken over the records whose value is known: "unknown" protects nobody, and where nine
    values are missing and one is "yes", everything known says "yes". A class without a known value
    tells nothing. A class of one record is uniform.

    Raises
    ------
    InputError
        The threshold is not above 0 to 1.
    """
    if not 0 < threshold <= 1:
        raise InputError("The share that counts as nearly uniform must be above 0 and at most 1.")
    histogram = classes.histograms[attribute]
    owner = np.repeat(np.arange(classes.classes), np.diff(histogram.starts))
    known = histogram.values != (-1 if histogram.missing is None else histogram.missing)
    owner, value = owner[known], histogram.values[known].astype(np.int64)
    counts = histogram.counts[known].astype(np.int64)
    total = np.bincount(owner, weights=counts, minlength=classes.classes).astype(np.int64)
    most = np.zeros(classes.classes, dtype=np.int64)
    np.maximum.at(most, owner, counts)
    common = np.full(classes.classes, histogram.cardinality, dtype=np.int64)
    top = counts == most[owner]
    np.minimum.at(common, owner[top], value[top])
    share = np.divide(most, total, out=np.zeros(classes.classes), where=total > 0)
    if kept is not None:
        share[~kept] = 0.0
    numbers = np.flatnonzero((share > 0) & (share >= threshold - 1e-12))
    numbers = numbers[np.lexsort((numbers, -classes.counts[numbers], -share[numbers]))].astype(np.int64)
    sizes = classes.counts[numbers].astype(np.int64)
    complete = most[numbers] == total[numbers]
    return UniformClasses(
        attribute,
        threshold,
        numbers.size,
        int(sizes.sum()),
        int(sizes[complete].sum()),
        float(share.max(initial=0.0)),
        numbers,
        common[numbers],
        most[numbers],
        total[numbers],
    )
