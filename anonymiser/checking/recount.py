"""What anyone can recount from the rows that leave: such a number is exact, whatever its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from anonymiser.checking.grids import Grid, count_of, is_hidden, plain_name

__all__ = ["Recount", "split_by_recount"]

_LABEL = ("label", "value", "category")
_RECORDS = ("records", "people", "count", "rows", "n")
_COLUMN = ("column", "field", "attribute", "variable")


@dataclass(frozen=True)
class Recount:
    """Counts of the released rows.

    Attributes
    ----------
    columns : mapping
        Column → label → rows that have it, names and labels on one line as documents show them (where two labels are
        the same then, the counts of both). Empty where no rows leave.
    """

    columns: Mapping[str, Mapping[str, frozenset[int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, grid: Grid) -> Recount:
        """Count every label of every column."""
        counted: dict[str, dict[str, frozenset[int]]] = {}
        for column in grid.columns:
            rows = np.bincount(column.codes, minlength=len(column.values) + 1).tolist()
            of_labels = counted.setdefault(_one_line(column.name), {})
            for label, number in zip(column.values, rows, strict=False):
                if number:
                    of_labels[_one_line(label)] = of_labels.get(_one_line(label), frozenset()) | {number}
        return cls(counted)

    def of_label(self, column: str, label: str) -> frozenset[int] | None:
        """Rows with a label, empty where none has it; None where the column is not known."""
        known = self.columns.get(_one_line(column))
        return None if known is None else known.get(_one_line(label), frozenset())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def split_by_recount(grid: Grid, recount: Recount) -> tuple[list[bool], list[int]] | None:
    """Which rows of a list of labels with counts say what the released rows say.

    Parameters
    ----------
    grid : Grid
    recount : Recount

    Returns
    -------
    list of bool
        One a row: its count is exactly that of the released rows, or it shows none.
    list of int
        Rows whose label no released row has.
        None where the table is no such list, or none of its columns is known.
    """
    by_name = {plain_name(column.name): column for column in grid.columns}
    label = next((by_name[name] for name in _LABEL if name in by_name), None)
    records = next((by_name[name] for name in _RECORDS if name in by_name), None)
    which = next((by_name[name] for name in _COLUMN if name in by_name), None)
    if label is None or records is None:
        return None
    names = which.cells if which is not None else [grid.name] * grid.rows
    if all(recount.of_label(name, "") is None for name in names):
        return None
    exact, leftover = [], []
    for row, (name, text, shown) in enumerate(zip(names, label.cells, records.cells, strict=True)):
        known = recount.of_label(name, text)
        exact.append(is_hidden(shown) or (known is not None and count_of(shown) in known))
        if known is not None and text and not known:
            leftover.append(row)
    return exact, leftover
