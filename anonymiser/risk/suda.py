"""SUDA2: people who stand out by few attributes, and how much each attribute adds.

References
----------
Elliot, Manning, Mayes, Gurd, Bane (2005), SUDA: a program for detecting special uniques.
Elliot (2000), DIS: a new approach to the measurement of statistical disclosure risk.
Manning, Haglin, Keane (2008), A recursive search algorithm for statistical disclosure assessment.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError
from anonymiser.limits import HIDDEN

__all__ = ["Suda", "suda"]

Reals = npt.NDArray[np.float64]

_MOST_SUBSETS: Final = 100_000
_DENSE_FLOOR: Final = 1 << 16
_WORD: Final = 64
_DIS_KEYS: Final = 8
_DIS_STEP: Final = 20


@dataclass(frozen=True, eq=False)
class Suda:
    """Scores of each class, and what each attribute adds.

    Attributes
    ----------
    attributes : tuple of str
    class_of : (rows,) int32 array
    class_scores : (classes,) float64 array
        0 where no small set of values singles the record out; no upper limit, larger is worse.
    smallest : (classes,) uint8 array
        Attributes in the smallest set of values that singles the record out; 0 where there is none.
    max_size : int
        Largest sets looked for.
    fraction : float
        Sampling fraction of DIS.
    minimal_uniques : tuple of int
        Minimal sample uniques of 1, 2, … attributes.
    totals : tuple of float, one an attribute
        Scores of the minimal sample uniques that hold the attribute, summed.
    pairs : int
        Records in classes of two.
    """

    attributes: tuple[str, ...]
    class_of: npt.NDArray[np.int32]
    class_scores: Reals
    smallest: npt.NDArray[np.uint8]
    max_size: int
    fraction: float
    minimal_uniques: tuple[int, ...]
    totals: tuple[float, ...]
    pairs: int

    @property
    def scores(self) -> Reals:
        """Score of each record: (rows,) float64 array."""
        return self.class_scores[self.class_of]

    @property
    def records(self) -> int:
        """Records with a score above 0."""
        return int(np.count_nonzero(self.class_scores))

    @property
    def score_sum(self) -> float:
        """Sum of the records' scores."""
        return float(self.class_scores.sum())

    @cached_property
    def class_dis(self) -> Reals:
        """DIS-SUDA score of each class, from 0 to 1: an estimate of the chance that a match is right.

        Notes
        -----
        DIS = 1/(1 + (U/D − U)/(s^Q Σ s^−Q)) with Q = 1 + (8 − m)/20, D = fU/(fU + (1 − f)P), U sample
        uniques and P records in pairs. U cancels: U/D − U = P (1 − f)/f. Without pairs it is 1.
        """
        result = np.zeros_like(self.class_scores)
        scored = self.class_scores > 0
        if not scored.any():
            return result
        exponent = 1 + (_DIS_KEYS - len(self.attributes)) / _DIS_STEP
        relative = self.class_scores[scored] / self.class_scores.max()  # scores are factorials: avoid overflow
        spread = relative**exponent * (relative**-exponent).sum()
        others = self.pairs * (1 - self.fraction) / self.fraction
        result[scored] = 1 / (1 + others / spread)
        return result

    @property
    def dis(self) -> Reals:
        """DIS-SUDA score of each record: (rows,) float64 array."""
        return self.class_dis[self.class_of]

    @property
    def contributions(self) -> dict[str, float | None]:
        """Percent of the total score that comes from sets with the attribute; None where all scores are 0.

        They do not add up to 100: a set of two attributes counts for both.
        """
        whole = self.score_sum
        percent = [100 * total / whole if whole else None for total in self.totals]
        return dict(zip(self.attributes, percent, strict=True))


