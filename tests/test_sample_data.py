"""The made-up customers: the same every time, valid where they should be, untidy where they should be."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable
from pathlib import Path

import country_converter
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sample_data import CUSTOMERS, customers, pools, untidy

POSTCODE = re.compile(
    r"(?:[A-Z]\d|[A-Z]\d\d|[A-Z]\d[A-Z]|[A-Z]{2}\d|[A-Z]{2}\d\d|[A-Z]{2}\d[A-Z]) \d[ABD-HJLNP-UW-Z]{2}"
)
INSURANCE = re.compile(r"(?:ZZ|QQ|BG|GB|KN|NK|NT|TN)(?: \d{6} |\d{6}| \d\d \d\d \d\d )[A-D]")
MANGLED = re.compile(r"\d\.\d{5}E\+\d\d")


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Twenty thousand, enough for shares and correlations to be steady."""
    return customers.generate(20_000, seed=7).to_pandas()


@pytest.fixture(scope="module")
def numbers(people: pd.DataFrame) -> pd.DataFrame:
    table = people[
        ["weight", "height", "avg_n_drinks_per_week", "avg_n_cigaret_per_week", "n_countries_visted", "cc_status"]
    ].apply(pd.to_numeric)
    levels = {level: rank for rank, level in enumerate(customers.EDUCATION) if level != "other"}
    return table.assign(
        bmi=table["weight"] / table["height"] ** 2,
        age=2025 - people["birthdate"].str[-4:].astype(int),
        schooling=people["education_level"].map(levels),
    )


def test_the_shipped_file_is_what_the_generator_makes(tmp_path: Path) -> None:
    customers.write(tmp_path / "again.csv", 1000)
    assert (tmp_path / "again.csv").read_bytes() == CUSTOMERS.read_bytes()


def test_same_seed_same_people_and_another_seed_others() -> None:
    table = customers.generate(300, seed=3)
    assert table.equals(customers.generate(300, seed=3))
    assert not table.equals(customers.generate(300, seed=4))


def test_columns_are_the_insurers_and_all_text() -> None:
    table = customers.generate(10)
    assert table.column_names == list(customers.COLUMNS)
    assert len(customers.COLUMNS) == 18
    assert set(table.schema.types) == {pa.string()}
    table.validate(full=True)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_chunks_meet_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr(customers, "CHUNK", 400)
    path = tmp_path / f"people.{ending}"
    customers.write(path, 1000, seed=5)
    text = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(customers.COLUMNS, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    table = pq.read_table(path) if ending == "parquet" else pa_csv.read_csv(path, convert_options=text)
    assert table.equals(customers.generate(1000, seed=5))
    plain = table["national_insurance_number"].to_pandas().str.replace(" ", "")
    assert plain.is_unique
    assert table["bank_account_number"].to_pandas().is_unique
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_an_interrupted_file_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "the disk is full")

    monkeypatch.setattr(customers, "_people", full)
    with pytest.raises(OSError, match="full"):
        customers.write(tmp_path / "people.csv", 10)
    assert not list(tmp_path.iterdir())


def test_no_identifier_repeats_past_the_first_prefix() -> None:
    rng = np.random.default_rng(1)
    index = np.arange(3_999_990, 4_000_010, dtype=np.uint64)
    assert set(pd.Series(untidy.insurance_numbers(index, 1, rng)).astype(str).str[:2]) == {"ZZ", "QQ"}


@given(size=st.integers(1, 5000), key=st.integers(0, 2**32))
def test_scatter_meets_every_number_once(size: int, key: int) -> None:
    once = untidy.scatter(np.arange(size, dtype=np.uint64), size, key)
    assert np.array_equal(np.sort(once), np.arange(size))


def test_scatter_leaves_no_order_behind() -> None:
    numbers = untidy.scatter(np.arange(10_000, dtype=np.uint64), 10**9, 1).astype(float)
    assert abs(np.corrcoef(np.arange(10_000), numbers)[0, 1]) < 0.05
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.05


def test_postcodes_are_valid_skewed_and_of_all_six_shapes(people: pd.DataFrame) -> None:
    assert people["postcode"].map(POSTCODE.fullmatch).notna().all()
    shapes = people["postcode"].str.replace(r"\d", "9", regex=True).str.replace(r"[A-Z]", "A", regex=True)
    assert set(shapes) == {"A9 9AA", "A99 9AA", "A9A 9AA", "AA9 9AA", "AA99 9AA", "AA9A 9AA"}
    area = people["postcode"].str.extract(r"^([A-Z]+)")[0].value_counts(normalize=True)
    assert area["SE"] > 10 * area["DG"]
    assert 0.002 < area["BT"] < 0.03


def test_telephones_have_a_dozen_spellings_and_some_are_mangled(people: pd.DataFrame) -> None:
    shapes = people["phone_number"].str.replace(r"\d", "9", regex=True)
    assert shapes[people["phone_number"].str.contains("7700")].nunique() == 12
    assert people["phone_number"].map(MANGLED.fullmatch).notna().mean() == pytest.approx(0.08, abs=0.01)
    first = untidy.phones(np.arange(1000, dtype=np.uint64), 1, np.random.default_rng(1)).to_pandas()
    kept = first[first.map(MANGLED.fullmatch).isna()]
    assert kept.str.replace(r"\(0\)|\D", "", regex=True).str[-9:].is_unique


