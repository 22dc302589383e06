"""The cheapest safe setting: optimal levels for any requirements, limit and utility measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

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
from anonymiser.search.sweep import Sweep, Watch

__all__ = ["Optimum", "optimum"]

_LARGEST: Final = 10_000_000


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
        The lattice is too large, a bound is outside it, or the weights do not fit.
    """
    space = Space.of(root, lowest, highest)
    if space.size > _LARGEST:
        raise InputError(
            f"The lattice has more than {_LARGEST:,} nodes. Fix some levels, or leave out a quasi-identifier."
        )
    limit = limit_in_records(suppression, root.rows)
    objective = _objective(root, by, space, weights, requirements)
    check, climbs = _checker(root, requirements, limit, wants_labels=objective.wants_labels)

    def told(checked: int, best: float | None, gap: float) -> bool:
        return bool((watch is not None and watch(checked, best, gap)) or cancelled())

    search = Sweep(space, check, objective, limit, root.rows, climbs=climbs, watch=told)
    search.run()
    if search.best is None:
        return None
    raw, place = search.best
    node = space.node(place)
    found = assess(roll_up(root, node), requirements, suppression)
    return Optimum(node, objective.value(raw), found, search.checked, search.gap, by)


def _objective(
    root: FrequencySet, by: By, space: Space, weights: Sequence[float] | None, requirements: Sequence[PrivacyModel]
) -> Objective:
    by_attribute = separable(root, by, space.low, space.shape, weights)
    if by not in {By.AVERAGE_CLASS_SIZE, By.DISCERNIBILITY}:
        return by_attribute
    rules = mask_rules(root, requirements)
    only_sizes = rules.exact and not rules.least.size
    return ClassObjective(root, by, space, rules.k, rules.k - 1 if only_sizes else root.rows)


def _checker(
    root: FrequencySet, requirements: Sequence[PrivacyModel], limit: int, *, wants_labels: bool
) -> tuple[Check, bool]:
    """How nodes are checked, and whether a check tells something of finer nodes."""
    rules = mask_rules(root, requirements)
    probe = None
    if can_probe(root) and (rules.exact or rules.says_something):
        probe = Probe(root, rules, limit, wants_labels=wants_labels and rules.exact)
    climbs = rules.says_something or any(is_monotone(r) for r in requirements)
    climbs |= limit == 0 and all(is_convex(r) for r in requirements)
    if probe is not None and rules.exact:
        return probe, climbs
    return ModelCheck(root, requirements, limit, probe, wants_labels=wants_labels), climbs
