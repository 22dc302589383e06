"""UK postcodes: sector, district, area, region, parts of the country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.places import place_table
from anonymiser.hierarchies.spec import NOT_RECOGNISED, Spec
from anonymiser.microdata import Column

__all__ = ["PostcodeSpec"]

_OUTWARD = r"[A-Z]{1,2}[0-9][0-9A-Z]?"
_WHOLE = rf"^(?P<outward>{_OUTWARD})(?P<sector>[0-9])[A-Z][A-Z]$"
_PARTIAL = rf"^(?P<outward>{_OUTWARD})(?: (?P<sector>[0-9]))?$"
_AREA = re.compile(r"([A-Z]+)(\d+)(.*)")
_ABOVE = {"3 parts": ("part", "england"), "nations": ("nation",)}


class PostcodeSpec(Spec):
    """Unit, sector, district, area, region, parts of the country, hidden.

    Case and spacing do not matter; a district or sector alone is placed too. Whatever is no
    postcode of a known area stands under ``other / not recognised``, and under ``other`` where
    there is such a group. The channel islands and Man have regions of their own: they are not
    in the United Kingdom.

    Attributes
    ----------
    above_region : "3 parts" or "nations"
        What follows regions. ``3 parts``: London, rest of England, other; then England or
        other nation. ``nations``: England, Wales, Scotland, Northern Ireland, islands. One
        chain cannot hold both, since "other" is several nations.

    Notes
    -----
    A postcode area stands under the region that most of its addresses are in; some areas
    straddle borders.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> home = Microdata.from_columns({"home": ["LS5 8FN"]}).column("home")
    >>> [labels[0] for labels in PostcodeSpec().build(home).labels][1:]
    ['LS5 8', 'LS5', 'LS', 'Yorkshire and The Humber', 'rest of England', 'England', '*']
    """

    kind: Literal["postcodes"] = "postcodes"
    above_region: Literal["3 parts", "nations"] = "3 parts"

    @property
    def level_names(self) -> tuple[str, ...]:
        """``unit``, ``sector``, ``district``, ``area``, ``region``, what is above, ``hidden``."""
        above = ("3 parts", "nation") if self.above_region == "3 parts" else ("nation",)
        return ("unit", "sector", "district", "area", "region", *above, "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column."""
        codes, sectors = _sectors(column.values)
        places = [_place(sector) for sector in sectors]
        regions = place_table("uk_regions")
        above = [[regions[place[3]][name] for place in places] for name in _ABOVE[self.above_region]]
        order = np.array(sorted(range(len(places)), key=lambda i: _sort_key(places[i])), dtype=np.intp)
        groups = [_grouping(labels, order) for labels in (*zip(*places, strict=True), *above)]
        if not sectors:
            groups = [hidden(0)] * (len(self.level_names) - 2)
        return Hierarchy.from_groups(
            column.name,
            column.values,
            [*groups, hidden(len(sectors))],
            self.level_names,
            missing=column.n_missing > 0,
            parts=codes,
        )

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that are no UK postcode of a known area."""
        codes, sectors = _sectors(column.values)
        lost = np.array([_place(sector)[0] == NOT_RECOGNISED for sector in sectors], dtype=bool)
        text = column.values  # noqa: PD011 (no frame)
        return tuple(text[i] for i in np.flatnonzero(lost[codes]))


def _sectors(values: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[str]]:
    """The sector of each value as a code, and the distinct sectors: outward code, blank, digit.

    A district alone stays without a digit; what is neither is the empty text.
    """
    text = pc.utf8_upper(pa.array(values, pa.string()))
    whole = pc.extract_regex(pc.replace_substring_regex(text, r"[^0-9A-Z]", ""), _WHOLE)
    sector = pc.binary_join_element_wise(pc.struct_field(whole, 0), pc.struct_field(whole, 1), " ")
    missing = pc.is_null(sector)
    if pc.any(missing).as_py():
        blanks = pc.utf8_trim_whitespace(pc.replace_substring_regex(text.filter(missing), r"\s+", " "))
        partial = pc.extract_regex(blanks, _PARTIAL)
        joined = pc.binary_join_element_wise(pc.struct_field(partial, 0), pc.struct_field(partial, 1), " ")
        sector = pc.replace_with_mask(sector, missing, pc.utf8_trim_whitespace(joined))
    encoded = pc.fill_null(sector, "").dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def _place(sector: str) -> tuple[str, str, str, str]:
    """Sector, district, area and region of a sector."""
    district = sector.partition(" ")[0]
    match = _AREA.fullmatch(district)
    known = place_table("uk_postcode_areas").get(match[1]) if match else None
    if match is None or known is None:
        return (NOT_RECOGNISED,) * 4
    return sector, district, match[1], known["region"]


def _sort_key(place: tuple[str, str, str, str]) -> tuple[int, str, int, str, str]:
    """Regions in the order of their table, districts by number."""
    sector, district, area, region = place
    match = _AREA.fullmatch(district)
    number, letter = (int(match[2]), match[3]) if match else (0, "")
    return list(place_table("uk_regions")).index(region), area, number, letter, sector


def _grouping(labels: Sequence[str], order: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Grouping:
    """The groups of one level, which are of sectors."""
    number, names = pd.factorize(np.array(labels, dtype=object)[order])
    of_sector = np.empty(len(labels), dtype=np.int64)
    of_sector[order] = number
    return Grouping(of_sector, list(names))