def suda(
    classes: FrequencySet,
    class_of: npt.NDArray[np.int32],
    *,
    max_size: int | None = None,
    fraction: float = 0.01,
    original: bool = True,
) -> Suda:
    """Minimal sample uniques of each record and the scores made of them.

    Parameters
    ----------
    classes, class_of
        As ``build_members`` gives them, at any node.
    max_size : int, optional
        Attributes in the largest set looked for; all of them where it is left out. A smaller one leaves
        out the sets that count least, and with it the scores of records that only they single out.
    fraction : float
        Sampling fraction of DIS, above 0 to 1.
    original : bool
        (m − |MSU|)! for each minimal sample unique, as in the paper; otherwise sdcMicro's older
        (2^(m − |MSU|) − 1) |MSU|! (m − |MSU|)! / m!, which counts sets of all attributes as 0.

    Notes
    -----
    A minimal sample unique is a set of values that only one record has, and of which no smaller set is
    unique. A missing value is never part of one, as in sdcMicro: nobody can look for it. A hidden
    attribute adds nothing, yet counts in m. A single record is unique in every attribute. Records are
    counted, not people: where one person has several, keep one record a person first.

    Raises
    ------
    InputError
        The fraction is not above 0 to 1, ``max_size`` is below 1, or there are too many sets.
    """
    names = tuple(h.attribute for h in classes.hierarchies)
    largest = len(names) if max_size is None else min(max_size, len(names))
    _check(len(names), largest, fraction)
    scores = np.zeros(classes.classes)
    smallest = np.zeros(classes.classes, dtype=np.uint8)
    number, totals = [0] * largest, [0.0] * len(names)
    for subset, found in _minimal_uniques(classes, largest):
        score = _score(len(names), len(subset), original=original)
        scores[found] += score
        smallest[found] = np.where(smallest[found] == 0, len(subset), smallest[found])
        number[len(subset) - 1] += found.size
        for attribute in subset:
            totals[attribute] += score * found.size
    pairs = 2 * int(np.count_nonzero(classes.counts == 2))  # noqa: PLR2004 - a pair
    return Suda(names, class_of, scores, smallest, largest, fraction, tuple(number), tuple(totals), pairs)


def _check(attributes: int, largest: int, fraction: float) -> None:
    if not 0 < fraction <= 1:
        raise InputError("The sampling fraction must be above 0 and at most 1; 0.01 stands for 1 in 100.")
    if largest < 1:
        raise InputError("The largest set of attributes to look for must have at least one.")
    subsets = sum(math.comb(attributes, size) for size in range(1, largest + 1))
    if subsets > _MOST_SUBSETS:
        raise InputError(
            f"{attributes} columns have {subsets:,} combinations of up to {largest}; at most {_MOST_SUBSETS:,} are "
            "looked at. Choose a smaller largest combination, or fewer columns."
        )


def _score(attributes: int, size: int, *, original: bool) -> float:
    rest = attributes - size
    if original:
        return float(math.factorial(rest))
    return (2.0**rest - 1) / math.comb(attributes, size)


def _minimal_uniques(classes: FrequencySet, largest: int) -> Iterator[tuple[tuple[int, ...], npt.NDArray[np.int32]]]:
    """Each subset, smallest first, with the classes of which it is a minimal sample unique."""
    from anonymiser.risk import suda_kernels

    alone = classes.counts == 1
    if not alone.any():
        return
    attributes = range(len(classes.hierarchies))
    bits = classes.layout.bits
    codes = np.stack([classes.layout.codes(classes.keys, j).astype(np.uint32) for j in attributes])
    missing = np.array([_missing_code(classes, j) for j in attributes], dtype=np.int64)
    subsets = [s for size in range(1, largest + 1) for s in combinations(attributes, size)]
    place = {subset: i for i, subset in enumerate(subsets)}
    tuples = classes.classes
    seen = np.zeros((tuples, -(-len(subsets) // _WORD)), dtype=np.uint64)
    keys, spare = np.empty(tuples, dtype=np.uint64), np.empty(tuples, dtype=np.uint64)
    rows, spare_rows, out = (np.empty(tuples, dtype=np.int32) for _ in range(3))
    for subset in subsets:
        width = sum(bits[j] for j in subset)
        given = _ranks(codes, subset) if width > _WORD else np.empty(0, dtype=np.uint64)
        dense = np.empty(1 << width if 1 << width <= max(_DENSE_FLOOR, tuples) else 0, dtype=np.int32)
        found = suda_kernels.new_uniques(
            codes,
            given,
            np.array(subset, dtype=np.int64),
            np.cumsum([0, *(bits[j] for j in subset[:-1])]).astype(np.uint64),
            missing,
            np.array([place.get((*subset[:a], *subset[a + 1 :]), -1) for a in range(len(subset))], dtype=np.int64),
            place[subset],
            alone,
            seen,
            dense,
            keys,
            rows,
            spare,
            spare_rows,
            out,
        )
        if found:
            yield subset, out[:found].copy()


def _missing_code(classes: FrequencySet, attribute: int) -> int:
    """Code of a missing value at the node; -1 where there is none, or where it is hidden like all."""
    hierarchy, level = classes.hierarchies[attribute], classes.node[attribute]
    labels = hierarchy.labels[level]
    return len(labels) - 1 if hierarchy.missing and not (level and labels == (HIDDEN,)) else -1


def _ranks(codes: npt.NDArray[np.uint32], subset: tuple[int, ...]) -> npt.NDArray[np.uint64]:
    """Equal numbers for equal tuples, where their codes do not fit one word."""
    rank = np.zeros(codes.shape[1], dtype=np.uint64)
    for attribute in subset:
        pair = (rank << np.uint64(32)) | codes[attribute].astype(np.uint64)
        rank = np.unique(pair, return_inverse=True)[1].astype(np.uint64)
    return rank
