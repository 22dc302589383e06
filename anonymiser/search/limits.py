"""Requirements as limits on the sensitive values of a class: what the compiled walk over a lattice understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.engine.lattice import AlongOrder, Commonest, Limits, Shares
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.privacy.base import TOLERANCE, histogram_of
from anonymiser.privacy.orders import codes_of, ranks_of
from anonymiser.privacy.people import entity_of

__all__ = ["as_limits"]

_MOST_BITS: Final = 64.0
"""No share of a table of countable records is 2^64 times another."""

Reals = npt.NDArray[np.float64]


def as_limits(
    root: FrequencySet, requirements: Sequence[PrivacyModel], names: Sequence[str]
) -> tuple[dict[str, Limits], list[PrivacyModel]]:
    """Limits on each sensitive attribute, and the requirements beside k that they cannot say.

    Parameters
    ----------
    root : FrequencySet
        At level 0.
    requirements : sequence of PrivacyModel
    names : sequence of str
        The sensitive attributes, without the one that tells persons apart.
    """
    limits = {name: Limits() for name in names}
    others: list[PrivacyModel] = []
    for requirement in requirements:
        name = requirement.attribute
        if isinstance(requirement, KAnonymity):
            continue
        narrower = None if name not in limits else _narrowed(root, limits[name], requirement)
        if name is None or narrower is None:
            others.append(requirement)
        else:
            limits[name] = narrower
    return limits, others


def _narrowed(root: FrequencySet, before: Limits, requirement: PrivacyModel) -> Limits | None:
    """The limits with one requirement more; None for one that they cannot say."""
    found: Limits | None = None
    if isinstance(requirement, DistinctDiversity):
        found = replace(before, distinct=max(before.distinct, requirement.l))
    elif isinstance(requirement, EntropyDiversity):
        found = replace(before, entropy=max(before.entropy, requirement.l))
    elif isinstance(requirement, RecursiveDiversity):
        one = Commonest(requirement.c * (1.0 - TOLERANCE), requirement.l)
        found = replace(before, commonest=(*before.commonest, one))
    elif isinstance(requirement, TCloseness):
        found = _closer(root, before, requirement)
    elif isinstance(requirement, AlphaK) and (requirement.k == 1 or entity_of(root) is None):
        fewest = max(before.fewest, requirement.k)
        found = _with_shares(root, replace(before, fewest=fewest), requirement)
    elif isinstance(requirement, BetaLikeness | DeltaDisclosure):
        found = _with_shares(root, before, requirement)
    return found


def _closer(root: FrequencySet, before: Limits, requirement: TCloseness) -> Limits | None:
    """Also within t of the table; None where the values have no order, or no hierarchy."""
    info = root.sensitive[requirement.attribute]
    if requirement.distance is Distance.EQUAL:
        return replace(before, distance=min(before.distance, requirement.t))
    if requirement.distance is Distance.HIERARCHICAL:
        return None if info.hierarchy is None else replace(before, tree=min(before.tree, requirement.t))
    ranks = ranks_of(requirement.attribute, info, requirement.order)
    if ranks is None:
        return None
    return replace(before, orders=(*before.orders, AlongOrder(requirement.t, tuple(map(int, ranks)))))


def _with_shares(root: FrequencySet, before: Limits, requirement: AlphaK | BetaLikeness | DeltaDisclosure) -> Limits:
    """Also with each value's share between two bounds; a tie is met or fails as the models say."""
    name = requirement.attribute
    table = histogram_of(root, name).totals
    low, high, known = np.zeros(table.size), np.full(table.size, np.inf), np.full(table.size, np.inf)
    if isinstance(requirement, AlphaK):
        chosen: Any = slice(None)
        if requirement.values:
            chosen = codes_of(name, root.sensitive[name], requirement.values)
        high[chosen] = known[chosen] = requirement.alpha + TOLERANCE
    elif isinstance(requirement, BetaLikeness):
        high = _most_by_beta(table, root.rows, requirement)
    else:
        low, high = _between(table, root.rows, requirement.delta)
    if before.shares is not None:
        low = np.maximum(low, before.shares.low)
        high, known = np.minimum(high, before.shares.high), np.minimum(known, before.shares.known)
    return replace(before, shares=Shares(tuple(low.tolist()), tuple(high.tolist()), tuple(known.tolist())))


def _most_by_beta(table: npt.NDArray[np.int64], rows: int, requirement: BetaLikeness) -> Reals:
    """q·(1 + β); the enhanced form has no tolerance at q·(1 − ln q), which no record can meet by rounding."""
    share = np.where(table > 0, table, 1) / max(rows, 1)
    most = share * (1.0 + requirement.beta + TOLERANCE)
    return np.minimum(most, share * (1.0 - np.log(share))) if requirement.enhanced else most


def _between(table: npt.NDArray[np.int64], rows: int, delta: float) -> tuple[Reals, Reals]:
    """q/2^δ and q·2^δ; a value of the table that is not in a class is below, whatever δ."""
    share = table / max(rows, 1)
    factor = np.exp2(min(delta - TOLERANCE, _MOST_BITS))
    half_a_record = np.where(table > 0, 0.5 / max(rows, 1), 0.0)
    return np.maximum(share / factor, half_a_record), share * factor
