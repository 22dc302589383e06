"""Make up customers of the insurer: ``python -m sample_data.customers --rows 1000000 --out customers.parquet``.

Eighteen columns about people who live in the United Kingdom and were born abroad. Nobody in them
exists, but the columns hang together as they do in people: the older have less schooling and more
weight, the schooled smoke less and travel more, and a chronic condition (``cc_status`` 1) comes with
age, weight and smoking. The same rows and seed give the same table on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import typer

from sample_data import CUSTOMERS, pools, untidy

__all__ = ["COLUMNS", "SEED", "generate", "write"]

Numbers = npt.NDArray[np.float64]

COLUMNS: Final = (
    "given_name",
    "surname",
    "gender",
    "birthdate",
    "country_of_birth",
    "current_country",
    "phone_number",
    "postcode",
    "national_insurance_number",
    "bank_account_number",
    "weight",
    "height",
    "blood_group",
    "avg_n_drinks_per_week",
    "avg_n_cigaret_per_week",
    "education_level",
    "n_countries_visted",
    "cc_status",
)
"""The columns in the spelling of the insurer's file."""
SCHEMA: Final = pa.schema([(name, pa.string()) for name in COLUMNS])
SEED: Final = 2057
"""Seed of the thousand customers that are shipped."""
CHUNK: Final = 100_000
"""People made at a time: what has to fit into memory."""

ENDINGS: Final = (".csv", ".parquet")

FIRST_BIRTH: Final = date(1950, 1, 1)
LAST_BIRTH: Final = date(1999, 12, 31)
SEEN: Final = date(2025, 6, 30)
"""Day on which everybody's age is counted."""
BIRTHS: Final = (0.18, 0.2, 0.23, 0.21, 0.18)
"""Share of people by decade of birth."""
MIDDLE_AGE: Final = 50.5
EDUCATION: Final = ("primary", "secondary", "bachelor", "masters", "phD", "other")
SCHOOLING_STEPS: Final = (-1.5, 0.02, 0.8, 1.55)
"""Where schooling, in standard deviations, passes from one level to the next; ``other`` is apart."""
OTHER_EDUCATION: Final = 0.1
BLOOD: Final = {"O+": 36, "A+": 33, "B+": 12, "O-": 7, "A-": 6, "AB+": 3, "B-": 2, "AB-": 1}
GAPS: Final = {"weight": 0.015, "blood_group": 0.03, "avg_n_drinks_per_week": 0.01}
"""Share of empty cells."""


def generate(rows: int, seed: int = SEED) -> pa.Table:
    """Make customers in memory.

    Parameters
    ----------
    rows : int
        How many, at least 1.
    seed : int
        Another seed, other people.

    Returns
    -------
    pyarrow.Table
        `rows` rows of the eighteen columns, all text as a CSV file holds it; missing cells are null.
    """
    return pa.Table.from_batches(_chunks(rows, seed), SCHEMA)


