"""The table as it would leave, before it is written: labels and codes, suppressed rows gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.transform.base import ExtraTable

__all__ = ["DroppedColumn", "ReleasedColumn", "ReleasedTable"]


@dataclass(frozen=True, eq=False)
class ReleasedColumn:
    """One column that leaves.

    Attributes
    ----------
    name : str
        Its name in the release.
    role : Role
    concept : str
        What it is about, in words ("date of birth").
    level : str
        The level's word ("20 years"); "exact" where nothing was generalised.
    method : str
        One plain sentence on what was done, without values of the data.
    labels : tuple of str
        Every label that *may* occur, in order (also those that do not occur).
    codes : (rows,) unsigned array
        Index into ``labels``; ``len(labels)`` marks a missing value, written as an empty cell.
    """

    name: str
    role: Role
    concept: str
    level: str
    method: str
    labels: tuple[str, ...]
    codes: npt.NDArray[np.unsignedinteger]


@dataclass(frozen=True)
class DroppedColumn:
    """A column that does not leave, and why, in words."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class ReleasedTable:
    """The table as it would leave.

    Attributes
    ----------
    columns : tuple of ReleasedColumn
    dropped : tuple of DroppedColumn
    source_rows : (rows,) int64 array
        Row of the input behind each released row (private: used for pseudonyms, never written).
    suppressed : int
        Records deleted because their class failed the requirements.
    done : tuple of str
        What methods did to the table, in plain sentences, without values of the data and without a seed.
    extra : tuple of ExtraTable
        Tables that leave beside it.
    not_drawn : int
        Records that a method left out by chance, as a sample does.
    """

    columns: tuple[ReleasedColumn, ...]
    dropped: tuple[DroppedColumn, ...]
    source_rows: npt.NDArray[np.int64]
    suppressed: int
    done: tuple[str, ...] = ()
    extra: tuple[ExtraTable, ...] = ()
    not_drawn: int = 0

    @property
    def rows(self) -> int:
        """Records that leave."""
        return int(self.source_rows.size)
