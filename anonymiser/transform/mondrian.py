"""Mondrian: multidimensional partitioning that honours every requirement."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet, build_members
from anonymiser.errors import InputError
from anonymiser.hierarchies.base import Hierarchy, hidden
from anonymiser.methods import Mondrian
from anonymiser.microdata import smallest_dtype
from anonymiser.privacy import KAnonymity, PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress
from anonymiser.transform.measure import sensitive_codes
from anonymiser.transform.spans import scale_of, with_partition

__all__ = ["Verdict", "apply", "least_group", "partition", "records_of", "verdict_of"]

_THREADS: Final = 2
_WORTH_THREADS: Final = 200_000
_LEVEL: Final = "span of its group"
_METHOD: Final = "Mondrian: the span of the values in a group of records that stand close together."
Wholes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Records:
    """The quasi-identifiers as rows of a matrix, to be moved about."""

    rows: npt.NDArray[np.unsignedinteger]
    index: npt.NDArray[np.int32]
    sizes: Wholes

    @property
    def largest(self) -> int:
        return int(self.sizes.max(initial=1))


def apply(
    draft: Draft,
    spec: Mondrian,
    requirements: Sequence[PrivacyModel],
    generator: np.random.Generator,  # noqa: ARG001 - the Protocol
    progress: Progress,
) -> Draft:
    """Partition the records; every group shows the span of its values.

    Raises
    ------
    InputError
        Not even the whole table meets the requirements.
    """
    k = least_group(draft, requirements)
    records = records_of(draft)
    verdict = verdict_of(draft, requirements)
    class_of = partition(records, k, verdict, relaxed=spec.relaxed, progress=progress)
    made = with_partition(draft, class_of, level=_LEVEL, method=_METHOD)
    sentences = (f"{spec.sentence()} Each group has at least {k:,} records.",)
    return made.with_record(MethodRecord(spec.method, spec.title, sentences, (("groups", int(class_of.max()) + 1),)))


def least_group(draft: Draft, requirements: Sequence[PrivacyModel]) -> int:
    """Records that a group needs for k; a table with fewer is refused.

    Raises
    ------
    InputError
    """
    k = max((model.k for model in requirements if isinstance(model, KAnonymity)), default=1)
    if draft.rows < k:
        raise InputError(
            f"Groups of at least {k:,} people are asked for, and there are {draft.rows:,} records. "
            "Ask for smaller groups, or take a larger table."
        )
    return k


class Verdict:
    """Whether groups meet every requirement beyond their size, by the models themselves.

    Parameters
    ----------
    draft : Draft
    models : sequence of PrivacyModel
    """

    def __init__(self, draft: Draft, models: Sequence[PrivacyModel]) -> None:
        self._draft = draft
        self._models = tuple(models)
        self._sensitive = sensitive_codes(draft)

    def __bool__(self) -> bool:
        return bool(self._models)

    def passes(self, group_of: Wholes, groups: int) -> npt.NDArray[np.bool_]:
        """Which groups meet the requirements.

        Parameters
        ----------
        group_of : (rows,) int64 array
            Group of each record, below ``groups``; every record is in one.
        groups : int
        """
        codes = group_of.astype(smallest_dtype(groups))
        names = tuple(map(str, range(groups)))
        flat = Hierarchy.from_groups("group", names, (hidden(groups),), ("exact", "hidden"), missing=False)
        classes, class_of = build_members((flat,), (codes,), self._sensitive, histograms=True)
        passing = self.of(classes)
        found = np.zeros(groups, dtype=np.bool_)
        found[group_of] = passing[class_of]
        return found

    def of(self, classes: FrequencySet) -> npt.NDArray[np.bool_]:
        """Which classes meet the requirements."""
        passing = np.ones(classes.classes, dtype=np.bool_)
        for model in self._models:
            passing &= model.passes(classes)
        return passing


def verdict_of(draft: Draft, requirements: Sequence[PrivacyModel]) -> Verdict:
    """The requirements beyond k; k too where persons are counted, who may have several records."""
    people = any(codes.entity for codes in sensitive_codes(draft))
    return Verdict(draft, [m for m in requirements if people or not isinstance(m, KAnonymity)])


def partition(records: _Records, k: int, verdict: Verdict, *, relaxed: bool, progress: Progress) -> Wholes:
    """Group of each record: (rows,) int64 array, from 0.

    Parameters
    ----------
    records : _Records
        Reordered in place.
    k : int
    verdict : Verdict
    relaxed : bool
    progress : Progress
    """
    begins = np.zeros(records.index.size, dtype=np.bool_)
    begins[0] = True
    if records.sizes.size and not verdict:
        _divide(records, k, begins, relaxed=relaxed, progress=progress)
    elif records.sizes.size:
        _divide_checked(records, k, verdict, begins, relaxed=relaxed, progress=progress)
    class_of = np.empty(begins.size, dtype=np.int64)
    class_of[records.index] = np.cumsum(begins) - 1
    return class_of


def records_of(draft: Draft) -> _Records:
    """The quasi-identifiers that leave as rows of small codes, to be partitioned."""
    scales = [scale_of(column) for column in draft.visible_qis]
    scales = [scale for scale in scales if scale.size > 1]
    sizes = np.array([scale.size for scale in scales], dtype=np.int64)
    kind = np.uint16 if sizes.max(initial=1) <= np.iinfo(np.uint16).max else np.uint32
    rows = np.empty((draft.rows, len(scales)), dtype=kind)
    for j, scale in enumerate(scales):
        rows[:, j] = scale.position.astype(kind)[scale.column.codes]
    return _Records(rows, np.arange(draft.rows, dtype=np.int32), sizes)


def _divide(records: _Records, k: int, begins: npt.NDArray[np.bool_], *, relaxed: bool, progress: Progress) -> None:
    """Down to the smallest parts of k records; large tables on both cores, part by part."""
    from anonymiser.transform import mondrian_kernels as kernels

    def whole(part: tuple[int, int]) -> None:
        kernels.divide(records.rows, records.index, *part, records.sizes, k, relaxed, records.largest, begins)

    parts = [(0, begins.size)]
    if begins.size < _WORTH_THREADS:
        whole(parts[0])
        return
    for _ in range(4):
        parts = _halved(records, parts, k, relaxed=relaxed)
    done = 0
    with ThreadPoolExecutor(_THREADS) as pool:
        for low, high in zip(parts, pool.map(whole, parts), strict=True):
            del high
            done += low[1] - low[0]
            progress(done / begins.size, "Dividing the records")


def _halved(records: _Records, parts: list[tuple[int, int]], k: int, *, relaxed: bool) -> list[tuple[int, int]]:
    places, _ = _cuts(records, parts, np.zeros(len(parts), np.int64), k, relaxed=relaxed)
    result: list[tuple[int, int]] = []
    for (low, high), place in zip(parts, places.tolist(), strict=True):
        result += [(low, high)] if place < 0 else [(low, place), (place, high)]
    return result


def _cuts(
    records: _Records, parts: list[tuple[int, int]], tried: Wholes, k: int, *, relaxed: bool
) -> tuple[Wholes, Wholes]:
    from anonymiser.transform import mondrian_kernels as kernels

    lows, highs = np.array(parts, dtype=np.int64).reshape(-1, 2).T.copy()
    places, attributes = np.empty(len(parts), np.int64), np.empty(len(parts), np.int64)
    kernels.cut_parts(
        records.rows,
        records.index,
        lows,
        highs,
        tried,
        records.sizes,
        k,
        relaxed,
        records.largest,
        places,
        attributes,
    )
    return places, attributes


def _divide_checked(
    records: _Records, k: int, verdict: Verdict, begins: npt.NDArray[np.bool_], *, relaxed: bool, progress: Progress
) -> None:
    """As `_divide`, a cut standing only if both sides meet every requirement: all parts of a round at once."""
    active = [(0, begins.size)]
    tried = np.zeros(1, dtype=np.int64)
    settled = 0
    while active:
        places, attributes = _cuts(records, active, tried, k, relaxed=relaxed)
        cut = np.flatnonzero(places >= 0)
        settled += sum(active[i][1] - active[i][0] for i in np.flatnonzero(places < 0))
        progress(settled / begins.size, "Dividing the records")
        if not cut.size:
            return
        stands = _both_pass(records, [(active[i], int(places[i])) for i in cut], verdict, begins)
        following, marks = [], []
        for i, good in zip(cut.tolist(), stands.tolist(), strict=True):
            (low, high), place = active[i], int(places[i])
            if good:
                begins[place] = True
                following += [(low, place), (place, high)]
                marks += [0, 0]
            else:
                following.append((low, high))
                marks.append(int(tried[i]) | 1 << int(attributes[i]))
        active, tried = following, np.array(marks, dtype=np.int64)


def _both_pass(
    records: _Records, cuts: list[tuple[tuple[int, int], int]], verdict: Verdict, begins: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """For each cut, whether both sides meet the requirements; parts that are not cut are one group, not looked at."""
    place = np.zeros(begins.size, dtype=np.int64)
    for number, ((low, high), middle) in enumerate(cuts):
        place[low:middle] = 2 * number + 1
        place[middle:high] = 2 * number + 2
    group_of = np.empty(begins.size, dtype=np.int64)
    group_of[records.index] = place
    passing = verdict.passes(group_of, 2 * len(cuts) + 1)[1:]
    return passing[::2] & passing[1::2]
