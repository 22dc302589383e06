"""What a search makes small: a utility measure with a lower bound that is known before a node is grouped.

A measure is the sum (or a growing function of the sum) of one term an attribute. The term at a level
is known from the counts of the labels alone; each suppressed record adds to it at least what the
least detailed label still keeps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import Enum
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.errors import InputError
from anonymiser.search.sums import NodeSums

__all__ = ["By", "Objective", "Separable", "entropy_at", "entropy_of_removed", "separable"]

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
Places = tuple[npt.NDArray[np.intp], ...]


class By(Enum):
    """Utility measures that a search can make small."""

    LOSS = "loss"
    LOSS_ARITHMETIC = "loss_arithmetic"
    AVERAGE_CLASS_SIZE = "average_class_size"
    DISCERNIBILITY = "discernibility"
    ENTROPY = "entropy"
    PRECISION = "precision"
    HEIGHT = "height"

    @property
    def bears_weights(self) -> bool:
        """Whether attributes can be weighted."""
        return self in _WEIGHTED


_WEIGHTED: Final = (By.LOSS, By.LOSS_ARITHMETIC, By.PRECISION)


class Objective(Protocol):
    """A measure during a search; values are compared *raw*: before the growing function."""

    @property
    def wants_labels(self) -> bool:
        """Whether its score needs the labels of the suppressed records."""
        ...

    def bounds(self) -> Reals:
        """Raw lower bound of every node, nothing suppressed: the order of the search."""
        ...

    def steps(self, attribute: int) -> list[float]:
        """Raw cost of each step up of one attribute."""
        ...

    def lower(self, places: Places, fewest: npt.NDArray[np.integer]) -> Reals:
        """Raw lower bound of some nodes, of which each suppresses at least so many records."""
        ...

    def lower_one(self, place: tuple[int, ...], fewest: int) -> float:
        """The same for one node, faster."""
        ...

    def learn(self, place: tuple[int, ...], sums: NodeSums) -> None:
        """Take note of a node that was checked."""
        ...

    def score(self, node: tuple[int, ...], sums: NodeSums) -> float:
        """Raw value at a node that was checked to its end."""
        ...

    def value(self, raw: float) -> float:
        """The measure itself."""
        ...


class Separable:
    """A measure that is a sum over the attributes, or the geometric aggregate of one.

    Parameters
    ----------
    root : FrequencySet
        At level 0.
    by : By
    low : tuple of int
        First level of each attribute that the search may use.
    shape : tuple of int
        How many levels it may use.
    weights : sequence of float
        One an attribute.
    """

    def __init__(
        self, root: FrequencySet, by: By, low: Sequence[int], shape: tuple[int, ...], weights: Sequence[float]
    ) -> None:
        self._root, self._by, self._shape = root, by, shape
        self._weights = tuple(weights)
        attributes = len(shape)
        self._gain = np.zeros((attributes, max(shape, default=1)))
        self._room = np.zeros_like(self._gain)
        self._entropies = [entropy_at(root, j) for j in range(attributes)] if by is By.ENTROPY else []
        for j in range(attributes):
            for place in range(shape[j]):
                self._gain[j, place], self._room[j, place] = self._term(j, low[j] + place)
        self._rows = np.arange(attributes)[:, np.newaxis]
        self._pairs = [
            list(zip(*both, strict=True)) for both in zip(self._gain.tolist(), self._room.tolist(), strict=True)
        ]

    @property
    def wants_labels(self) -> bool:
        """Only entropy charges suppressed records by label."""
        return self._by is By.ENTROPY

    def bounds(self) -> Reals:
        """An outer sum of the attributes' terms."""
        terms = self._raw(self._gain)
        total = np.zeros(self._shape)
        for j, size in enumerate(self._shape):
            total += terms[j, :size].reshape([-1 if i == j else 1 for i in range(len(self._shape))])
        return total

    def steps(self, attribute: int) -> list[float]:
        """Differences of the attribute's terms."""
        found: list[float] = np.diff(self._raw(self._gain[attribute, : self._shape[attribute]])).tolist()
        return found

    def lower(self, places: Places, fewest: npt.NDArray[np.integer]) -> Reals:
        """Each suppressed record adds what its attribute still has room for."""
        at = np.stack(places)
        total: Reals = self._raw(self._gain[self._rows, at] + self._room[self._rows, at] * fewest).sum(axis=0)
        return total

    def lower_one(self, place: tuple[int, ...], fewest: int) -> float:
        """As `lower`, without arrays."""
        total = 0.0
        for term, p in zip(self._pairs, place, strict=True):
            gain, room = term[p]
            total += math.log1p(gain + room * fewest) if self._by is By.LOSS else gain + room * fewest
        return total

    def lower_between(self, place: tuple[int, ...], covers: Wholes, fewest: Wholes) -> Reals:
        """Raw lower bound of every node between a place and each cover, each suppressing at least so many."""
        gain = self._gain[self._rows[:, 0], np.array(place)]
        room = self._room[self._rows[:, 0], covers]
        total: Reals = self._raw(gain + room * fewest[:, np.newaxis]).sum(axis=1)
        return total

    def beyond(self, place: tuple[int, ...], covers: Wholes) -> Reals:
        """What the cheapest single step beyond each cover costs at least; infinite where there is none."""
        last = np.array(self._shape) - 1
        raw = self._raw(self._gain)
        cost = raw[self._rows[:, 0], np.minimum(covers + 1, last)] - raw[self._rows[:, 0], np.array(place)]
        least: Reals = np.where(covers < last, cost, np.inf).min(axis=1)
        return least

    def learn(self, place: tuple[int, ...], sums: NodeSums) -> None:
        """Nothing: its bounds are known beforehand."""

    def score(self, node: tuple[int, ...], sums: NodeSums) -> float:
        """Sum of the attributes' values."""
        each = (self._value(j, level, sums) for j, level in enumerate(node))
        if self._by is By.LOSS:
            return sum(map(math.log1p, each))
        return sum(each)

    def value(self, raw: float) -> float:
        """Π (1 + x)^(1/m) − 1, or the mean, or the sum."""
        attributes = max(len(self._shape), 1)
        if self._by is By.LOSS:
            return math.expm1(raw / attributes)
        return raw / attributes if self._by in _WEIGHTED else raw

    def _raw(self, terms: Reals) -> Reals:
        return np.log1p(terms) if self._by is By.LOSS else terms

    def _term(self, attribute: int, level: int) -> tuple[float, float]:
        """Value without suppression, and what each suppressed record adds at least."""
        hierarchy, rows = self._root.hierarchies[attribute], max(self._root.rows, 1)
        weight = self._weights[attribute]
        if self._by is By.HEIGHT:
            return float(level), 0.0
        if self._by is By.ENTROPY:
            return self._entropies[attribute][level], 0.0
        if self._by is By.PRECISION:
            share = level / hierarchy.height if hierarchy.height else 0.0
            return weight * share, weight * (1.0 - share) / rows
        if hierarchy.size <= 1:
            return 0.0, 0.0
        spread = rows * (hierarchy.size - 1)
        most = int(hierarchy.leaf_counts[level].max(initial=0))
        lost = max(0.0, (self._root.leaf_totals[attribute][level] - rows) / spread)
        return weight * lost, weight * (hierarchy.size - most) / spread

    def _value(self, attribute: int, level: int, sums: NodeSums) -> float:
        hierarchy, rows = self._root.hierarchies[attribute], max(self._root.rows, 1)
        weight = self._weights[attribute]
        if self._by is By.HEIGHT:
            return float(level)
        if self._by is By.ENTROPY:
            return self._entropies[attribute][level] + entropy_of_removed(sums.removed[attribute])
        if self._by is By.PRECISION:
            share = level / hierarchy.height if hierarchy.height else 0.0
            return weight * ((rows - sums.failing) * share + sums.failing) / rows
        if hierarchy.size <= 1:
            return 0.0
        leaves = sums.kept_leaves[attribute] + sums.failing * hierarchy.size
        return weight * max(0.0, (leaves - rows) / (rows * (hierarchy.size - 1)))


