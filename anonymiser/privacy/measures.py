"""Every measure of a sensitive attribute at once, with nothing required: measuring is a use of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.engine.class_backend import highest, lowest
from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.profile import profile_of, recursive_infimum
from anonymiser.privacy import likeness
from anonymiser.privacy.closeness import equal_distance, hierarchical_distance, ordered_distance
from anonymiser.privacy.diversity import distinct_values, entropy_diversity

__all__ = ["SensitiveMeasures", "measure_sensitive"]

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SensitiveMeasures:
    """One sensitive attribute over the released classes: the worst class for each measure.

    A missing value is a value of its own, as in ARX. All but ``distinct_l`` are None where the
    values were not counted.

    Attributes
    ----------
    name : str
    distinct_l : int
        Fewest different values; higher is safer.
    entropy_l : float or None
        Smallest exp-entropy; higher is safer.
    t_closeness, t_ordered, t_hierarchical : float or None
        Largest distance from the table, from 0 to 1; lower is safer. None without an order, without
        a hierarchy.
    alpha, alpha_known : float or None
        Largest share of a value in all records, and in those whose value is known (0 where none is);
        up to 1; lower is safer.
    recursive_c : tuple of (l, infimum of c) for l = 2, 3, 4
        Infinite where a class has fewer than l values; lower is safer.
    basic_beta, enhanced_beta : float or None
        Largest gain of a value; infinite where no β will do; lower is safer.
    delta_disclosure, delta_disclosure_present : float or None
        Largest |log2(p/q)| over all values of the table (infinite where one is absent from a
        class), and over those present only, as ARX looks at it; lower is safer.
    """

    name: str
    distinct_l: int
    entropy_l: float | None
    t_closeness: float | None
    t_ordered: float | None = None
    t_hierarchical: float | None = None
    alpha: float | None = None
    recursive_c: tuple[tuple[int, float], ...] = ()
    basic_beta: float | None = None
    enhanced_beta: float | None = None
    delta_disclosure: float | None = None
    delta_disclosure_present: float | None = None
    alpha_known: float | None = None


def measure_sensitive(
    classes: FrequencySet, released: npt.NDArray[np.bool_] | None, *, live: bool = False
) -> tuple[SensitiveMeasures, ...]:
    """Measure every sensitive attribute over the released classes (None: all); empty where none is left.

    With ``live`` only ``distinct_l``, also where the values were counted: what a slider shows beside
    the requirements.
    """
    if not classes.counts.size or (released is not None and not released.any()):
        return ()
    names = (name for name, info in classes.sensitive.items() if not info.entity)
    return tuple(_measure(classes, name, released, live=live) for name in names)


def _measure(
    classes: FrequencySet, name: str, released: npt.NDArray[np.bool_] | None, *, live: bool
) -> SensitiveMeasures:
    histogram = classes.histograms.get(name)
    if histogram is None or live:
        fewest = lowest(distinct_values(classes, name, count_missing=True), released)
        return SensitiveMeasures(name, int(fewest or 0), None, None)
    found = profile_of(histogram)

    def largest(values: Reals | None) -> float | None:
        return None if values is None else highest(values, released)

    return SensitiveMeasures(
        name=name,
        distinct_l=int(lowest(found.distinct, released) or 0),
        entropy_l=lowest(entropy_diversity(histogram), released),
        t_closeness=largest(equal_distance(histogram)),
        t_ordered=largest(ordered_distance(classes, name)),
        t_hierarchical=largest(hierarchical_distance(classes, name)),
        alpha=largest(likeness.largest_share(histogram)),
        alpha_known=largest(likeness.largest_known_share(histogram)),
        recursive_c=tuple((length, largest(recursive_infimum(histogram, length)) or 0.0) for length in (2, 3, 4)),
        basic_beta=largest(likeness.basic_beta(histogram)),
        enhanced_beta=largest(likeness.enhanced_beta(histogram)),
        delta_disclosure=largest(likeness.delta_disclosure(histogram)),
        delta_disclosure_present=largest(likeness.delta_disclosure_present(histogram)),
    )
