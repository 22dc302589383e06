"""What an attacker may know of a person, and how precisely, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anonymiser.attributes import Concept, Role
from anonymiser.hierarchies.cuts import numbers_of
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.risk.knowledge import Fact, Knowledge
from anonymiser.transform.encoded import EncodedTable

__all__ = [
    "Grade",
    "can_be_known",
    "default_varied",
    "fact_of",
    "fitting",
    "grades",
    "in_words",
    "knowing",
    "place_of",
    "precision_steps",
    "value_known",
]

_EXACTLY: Final = "exactly"
_WITHIN: Final = {
    Concept.WEIGHT: (" kg", (20, 10, 5, 2, 1)),
    Concept.HEIGHT: (" cm", (20, 10, 5, 3, 1)),
    Concept.AGE: (" years", (10, 5, 2, 1)),
    Concept.DRINKS: (" a week", (10, 5, 2, 1)),
    Concept.CIGARETTES: (" a week", (200, 100, 50, 20, 5)),
    Concept.COUNTRIES_VISITED: ("", (10, 5, 2, 1)),
}
"""Unit, and how far off an acquaintance's guess may be, from a stranger's to a friend's: a choice, not a source."""
_SHARES: Final = (0.2, 0.1, 0.05, 0.02, 0.01)
"""The same for other numbers, as shares of their range."""
_METRES: Final = 2.75
"""No person is taller: lengths up to it are metres."""
_CM_PER_M: Final = 100


@dataclass(frozen=True)
class Grade:
    """One precision of a fact.

    Attributes
    ----------
    words : str
        "± 5 kg", "20 years", "exactly".
    level : int
    within : float or None
        As in `Fact`.
    """

    words: str
    level: int = 0
    within: float | None = None


def can_be_known(recipe: Recipe) -> tuple[str, ...]:
    """Columns that somebody may know of a person, whether they leave or not: quasi-identifiers first."""
    derived = {one.name for one in recipe.derived}
    quasi = [a.name for a in recipe.attributes if a.role is Role.QUASI and a.name not in derived]
    return (*quasi, *(a.name for a in recipe.attributes if a.role.is_observable and a.name not in derived))


def grades(table: EncodedTable, recipe: Recipe, name: str) -> tuple[Grade, ...]:
    """How precisely a column may be known, from vague to exact.

    Numbers are known to plus or minus so many units, everything else as a level of its hierarchy.
    """
    plan = recipe.attribute(name)
    tolerances = _tolerances(table, recipe, plan)
    vague = tolerances or tuple(Grade(plan.hierarchy.level_names[i], i) for i in range(plan.top - 1, 0, -1))
    return (*vague, Grade(_EXACTLY))


def _tolerances(table: EncodedTable, recipe: Recipe, plan: AttributePlan) -> tuple[Grade, ...]:
    if plan.concept not in _WITHIN and plan.concept is not Concept.NUMBER:
        return ()
    numbers = numbers_of(table.column(recipe, plan.name))
    if numbers.sizes.size < 2:  # noqa: PLR2004 - one value is not known more or less precisely
        return ()
    if plan.concept is Concept.NUMBER:
        width = float(numbers.sizes[-1] - numbers.sizes[0])
        steps = dict.fromkeys(float(f"{share * width:.0e}") for share in _SHARES)
        return tuple(Grade(f"± {step:,.10g}", 0, step) for step in steps)
    unit, wide = _WITHIN[plan.concept]
    metres = plan.concept is Concept.HEIGHT and numbers.sizes[-1] <= _METRES
    scale = _CM_PER_M if metres else 1
    return tuple(Grade(f"± {step}{unit}", 0, step / scale) for step in wide)


def fact_of(name: str, grade: Grade) -> Fact:
    """What is known when a column is known to a grade."""
    return Fact(name, grade.level, grade.within)


def place_of(found: Sequence[Grade], fact: Fact) -> int:
    """Which of a column's grades a fact has; the exact one where none fits any more."""
    same = [i for i, g in enumerate(found) if (g.level, g.within) == (fact.level, fact.within)]
    return same[0] if same else len(found) - 1


def knowing(names: Sequence[str], before: Knowledge = ()) -> Knowledge:
    """These columns, exactly where nothing is said of them before."""
    said = {fact.attribute: fact for fact in before}
    return tuple(said.get(name, Fact(name)) for name in names)


def fitting(recipe: Recipe, knowledge: Knowledge) -> Knowledge:
    """What is left of a knowledge when the recipe's roles and rules have changed."""
    possible = can_be_known(recipe)
    kept = {fact.attribute: fact for fact in knowledge if fact.attribute in possible}
    return tuple(fact if fact.level < max(recipe.attribute(name).top, 1) else Fact(name) for name, fact in kept.items())


def in_words(table: EncodedTable, recipe: Recipe, knowledge: Knowledge) -> tuple[str, ...]:
    """Each known column, with its precision where it is not known exactly."""
    found = []
    for fact in knowledge:
        steps = grades(table, recipe, fact.attribute)
        grade = steps[place_of(steps, fact)]
        found.append(fact.attribute if grade.words == _EXACTLY else f"{fact.attribute} ({grade.words})")
    return tuple(found)


def value_known(table: EncodedTable, recipe: Recipe, fact: Fact, row: int) -> str:
    """What is known of a person, as a value of the table. Raw: never for presentation mode."""
    plan = recipe.attribute(fact.attribute)
    labels, codes, _ = table.labels_at(recipe, plan.model_copy(update={"level": fact.level}))
    value = labels[int(codes[row])]
    if fact.within is None:
        return value
    steps = grades(table, recipe, fact.attribute)
    return f"{value} {steps[place_of(steps, fact)].words}"


def default_varied(table: EncodedTable, recipe: Recipe) -> tuple[str, ...]:
    """Columns whose precision is worth a chart: the first two numbers that an acquaintance sees, else the first."""
    possible = can_be_known(recipe)
    numbers = [name for name in possible if _tolerances(table, recipe, recipe.attribute(name))]
    return tuple(numbers[:2] or possible[:1])


def precision_steps(
    table: EncodedTable, recipe: Recipe, fixed: Sequence[str], varied: Sequence[str]
) -> tuple[tuple[str, Knowledge], ...]:
    """Knowledge that becomes more precise step by step, with the words for each step.

    Parameters
    ----------
    fixed : sequence of str
        Columns known exactly throughout.
    varied : sequence of str
        Columns that go from vague to exact together; one with fewer grades waits at its vaguest.
    """
    scales = {name: grades(table, recipe, name) for name in varied}
    longest = max((len(steps) for steps in scales.values()), default=0)
    always = knowing([name for name in fixed if name not in scales])
    found = []
    for step in np.arange(longest):
        now = {name: steps[max(int(step) - longest + len(steps), 0)] for name, steps in scales.items()}
        words = dict.fromkeys(grade.words for grade in now.values())
        found.append((", ".join(words), (*always, *(fact_of(name, grade) for name, grade in now.items()))))
    return tuple(found)
