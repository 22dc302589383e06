"""k-anonymity."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy.people import class_sizes

__all__ = ["KAnonymity"]


class KAnonymity(BaseModel):
    """Every class holds at least k people.

    k is a whole number from 1 (nobody is hidden); higher is safer. Suppressed records are no class.
    A missing quasi-identifier is a value of its own. Where the frequency set knows whose record is
    whose, different persons are counted, not records.

    References
    ----------
    Sweeney (2002), k-anonymity: a model for protecting privacy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["k_anonymity"] = "k_anonymity"
    k: int = Field(ge=1)

    @property
    def needs_histogram(self) -> bool:
        """Class sizes suffice (persons are always counted where they are declared)."""
        return False

    @property
    def attribute(self) -> str | None:
        """No sensitive attribute is concerned."""
        return None

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes of at least k people."""
        result: npt.NDArray[np.bool_] = class_sizes(classes) >= self.k
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The smallest chosen class; 0 where none is chosen."""
        sizes = class_sizes(classes)
        largest = np.iinfo(sizes.dtype).max
        smallest = int(np.min(sizes, initial=largest, where=True if chosen is None else chosen))
        return 0 if smallest == largest else smallest
