"""Class sizes counted over people, where one person has several records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.summary import ClassSummary, size_histogram
from anonymiser.privacy.diversity import distinct_values

__all__ = ["ClassSizes", "class_size_figures", "class_sizes", "entity_of"]


@dataclass(frozen=True, eq=False)
class ClassSizes:
    """Class sizes in records, or in people where records tell persons apart.

    Attributes
    ----------
    smallest : int
        Smallest released class; 0 where nothing is released.
    uniques, uniques_raw : int
        Records in classes of one (or of nobody known), released and before suppression.
    below_target : int
        Records in classes smaller than the target, before suppression.
    histogram : (sizes, 2) int64 array
        Size and number of classes of that size, before suppression.
    mean_risk : float or None
        Where records tell persons apart: mean of 1/people over the released records, or over the people
        where that is more (a class of nobody known counts one); None where classes / records says it.
    """

    smallest: int
    uniques: int
    uniques_raw: int
    below_target: int
    histogram: npt.NDArray[np.int64]
    mean_risk: float | None = None


def entity_of(classes: FrequencySet) -> str | None:
    """The attribute that tells persons apart, if one was declared."""
    return next((name for name, info in classes.sensitive.items() if info.entity), None)


def class_sizes(classes: FrequencySet) -> npt.NDArray[Any]:
    """People in each class: (classes,) integer array.

    Records, where every record is a person; otherwise different persons. Records of nobody known
    (the entity is missing) count as none: they may all be of one person who is counted already.
    """
    entity = entity_of(classes)
    sizes: npt.NDArray[np.integer] = (
        classes.counts if entity is None else distinct_values(classes, entity, count_missing=False)
    )
    return sizes


def class_size_figures(
    classes: FrequencySet, summary: ClassSummary, released: npt.NDArray[np.bool_] | None, target: int
) -> ClassSizes:
    """Class sizes of a node whose released classes are known (None: all of them)."""
    if entity_of(classes) is None:
        every = released is None
        return ClassSizes(
            summary.smallest if every else summary.kept_smallest,
            summary.uniques if every else summary.kept_uniques,
            summary.uniques,
            summary.below_target,
            summary.sizes,
        )
    people = class_sizes(classes)
    chosen: npt.NDArray[np.bool_] | slice = slice(None) if released is None else released
    left, records = people[chosen], classes.counts.astype(np.int64)
    hiding = np.maximum(left, 1).astype(np.float64)
    return ClassSizes(
        int(left.min()) if left.size else 0,
        int(records[chosen][left <= 1].sum()),
        int(records[people <= 1].sum()),
        int(records[people < target].sum()),
        size_histogram(people.astype(np.int32)),
        max(float((records[chosen] / hiding).mean() / records[chosen].mean()), left.size / float(hiding.sum()))
        if left.size
        else 0.0,
    )