def test_telephones_are_kept_for_drama(people: pd.DataFrame) -> None:
    digits = (
        people["phone_number"]
        .str.replace("(0)", "")
        .str.replace(r"\D", "", regex=True)
        .str.replace(r"^44", "0", regex=True)
    )
    whole = digits[people["phone_number"].map(MANGLED.fullmatch).isna()]
    ranges = tuple(f"0{area}{start}" for area, start in (untidy.MOBILE, *untidy.LANDLINES))
    assert whole.str.startswith(ranges).all()


def test_insurance_and_account_numbers_stay_text(people: pd.DataFrame) -> None:
    assert people["national_insurance_number"].map(INSURANCE.fullmatch).notna().all()
    assert set(people["national_insurance_number"].str.len()) == {9, 11, 13}
    assert people["bank_account_number"].str.fullmatch(r"\d{9}").all()
    assert people["bank_account_number"].str.startswith("0").any()


def test_dates_are_day_first_and_only_some_prove_it(people: pd.DataFrame) -> None:
    born = pd.to_datetime(people["birthdate"], format="%d/%m/%Y")
    assert born.dt.year.between(1950, 1999).all()
    assert 0.5 < (born.dt.day > 12).mean() < 0.7


@pytest.mark.parametrize(
    ("column", "most"), [("weight", 1), ("height", 2), ("avg_n_cigaret_per_week", 1), ("n_countries_visted", 0)]
)
def test_numbers_are_written_as_a_spreadsheet_writes_them(people: pd.DataFrame, column: str, most: int) -> None:
    whole, _, places = zip(*(text.partition(".") for text in people[column].dropna()), strict=True)
    assert all(part == str(int(part)) for part in whole)
    assert max(map(len, places)) == most
    assert not any(part.endswith("0") for part in places)


def test_a_few_cells_are_empty_and_only_in_three_columns(people: pd.DataFrame) -> None:
    empty = people.isna().mean()
    assert set(empty[empty > 0].index) == set(customers.GAPS)
    for column, share in customers.GAPS.items():
        assert empty[column] == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("age", "schooling", -0.5, -0.1),
        ("age", "bmi", 0.2, 0.6),
        ("age", "cc_status", 0.08, 0.4),
        ("bmi", "cc_status", 0.08, 0.4),
        ("avg_n_cigaret_per_week", "cc_status", 0.06, 0.4),
        ("schooling", "avg_n_cigaret_per_week", -0.5, -0.15),
        ("schooling", "n_countries_visted", 0.2, 0.6),
        ("avg_n_drinks_per_week", "avg_n_cigaret_per_week", 0.15, 0.6),
        ("height", "weight", 0.3, 0.7),
    ],
)
def test_columns_hang_together(numbers: pd.DataFrame, one: str, other: str, least: float, most: float) -> None:
    assert least < numbers[one].corr(numbers[other]) < most


def test_bodies_and_illness_are_plausible(people: pd.DataFrame, numbers: pd.DataFrame) -> None:
    height = numbers["height"].groupby(people["gender"]).mean()
    assert height["M"] - height["F"] == pytest.approx(0.13, abs=0.02)
    assert numbers["bmi"].quantile([0.01, 0.99]).between(16, 42).all()
    assert numbers["cc_status"].mean() == pytest.approx(0.05, abs=0.01)


def test_countries_are_skewed_and_nobody_was_born_in_the_uk(people: pd.DataFrame) -> None:
    share = people["country_of_birth"].value_counts(normalize=True)
    assert 190 < len(share) <= len(pools.countries().values)
    assert "United Kingdom" not in share
    assert share.index[0] == "India"
    assert share.iloc[0] > 8 * share.median()
    assert set(people["current_country"]) == {"United Kingdom"}


def test_six_quasi_identifiers_are_nearly_all_distinct(people: pd.DataFrame) -> None:
    columns = ["gender", "birthdate", "country_of_birth", "postcode", "education_level", "blood_group"]
    assert (~people.duplicated(columns)).mean() > 0.999


def test_the_shipped_customers_reach_both_policies_at_coarse_levels() -> None:
    table = pd.read_csv(CUSTOMERS, dtype=str)
    band = table["birthdate"].str[-4:].astype(int) // 20
    degree = table["education_level"].isin(["bachelor", "masters", "phD"])
    blocs = table["country_of_birth"].map(_blocs(table["country_of_birth"].unique()))
    assert blocs.nunique() == 4
    assert table.groupby([table["gender"], band, blocs]).size().min() >= 11
    sizes = table.groupby([table["gender"], band, blocs, degree]).size()
    assert sizes[sizes < 5].sum() <= 50


def _blocs(names: Iterable[str]) -> dict[str, str]:
    source = Path(country_converter.__file__).with_name("country_data.tsv")
    known = pd.read_csv(source, sep="\t", dtype=str, keep_default_na=False)
    continents = [(re.compile(row.regex, re.IGNORECASE), row.continent) for row in known.itertuples()]
    blocs = {"Europe": "Europe", "Africa": "Africa", "America": "Americas"}
    found = {name: {continent for regex, continent in continents if regex.search(name)} for name in names}
    return {name: blocs.get(continent, "Asia-Pacific and other") for name, [continent] in found.items()}


def test_command_line_writes_and_refuses(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(customers._main)
    done = CliRunner().invoke(app, ["--rows", "5", "--seed", "1", "--out", str(tmp_path / "five.csv")])
    assert done.exit_code == 0
    assert len((tmp_path / "five.csv").read_text(encoding="utf-8").splitlines()) == 6
    refused = CliRunner().invoke(app, ["--out", str(tmp_path / "five.xlsx")])
    assert refused.exit_code == 2
    assert not (tmp_path / "five.xlsx").exists()
