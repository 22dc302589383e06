from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import CountrySpec, countries_for, preview
from anonymiser.hierarchies.places import place_table
from anonymiser.microdata import Column, Microdata

SHARED = Path(os.environ.get("HALFTONE_SHARED", "../shared"))
OTHER = "other / not recognised"


def countries(*values: str | None) -> Column:
    return Microdata.from_columns({"born": values}).column("born")


def chain(value: str) -> list[str]:
    return [labels[0] for labels in CountrySpec().build(countries(value)).labels[1:]]


def test_level_names() -> None:
    names = ("country", "UN sub-region", "continent", "4 blocs", "Europe / other", "hidden")
    assert CountrySpec().level_names == names


ASIA_PACIFIC = ["Asia-Pacific and other", "outside Europe", "*"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("France", ["Western Europe", "Europe", "Europe", "Europe", "*"]),
        ("Korea", ["Eastern Asia", "Asia", *ASIA_PACIFIC]),
        ("Antarctica (the territory South of 60 deg S)", ["Antarctica", "Antarctica", *ASIA_PACIFIC]),
        ("Micronesia", ["Micronesia", "Oceania", *ASIA_PACIFIC]),
        ("Nauru", ["Micronesia", "Oceania", *ASIA_PACIFIC]),
        ("Christmas Island", ["Australia and New Zealand", "Oceania", *ASIA_PACIFIC]),
        ("Netherlands Antilles", ["Caribbean", "Americas", "Americas", "outside Europe", "*"]),
        ("Bouvet Island (Bouvetoya)", ["South America", "Americas", "Americas", "outside Europe", "*"]),
        ("Cyprus", ["Western Asia", "Asia", *ASIA_PACIFIC]),
        ("South Sudan", ["Eastern Africa", "Africa", "Africa", "outside Europe", "*"]),
        ("Atlantis", [OTHER, OTHER, *ASIA_PACIFIC]),
    ],
)
def test_worked_examples(value: str, expected: list[str]) -> None:
    assert chain(value) == expected


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "UK",
            "GB",
            "GBR",
            "U.K.",
            "united kingdom",
            "Great Britain",
            "England",
            "Scotland",
            "Wales",
            "Northern Ireland",
        ),
        ("Côte d'Ivoire", "Cote d'Ivoire", "Ivory Coast", "CI", "CIV"),
        ("USA", "US", "U.S.A.", "United States", "United States of America", "America"),
        ("South Korea", "Republic of Korea", "Korea, Republic of", "KR", "KOR", "North Korea"),
        ("Namibia", "NA", "NAM", "Eswatini", "Swaziland"),
        ("Turkey", "Türkiye", "Cyprus", "GEORGIA"),
        ("Holland", "The Netherlands", "NL", "Deutschland", "West Germany"),
        ("USSR", "Soviet Union", "Czechoslovakia", "Czechia", "Russia"),
    ],
)
def test_usual_spellings(spellings: tuple[str, ...]) -> None:
    assert len({tuple(chain(spelling)) for spelling in spellings}) == 1
    assert CountrySpec().unseen(countries(*spellings)) == ()


def test_unknown_names_are_reported_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert CountrySpec().unseen(countries("Fiji", "Atlantis", "x" * 10_000)) == ("Atlantis", "x" * 10_000)
    assert "Atlantis" not in caplog.text


def test_rare_continents_are_joined_within_their_bloc() -> None:
    column = countries(*["France"] * 2, *["Kenya"] * 9, *["India"] * 9, *["Fiji"] * 4, "Antarctica", "Atlantis")
    spec = countries_for(column, 5)
    assert spec.together == ("Oceania", "Antarctica", OTHER)
    counted = preview(spec.build(column), column, 2)
    assert counted == [("Europe", 2), ("Africa", 9), ("Asia", 9), ("Oceania, Antarctica and other", 6)]
    assert countries_for(countries(*["France"] * 9, *["Fiji"] * 9), 5).together == ()
    assert countries_for(countries(*["France"] * 9, "Fiji"), 5).together == ()


def test_continents_of_different_blocs_cannot_be_joined() -> None:
    with pytest.raises(HierarchyError, match="can be shown as one"):
        CountrySpec(together=("Europe", "Asia"))


def test_a_column_that_is_none_of_countries_is_refused() -> None:
    with pytest.raises(HierarchyError, match="few hundred countries"):
        CountrySpec().build(countries(*map(str, range(10_001))))


def test_the_table_nests() -> None:
    rows = place_table("un_regions").values()
    for low, high in (("sub_region", "continent"), ("continent", "bloc"), ("bloc", "europe")):
        pairs = {(row[low], row[high]) for row in rows}
        assert len(pairs) == len({row[low] for row in rows})
    patches = place_table("country_patches").values()
    assert {row["sub_region"] for row in patches} <= set(place_table("un_regions"))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="HALFTONE_SHARED is not there")
def test_every_country_of_the_insurer_is_placed() -> None:
    with (SHARED / "data" / "coursework" / "customer_information.csv").open(encoding="utf-8") as file:
        names = {row["country_of_birth"] for row in csv.DictReader(file)}
    assert len(names) == 237
    assert CountrySpec().unseen(countries(*sorted(names))) == ()


def test_the_converter_is_loaded_when_first_used() -> None:
    code = "import sys, anonymiser.hierarchies; print('country_converter' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