def separable(
    root: FrequencySet, by: By, low: Sequence[int], shape: tuple[int, ...], weights: Sequence[float] | None
) -> Separable:
    """A separable measure with its weights checked.

    Raises
    ------
    InputError
        Weights that are not one positive or zero number an attribute, or that the measure does not bear.
    """
    if weights is None:
        return Separable(root, by, low, shape, (1.0,) * len(shape))
    if not by.bears_weights:
        raise InputError(f"The measure {by.value} knows no weights. Use loss, loss_arithmetic or precision.")
    if len(weights) != len(shape) or not all(math.isfinite(w) and w >= 0 for w in weights):
        raise InputError("Give each quasi-identifier one weight, a number from 0 up.")
    return Separable(root, by, low, shape, weights)


def entropy_at(root: FrequencySet, attribute: int) -> list[float]:
    """Non-uniform entropy of one attribute at each level, nothing suppressed, in bits.

    Notes
    -----
    −Σ over the records of log2(freq(v) / freq(g(v))): v the value, g(v) its label, freq over all records.

    References
    ----------
    De Waal, Willenborg (1999), Information loss through global recoding and local suppression.
    """
    origin, hierarchy = root.origin, root.hierarchies[attribute]
    if origin is None:
        raise ValueError("a frequency set made by build() or roll_up() knows its origin")
    exact = _log_sum(origin.records_at(attribute, hierarchy, 0))
    return [
        max(0.0, _log_sum(origin.records_at(attribute, hierarchy, level)) - exact)
        for level in range(hierarchy.height + 1)
    ]


def entropy_of_removed(removed: Wholes) -> float:
    """−Σ c · log2(c / suppressed) over the labels of the suppressed records of one attribute, in bits."""
    total = int(removed.sum())
    return total * math.log2(total) - _log_sum(removed) if total else 0.0


def _log_sum(counts: Wholes) -> float:
    """Σ c · log2 c."""
    there = counts[counts > 0].astype(np.float64)
    return float((there * np.log2(there)).sum())
