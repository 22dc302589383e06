"""A release as the groups in which it leaves the people of its table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.limits import MISSING
from anonymiser.risk.composition import ABSENT
from anonymiser.risk.grouping import group_rows
from anonymiser.transform.released import ReleasedTable

__all__ = ["Setting", "setting_of"]


@dataclass(frozen=True, eq=False)
class Setting:
    """What a release shows of whom.

    Attributes
    ----------
    class_of : (rows,) int32 array
        Group of each record of the input; −1 for a record that does not leave.
    codes : dict of str to ((rows,) int32 array, int)
        For each quasi-identifier that leaves the label of each record, 0 where it does not leave, and how many there
        are.
    labels : tuple of tuple of str
        What the release shows of each group, in the order of ``codes``: private.
    """

    class_of: npt.NDArray[np.int32]
    codes: dict[str, tuple[npt.NDArray[np.int32], int]]
    labels: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The quasi-identifiers that leave."""
        return tuple(self.codes)


def setting_of(table: ReleasedTable, rows: int) -> Setting:
    """The groups of a table that is about to leave.

    Parameters
    ----------
    table : ReleasedTable
    rows : int
        Records of the input.

    Notes
    -----
    Of a random sample all records count from which it is drawn: nobody can know who was drawn, so a record that was
    not tells nothing. Counts in tables count like the records behind them.
    """
    columns = [column for column in table.columns if column.role is Role.QUASI]
    pairs = [(column.codes.astype(np.int32), len(column.labels) + 1) for column in columns]
    classes, number = group_rows(pairs, table.rows)
    first = np.zeros(number, dtype=np.int64)
    first[classes[::-1]] = np.arange(table.rows - 1, -1, -1)
    names = [(*column.labels, MISSING) for column in columns]
    shown = [[label[code] for code in codes[first].tolist()] for label, (codes, _) in zip(names, pairs, strict=True)]
    codes_of = {
        column.name: (_spread(codes, table.source_rows, rows, 0), number_of)
        for column, (codes, number_of) in zip(columns, pairs, strict=True)
    }
    labels = tuple(zip(*shown, strict=True)) if shown else ((),) * number
    return Setting(_spread(classes, table.source_rows, rows, ABSENT), codes_of, labels)


def _spread(
    values: npt.NDArray[np.int32], places: npt.NDArray[np.int64], rows: int, otherwise: int
) -> npt.NDArray[np.int32]:
    whole = np.full(rows, otherwise, dtype=np.int32)
    whole[places] = values
    return whole
