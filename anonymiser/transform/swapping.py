"""Rank swapping in a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anonymiser.errors import InputError
from anonymiser.methods.swapping import RankSwapping
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, DraftColumn, MethodRecord, Progress
from anonymiser.transform.number_columns import changed_cells, columns_named, without_k
from anonymiser.transform.swapped import swap_ranks

__all__ = ["apply"]


def apply(
    draft: Draft,
    spec: RankSwapping,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,
) -> Draft:
    """Values of nearby rank changed places; missing ones stay; see `Method`."""
    columns = columns_named(draft, spec.names, spec.title)
    done = []
    for place, column in enumerate(columns):
        progress(place / len(columns), f"{spec.title}: {column.name}")
        rank = _rank(column, spec.title)[column.codes]
        known = np.flatnonzero(column.codes < len(column.labels))
        codes = column.codes.copy()
        codes[known] = column.codes[known[swap_ranks(rank[known], spec.share, generator)]]
        done.append(replace(column, codes=codes, level="swapped", method=spec.sentence()))
    changed = tuple(
        (f"cells of '{before.name}' changed", changed_cells(before, after))
        for before, after in zip(columns, done, strict=True)
    )
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), changed)
    no_k = without_k(draft, columns, "swapped between people")
    return draft.with_columns(*done).with_record(record, no_k=no_k)


def _rank(column: DraftColumn, title: str) -> np.ndarray:
    """Rank of each label (and, unused, of a missing value)."""
    if column.numbers is not None:
        return np.append(column.numbers, np.nan)
    if column.order is not None:
        return column.order
    raise InputError(
        f"{title} needs numbers or ordered values, and '{column.name}' has neither. Use post-randomisation for "
        "categories."
    )
