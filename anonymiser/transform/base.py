"""What a method gets and gives back: a draft of the release, column by column, with a record of what was done.

A method is a function (a `Method`) from a draft, its parameters, the requirements in force and a generator to a new
draft. It changes labels and codes; nobody believes what it says of its own result: ``run.py`` measures the requirements
afresh from the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.engine.frequency import SensitiveCodes
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.microdata import smallest_dtype
from anonymiser.privacy import PrivacyModel

__all__ = [
    "Cover",
    "Draft",
    "DraftColumn",
    "ExtraTable",
    "Method",
    "MethodRecord",
    "Progress",
    "silent",
    "tidy",
]

Codes = npt.NDArray[np.unsignedinteger]
Reals = npt.NDArray[np.float64]
Progress = Callable[[float, str], None]
"""Told the fraction that is done, from 0 to 1, and what is under way; a method may be stopped by what it raises."""


def silent(_fraction: float, _words: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, eq=False)
class Cover:
    """How much of a column each label stands for; arrays have one entry a label and a last one for a missing value.

    Attributes
    ----------
    penalty : (labels + 1,) float64 array
        What NCP charges, from 0 (one value) to 1 (hidden).
    share : (labels + 1,) float64 array
        What Loss charges: the part of the hierarchy's leaves that the label stands for, from 1/D to 1.
    levels : (labels + 1,) int64 array
        The level of the hierarchy that the label is of; −1 where it is none (a range, a changed number).
    support : (labels + 1,) float64 array
        Records of the input whose values the label stands for; NaN where that cannot be said.
    """

    penalty: Reals
    share: Reals
    levels: npt.NDArray[np.int64]
    support: Reals

    @classmethod
    def exact(cls, labels: int, size: int) -> Cover:
        """Of labels that each stand for one value out of ``size``; for numbers that a method has changed."""
        share, nowhere = np.full(labels + 1, 1.0 / max(size, 1)), np.full(labels + 1, -1, dtype=np.int64)
        return cls(np.zeros(labels + 1), share, nowhere, np.full(labels + 1, np.nan))

    def merged(self, to: npt.NDArray[np.int64], labels: int) -> Cover:
        """With some labels made one: the larger share, the lower level.

        Parameters
        ----------
        to : (labels + 1,) int64 array
            The new label of each old one, ``labels`` for a missing value.
        labels : int
            New labels.
        """
        real = [np.full(labels + 1, -np.inf) for _ in range(3)]
        with np.errstate(invalid="ignore"):  # what cannot be said of a part cannot be said of the whole
            for values, into in zip((self.penalty, self.share, self.support), real, strict=True):
                np.maximum.at(into, to, values)
        levels = np.full(labels + 1, np.iinfo(np.int64).max)
        np.minimum.at(levels, to, self.levels)
        return Cover(real[0], real[1], levels, real[2])


@dataclass(frozen=True, eq=False)
class DraftColumn:
    """One column of a draft.

    Attributes
    ----------
    name : str
    role : Role
    concept, level, method : str
        In words, as `ReleasedColumn` has them.
    labels : tuple of str
        Different from each other.
    codes : (rows,) unsigned array
        Index into ``labels``; ``len(labels)`` marks a missing value.
    cover : Cover
    hierarchy : Hierarchy or None
        With ``at``, the level of its labels; None once a method has changed the labels.
    at : int
    numbers : (labels,) float64 array or None
        The number that each label is, where the column is one of numbers at its finest level.
    ordered : bool
        Whether its labels stand in an order that means something, so that "a to b" is a label: numbers, dates.
    order : (labels + 1,) int64 array or None
        Rank of each label along which ordered distance runs (sensitive columns); the last entry is ignored.
    is_qi : bool
        Whether the column counts towards k.
    leaves : bool
        False for a quasi-identifier that is hidden altogether: it is charged, and no method looks at it.
    size : int
        D of the Loss measure.
    """

    name: str
    role: Role
    concept: str
    level: str
    method: str
    labels: tuple[str, ...]
    codes: Codes
    cover: Cover
    hierarchy: Hierarchy | None = None
    at: int = 0
    numbers: Reals | None = None
    ordered: bool = False
    order: npt.NDArray[np.int64] | None = None
    is_qi: bool = False
    leaves: bool = True
    size: int = 1

    @property
    def missing(self) -> int:
        """The code of a missing value."""
        return len(self.labels)


@dataclass(frozen=True)
class MethodRecord:
    """What one method did.

    Attributes
    ----------
    method : str
        Its name in the recipe.
    title : str
    sentences : tuple of str
        For ``TRANSFORMATIONS.md``: method and parameters, never a seed or a value of the data.
    changed : tuple of (str, int)
        Counts of what was changed, in words ("groups", "cells of 'age' changed").
    """

    method: str
    title: str
    sentences: tuple[str, ...]
    changed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class ExtraTable:
    """A table beside the main one.

    Attributes
    ----------
    name : str
        Of its file, without extension: letters, digits and ``_``.
    title : str
        What it is, in one sentence.
    header : tuple of str
    rows : tuple of tuple of str
        An empty cell is ``""``.
    released : bool
        Whether it belongs to the release (Anatomy's sensitive table) or is only shown.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    released: bool = False


@dataclass(frozen=True, eq=False)
class Draft:
    """The table on its way: after the recipe's levels and the methods so far.

    Attributes
    ----------
    source_rows : (rows,) int64 array
        Row of the input behind each record.
    columns : tuple of DraftColumn
        Quasi-identifiers (hidden ones too) and the other columns that leave, in the table's order.
    input_rows : int
        Records of the input.
    record : tuple of MethodRecord
    partition : (rows,) int64 array or None
        Class of each record, from 0, where a method made groups.
    extra : tuple of ExtraTable
    apart : tuple of str
        Columns whose values leave in a table of their own, by ``partition``: groups are then those of the partition.
    no_k : str
        Why k has no meaning any more, in a sentence; empty while it has.
    suppressed : (rows,) bool array or None
        Records that do not leave because their class fails; set by ``run.py`` alone.
    facts : dict
        Arrays that a picture of the method needs, by name; never released.
    people : SensitiveCodes or None
        Whose each row of the input is; None where every row is a person.
    """

    source_rows: npt.NDArray[np.int64]
    columns: tuple[DraftColumn, ...]
    input_rows: int
    record: tuple[MethodRecord, ...] = ()
    partition: npt.NDArray[np.int64] | None = None
    extra: tuple[ExtraTable, ...] = ()
    apart: tuple[str, ...] = ()
    no_k: str = ""
    suppressed: npt.NDArray[np.bool_] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    people: SensitiveCodes | None = None

    @property
    def rows(self) -> int:
        """Records."""
        return int(self.source_rows.size)

    @property
    def qis(self) -> tuple[DraftColumn, ...]:
        """The quasi-identifiers, hidden ones too."""
        return tuple(c for c in self.columns if c.is_qi)

    @property
    def visible_qis(self) -> tuple[DraftColumn, ...]:
        """The quasi-identifiers that leave: those that methods work on."""
        return tuple(c for c in self.columns if c.is_qi and c.leaves)

    @property
    def sensitive(self) -> tuple[DraftColumn, ...]:
        """Sensitive columns that leave and do not count towards k."""
        return tuple(c for c in self.columns if c.role.is_sensitive and not c.is_qi and c.leaves)

    def column(self, name: str) -> DraftColumn | None:
        """The column of that name; None where it does not leave."""
        return next((c for c in self.columns if c.name == name and c.leaves), None)

    def with_columns(self, *changed: DraftColumn, **others: Any) -> Draft:
        """A copy with some columns replaced by those of the same name, and other fields changed."""
        new = {c.name: c for c in changed}
        return replace(self, columns=tuple(new.get(c.name, c) for c in self.columns), **others)

    def with_record(self, record: MethodRecord, **others: Any) -> Draft:
        """A copy in which one method more has been done."""
        return replace(self, record=(*self.record, record), **others)

    def taken(self, rows: npt.NDArray[np.int64]) -> Draft:
        """A copy with some of the records only, in that order; ``rows`` are places in this draft."""
        return replace(
            self,
            source_rows=self.source_rows[rows],
            columns=tuple(replace(c, codes=c.codes[rows]) for c in self.columns),
            partition=None if self.partition is None else self.partition[rows],
            suppressed=None if self.suppressed is None else self.suppressed[rows],
            facts={},
        )


class Method(Protocol):
    """One method: the function ``apply`` of its module."""

    def __call__(
        self,
        draft: Draft,
        spec: Any,
        requirements: Sequence[PrivacyModel],
        generator: np.random.Generator,
        progress: Progress,
    ) -> Draft:
        """Apply the method.

        Parameters
        ----------
        draft : Draft
        spec : MethodParameters
            The parameters of this very method.
        requirements : sequence of PrivacyModel
            Those in force, k among them: a grouping method makes every group meet all of them.
        generator : numpy Generator
            The only source of randomness; its seed never leaves.
        progress : Progress

        Raises
        ------
        InputError
            The method cannot do that to this table, in a sentence that says what to do.
        """
        ...


def tidy(column: DraftColumn, texts: Sequence[str], codes: npt.NDArray[np.integer], cover: Cover) -> DraftColumn:
    """A column with new labels: equal texts become one label (with the larger cover), in the order given.

    Parameters
    ----------
    column : DraftColumn
    texts : sequence of str
        One a new code.
    codes : (rows,) integer array
        Below ``len(texts)``, or ``len(texts)`` for a missing value.
    cover : Cover
        Of the texts and, last, of a missing value.

    Notes
    -----
    Labels that read the same are the same to whoever opens the file, whatever they came from: groups are counted by
    text, so a class can only grow.
    """
    place: dict[str, int] = {}
    to_label = np.array([place.setdefault(text, len(place)) for text in texts] + [len(place)], dtype=np.int64)
    return replace(
        column,
        labels=tuple(place),
        codes=to_label.astype(smallest_dtype(len(place)))[codes],
        cover=cover.merged(to_label, len(place)),
        hierarchy=None,
        at=0,
        numbers=None,
        order=None,
    )
