"""Mondrian and local recoding on Adult and on large tables, beside anonypyx and ARX (quoted)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from anonymiser.methods import LocalRecoding, Mondrian
from anonymiser.privacy import KAnonymity
from anonymiser.reading import read
from anonymiser.recipe import AttributePlan, Recipe, Role
from anonymiser.transform import mondrian_kernels
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.measure import DraftAssessment
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import transform
from benchmarks.tables import ADULT_QIS
from benchmarks.timing import SHARED, Figure, cpu_ms

HOOKS: list[Callable[..., list[Figure]]] = []
"""Figures of other methods; a module adds a function here, which is called with ``large``."""
_ANONYPYX = 28.0
"""Seconds of CPU, quoted: anonypyx's Mondrian on the same columns."""
_SIZES = (2, 80, 200, 2_000, 60, 16)
"""Distinct values of six quasi-identifiers, as those of customers."""


def figures(*, large: bool = True) -> list[Figure]:
    """Adult; a million made-up records; ten million."""
    result = [*_adult(), _drawn(1_000_000, 0.6)]
    if large:
        result.append(_drawn(10_000_000, 8.0))
    return result + [figure for hook in HOOKS for figure in hook(large=large)]


def divide(rows: npt.NDArray[np.uint16], sizes: npt.NDArray[np.int64], k: int) -> tuple[npt.NDArray[np.int64], float]:
    """Where strict parts of at least k begin, and the CPU seconds of the kernel; ``rows`` are reordered."""
    begins, index = np.zeros(len(rows), dtype=np.bool_), np.arange(len(rows), dtype=np.int32)
    start = time.process_time()
    mondrian_kernels.divide(rows, index, 0, len(rows), sizes, k, False, int(sizes.max()), begins)
    return np.flatnonzero(begins), time.process_time() - start


def _adult() -> list[Figure]:
    folder = SHARED / "data" / "adult"
    if not folder.exists():
        return []
    table = EncodedTable(read(folder / "adult.csv"))
    ten, five = _recipe(10).changed(methods=(Mondrian(),)), _recipe(5).changed(methods=(LocalRecoding(),))
    matrix, sizes = _matrix(table, ten)
    starts, _ = divide(matrix.copy(), sizes, 10)
    seconds = min(divide(matrix.copy(), sizes, 10)[1] for _ in range(5))
    moved = matrix.copy()
    starts, _ = divide(moved, sizes, 10)
    c_avg = len(matrix) / len(starts) / 10
    ncp = _range_share(moved, starts, sizes)
    found = _assessed(table, five)
    taken = cpu_ms(lambda: _assessed(table, five), 3)
    quality = found.quality
    assert quality is not None
    arx = json.loads((SHARED / "oracles" / "arx_adult_local_recoding.json").read_text("utf-8"))
    best = max((row for row in arx if row["privacy"] == "k:5"), key=lambda row: row["granularity_am"])
    return [
        Figure("Mondrian, Adult, nine QIs, strict, k = 10: C_avg", f"{c_avg:.3f}", "at most 1.6", c_avg <= 1.6),
        Figure("the same: mean range share over hierarchy order", f"{ncp:.4f}", "at most 0.09", ncp <= 0.09),
        Figure(
            f"the same: kernel (anonypyx {_ANONYPYX:.0f} s, quoted)",
            f"{1e3 * seconds:.1f} ms CPU",
            "at most 30 ms",
            seconds <= 0.03,
        ),
        Figure(
            f"local recoding, k = 5: granularity (ARX {best['granularity_am']:.4f}, quoted)",
            f"{quality.granularity_am:.4f}",
            "better than ARX",
            quality.granularity_am > best["granularity_am"],
        ),
        Figure(
            f"the same: non-uniform entropy (ARX {best['nuentropy_am']:.4f}, quoted)",
            f"{quality.nu_entropy_am:.4f}",
            "better than ARX",
            quality.nu_entropy_am > best["nuentropy_am"],
        ),
        Figure(
            "the same: with every measure (ARX 9 to 12 s, quoted)", f"{taken:.0f} ms CPU", "at most 2 s", taken <= 2000
        ),
    ]


def _drawn(rows: int, wanted: float) -> Figure:
    rng = np.random.default_rng(1)
    matrix = np.empty((rows, len(_SIZES)), dtype=np.uint16)
    for j, size in enumerate(_SIZES):
        matrix[:, j] = rng.integers(0, size, rows)
    divide(matrix[:1000].copy(), np.array(_SIZES), 10)  # compiles
    _, seconds = divide(matrix, np.array(_SIZES), 10)
    what = f"Mondrian, {rows:,} rows, six QIs, k = 10: kernel"
    return Figure(what, f"{seconds:.2f} s CPU", f"at most {wanted:g} s", seconds <= wanted)


def _recipe(k: int) -> Recipe:
    from anonymiser.hierarchies import hierarchies_in_folder

    rules = hierarchies_in_folder(SHARED / "data" / "adult", ADULT_QIS)
    plans = tuple(AttributePlan(name=name, role=Role.QUASI, hierarchy=rules[name]) for name in ADULT_QIS)
    return Recipe(attributes=plans, requirements=(KAnonymity(k=k),))


def _matrix(table: EncodedTable, recipe: Recipe) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int64]]:
    hierarchies, leaves = table.qis(recipe)
    return np.column_stack(leaves).astype(np.uint16), np.array([len(h.leaves) for h in hierarchies], dtype=np.int64)


def _range_share(rows: npt.NDArray[np.uint16], starts: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> float:
    """Mean over all cells of the span of a record's part, as a share of the column's codes."""
    low = np.minimum.reduceat(rows, starts, axis=0).astype(np.float64)
    high = np.maximum.reduceat(rows, starts, axis=0)
    people = np.diff(np.r_[starts, len(rows)])
    return float(((high - low) / np.maximum(sizes - 1, 1) * people[:, None]).sum() / rows.size)


def _assessed(table: EncodedTable, recipe: Recipe) -> DraftAssessment:
    return transform(table, recipe, recipe.requirements, generators_from(step_key(b"bench"))).assessment
