"""Countries: sub-region and continent of the UN's standard M49, four blocs, Europe or not."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.places import place_table
from anonymiser.hierarchies.spec import NOT_RECOGNISED, Spec
from anonymiser.microdata import Column

__all__ = ["CountrySpec", "countries_for"]

_MOST_NAMES = 10_000
_LONGEST_NAME = 100
_CODE_LETTERS = (2, 3)


class CountrySpec(Spec):
    """Country, UN sub-region, continent, 4 blocs, Europe or not, hidden.

    Names in the usual spellings and ISO codes of two and three letters are recognised. Anything
    else stands under ``other / not recognised``, and under ``Asia-Pacific and other`` of the
    four blocs (Europe, Africa, Americas, Asia-Pacific and other).

    Attributes
    ----------
    together : tuple of str
        Continents shown as one, because they are rare: of Asia, Oceania, Antarctica and
        ``other / not recognised``. Others cannot be joined without cutting through a bloc.

    Raises
    ------
    HierarchyError
        A continent in ``together`` is none of those four.

    References
    ----------
    United Nations, Standard country or area codes for statistical use (M49). Names, codes and
    sub-regions are from the package country_converter.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> born = Microdata.from_columns({"born": ["Fiji", "FR", "Korea"]}).column("born")
    >>> CountrySpec().build(born).labels[1]
    ('Western Europe', 'Eastern Asia', 'Melanesia')
    """

    kind: Literal["countries"] = "countries"
    together: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _of_one_bloc(self) -> Self:
        if not set(self.together) <= set(_joinable()):
            raise HierarchyError(f"Only these continents can be shown as one: {', '.join(_joinable())}.")
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """``country``, ``UN sub-region``, ``continent``, ``4 blocs``, ``Europe / other``, ``hidden``."""
        return ("country", "UN sub-region", "continent", "4 blocs", "Europe / other", "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column.

        Raises
        ------
        HierarchyError
            The column has more different values than there can be names of countries.
        """
        table = place_table("un_regions")
        regions = list(table)
        of_value = np.array([regions.index(region) for region in _sub_regions(column)], dtype=np.intp)
        groups = [Grouping(of_value, regions)]
        for name in ("continent", "bloc", "europe"):
            labels = [self._joined(row[name]) for row in table.values()]
            number, names = pd.factorize(np.array(labels, dtype=object))
            groups.append(Grouping(number[of_value], list(names)))
        return Hierarchy.from_groups(
            column.name,
            column.values,
            [*groups, hidden(len(column.values))],
            self.level_names,
            missing=column.n_missing > 0,
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are not recognised as countries."""
        regions = _sub_regions(column)
        pairs = zip(column.values, regions, strict=True)
        return tuple(value for value, region in pairs if region == NOT_RECOGNISED)

    def _joined(self, continent: str) -> str:
        if continent not in self.together:
            return continent
        names = ["other" if name == NOT_RECOGNISED else name for name in _joinable() if name in self.together]
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def countries_for(column: Column, min_count: int) -> CountrySpec:
    """Show continents with fewer than ``min_count`` records as one, together with the next larger."""
    table = place_table("un_regions")
    records: Counter[str] = Counter()
    for region, count in zip(_sub_regions(column), column.counts.tolist(), strict=False):
        records[table[region]["continent"]] += count
    present = sorted((records[name], name) for name in _joinable() if records[name])
    together: list[str] = []
    total = 0
    for count, name in present:
        if total >= min_count or (not together and count >= min_count):
            break
        together.append(name)
        total += count
    return CountrySpec(together=tuple(name for name in _joinable() if name in together and len(together) > 1))


def _joinable() -> tuple[str, ...]:
    rows = place_table("un_regions").values()
    other = next(row["bloc"] for row in rows if row["sub_region"] == NOT_RECOGNISED)
    return tuple(dict.fromkeys(row["continent"] for row in rows if row["bloc"] == other))


def _sub_regions(column: Column) -> list[str]:
    if len(column.values) > _MOST_NAMES:
        raise HierarchyError(
            f"'{column.name}' has {len(column.values)} different values; there are a few hundred countries. "
            "Choose another kind of hierarchy, or clean the column first."
        )
    return [_sub_region(value) for value in column.values]  # noqa: PD011 (no frame)


@lru_cache(maxsize=_MOST_NAMES)
def _sub_region(value: str) -> str:
    """Sub-region of a country's name or code."""
    if len(value) > _LONGEST_NAME:
        return NOT_RECOGNISED
    plain = " ".join(re.sub(r"[^\w\s]", " ", value).casefold().split())
    patch = place_table("country_patches").get(plain)
    if patch:
        return patch["sub_region"]
    codes, patterns = _known_countries()
    compact = plain.replace(" ", "")
    if len(compact) in _CODE_LETTERS and compact in codes:
        return codes[compact]
    found = {region for pattern, region in patterns if pattern.search(value)}
    return found.pop() if len(found) == 1 else NOT_RECOGNISED


@cache
def _known_countries() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Sub-region by code, and by pattern of the name.

    The converter is handed its own table as text: release 1.3.2 cannot read it under pandas 3.
    Its ``convert`` is not used, since that logs the names that it does not know.
    """
    import country_converter

    path = country_converter.country_converter.COUNTRY_DATA_FILE
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    converter = country_converter.CountryConverter(country_data=table, include_obsolete=True)
    regions = [region or NOT_RECOGNISED for region in converter.data["UNregion"]]
    codes = {}
    for two, three, region in zip(converter.data["ISO2"], converter.data["ISO3"], regions, strict=True):
        for code in (*re.findall(r"\w+", two), *re.findall(r"\w+", three)):
            codes[code.casefold()] = region
    return codes, list(zip(converter.regexes, regions, strict=True))
