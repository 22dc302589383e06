"""Rounding, top and bottom coding and masking in a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anonymiser.hierarchies.numbers import show_number
from anonymiser.methods.coding import Masking, Rounding, TopBottomCoding
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, DraftColumn, MethodRecord, Progress
from anonymiser.transform.coded import between, round_at_random, round_to
from anonymiser.transform.number_columns import (
    changed_cells,
    columns_named,
    number_columns,
    relabelled,
    values_of,
    with_values,
    without_k,
)

__all__ = ["apply"]

_DIGITS = 9


def apply(
    draft: Draft,
    spec: Rounding | TopBottomCoding | Masking,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,  # noqa: ARG001 - the Protocol
) -> Draft:
    """Coarser numbers or shorter texts; see `Method`."""
    columns: tuple[DraftColumn, ...]
    no_k = draft.no_k
    if isinstance(spec, Masking):
        columns = columns_named(draft, spec.names, spec.title)
        done = [_masked(column, spec) for column in columns]
    elif isinstance(spec, TopBottomCoding):
        columns = number_columns(draft, spec.names, spec.title)
        done = [_coded(column, spec) for column in columns]
    else:
        columns = number_columns(draft, spec.names, spec.title)
        done = [_rounded(column, spec, generator) for column in columns]
        no_k = without_k(draft, columns, "rounded at random") if spec.at_random else no_k
    changed = tuple(
        (f"cells of '{before.name}' changed", changed_cells(before, after))
        for before, after in zip(columns, done, strict=True)
    )
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), changed)
    return draft.with_columns(*done).with_record(record, no_k=no_k)


def _rounded(column: DraftColumn, spec: Rounding, generator: np.random.Generator) -> DraftColumn:
    level = f"rounded to {show_number(spec.base)}"
    if spec.at_random:
        values = round_at_random(values_of(column), spec.base, generator)
        return with_values(column, values, _DIGITS, level=level, method=spec.sentence())
    numbers = np.round(round_to(_numbers(column), spec.base), _DIGITS) + 0.0
    return _renumbered(column, numbers, [show_number(number) for number in numbers], level, spec.sentence())


def _coded(column: DraftColumn, spec: TopBottomCoding) -> DraftColumn:
    numbers = between(_numbers(column), spec.lowest, spec.highest)
    texts = list(column.labels)
    for i, number in enumerate(_numbers(column).tolist()):
        if spec.lowest is not None and number <= spec.lowest:
            texts[i] = show_number(spec.lowest) + (" or less" if spec.shown == "words" else "")
        elif spec.highest is not None and number >= spec.highest:
            texts[i] = show_number(spec.highest) + (" or more" if spec.shown == "words" else "")
    if spec.shown == "limit":
        return _renumbered(column, numbers, texts, "ends coded", spec.sentence())
    after = relabelled(column, texts, level="ends coded", method=spec.sentence())
    return replace(after, order=None if column.order is None else _ranks(after, texts, numbers))


def _renumbered(column: DraftColumn, numbers: np.ndarray, texts: Sequence[str], level: str, method: str) -> DraftColumn:
    """With other numbers for its labels."""
    after = relabelled(column, texts, level=level, method=method)
    known = dict(zip(texts, numbers.tolist(), strict=True))
    found = np.array([known[label] for label in after.labels], dtype=np.float64)
    order = None if column.order is None else _ranks(after, texts, numbers)
    return replace(after, numbers=found, order=order)


def _ranks(after: DraftColumn, texts: Sequence[str], numbers: np.ndarray) -> np.ndarray:
    """Rank of each label of the column after, by the numbers behind it."""
    known = dict(zip(texts, numbers.tolist(), strict=True))
    found = np.array([known[label] for label in after.labels])
    return np.append(np.unique(found, return_inverse=True)[1], 0).astype(np.int64)


def _numbers(column: DraftColumn) -> np.ndarray:
    return np.zeros(0) if column.numbers is None else column.numbers


def _masked(column: DraftColumn, spec: Masking) -> DraftColumn:
    end = "last" if spec.side == "right" else "first"
    level = f"{end} {spec.characters} hidden"
    texts = [_mask(label, spec) for label in column.labels]
    return relabelled(column, texts, level=level, method=spec.sentence())


def _mask(text: str, spec: Masking) -> str:
    stars = "*" * min(spec.characters, len(text))
    if spec.side == "right":
        return text[: len(text) - len(stars)] + stars
    return stars + text[len(stars) :]
