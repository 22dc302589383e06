"""The cheapest safe setting: optimal levels for any requirements, limit and utility measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from anonymiser.assessment import Assessment, assess, limit_in_records
from anonymiser.engine.frequency import FrequencySet, roll_up
from anonymiser.errors import InputError
from anonymiser.privacy import PrivacyModel
from anonymiser.search.class_objective import ClassObjective
from anonymiser.search.general import Check, ModelCheck
from anonymiser.search.monotone import is_convex, is_monotone, mask_rules
from anonymiser.search.objective import By, Objective, separable
from anonymiser.search.probe import Probe, can_probe
from anonymiser.search.space import Space
from anonymiser.search.sweep import Question, Sweep, Watch
from anonymiser.search.wide import Wide

__all__ = ["LARGEST", "Finding", "Optimum", "Searcher", "optimum"]

LARGEST: Final = 10_000_000
"""Nodes of a lattice that a search keeps account of one by one."""
_TIE: Final = 1e-12
_OF_CLASSES: Final = (By.AVERAGE_CLASS_SIZE, By.DISCERNIBILITY)


@dataclass(frozen=True)
class Optimum:
    """The best node found.

    Attributes
    ----------
    node : tuple of int
    score : float
        The measure at the node, failing records charged as suppressed.
    assessment : Assessment
    checked : int
        Nodes that were grouped and measured.
    gap : float
        At most this share better may exist; 0 where the optimum is exact.
    by : By
        The measure.
    """

    node: tuple[int, ...]
    score: float
    assessment: Assessment
    checked: int
    gap: float
    by: By = By.LOSS


def optimum(
    root: FrequencySet,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    *,
    by: By = By.LOSS,
    weights: Sequence[float] | None = None,
    lowest: Sequence[int] | None = None,
    highest: Sequence[int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    watch: Watch | None = None,
) -> Optimum | None:
    """The node of least loss whose failing records fit the limit; None where there is none.

    Parameters
    ----------
    root : FrequencySet
        At level 0 (with histograms where a requirement needs them).
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, from 0 to 1.
    by : By
        The utility measure that is made small.
    weights : sequence of float, optional
        One a quasi-identifier, for the measures that are taken by attribute.
    lowest, highest : one level a quasi-identifier
        Bounds of the levels; equal ones fix a level.
    cancelled : function
        Asked after each node; the best node so far is returned with its gap.
    watch : Watch, optional
        Told after each node how far the search is.

    Raises
    ------
    InputError
        A bound is outside the lattice, the weights do not fit, or the lattice is too large for a
        measure that only classes tell.

    Notes
    -----
    Exact, unless it is stopped. Past ten million nodes it goes best first and may take long: give it
    a ``watch`` that ends it; the gap says how much better may exist.
    """
    search = Searcher(root, requirements, suppression, by=by, weights=weights)
    return search.best(lowest, highest, cancelled=cancelled, watch=watch)


class Finding(NamedTuple):
    """The best node, its score, how many were checked, and how much better may exist."""

    node: tuple[int, ...]
    score: float
    checked: int
    gap: float


class Searcher:
    """Several searches for one question, inside different bounds; what one of them groups serves the next.

    Parameters
    ----------
    root, requirements, suppression, by, weights
        As in `optimum`.
    accepts : function, optional
        Asked of a node that meets the requirements and would be the best: whether it may be.
    """

    def __init__(
        self,
        root: FrequencySet,
        requirements: Sequence[PrivacyModel],
        suppression: float,
        *,
        by: By = By.LOSS,
        weights: Sequence[float] | None = None,
        accepts: Callable[[tuple[int, ...]], bool] | None = None,
    ) -> None:
        if any(root.node):
            raise ValueError("a search starts from level 0")
        self._root, self._requirements, self._suppression = root, tuple(requirements), suppression
        self._by, self._weights, self._accepts = by, weights, accepts
        self._limit = limit_in_records(suppression, root.rows)
        self._rules = mask_rules(root, requirements)
        self._check = self._checker()
        climbs = self._rules.says_something or any(is_monotone(r) for r in requirements)
        self._climbs = climbs or (self._limit == 0 and all(is_convex(r) for r in requirements))

    def best(
        self,
        lowest: Sequence[int] | None = None,
        highest: Sequence[int] | None = None,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        watch: Watch | None = None,
    ) -> Optimum | None:
        """The best node inside some bounds; as `optimum`."""
        found = self.find(lowest, highest, cancelled=cancelled, watch=watch)
        if found is None:
            return None
        assessment = assess(roll_up(self._root, found.node), self._requirements, self._suppression)
        return Optimum(found.node, found.score, assessment, found.checked, found.gap, self._by)

    def find(
        self,
        lowest: Sequence[int] | None = None,
        highest: Sequence[int] | None = None,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        watch: Watch | None = None,
    ) -> Finding | None:
        """The same without the measures of the node."""
        space = Space.of(self._root, lowest, highest)

        def told(checked: int, best: float | None, gap: float) -> bool:
            return bool((watch is not None and watch(checked, best, gap)) or cancelled())

        question = Question(self._limit, self._root.rows, self._climbs, told, self._accepts)
        by_attribute = separable(self._root, self._by, space.low, space.shape, self._weights)
        search: Sweep | Wide
        objective: Objective = by_attribute
        if space.size > LARGEST:
            if self._by in _OF_CLASSES:
                raise InputError(
                    f"The lattice has more than {LARGEST:,} nodes, too many to search by {self._by.value}. "
                    "Fix some levels, leave out a quasi-identifier, or search by loss."
                )
            search = Wide(space, self._check, by_attribute, question)
        else:
            if self._by in _OF_CLASSES:
                objective = self._class_objective(space)
            search = Sweep(space, self._check, objective, question)
        search.run()
        if search.best is None:
            return None
        raw, place = search.best
        checked = search.checked
        if not search.gap:
            place, more = self._without_idle_steps(raw, place, space, objective)
            checked += more
        return Finding(space.node(place), objective.value(raw), checked, search.gap)

    def _without_idle_steps(
        self, raw: float, place: tuple[int, ...], space: Space, objective: Objective
    ) -> tuple[tuple[int, ...], int]:
        """Down every step that costs nothing, as far as the requirements allow, and how many nodes that looked at.

        A column with one value loses nothing at any level: it is not to be hidden for nothing.
        """
        checked = 0
        for j in range(len(place)):
            costs = objective.steps(j)
            while place[j] and costs[place[j] - 1] <= _TIE:
                finer = (*place[:j], place[j] - 1, *place[j + 1 :])
                node = space.node(finer)
                sums = self._check.check(node)
                checked += 1
                fits = sums.complete and sums.failing <= self._limit and sums.failing < self._root.rows
                if not fits or objective.score(node, sums) > raw + _TIE * max(1.0, abs(raw)):
                    break
                if self._accepts is not None and not self._accepts(node):
                    break
                place = finer
        return place, checked

    def _class_objective(self, space: Space) -> ClassObjective:
        only_sizes = self._rules.exact and not self._rules.least.size
        largest = self._rules.k - 1 if only_sizes else self._root.rows
        return ClassObjective(self._root, self._by, space, self._rules.k, largest)

    def _checker(self) -> Check:
        """Masks and sizes where they decide, the models where they do not."""
        rules, wants_labels = self._rules, self._by is By.ENTROPY
        probe = None
        if can_probe(self._root) and (rules.exact or rules.says_something):
            probe = Probe(self._root, rules, self._limit, wants_labels=wants_labels and rules.exact)
        if probe is not None and rules.exact:
            return probe
        return ModelCheck(self._root, self._requirements, self._limit, probe, wants_labels=wants_labels)
