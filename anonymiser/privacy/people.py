"""Class sizes counted over people, where one person has several records."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy.diversity import distinct_values

__all__ = ["class_sizes", "entity_of"]


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
