"""Hierarchies of attributes and the rules that build them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from anonymiser.hierarchies.arx import hierarchies_in_folder, read_arx_csv, write_arx_csv
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.hierarchies.countries import CountrySpec, countries_for
from anonymiser.hierarchies.cuts import bands_for, intervals_for
from anonymiser.hierarchies.dates import DateSpec, dates_for
from anonymiser.hierarchies.defaults import has_rule, suggest_spec
from anonymiser.hierarchies.derived import Derived, bmi_levels, derive_bmi
from anonymiser.hierarchies.flat import FlatSpec
from anonymiser.hierarchies.groups import Group, GroupLevel, GroupSpec
from anonymiser.hierarchies.intervals import IntervalLevel, IntervalSpec
from anonymiser.hierarchies.masking import MaskSpec, mask_for
from anonymiser.hierarchies.postcodes import PostcodeSpec
from anonymiser.hierarchies.preview import preview
from anonymiser.hierarchies.rare import InnerSpec, RareSpec, rare_for
from anonymiser.hierarchies.spec import NOT_LISTED, NOT_RECOGNISED, Rule
from anonymiser.hierarchies.tables import TableSpec, table_of
from anonymiser.hierarchies.vocabularies import blood_groups, education_groups

__all__ = [
    "NOT_LISTED",
    "NOT_RECOGNISED",
    "SPECS",
    "CountrySpec",
    "DateSpec",
    "Derived",
    "FlatSpec",
    "Group",
    "GroupLevel",
    "GroupSpec",
    "Hierarchy",
    "HierarchySpec",
    "InnerSpec",
    "IntervalLevel",
    "IntervalSpec",
    "MaskSpec",
    "PostcodeSpec",
    "RareSpec",
    "Rule",
    "TableSpec",
    "bands_for",
    "blood_groups",
    "bmi_levels",
    "countries_for",
    "dates_for",
    "derive_bmi",
    "education_groups",
    "has_rule",
    "hierarchies_in_folder",
    "intervals_for",
    "mask_for",
    "preview",
    "rare_for",
    "read_arx_csv",
    "suggest_spec",
    "table_of",
    "write_arx_csv",
]

HierarchySpec = Annotated[
    CountrySpec | DateSpec | FlatSpec | GroupSpec | IntervalSpec | MaskSpec | PostcodeSpec | RareSpec | TableSpec,
    Field(discriminator="kind"),
]
"""Any rule that builds a hierarchy, told apart by ``kind``."""

SPECS: TypeAdapter[HierarchySpec] = TypeAdapter(HierarchySpec)
"""Reads and writes any rule: ``SPECS.validate_json(text)``, ``SPECS.dump_json(spec)``."""
