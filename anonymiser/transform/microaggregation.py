"""Microaggregation of columns of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.methods.microaggregation import Microaggregation
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Cover, Draft, DraftColumn, MethodRecord, Progress
from anonymiser.transform.microaggregate import group_means, mdav, optimal, projected, ranked
from anonymiser.transform.number_columns import changed_cells, number_columns, values_of, with_values

__all__ = ["apply"]

Wholes = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
_GROUPING = {"mdav": mdav, "projection": projected, "optimal": optimal, "ranking": ranked}
_EVERY = 200  # strata between two words of progress


def apply(
    draft: Draft,
    spec: Microaggregation,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Draft:
    """Numbers replaced by the means of groups; see `Method`.

    Only people who lack the same numbers share a group, and where one of the columns is a quasi-identifier and
    ``within_classes`` holds, only people who are alike in the other ones. Where fewer than k are left, their numbers
    are emptied.
    """
    columns = number_columns(draft, spec.names, spec.title)
    table = np.column_stack([values_of(column) for column in columns])
    classes = _classes(draft, spec)
    if spec.together:
        groups = _grouped(table, classes, spec, progress)
        each = [groups] * len(columns)
    else:
        each = [_grouped(table[:, [j]], classes, spec, progress) for j in range(len(columns))]
    if all((groups < 0).all() for groups in each):
        raise InputError(
            f"{spec.title} found no group of {spec.k:,} people. Choose a smaller group, or coarser levels for the "
            "other quasi-identifiers."
        )
    done, changed = [], [("groups", sum(int(groups.max()) + 1 for groups in (each[:1] if spec.together else each)))]
    for j, (column, groups) in enumerate(zip(columns, each, strict=True)):
        after = _averaged(column, table[:, j], groups, spec)
        emptied = int(np.count_nonzero((groups < 0) & ~np.isnan(table[:, j])))
        changed += [(f"cells of '{column.name}' changed", changed_cells(column, after) - emptied)]
        changed += [(f"cells of '{column.name}' emptied", emptied)] if emptied else []
        done.append(after)
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), tuple(changed))
    partition = _partition(draft, spec, classes, each[0])
    return draft.with_columns(*done).with_record(record, partition=draft.partition if partition is None else partition)


def _classes(draft: Draft, spec: Microaggregation) -> Wholes:
    """Class of each record by the quasi-identifiers that stay as they are; one class where they do not matter."""
    group = np.zeros(draft.rows, dtype=np.int64)
    if not spec.within_classes or not any(column.is_qi and column.name in spec.names for column in draft.columns):
        return group
    for column in draft.visible_qis:
        if column.name not in spec.names:
            group = np.unique(group * (column.missing + 1) + column.codes, return_inverse=True)[1].astype(np.int64)
    return group


def _strata(classes: Wholes, table: Reals) -> Iterator[tuple[Wholes, npt.NDArray[np.bool_]]]:
    """Records that may share a group, with the columns in which they have numbers."""
    known = ~np.isnan(table)
    pattern = np.unique(known, axis=0, return_inverse=True)[1].reshape(-1)
    stratum = classes * (int(pattern.max(initial=0)) + 1) + pattern
    order = np.argsort(stratum, kind="stable")
    cuts = np.flatnonzero(np.diff(stratum[order])) + 1
    for rows in np.split(order, cuts):
        yield rows, known[rows[0]]


def _grouped(table: Reals, classes: Wholes, spec: Microaggregation, progress: Progress) -> Wholes:
    """Group of each record from 0; −1 where its stratum has too few people. Nobody to average is one group."""
    groups = np.full(table.shape[0], -1, dtype=np.int64)
    made = seen = 0
    for number, (rows, known) in enumerate(_strata(classes, table)):
        seen += rows.size
        if rows.size >= spec.k:
            found = (
                _GROUPING[spec.algorithm](table[np.ix_(rows, known)], spec.k)
                if known.any()
                else np.zeros(rows.size, dtype=np.int64)
            )
            groups[rows] = made + found
            made += int(found.max()) + 1
        if number % _EVERY == 0:
            progress(seen / table.shape[0], spec.title)
    return groups


def _averaged(column: DraftColumn, values: Reals, groups: Wholes, spec: Microaggregation) -> DraftColumn:
    kept = groups >= 0
    means = np.full(values.size, np.nan)
    means[kept] = group_means(values[kept], groups[kept])
    cover = _cover(column, values, groups)
    level = f"means of {spec.k} or more"
    return with_values(column, means, spec.decimals, level=level, method=spec.sentence(), cover=cover)


def _cover(column: DraftColumn, values: Reals, groups: Wholes) -> Cover:
    """Of each record: the range of its group over the whole range, and the values that lie in it."""
    place = np.where(groups < 0, groups.max(initial=0) + 1, groups)
    low, high = np.full(int(place.max(initial=0)) + 1, np.inf), np.full(int(place.max(initial=0)) + 1, -np.inf)
    known = ~np.isnan(values)
    np.minimum.at(low, place[known], values[known])
    np.maximum.at(high, place[known], values[known])
    numbers = np.sort(np.zeros(0) if column.numbers is None else column.numbers)
    ordered = np.sort(values[known])
    whole = float(numbers[-1] - numbers[0]) if numbers.size else 0.0
    inside, people = _between(numbers, low, high), _between(ordered, low, high)
    penalty = np.divide(high - low, whole) if whole else np.zeros_like(low)
    share = np.clip(inside / column.size, 1.0 / column.size, 1.0)
    old, emptied = column.cover, (groups < 0) & known
    result = [
        np.where(known, found[place], missing)
        for found, missing in ((penalty, old.penalty[-1]), (share, old.share[-1]), (people, old.support[-1]))
    ]
    for values_shown, hidden in zip(result, (1.0, 1.0, float(values.size)), strict=True):
        values_shown[emptied] = hidden
    return Cover(result[0], result[1], np.full(values.size, -1, dtype=np.int64), result[2])


def _between(ordered: Reals, low: Reals, high: Reals) -> Reals:
    """How many of some ordered numbers lie in each range."""
    found = np.searchsorted(ordered, high, side="right") - np.searchsorted(ordered, low, side="left")
    return np.asarray(np.maximum(found, 0), dtype=np.float64)


def _partition(draft: Draft, spec: Microaggregation, classes: Wholes, groups: Wholes) -> Wholes | None:
    """The groups, where they are classes of all quasi-identifiers together."""
    visible = {column.name for column in draft.visible_qis}
    inside = visible and visible <= set(spec.names)
    named = bool(visible & set(spec.names))
    if not spec.together or not (inside or (named and spec.within_classes)):
        return None
    pair = classes * (int(groups.max(initial=0)) + 2) + groups + 1
    return np.asarray(np.unique(pair, return_inverse=True)[1], dtype=np.int64)
