"""Columns of a draft as numbers, and back to labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.hierarchies.numbers import show_number
from anonymiser.microdata import smallest_dtype
from anonymiser.transform.base import Cover, Draft, DraftColumn, tidy

__all__ = [
    "changed_cells",
    "columns_named",
    "decimals_of",
    "number_columns",
    "relabelled",
    "same_columns",
    "values_of",
    "with_values",
    "without_k",
]

Reals = npt.NDArray[np.float64]
_MOST_DECIMALS = 12


def columns_named(draft: Draft, names: Sequence[str], title: str) -> tuple[DraftColumn, ...]:
    """The columns of those names.

    Raises
    ------
    InputError
        One does not leave, or is not there.
    """
    found = []
    for name in names:
        column = draft.column(name)
        if column is None:
            raise InputError(f"{title} cannot work on '{name}': it does not leave. Release it, or name another.")
        found.append(column)
    return tuple(found)


def number_columns(draft: Draft, names: Sequence[str], title: str) -> tuple[DraftColumn, ...]:
    """The columns of those names, all of them numbers.

    Raises
    ------
    InputError
        One does not leave, is not there, or is not (or no longer) a column of numbers.
    """
    columns = columns_named(draft, names, title)
    for column in columns:
        if column.numbers is None:
            raise InputError(
                f"{title} needs numbers, and '{column.name}' does not leave as numbers. Release its exact values "
                "(the first step of its slider), or name a column of numbers."
            )
    return columns


def values_of(column: DraftColumn) -> Reals:
    """Each record's number, NaN where it is missing: (rows,) array."""
    numbers = np.zeros(0) if column.numbers is None else column.numbers
    return np.append(numbers, np.nan)[column.codes]


def decimals_of(column: DraftColumn) -> int:
    """Most digits after the decimal point among the numbers that occur."""
    if column.numbers is None:
        return 0
    occurring = np.unique(column.codes)
    numbers = column.numbers[occurring[occurring < len(column.labels)]]
    if (numbers == np.floor(numbers)).all():
        return 0
    digits = (int(Decimal(repr(number)).normalize().as_tuple().exponent) for number in numbers.tolist())
    return min(_MOST_DECIMALS, max((-each for each in digits), default=0))


def with_values(
    column: DraftColumn, values: Reals, decimals: int | None, *, level: str, method: str, cover: Cover | None = None
) -> DraftColumn:
    """The column with other numbers, rounded.

    Parameters
    ----------
    column : DraftColumn
    values : (rows,) float64 array
        NaN becomes a missing value.
    decimals : int or None
        As many as the source has where None.
    level, method : str
        In words.
    cover : Cover, optional
        One entry a record; the larger one of equal numbers holds. Exact values where it is not given.
    """
    digits = decimals_of(column) if decimals is None else decimals
    rounded = np.round(values, digits) + 0.0  # no -0
    known = ~np.isnan(rounded)
    numbers, place = np.unique(rounded[known], return_inverse=True)
    labels = tuple(show_number(number) for number in numbers.tolist())
    codes = np.full(values.size, numbers.size, dtype=smallest_dtype(numbers.size))
    codes[known] = place
    shown = Cover.exact(len(labels), column.size)
    if cover is not None:
        shown = _largest(cover, codes, len(labels))
    return replace(
        column,
        labels=labels,
        codes=codes,
        cover=shown,
        hierarchy=None,
        at=0,
        numbers=numbers,
        order=None if column.order is None else np.arange(len(labels) + 1, dtype=np.int64),
        level=level,
        method=method,
    )


def relabelled(column: DraftColumn, texts: Sequence[str], *, level: str, method: str) -> DraftColumn:
    """The column with another text for each label; a text stands for all the labels that it replaced.

    Parameters
    ----------
    column : DraftColumn
    texts : sequence of str
        One a label, in its order.
    level, method : str
        In words.
    """
    place: dict[str, int] = {}
    to = np.array([place.setdefault(text, len(place)) for text in texts], dtype=np.int64)
    old, parts = column.cover, len(place)
    share = np.minimum(np.bincount(to, old.share[:-1], minlength=parts), 1.0)
    support = np.bincount(to, old.support[:-1], minlength=parts)
    single = np.bincount(to, minlength=parts) == 1
    penalty = np.where(single, _of_single(old.penalty[:-1], to, parts), _spans(column, to, parts, share))
    levels = np.where(single, _of_single(old.levels[:-1], to, parts), -1).astype(np.int64)
    merged = Cover(
        np.append(penalty, old.penalty[-1]),
        np.append(share, old.share[-1]),
        np.append(levels, old.levels[-1]),
        np.append(support, old.support[-1]),
    )
    codes = np.append(to, parts)[column.codes]
    return replace(tidy(column, tuple(place), codes, merged), level=level, method=method)


def same_columns(before: Draft, after: Draft) -> list[tuple[DraftColumn, DraftColumn]]:
    """Columns of the same name; a method may have added or taken some."""
    earlier = {column.name: column for column in before.columns}
    return [(earlier[column.name], column) for column in after.columns if column.name in earlier]


def changed_cells(before: DraftColumn, after: DraftColumn) -> int:
    """Records whose text differs."""
    texts = {text: i for i, text in enumerate(dict.fromkeys((*before.labels, *after.labels)))}
    one, other = (np.array([*(texts[t] for t in c.labels), -1], dtype=np.int64)[c.codes] for c in (before, after))
    return int(np.count_nonzero(one != other))


def without_k(draft: Draft, columns: Sequence[DraftColumn], done: str) -> str:
    """Why k has no meaning once those columns were changed at random; as before where none counts towards k."""
    if draft.no_k:
        return draft.no_k
    qis = [column.name for column in columns if column.is_qi]
    if not qis:
        return ""
    return (
        f"'{qis[0]}' was {done}, so rows that look alike need not belong to people who are alike: k has no meaning "
        "here. How often the nearest record is the right one is measured instead."
    )


def _largest(cover: Cover, codes: npt.NDArray[np.integer], labels: int) -> Cover:
    """From one entry a record to one a label."""
    parts = []
    for values in (cover.penalty, cover.share, cover.support):
        most = np.full(labels + 1, -np.inf)
        np.maximum.at(most, codes, values)
        parts.append(np.where(np.isneginf(most), 0.0, most))
    return Cover(parts[0], parts[1], np.full(labels + 1, -1, dtype=np.int64), parts[2])


def _of_single(values: npt.NDArray[np.generic], to: npt.NDArray[np.int64], parts: int) -> npt.NDArray[np.generic]:
    result = np.zeros(parts, dtype=values.dtype)
    result[to] = values
    return result


def _spans(column: DraftColumn, to: npt.NDArray[np.int64], parts: int, share: Reals) -> Reals:
    """What NCP charges a label that stands for several: its range over the whole range, or its share of the values."""
    numbers = column.numbers
    if numbers is None or not numbers.size or numbers.max() == numbers.min():
        return share
    low, high = np.full(parts, np.inf), np.full(parts, -np.inf)
    np.minimum.at(low, to, numbers)
    np.maximum.at(high, to, numbers)
    spans: Reals = (high - low) / (numbers.max() - numbers.min())
    return spans
