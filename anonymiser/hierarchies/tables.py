"""Hierarchies written down row by row, as ARX keeps them."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.hierarchies.spec import NOT_LISTED, Spec, check_names, refuse_unseen
from anonymiser.limits import HIDDEN, MAX_NAMED_VALUES
from anonymiser.microdata import Column

__all__ = ["TableSpec", "rows_of", "table_of"]


class TableSpec(Spec):
    """Each value with its label at every level.

    Every row is a leaf, also those whose value is not in the column: D of the Loss measure is
    the number of rows, as in ARX.

    Attributes
    ----------
    rows : tuple of tuple of str
        The value first, then its labels; all equally long.
    names : tuple of str
        A word for each level; empty for ``exact``, ``level 1``, … ``hidden``.

    Raises
    ------
    HierarchyError
        Rows are not equally long, or a value stands in two of them.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> age = Microdata.from_columns({"age": ["31", "38"]}).column("age")
    >>> spec = TableSpec(rows=(("31", "30-39", "*"), ("38", "30-39", "*"), ("40", "40-49", "*")))
    >>> spec.level_names, spec.build(age).size
    (('exact', 'level 1', 'hidden'), 3)
    """

    kind: Literal["table"] = "table"
    rows: tuple[tuple[str, ...], ...]
    names: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _regular(self) -> Self:
        width = len(self.rows[0]) if self.rows else 0
        if width < 2:  # noqa: PLR2004 (a value and at least one level)
            raise HierarchyError("A hierarchy needs rows with a value and at least one level, such as 31;30-39;*")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != width:
                raise HierarchyError(
                    f"Row {number} of the hierarchy has {len(row)} entries; the first has {width}. Make all rows equal."
                )
        if self.names and len(self.names) != width:
            raise HierarchyError(f"The hierarchy has {width} levels and {len(self.names)} names. Name each level once.")
        check_names(self.level_names)
        if len(self._leaves) < len(self.rows):
            times = Counter(row[0] for row in self.rows)
            doubled = tuple(value for value, count in times.items() if count > 1)
            raise HierarchyError(
                f"The hierarchy has {len(doubled)} values in more rows than one. Keep one row a value.",
                doubled[:MAX_NAMED_VALUES],
            )
        return self

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Computed once: the memo looks a recipe up at every move of a slider."""
        return hash((self.rows, self.names))

    @cached_property
    def _leaves(self) -> frozenset[str]:
        return frozenset(row[0] for row in self.rows)

    @property
    def level_names(self) -> tuple[str, ...]:
        """The names given, or ``exact``, ``level 1``, … and ``hidden`` if the top is ``*``."""
        if self.names:
            return self.names
        middle = [f"level {i}" for i in range(1, len(self.rows[0]))]
        if all(row[-1] == HIDDEN for row in self.rows):
            middle[-1] = "hidden"
        return ("exact", *middle)

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:
        """Place every row, and with ``strict`` off the values without a row under ``not listed``."""
        unseen = self.unseen(column)
        if strict:
            refuse_unseen(column.name, unseen)
        levels = [list(level) for level in zip(*self.rows, strict=True)]
        levels[0].extend(unseen)
        for level in levels[1:]:
            level.extend([HIDDEN if level is levels[-1] and set(level) == {HIDDEN} else NOT_LISTED] * len(unseen))
        return Hierarchy.from_levels(column.name, levels, self.level_names, missing=column.n_missing > 0)

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values without a row."""
        return tuple(value for value in column.values if value not in self._leaves)


def table_of(hierarchy: Hierarchy) -> TableSpec:
    """Any hierarchy row by row: for editing, and for ARX. Missing values have no row."""
    return TableSpec(rows=rows_of(hierarchy), names=hierarchy.level_names)


def rows_of(hierarchy: Hierarchy) -> tuple[tuple[str, ...], ...]:
    """Each value with its labels; missing values have no row."""
    count = len(hierarchy.leaves) - hierarchy.missing
    levels = (
        [labels[code] for code in codes[:count].tolist()]
        for labels, codes in zip(hierarchy.labels, hierarchy.maps, strict=True)
    )
    return tuple(zip(*levels, strict=True))
