"""From a file to the first k, in a process of its own; with an argument, that process."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.timing import DATA, Figure, customers, run

SCRIPT = "import sys; from benchmarks.first_k import first_k; first_k(sys.argv[1])"


def first_k(path: str) -> None:
    """Read, suggest roles, build the suggested hierarchies of six QIs, group and measure."""
    from anonymiser.assessment import assess
    from anonymiser.engine import backend
    from anonymiser.privacy import KAnonymity
    from benchmarks.tables import customers_root

    backend.warm()
    sys.stdout.write(str(assess(customers_root(Path(path)), (KAnonymity(k=5),), 0.0).k))


def figures(*, large: bool = True) -> list[Figure]:
    """A million rows of CSV, ten million of Parquet, and the generator."""
    DATA.mkdir(exist_ok=True)

    made = run(["-m", "sample_data.customers", "--rows", "1000000", "--out", str(DATA / "made.csv")])
    result = [Figure("generator, a million rows of CSV", f"{made.wall:.1f} s", "at most 20 s", made.wall <= 20)]
    million = run(["-c", SCRIPT, str(customers(1_000_000, ".csv"))])
    result += [
        Figure("a million rows of CSV to the first k, CPU", f"{million.cpu:.2f} s", "at most 5 s", million.cpu <= 5),
        Figure("the same, memory", f"{million.peak_gb:.2f} GB", "at most 1.5 GB", million.peak_gb <= 1.5),
    ]
    if large:
        ten = run(["-c", SCRIPT, str(customers(10_000_000, ".parquet"))])
        result += [
            Figure(
                "ten million rows of Parquet to the first k, wall",
                f"{ten.wall:.2f} s ({ten.cpu:.1f} s CPU)",
                "at most 10 s",
                ten.wall <= 10,
            ),
            Figure("the same, memory", f"{ten.peak_gb:.2f} GB", "at most 3 GB", ten.peak_gb <= 3),
        ]
    return result


if __name__ == "__main__":
    for figure in figures():
        print(figure)
