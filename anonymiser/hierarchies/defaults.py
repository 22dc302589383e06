"""Which hierarchy a column gets before anyone chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from anonymiser.attributes import Concept
from anonymiser.hierarchies.countries import countries_for
from anonymiser.hierarchies.cuts import MOST_EDGES, bands_for, intervals_for, numbers_of
from anonymiser.hierarchies.dates import dates_for
from anonymiser.hierarchies.derived import bmi_levels
from anonymiser.hierarchies.flat import FlatSpec
from anonymiser.hierarchies.groups import GroupSpec
from anonymiser.hierarchies.intervals import IntervalSpec
from anonymiser.hierarchies.postcodes import PostcodeSpec
from anonymiser.hierarchies.rare import InnerSpec, RareSpec, rare_for
from anonymiser.hierarchies.vocabularies import blood_groups, education_groups
from anonymiser.microdata import Column

__all__ = ["has_rule", "suggest_spec"]

_NUMERIC_SHARE: Final = 0.8
"""A column is treated as numbers when this share of its distinct values are."""
_FEW: Final = 10
"""Numbers of up to this many different values are categories: codes, ranks."""
_FINEST_GROUPS: Final = 40
_BANDED_FROM: Final = 30
_TALL_IN_METRES: Final = 3


def suggest_spec(column: Column, concept: Concept, date_format: str | None = None, k: int = 5) -> InnerSpec | RareSpec:
    """The rule that suits a column, by what it is about.

    Parameters
    ----------
    column : Column
    concept : Concept
        As suggested or chosen for the column.
    date_format : str, optional
        As in ``strptime``; without one, dates are not taken apart.
    k : int
        Records that end intervals, bands, merged rare values and merged continents hold at least.

    Returns
    -------
    HierarchySpec
        Identifiers, free text and whatever has no rule of its own: exact or hidden.
    """
    if concept in (Concept.BIRTHDATE, Concept.DATE):
        return dates_for(column, date_format, min_count=k) if date_format else FlatSpec()
    if concept in _NUMERIC and numbers_of(column).share >= _NUMERIC_SHARE:
        return _NUMERIC[concept](column, k)
    if concept in _PLAIN:
        return _PLAIN[concept](column, k)
    if concept in _NUMERIC or concept is Concept.CATEGORY:
        return _categories(column, k)
    return FlatSpec()


def has_rule(concept: Concept) -> bool:
    """Whether :func:`suggest_spec` knows more than exact or hidden for a concept, so that it looks at the values."""
    return concept in {Concept.BIRTHDATE, Concept.DATE, Concept.CATEGORY, *_NUMERIC, *_PLAIN}


def _weight(column: Column, k: int) -> IntervalSpec:
    return intervals_for(column, _coarser(column, (1, 5, 10), k), min_count=k, unit="kg")


def _height(column: Column, k: int) -> IntervalSpec:
    if numbers_of(column).quantile(0.5) < _TALL_IN_METRES:
        return intervals_for(column, _coarser(column, (0.01, 0.05, 0.1), k), min_count=k, unit="m")
    return intervals_for(column, _coarser(column, (1, 5, 10), k), min_count=k, unit="cm")


def _age(column: Column, k: int) -> IntervalSpec:
    return intervals_for(column, _coarser(column, (5, 10, 20), k), min_count=k, unit="years")


def _count(column: Column, k: int) -> IntervalSpec:
    """Drinks, cigarettes: bands only."""
    numbers = numbers_of(column)
    bands = bands_for(column, min_count=k)
    return IntervalSpec(levels=(bands,) if bands.edges else (), whole=numbers.whole, decimal_mark=numbers.mark)


def _travel(column: Column, k: int) -> IntervalSpec:
    """Countries visited: 5, 10 and bands of tens, as far as they go that high."""
    numbers = numbers_of(column)
    if numbers.sizes[-1] - numbers.sizes[0] < _BANDED_FROM:
        return _count(column, k)
    spec = intervals_for(column, _coarser(column, (5, 10), k), min_count=k, from_zero=True)
    bands = bands_for(column, min_count=k, multiple_of=10)
    if not spec.levels or not set(bands.edges) < set(spec.levels[-1].edges):
        return spec
    return spec.model_copy(update={"levels": (*spec.levels, bands)})


def _number(column: Column, k: int) -> InnerSpec | RareSpec:
    """Unknown numbers: three widths of a chain 1, 5, 10, 50, 100 …, the finest making about forty groups."""
    numbers = numbers_of(column)
    if numbers.whole and len(numbers.sizes) <= _FEW:
        return _categories(column, k)
    spread = numbers.quantile(0.99) - numbers.quantile(0.01) or 1.0
    power = int(np.floor(np.log10(spread))) - 3
    chain = [float(Decimal(digit).scaleb(power + i)) for i in range(6) for digit in (1, 5)]
    chain = [width for width in _coarser(column, chain, k) if spread / width <= _FINEST_GROUPS]
    return intervals_for(column, chain[:3], min_count=k)


def _categories(column: Column, k: int) -> InnerSpec | RareSpec:
    spec = rare_for(column, k)
    return spec if 0 < len(spec.kept) < len(column.values) - 1 else FlatSpec()


def _vocabulary(suggest: Callable[[Sequence[str]], GroupSpec]) -> Callable[[Column, int], InnerSpec | RareSpec]:
    """Groups by the usual words; if no word is known, rare values merged."""

    def suggested(column: Column, k: int) -> InnerSpec | RareSpec:
        spec = suggest(column.values)
        return spec if len(spec.levels[0].groups) > 1 else _categories(column, k)

    return suggested


def _coarser(column: Column, widths: Sequence[float], k: int) -> list[float]:
    """The widths that are coarser than the column's own decimals, and do not make too many groups."""
    numbers = numbers_of(column)
    finest = max(numbers.resolution * (1 + 1e-9), numbers.spread(k) / MOST_EDGES)
    return [width for width in widths if width > finest]


_NUMERIC: Final[dict[Concept, Callable[[Column, int], InnerSpec | RareSpec]]] = {
    Concept.AGE: _age,
    Concept.WEIGHT: _weight,
    Concept.HEIGHT: _height,
    Concept.BMI: bmi_levels,
    Concept.DRINKS: _count,
    Concept.CIGARETTES: _count,
    Concept.COUNTRIES_VISITED: _travel,
    Concept.NUMBER: _number,
}
_PLAIN: Final[dict[Concept, Callable[[Column, int], InnerSpec | RareSpec]]] = {
    Concept.POSTCODE: lambda _column, _k: PostcodeSpec(),
    Concept.COUNTRY: countries_for,
    Concept.BIRTH_COUNTRY: countries_for,
    Concept.CURRENT_COUNTRY: countries_for,
    Concept.EDUCATION: _vocabulary(education_groups),
    Concept.BLOOD_GROUP: _vocabulary(blood_groups),
}
