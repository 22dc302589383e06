"""What the customers are drawn from: names, countries and postcodes, each with its weight.

The names are those of Faker's British provider. They are kept in ``tables/names.csv``, so that a
new Faker does not change the sample; ``python -m sample_data.pools`` writes that file anew.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Pool", "countries", "districts", "names", "units"]

TABLES = Path(__file__).with_name("tables")
FLATTENING = 0.5
"""Power of a country's weight: 1 follows the census, 0 makes all countries alike. The square root lets
small countries and the Americas appear among a thousand people, as they do among the insurer's."""


@dataclass(frozen=True)
class Pool:
    """Strings with the share of people who have each.

    Attributes
    ----------
    values : pyarrow.StringArray
        The strings, each once.
    cumulated : numpy.ndarray of float64
        Cumulated shares; the last is 1.
    """

    values: pa.Array
    cumulated: npt.NDArray[np.float64]

    @classmethod
    def of(cls, values: Sequence[str], weights: Sequence[float] | None = None) -> Pool:
        """Pool with weights of any scale; all alike when none are given."""
        cumulated = np.cumsum(np.ones(len(values)) if weights is None else np.asarray(weights, dtype=np.float64))
        return cls(pa.array(values, pa.string()), cumulated / cumulated[-1])

    def draw(self, uniform: npt.NDArray[np.float64]) -> pa.Array:
        """Take the string for each number between 0 (included) and 1 (excluded)."""
        return self.values.take(pa.array(np.searchsorted(self.cumulated, uniform, side="right")))


def _rows(table: str) -> Iterator[dict[str, str]]:
    with (TABLES / table).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def names(kind: str) -> Pool:
    """Return the ``male`` or ``female`` given names, or the ``surname`` pool."""
    rows = [row for row in _rows("names.csv") if row["kind"] == kind]
    return Pool.of([row["name"] for row in rows], [float(row["weight"]) for row in rows])


@cache
def countries() -> Pool:
    """Countries of birth of people in the UK, roughly as the census of 2021 counted them, flattened."""
    rows = list(_rows("countries.csv"))
    return Pool.of([row["country"] for row in rows], [float(row["thousands"]) ** FLATTENING for row in rows])


def _spread(districts: str) -> Iterator[str]:
    for part in districts.split():
        first, _, last = part.partition("-")
        yield from map(str, range(int(first), int(last) + 1)) if last else (part,)


@cache
def districts() -> Pool:
    """Postcode districts (``LS5``, ``W1F``): real areas by population, more where people from abroad live."""
    values: list[str] = []
    weights: list[float] = []
    for row in _rows("postcode_areas.csv"):
        codes = [row["area"] + district for district in _spread(row["districts"])]
        values += codes
        weights += [float(row["weight"]) / len(codes)] * len(codes)
    return Pool.of(values, weights)


@cache
def units() -> Pool:
    """Second halves of a postcode (``8FN``): so many to a district that there are about 1.7 million in all.

    That is how many are in use; which of those that the rules allow are, is made up.
    """
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    pairs = ["".join(pair) for pair in product(letters, letters)][::7]
    return Pool.of([digit + pair for digit, pair in product("0123456789", pairs)])


def _write_names() -> None:
    from faker.providers.person.en_GB import Provider

    pools: dict[str, Mapping[str, float]] = {
        "male": dict.fromkeys(Provider.first_names_male, 1),
        "female": dict.fromkeys(Provider.first_names_female, 1),
        "surname": Provider.last_names,
    }
    with (TABLES / "names.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kind", "name", "weight"])
        writer.writerows([kind, name, weight] for kind, pool in pools.items() for name, weight in pool.items())


if __name__ == "__main__":
    _write_names()
