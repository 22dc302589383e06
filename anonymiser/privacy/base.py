"""What every privacy model can do."""

from __future__ import annotations

from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.histograms import Histogram

__all__ = ["TOLERANCE", "PrivacyModel", "histogram_of"]

TOLERANCE: Final = 1e-9
"""How far a real number may lie beyond a threshold that it meets exactly: rounding, not kindness."""


class PrivacyModel(Protocol):
    """A requirement on equivalence classes.

    Each model is a frozen record that knows its threshold; it reads the counts of the classes and
    never the rows.
    """

    @property
    def needs_histogram(self) -> bool:
        """Whether it reads the counts of sensitive values (distinct l does with a bit mask)."""
        ...

    @property
    def attribute(self) -> str | None:
        """The sensitive attribute concerned, if any."""
        ...

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Which classes satisfy it: (classes,) bool array."""
        ...

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The value that the chosen classes (None: all) reach; None where there is none."""
        ...

    def model_dump(self) -> dict[str, Any]:
        """The requirement as plain values, for the recipe."""
        ...


def histogram_of(classes: FrequencySet, attribute: str) -> Histogram:
    """The counts of a sensitive attribute.

    Raises
    ------
    ValueError
        The frequency set was built without them.
    """
    histogram = classes.histograms.get(attribute)
    if histogram is None:
        raise ValueError(f"the values of '{attribute}' were not counted: build the frequency set with histograms=True")
    return histogram
