"""Perturbing numbers and categories, and looking for people afterwards: CPU time of the kernels."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from anonymiser.risk.linkage import KnownColumn, LinkKind, link
from anonymiser.transform.microaggregate import group_means, lost_share, mdav, optimal
from anonymiser.transform.noise_numbers import Noise, add_noise
from anonymiser.transform.randomised import randomise, retention_matrix
from anonymiser.transform.suppressed_cells import empty_any, empty_own
from anonymiser.transform.swapped import swap_ranks
from benchmarks.timing import ROOT, Figure, cpu_ms

__all__ = ["figures"]

SMALL = ROOT / "tests" / "oracles" / "small400" / "small400.csv"
NUMBERS = ("age", "income", "hours")
SDCMICRO = {3: 3.675329082123, 5: 6.876955508087}
"""SSE/SST in per cent of sdcMicro 5.8.1's MDAV."""


def figures(*, large: bool) -> Iterator[Figure]:
    """MDAV beside sdcMicro's time and loss (*quoted*), and the other methods."""
    yield from _loss()
    rng = np.random.default_rng(1)
    for rows, limit, peer in ((30_000, 2_000, 2), (100_000, 10_000, 30)):
        table = rng.normal(size=(rows, 3)) @ np.array([[1, 0.5, 0], [0, 1, 0.3], [0, 0, 1]])
        spent = cpu_ms(lambda table=table: mdav(table, 5), 1)
        yield _time(f"MDAV, {rows:,} rows, 3 columns, k = 5 (sdcMicro {peer} s, quoted)", spent, limit)
    values = rng.normal(size=100_000)
    yield _time(
        "optimal microaggregation of one column, 100,000 rows, k = 5", cpu_ms(lambda: optimal(values, 5)), 1_000
    )
    yield from _suppression(rng)
    yield from _linkage(rng)
    if large:
        yield from _million(rng)


def _loss() -> Iterator[Figure]:
    original = _numbers(SMALL)
    for k, wanted in SDCMICRO.items():
        found = 100 * lost_share(original, group_means(original, mdav(original, k)))
        what, same = f"MDAV, small400, k = {k}: SSE/SST", abs(found - wanted) < 1e-8
        yield Figure(what, f"{found:.9f} %", f"{wanted:.9f} % (sdcMicro)", same)


def _suppression(rng: np.random.Generator) -> Iterator[Figure]:
    values = (2, 5, 7, 7, 16, 2, 9)
    codes = np.stack([np.minimum(rng.geometric(0.5, 30_000) - 1, n - 1) for n in values])
    yield _time("local suppression, 30,000 rows, 7 columns, k = 5", cpu_ms(lambda: empty_own(codes, 16, 5), 1), 5_000)
    yield _time("the same, an empty cell may be anything", cpu_ms(lambda: empty_any(codes, 16, 5), 1), 5_000)


def _linkage(rng: np.random.Generator) -> Iterator[Figure]:
    true = rng.normal(size=(30_000, 3))
    shown = add_noise(true, Noise(0.3), rng)
    columns = tuple(KnownColumn(str(j), LinkKind.NUMBER, true[:, j], shown[:, j]) for j in range(3))
    spent = cpu_ms(lambda: link(columns, np.arange(30_000), np.random.default_rng(0)), 1)
    yield _time("record linkage, 30,000 rows, 3 columns (a sample)", spent, 3_000)


def _million(rng: np.random.Generator) -> Iterator[Figure]:
    table, codes = rng.normal(size=(1_000_000, 3)), rng.integers(0, 8, 1_000_000)
    kim = Noise(0.3, correlated=True, keep_spread=True)
    yield _time("correlated noise, a million rows, 3 columns", cpu_ms(lambda: add_noise(table, kim, rng), 1), 1_000)
    yield _time("rank swapping, a million rows, 5 %", cpu_ms(lambda: swap_ranks(table[:, 0], 0.05, rng), 1), 2_000)
    matrix = retention_matrix(8, 0.8)
    yield _time("PRAM, a million rows, 8 values", cpu_ms(lambda: randomise(codes, matrix, rng), 1), 1_000)


def _time(what: str, spent: float, limit: float) -> Figure:
    return Figure(what, f"{spent:,.0f} ms CPU", f"at most {limit:,.0f} ms", spent <= limit)


def _numbers(path: Path) -> np.ndarray:
    with path.open(encoding="utf-8") as file:
        return np.array([[float(row[name]) for name in NUMBERS] for row in csv.DictReader(file)])
