"""k-anonymity."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anonymiser.engine.frequency import FrequencySet

__all__ = ["KAnonymity"]


class KAnonymity(BaseModel):
    """Every class holds at least k records.

    References
    ----------
    Sweeney (2002), k-anonymity: a model for protecting privacy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["k_anonymity"] = "k_anonymity"
    k: int = Field(ge=1)

    @property
    def needs_histogram(self) -> bool:
        """Class sizes suffice."""
        return False

    @property
    def attribute(self) -> str | None:
        """No sensitive attribute is concerned."""
        return None

    def passes(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Classes of at least k records."""
        result: npt.NDArray[np.bool_] = classes.counts >= self.k
        return result

    def reached(self, classes: FrequencySet, chosen: npt.NDArray[np.bool_] | None) -> float | None:
        """The smallest chosen class; 0 where none is chosen."""
        largest = np.iinfo(classes.counts.dtype).max
        smallest = int(np.min(classes.counts, initial=largest, where=True if chosen is None else chosen))
        return 0 if smallest == largest else smallest
