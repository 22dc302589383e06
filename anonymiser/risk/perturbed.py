"""The risk of a draft that its methods have changed: record linkage and interval disclosure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.risk.linkage import (
    KnownColumn,
    Linkage,
    LinkKind,
    interval_disclosure,
    link,
    near_in_rank,
    near_in_value,
)
from anonymiser.transform.base import Draft, DraftColumn
from anonymiser.transform.number_columns import same_columns, values_of
from anonymiser.transform.start import Start

__all__ = ["NearNumbers", "PerturbedRisk", "perturbed_risk"]

VALUE_WIDTH = 0.05
"""In standard deviations, as sdcMicro's default."""
RANK_WIDTH = 0.01
"""As a share of all records."""


@dataclass(frozen=True)
class NearNumbers:
    """How near the released numbers of one column are to the true ones.

    Attributes
    ----------
    name : str
    in_value, in_rank : float
        Shares of the people, from 0 to 1.
    """

    name: str
    in_value: float
    in_rank: float


@dataclass(frozen=True)
class PerturbedRisk:
    """What the changed records still give away.

    Attributes
    ----------
    linkage : Linkage or None
        Against somebody who knows the true values of the quasi-identifiers and of every column that was changed.
    before : Linkage or None
        The same, had the methods not been applied.
    why_not : str
        Why there is no linkage by distance, in a sentence; empty where there is.
    numbers : tuple of NearNumbers
    interval : float or None
        sdcMicro's dRisk over the changed numbers: people all of whose numbers are near; None without one.
    """

    linkage: Linkage | None
    before: Linkage | None
    why_not: str
    numbers: tuple[NearNumbers, ...]
    interval: float | None


def perturbed_risk(start: Start, draft: Draft) -> PerturbedRisk:
    """Measure a draft against the values with which its methods began.

    Parameters
    ----------
    start : Start
    draft : Draft
        ``suppressed`` marks the records that do not leave: those people are looked for in vain.
    """
    kept = np.arange(draft.rows) if draft.suppressed is None else np.flatnonzero(~draft.suppressed)
    source = draft.source_rows[kept]
    own = np.full(start.draft.rows, -1, dtype=np.int64)
    own[source] = np.arange(source.size)
    pairs = [
        (before, after)
        for before, after in same_columns(start.draft, draft)
        if before.leaves and after.leaves and (before.is_qi or _changed(before, after, source, kept))
    ]
    known, why_not = [], ""
    for before, after in pairs:
        column = _known(before, after, source, kept)
        if column is None:
            why_not = (
                f"The labels of '{before.name}' differ from group to group, so distance says nothing; the mean of one "
                "over the size of the group does."
            )
            break
        known.append(column)
    linkage = earlier = None
    if not why_not and known:
        linkage = link(tuple(known), own, np.random.default_rng(0))
        earlier = _before(pairs, start.draft.rows)
    elif not known and not why_not:
        why_not = "No column was changed that an intruder could know."
    numbers, interval = _numbers(pairs, source, kept)
    return PerturbedRisk(linkage, earlier, why_not, numbers, interval)


def _changed(
    before: DraftColumn, after: DraftColumn, source: npt.NDArray[np.int64], kept: npt.NDArray[np.int64]
) -> bool:
    same = before.labels == after.labels
    return not same or not np.array_equal(before.codes[source], after.codes[kept])


def _known(
    before: DraftColumn, after: DraftColumn, source: npt.NDArray[np.int64], kept: npt.NDArray[np.int64]
) -> KnownColumn | None:
    """How a column can be compared; None where it cannot."""
    true, shown = before.codes.astype(np.int64), after.codes[kept].astype(np.int64)
    image = _image(true[source], shown, before.missing, after.missing)
    if image is not None:  # each value always became the same label: the intruder does the same to hers
        expected = image[true]
        return KnownColumn(before.name, LinkKind.TRUE, expected, np.where(shown == after.missing, -1, shown))
    if before.numbers is not None and after.numbers is not None:
        return KnownColumn(before.name, LinkKind.NUMBER, values_of(before), values_of(after)[kept])
    if set(after.labels) <= set(before.labels):
        place = {label: i for i, label in enumerate(before.labels)}
        to = np.array([*(place[label] for label in after.labels), before.missing], dtype=np.int64)
        if before.order is not None:
            rank = before.order.astype(np.float64)
            rank[-1] = np.nan
            return KnownColumn(before.name, LinkKind.NUMBER, rank[true], rank[to[shown]])
        return KnownColumn(before.name, LinkKind.VALUE, true, to[shown])
    return None


def _image(
    true: npt.NDArray[np.int64], shown: npt.NDArray[np.int64], before_missing: int, after_missing: int
) -> npt.NDArray[np.int64] | None:
    """The label that each value always became; None where one became several. A blank is no label but may be any.

    A value that always became a blank, or does not occur, is looked for as −2: it fits blanks only.
    """
    image = np.full(before_missing + 1, -2, dtype=np.int64)
    there = (shown != after_missing) & (true != before_missing)
    image[true[there]] = shown[there]
    if (image[true[there]] != shown[there]).any():
        return None
    return image


def _before(pairs: list[tuple[DraftColumn, DraftColumn]], rows: int) -> Linkage:
    known = tuple(
        KnownColumn(column.name, LinkKind.TRUE, column.codes.astype(np.int64), column.codes.astype(np.int64))
        for column, _ in pairs
    )
    return link(known, np.arange(rows), np.random.default_rng(0))


def _numbers(
    pairs: list[tuple[DraftColumn, DraftColumn]], source: npt.NDArray[np.int64], kept: npt.NDArray[np.int64]
) -> tuple[tuple[NearNumbers, ...], float | None]:
    found, true, shown = [], [], []
    for before, after in pairs:
        if before.numbers is None or after.numbers is None or not _changed(before, after, source, kept):
            continue
        x, y = values_of(before)[source], values_of(after)[kept]
        true.append(x)
        shown.append(y)
        near = NearNumbers(before.name, near_in_value(x, y, VALUE_WIDTH), near_in_rank(x, y, RANK_WIDTH))
        found.append(near)
    if not true:
        return (), None
    return tuple(found), interval_disclosure(np.column_stack(true), np.column_stack(shown), VALUE_WIDTH)
