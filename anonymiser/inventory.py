"""What stands in each column, in figures: different values, people who stand alone, what cells look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from anonymiser.hierarchies import Hierarchy
from anonymiser.microdata import Column, Microdata
from anonymiser.recipe import Recipe
from anonymiser.transform.encoded import EncodedTable

__all__ = [
    "ColumnFacts",
    "LevelFacts",
    "alone_sentence",
    "column_facts",
    "every_column",
    "level_facts",
    "most_alone",
    "shape_of",
]

_EXAMPLES: Final = 3
_LOOKED_AT: Final = 1_000
_LONGEST: Final = 24
_NAMED: Final = 6
_KINDS: Final = ((re.compile(r"[^\W\d_]"), "A"), (re.compile(r"\d"), "9"))
_RUN: Final = re.compile(r"(A|9)\1{8,}|([^A9])\2{3,}")


@dataclass(frozen=True)
class ColumnFacts:
    """One column in figures.

    Attributes
    ----------
    name : str
    rows, missing : int
        Records; those without a value.
    distinct : int
        Different values.
    alone : int
        Records whose value nobody else has.
    shape : str
        What most values look like, as :func:`shape_of` writes it; holds no letter or digit of the data.
    examples : tuple of str
        A few values as they stand: never for a projector.
    """

    name: str
    rows: int
    missing: int
    distinct: int
    alone: int
    shape: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class LevelFacts:
    """One level of a hierarchy on a column.

    Attributes
    ----------
    name : str
        The level's word.
    groups : int
        Labels that some record has.
    smallest : int
        Records of the rarest of them; 0 where there is none.
    alone : int
        Records whose label nobody else has.
    """

    name: str
    groups: int
    smallest: int
    alone: int


_FACTS: WeakKeyDictionary[Microdata, dict[object, ColumnFacts]] = WeakKeyDictionary()
"""Kept as long as the table is: a page asks at every run, and columns of a wide table come and go."""


def every_column(table: EncodedTable, recipe: Recipe) -> tuple[ColumnFacts, ...]:
    """Figures of every column of a recipe, derived ones included, in its order."""
    derived = {rule.name: rule for rule in recipe.derived}
    known = _FACTS.setdefault(table.view(recipe), {})
    found = []
    for plan in recipe.attributes:
        key = derived.get(plan.name, plan.name)
        if key not in known:
            known[key] = column_facts(table.column(recipe, plan.name))
        found.append(known[key])
    return tuple(found)


def column_facts(column: Column) -> ColumnFacts:
    """Figures of a column.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> home = Microdata.from_columns({"home": ["LS5 8FN", "LS5 8FN", "M1 1AA", None]}).column("home")
    >>> facts = column_facts(home)
    >>> facts.distinct, facts.alone, facts.missing, facts.shape
    (2, 1, 1, 'AA9 9AA')
    """
    counts = column.counts
    shapes: Counter[str] = Counter()
    for value, count in zip(column.values[:_LOOKED_AT], counts[:-1].tolist(), strict=False):
        shapes[shape_of(value)] += count
    return ColumnFacts(
        name=column.name,
        rows=int(counts.sum()),
        missing=int(counts[-1]),
        distinct=len(column.values),
        alone=int(np.count_nonzero(counts[:-1] == 1)),
        shape=shapes.most_common(1)[0][0] if shapes else "",
        examples=column.values[:_EXAMPLES],
    )


def level_facts(hierarchy: Hierarchy, column: Column) -> tuple[LevelFacts, ...]:
    """Every level of a hierarchy on a column, from the exact value to hidden.

    Parameters
    ----------
    hierarchy : Hierarchy
    column : Column
        The one it was built for.
    """
    occurs = column.counts > 0  # the last stands for missing values, which have no leaf where there are none
    leaves = hierarchy.encode(column.values)[occurs]
    weights = column.counts[occurs]
    return tuple(
        _level(name, np.bincount(to_label[leaves], weights=weights, minlength=1))
        for name, to_label in zip(hierarchy.level_names, hierarchy.maps, strict=True)
    )


def shape_of(value: str) -> str:
    """What a value looks like: letters as ``A``, digits as ``9``, everything else as it is.

    >>> shape_of("ZZ 19 48"), shape_of("05/07/1984"), shape_of("Northern Mariana Islands")
    ('AA 99 99', '99/99/9999', 'AAAAAAAA AAAAAAA AAAAAAA')
    >>> shape_of("a" * 60)
    'AAAAA…'
    """
    for pattern, sign in _KINDS:
        value = pattern.sub(sign, value)
    value = "".join(c if c in "A9" or not c.isalnum() else "A" for c in value)
    value = _RUN.sub(lambda run: run.group()[:5] + "…", value)
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"


def _level(name: str, records: npt.NDArray[np.floating | np.integer]) -> LevelFacts:
    present = records[records > 0].astype(np.int64)
    smallest = int(present.min()) if present.size else 0
    return LevelFacts(name, int(present.size), smallest, int(np.count_nonzero(present == 1)))


def most_alone(facts: Sequence[ColumnFacts], limit: int = 20) -> tuple[ColumnFacts, ...]:
    """The columns in which most records stand alone, most first."""
    return tuple(sorted(facts, key=lambda column: -column.alone)[:limit])


def alone_sentence(facts: Sequence[ColumnFacts]) -> str:
    """Which columns tell people apart, in words.

    >>> print(alone_sentence([ColumnFacts("nino", 10, 0, 10, 10, "", ()), ColumnFacts("sex", 10, 0, 2, 0, "", ())]))
    In 1 of 2 columns more than half of the people stand alone: nino. Whoever knows such a value finds the person's row.
    """
    telling = [column.name for column in facts if column.alone * 2 > column.rows]
    if not telling:
        return "In no column do more than half of the people stand alone; columns together may still single them out."
    named = ", ".join(telling[:_NAMED]) + (f" and {len(telling) - _NAMED} more" if len(telling) > _NAMED else "")
    return (
        f"In {len(telling)} of {len(facts)} columns more than half of the people stand alone: {named}. "
        "Whoever knows such a value finds the person's row."
    )
