from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.hierarchies import PostcodeSpec
from anonymiser.hierarchies.places import place_table
from anonymiser.microdata import Column, Microdata

OTHER = "other / not recognised"


def chain(postcode: str, spec: PostcodeSpec | None = None) -> list[str]:
    column = Column("p", (postcode,), np.array([0], dtype=np.uint8))
    return [labels[0] for labels in (spec or PostcodeSpec()).build(column).labels]


def test_level_names() -> None:
    names = ("unit", "sector", "district", "area", "region", "3 parts", "nation", "hidden")
    assert PostcodeSpec().level_names == names
    assert PostcodeSpec(above_region="nations").level_names == (*names[:5], "nation", "hidden")


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("LS5 8FN", ["LS5 8", "LS5", "LS", "Yorkshire and The Humber", "rest of England", "England"]),
        ("SW1A 1AA", ["SW1A 1", "SW1A", "SW", "London", "London", "England"]),
        ("M0U 1RA", ["M0U 1", "M0U", "M", "North West", "rest of England", "England"]),
        ("CF10 1EP", ["CF10 1", "CF10", "CF", "Wales", "other", "other nation"]),
        ("BT1 5GS", ["BT1 5", "BT1", "BT", "Northern Ireland", "other", "other nation"]),
        ("JE2 3XP", ["JE2 3", "JE2", "JE", "Channel Islands and Isle of Man (not UK)", "other", "other nation"]),
        ("LS5", ["LS5", "LS5", "LS", "Yorkshire and The Humber", "rest of England", "England"]),
        ("ls5 8", ["LS5 8", "LS5", "LS", "Yorkshire and The Humber", "rest of England", "England"]),
        ("ZZ1 1ZZ", [OTHER, OTHER, OTHER, OTHER, "other", "other nation"]),
        ("12345", [OTHER, OTHER, OTHER, OTHER, "other", "other nation"]),
    ],
)
def test_worked_examples(postcode: str, expected: list[str]) -> None:
    assert chain(postcode) == [postcode, *expected, "*"]


def test_nations_instead_of_parts() -> None:
    spec = PostcodeSpec(above_region="nations")
    assert chain("EH1 1YZ", spec)[-2] == "Scotland"
    assert chain("LS5 8FN", spec)[-2] == "England"
    assert chain("nowhere", spec)[-2] == OTHER


@given(st.sampled_from(["SW1A 1AA", "M1 1AE", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB"]), st.data())
def test_case_and_spacing_do_not_matter(postcode: str, data: st.DataObject) -> None:
    text = "".join(data.draw(st.sampled_from([c, c.lower()])) for c in postcode)
    text = text.replace(" ", data.draw(st.sampled_from(["", " ", "  ", "\t", "-", "\u00a0"])))
    assert chain(text)[1:] == chain(postcode)[1:]


def test_unplaced_values_are_reported() -> None:
    column = Microdata.from_columns({"p": ["LS5 8FN", "n/k", "ZZ1 1ZZ"]}).column("p")
    assert PostcodeSpec().unseen(column) == ("n/k", "ZZ1 1ZZ")


def test_the_table_of_areas() -> None:
    areas = place_table("uk_postcode_areas")
    assert len(areas) == 124
    regions = Counter(row["region"] for row in areas.values())
    assert len(regions) == 13
    assert set(regions) | {OTHER} == set(place_table("uk_regions"))
    assert regions["Scotland"] == 16
    assert regions["Wales"] == 5
    straddled = {part for row in areas.values() for part in row["parts_also_in"].split("; ") if part}
    assert straddled <= set(regions)


def test_districts_stand_by_number() -> None:
    column = Microdata.from_columns({"p": ["LS10 1AA", "LS2 1AA", "LS1 1AA"]}).column("p")
    assert PostcodeSpec().build(column).labels[2] == ("LS1", "LS2", "LS10")


def test_a_million_postcodes_are_fast() -> None:
    letters = "ABDEFGHJLN"
    values = [
        f"{area}{district} {sector}{a}{b}"
        for area in place_table("uk_postcode_areas")
        for district in range(1, 9)
        for sector in range(10)
        for a in letters
        for b in letters
    ]
    column = Column("p", tuple(values), np.arange(len(values), dtype=np.uint32))
    start = time.process_time()
    hierarchy = PostcodeSpec().build(column)
    hierarchy.encode(column.values)
    assert time.process_time() - start < 2.5
    assert len(hierarchy.labels[2]) == 124 * 8
