"""What holds at a coarser node as soon as it holds at a finer one, and what bit masks can tell of it.

A requirement is *monotone* if a class that passes still passes after it was merged with any other:
then no finer node suppresses fewer records. k-anonymity, distinct l and k-map are. It is *convex* if
two classes that both pass also pass as one: then it is monotone while nothing may be suppressed.
All models of the library are: entropy is concave, the largest sum of r1 − c·(rl + … + rm) is
subadditive, each distance is convex in the class's shares, and so are the intervals of shares that
the others ask for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    DeltaPresence,
    Distance,
    DistinctDiversity,
    EntropyDiversity,
    KAnonymity,
    KMap,
    PrivacyModel,
    RecursiveDiversity,
    TCloseness,
)
from anonymiser.privacy.people import entity_of
from anonymiser.privacy.population import AgainstPopulation

__all__ = ["MaskRules", "is_convex", "is_monotone", "mask_rules"]

_CONVEX: Final = (
    KAnonymity,
    DistinctDiversity,
    EntropyDiversity,
    RecursiveDiversity,
    TCloseness,
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    KMap,
    DeltaPresence,
)
_SLACK: Final = 1e-6  # thresholds that are met by rounding only must not turn into a whole number more


def is_monotone(requirement: PrivacyModel) -> bool:
    """Whether a class that passes still passes after it was merged with any other."""
    model = requirement.model if isinstance(requirement, AgainstPopulation) else requirement
    return isinstance(model, KAnonymity | DistinctDiversity | KMap)


def is_convex(requirement: PrivacyModel) -> bool:
    """Whether two classes that both pass also pass as one."""
    model = requirement.model if isinstance(requirement, AgainstPopulation) else requirement
    return isinstance(model, _CONVEX)


@dataclass(frozen=True, eq=False)
class MaskRules:
    """What sizes and bit masks say of the requirements.

    Attributes
    ----------
    k : int
        Records that a class needs at least.
    wanted : (rules,) uint64 array
        Bits of a class's mask that count.
    least : (rules,) int64 array
        How many of them a class needs at least.
    exact : bool
        Whether a class that satisfies this passes; otherwise it only may.
    """

    k: int
    wanted: npt.NDArray[np.uint64]
    least: npt.NDArray[np.int64]
    exact: bool

    @property
    def says_something(self) -> bool:
        """Whether any class could fail."""
        return self.k > 1 or bool(self.least.size)


def mask_rules(root: FrequencySet, requirements: Sequence[PrivacyModel]) -> MaskRules:
    """The monotone requirements that follow from all, in terms of sizes and bit masks.

    A class of entropy l holds l values, one within t holds values of 1 − t of the table, one in
    which no value exceeds α holds 1/α of them, and so on. k people are at least k records.
    """
    sizes = [r.k for r in requirements if isinstance(r, KAnonymity | AlphaK)]
    pairs: list[tuple[int, int]] = []
    exact = entity_of(root) is None
    for requirement in requirements:
        found = _values(root, requirement)
        if found is not None:
            pairs.append(found)
        exact &= isinstance(requirement, KAnonymity) or (
            isinstance(requirement, DistinctDiversity) and found is not None
        )
    pairs = [pair for pair in pairs if pair[1] > 1 or not _is_every_value(root, pair[0])]
    return MaskRules(
        k=max(sizes, default=1),
        wanted=np.array([bits for bits, _ in pairs], dtype=np.uint64),
        least=np.array([least for _, least in pairs], dtype=np.int64),
        exact=exact,
    )


def _values(root: FrequencySet, requirement: PrivacyModel) -> tuple[int, int] | None:
    """Bits of the values that count, and how many different ones a class needs; None if masks do not know."""
    name = requirement.attribute
    if name is None or name not in root.mask_places:
        return None
    if isinstance(requirement, DistinctDiversity | RecursiveDiversity):
        return _bits(root, name, missing=False), requirement.l
    if isinstance(requirement, EntropyDiversity):
        return _bits(root, name, missing=False), math.ceil(requirement.l - _SLACK)
    least = _values_with_missing(root, requirement, name)
    return None if least is None else (_bits(root, name, missing=True), least)


def _values_with_missing(root: FrequencySet, requirement: PrivacyModel, name: str) -> int | None:
    if isinstance(requirement, AlphaK) and not requirement.values:
        return math.ceil(1 / requirement.alpha - _SLACK)
    histogram = root.histograms.get(name)
    if histogram is None:
        return None
    totals = histogram.totals
    if isinstance(requirement, DeltaDisclosure):
        return int(np.count_nonzero(totals))
    if isinstance(requirement, BetaLikeness):
        return _commonest(totals, 1 / (1 + requirement.beta))
    if isinstance(requirement, TCloseness) and requirement.distance is Distance.EQUAL:
        return _commonest(totals, 1 - requirement.t)
    return None


def _commonest(totals: npt.NDArray[np.int64], share: float) -> int:
    """How many values make up a share of the table, the commonest first."""
    cumulated = np.cumsum(np.sort(totals)[::-1]) / max(int(totals.sum()), 1)
    return 1 + int(np.searchsorted(cumulated, share - _SLACK))


def _is_every_value(root: FrequencySet, bits: int) -> bool:
    """Whether any record has one of the values, so that no class is without."""
    return any(bits == _bits(root, name, missing=True) for name in root.mask_places)


def _bits(root: FrequencySet, attribute: str, *, missing: bool) -> int:
    """The bits of an attribute's values in a mask, with or without the missing one."""
    info = root.sensitive[attribute]
    wanted = (1 << info.cardinality) - 1
    if info.missing is not None and not missing:
        wanted &= ~(1 << info.missing)
    return wanted << root.mask_places[attribute]
