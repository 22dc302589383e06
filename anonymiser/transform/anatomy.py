"""Anatomy: quasi-identifiers and sensitive values in two tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.attributes import Role
from anonymiser.errors import InputError
from anonymiser.limits import MISSING
from anonymiser.methods import Anatomy
from anonymiser.microdata import smallest_dtype
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Cover, Draft, DraftColumn, ExtraTable, MethodRecord, Progress

__all__ = ["GROUP", "apply", "buckets"]

GROUP: Final = "group"
_NO_K: Final = (
    "Anatomy leaves the quasi-identifiers as they are: rows can be found by them, and only whose sensitive value is "
    "which cannot be told. k has no meaning here; l does."
)
Wholes = npt.NDArray[np.int64]


def apply(
    draft: Draft,
    spec: Anatomy,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,
) -> Draft:
    """Give every record the number of its group, and put the sensitive values in a table by group.

    Raises
    ------
    InputError
        A column is not a sensitive one that leaves, another is left beside the exact values, or one value is so common
        that such groups do not exist.
    """
    named = [column for column in draft.sensitive if column.name in spec.names]
    if len(named) < len(spec.names):
        missing = min(set(spec.names) - {column.name for column in named})
        raise InputError(f"'{missing}' is no sensitive column that leaves. Name one that is.")
    others = [column.name for column in draft.sensitive if column.name not in spec.names]
    if others:
        raise InputError(f"'{others[0]}' is sensitive too, and would stand beside the exact values. Name it as well.")
    if any(column.name == GROUP for column in draft.columns):
        raise InputError(f"The table has a column called '{GROUP}', as the one is called that Anatomy adds. Rename it.")
    progress(0.1, "Making groups of different values")
    column = next(c for c in named if c.name == spec.names[0])
    group = buckets(column.codes.astype(np.int64), len(column.labels), spec.diversity, generator)
    groups = int(group.max()) + 1
    numbers = tuple(str(number + 1) for number in range(groups))
    added = DraftColumn(
        name=GROUP,
        role=Role.INSENSITIVE,
        concept="number of a group",
        level="made",
        method="The number of the record's group in the tables of sensitive values; it says nothing else.",
        labels=numbers,
        codes=group.astype(smallest_dtype(groups)),
        cover=Cover.exact(groups, groups),
        size=groups,
    )
    tables = tuple(_table(c, group, numbers, place) for place, c in enumerate(named, start=1))
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), (("groups", groups),))
    return draft.with_record(
        record,
        columns=(*draft.columns, added),
        partition=group,
        apart=spec.names,
        extra=(*draft.extra, *tables),
        no_k=draft.no_k or _NO_K,
    )


def buckets(codes: Wholes, missing: int, diversity: int, generator: np.random.Generator) -> Wholes:
    """Group of each record: (rows,) int64 array from 0, every group with at least that many different known values.

    Parameters
    ----------
    codes : (rows,) int64 array
        Sensitive values.
    missing : int
        Code of a missing value: it never counts as different, and joins a group at the end.
    diversity : int
    generator : numpy Generator
        Which records of a value go where.

    Raises
    ------
    InputError
        A value is too common, or there are too few.

    Notes
    -----
    Xiao and Tao's algorithm: each group takes one record of each of the ``diversity`` commonest values left; what
    remains at the end, one record a value at most, joins a group that does not have the value.
    """
    known = np.flatnonzero(codes != missing)
    counts = np.bincount(codes[known], minlength=1)
    if np.count_nonzero(counts) < diversity or counts.max() * diversity > known.size:
        raise InputError(
            f"Groups of {diversity} different values do not exist here: a value is too common, or there are too few. "
            "Ask for fewer, or blur the column less."
        )
    shuffled = generator.permutation(known)
    order = shuffled[np.argsort(codes[shuffled], kind="stable")]
    starts = np.r_[0, np.cumsum(counts)][:-1]
    left, group = counts.copy(), np.full(codes.size, -1, dtype=np.int64)
    has: list[set[int]] = []
    while np.count_nonzero(left) >= diversity:
        chosen = np.argsort(-left, kind="stable")[:diversity]
        left[chosen] -= 1
        group[order[starts[chosen] + left[chosen]]] = len(has)
        has.append(set(chosen.tolist()))
    for value in np.flatnonzero(left).tolist():
        for _ in range(int(left[value])):
            left[value] -= 1
            home = next(int(g) for g in generator.permutation(len(has)) if value not in has[g])
            group[order[starts[value] + left[value]]] = home
            has[home].add(value)
    blank = np.flatnonzero(group < 0)
    group[blank] = generator.integers(len(has), size=blank.size)
    return group


def _table(column: DraftColumn, group: Wholes, numbers: tuple[str, ...], place: int) -> ExtraTable:
    width = len(column.labels) + 1
    pairs, counts = np.unique(group * width + column.codes, return_counts=True)
    labels = (*column.labels, MISSING)
    rows = tuple(
        (numbers[pair // width], labels[pair % width], str(count))
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    )
    title = f"How many people of each group have each value of '{column.name}'."
    return ExtraTable(f"sensitive_{place}", title, (GROUP, column.name, "people"), rows, released=True)
