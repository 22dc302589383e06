"""What a slider shows, in two steps: group sizes first, sensitive values only where the groups can leave at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from anonymiser.assessment import Assessment, RequirementResult, assess
from anonymiser.engine.frequency import FrequencySet
from anonymiser.privacy import PrivacyModel

__all__ = ["Sliding", "assess_live"]

_MANY_CLASSES: Final = 50_000
_MANY_ROWS: Final = 200_000
"""More of either, and counting sensitive values takes longer than a key press may."""


@dataclass(frozen=True)
class Sliding:
    """What a slider's setting asks.

    Attributes
    ----------
    requirements : sequence of PrivacyModel
    suppression : float
    target_k : int
    rows : int
        Records of the table.
    population : FrequencySet or None
    """

    requirements: Sequence[PrivacyModel]
    suppression: float
    target_k: int
    rows: int
    population: FrequencySet | None = None


def assess_live(sizes: Callable[[], FrequencySet], values: Callable[[], FrequencySet], asked: Sliding) -> Assessment:
    """The live measures of a setting; nothing is judged kinder than by :func:`assess`.

    Where more records than may be suppressed break the requirements that need no counts of sensitive values, the
    setting cannot be released whatever the others say: in a large table (50,000 classes, 200,000 rows) those then count
    as not met, with nothing reached, and the assessment says that they are pending.

    Parameters
    ----------
    sizes : callable
        The classes without counts of sensitive values.
    values : callable
        The classes with them.
    asked : Sliding
    """
    if not any(model.needs_histogram for model in asked.requirements):
        return _assess(sizes(), asked.requirements, asked)
    if asked.rows <= min(_MANY_CLASSES, _MANY_ROWS):  # a small table: nothing is grouped twice
        return _assess(values(), asked.requirements, asked)
    light = [model for model in asked.requirements if not model.needs_histogram]
    classes = sizes()
    if classes.classes <= _MANY_CLASSES and classes.rows <= _MANY_ROWS:
        return _assess(values(), asked.requirements, asked)
    found = _assess(classes, light, asked)
    if found.failing <= found.limit:
        return _assess(values(), asked.requirements, asked)
    judged = iter(found.requirements)
    results = tuple(
        RequirementResult(model, None, met=False) if model.needs_histogram else next(judged)
        for model in asked.requirements
    )
    return replace(found, requirements=results, pending=True)


def _assess(classes: FrequencySet, requirements: Sequence[PrivacyModel], asked: Sliding) -> Assessment:
    return assess(
        classes,
        requirements,
        asked.suppression,
        target_k=asked.target_k,
        population=asked.population,
        live=True,
    )
