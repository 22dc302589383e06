"""Run every benchmark, one after the other, and print what this run measured."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys

PARTS = (
    "first_k",
    "engine",
    "search",
    "privacy",
    "methods",
    "clustering",
    "sealing",
    "perturbation",
    "joins",
    "presenting",
    "browser",
    "uploading",
    "starting",
)


def main() -> None:
    """Print a table; figures from elsewhere are marked *quoted*."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", default=[], help=f"some of {', '.join(PARTS)}; all of them by default")
    parser.add_argument("--small", action="store_true", help="leave out the tables of ten million rows")
    chosen = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"      {'what':<68} {'measured':>24}   wanted")
    for part in chosen.parts or PARTS:
        module = importlib.import_module(f"benchmarks.{part}")
        for figure in module.figures(large=not chosen.small):
            print(figure)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
