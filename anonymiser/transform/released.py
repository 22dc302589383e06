"""The table as it would leave, before it is written: labels and codes, suppressed rows gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.engine.frequency import SensitiveCodes
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
    people : (input rows,) int64 array or None
        Number of the person behind each row of the input, -1 for nobody known; None where every row is
        a person (private: used to count people, never written).
    """

    columns: tuple[ReleasedColumn, ...]
    dropped: tuple[DroppedColumn, ...]
    source_rows: npt.NDArray[np.int64]
    suppressed: int
    done: tuple[str, ...] = ()
    extra: tuple[ExtraTable, ...] = ()
    not_drawn: int = 0
    people: npt.NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """Records that leave."""
        return int(self.source_rows.size)

    @property
    def people_of_rows(self) -> npt.NDArray[np.int64] | None:
        """Number of the person behind each released row; None where every row is a person."""
        return None if self.people is None else self.people[self.source_rows]


def numbers_of_people(codes: SensitiveCodes | None) -> npt.NDArray[np.int64] | None:
    """Whose each record is, with -1 for nobody known."""
    if codes is None:
        return None
    numbers = codes.codes.astype(np.int64)
    return np.where(numbers == (-1 if codes.missing is None else codes.missing), -1, numbers)