def write(path: Path, rows: int, seed: int = SEED) -> None:
    """Make customers into a file, a chunk at a time, so that ten million need no more memory than a few.

    Parameters
    ----------
    path : pathlib.Path
        Ends in ``.csv`` or ``.parquet``; written beside its place first, so that it is whole or not there.
    rows, seed : int
        As for `generate`.

    Raises
    ------
    ValueError
        The ending is another.
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f"{path.name} must end in {' or '.join(ENDINGS)}.")
    unfinished = path.with_name(path.name + ".part")
    try:
        with _csv(unfinished) if path.suffix == ".csv" else pq.ParquetWriter(unfinished, SCHEMA) as writer:
            for batch in _chunks(rows, seed):
                writer.write_batch(batch)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path) -> Iterator[pa_csv.CSVWriter]:
    """Open a CSV file whose header is not quoted, as pyarrow alone would."""
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        with pa_csv.CSVWriter(file, SCHEMA, write_options=options) as writer:
            yield writer


def _chunks(rows: int, seed: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, CHUNK):
        yield _people(np.arange(start, min(start + CHUNK, rows), dtype=np.uint64), seed)


def _people(index: npt.NDArray[np.uint64], seed: int) -> pa.RecordBatch:
    """Draw one chunk; `index` numbers the people through all chunks, so that no identifier comes twice."""
    rng = np.random.default_rng([seed, int(index[0])])
    size = index.size
    male = rng.random(size) < 0.5  # noqa: PLR2004 - half of them
    days = (LAST_BIRTH - FIRST_BIRTH).days + 1
    born = np.floor(days * np.interp(rng.random(size), np.cumsum((0, *BIRTHS)), np.linspace(0, 1, len(BIRTHS) + 1)))
    age = ((SEEN - FIRST_BIRTH).days - born) / 365.25 - MIDDLE_AGE
    columns = {
        "given_name": _given_names(male, rng),
        "surname": pools.names("surname").draw(rng.random(size)),
        "gender": pa.array(["F", "M"]).take(pa.array(male.astype(np.int64))),
        "birthdate": _dates().take(pa.array(born.astype(np.int64))),
        "country_of_birth": pools.countries().draw(rng.random(size)),
        "current_country": pa.repeat(pa.scalar("United Kingdom"), size),
        "phone_number": untidy.phones(index, seed, rng),
        "postcode": untidy.joined(pools.districts().draw(rng.random(size)), " ", pools.units().draw(rng.random(size))),
        "national_insurance_number": untidy.insurance_numbers(index, seed, rng),
        "bank_account_number": untidy.accounts(index, seed),
        "blood_group": pools.Pool.of(list(BLOOD), list(BLOOD.values())).draw(rng.random(size)),
        **_life(male, age, rng),
    }
    columns |= {name: untidy.with_gaps(columns[name], share, rng) for name, share in GAPS.items()}
    return pa.record_batch([columns[name] for name in COLUMNS], schema=SCHEMA)


@cache
def _dates() -> pa.Array:
    days = (LAST_BIRTH - FIRST_BIRTH).days + 1
    return pa.array([(FIRST_BIRTH + timedelta(day)).strftime("%d/%m/%Y") for day in range(days)])


def _given_names(male: npt.NDArray[np.bool_], rng: np.random.Generator) -> pa.Array:
    uniform = rng.random(male.size)
    men, women = (pools.names(kind).draw(uniform) for kind in ("male", "female"))
    return pc.if_else(pa.array(male), men, women)


def _life(male: npt.NDArray[np.bool_], age: Numbers, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Body and habits; `age` is counted in years from middle age."""
    size = male.size
    schooling = rng.standard_normal(size) - 0.02 * age
    height = np.where(male, 1.76, 1.63) + 0.067 * rng.standard_normal(size) - 0.001 * age + 0.01 * schooling
    bmi = 26.0 * np.exp(0.16 * rng.standard_normal(size) + 0.004 * age - 0.03 * schooling + 0.02 * male)
    smoking = rng.standard_normal(size) - 0.35 * schooling + 0.2 * male - 0.005 * age
    cigarettes = _habit(smoking, most=420)
    drinks = _habit(0.9 * rng.standard_normal(size) + 0.3 * smoking + 0.2 * male - 0.01 * age, most=14)
    travel = _share(rng.standard_normal(size) + 0.5 * schooling + 0.02 * age - 0.2)
    illness = _share(-3.7 + 0.05 * age + 0.09 * (bmi - 26) + 0.005 * (cigarettes - 150))
    level = np.searchsorted(SCHOOLING_STEPS, schooling)
    level[rng.random(size) < OTHER_EDUCATION] = EDUCATION.index("other")
    return {
        "weight": untidy.decimals(bmi * height**2, places=1, largest=250),
        "height": untidy.decimals(height, places=2, largest=3),
        "avg_n_drinks_per_week": untidy.decimals(drinks, places=1, largest=20),
        "avg_n_cigaret_per_week": untidy.decimals(cigarettes, places=1, largest=500),
        "education_level": pa.array(EDUCATION).take(pa.array(level)),
        "n_countries_visted": untidy.decimals(1 + 49 * travel, places=0, largest=50),
        "cc_status": untidy.decimals((rng.random(size) < illness).astype(np.float64), places=0, largest=1),
    }


def _share(score: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-score))


def _habit(score: Numbers, *, most: float) -> Numbers:
    """Turn a leaning into an amount a week: nothing for about one in eight, never more than `most`."""
    nothing = 0.22
    return most * np.maximum(0, _share(score) - nothing) / (1 - nothing)


def _main(
    rows: Annotated[int, typer.Option(min=1, help="How many people.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other people.")] = SEED,
    out: Annotated[Path, typer.Option(help="A .csv or .parquet file; it is overwritten.")] = CUSTOMERS,
) -> None:
    """Make up customers of the insurer."""
    try:
        write(out, rows, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from error
    print(f"{rows:,} customers in {out}")


if __name__ == "__main__":
    typer.run(_main)
