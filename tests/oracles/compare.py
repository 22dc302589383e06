"""Every number of ours beside the same number of ARX, sdcMicro or the plain reference.

``python -m tests.oracles.compare`` prints a table: oracle, measure, values compared, largest
difference, what is allowed. The tables of Adult are read from the folder that HALFTONE_SHARED names
(``../shared`` without it) and are left out, and said to be, where it is absent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from anonymiser.engine import backend
from tests.oracles.arx_nodes import (
    SMALL_MODELS,
    compare_adult_nodes,
    compare_occupation_nodes,
    compare_occupation_reached,
    compare_quality,
    compare_small_nodes,
)
from tests.oracles.arx_suite import compare_optima, compare_small_optima, compare_suite
from tests.oracles.comparison import Comparison
from tests.oracles.plain import compare_reference, compare_sdcmicro
from tests.oracles.tables import ADULT

IN_EVERY_CLONE: tuple[Callable[[Comparison], None], ...] = (
    *((lambda into, file=file: compare_small_nodes(into, file)) for file in SMALL_MODELS),
    compare_small_optima,
    compare_reference,
    compare_sdcmicro,
)
SHARED_ONLY: tuple[Callable[[Comparison], None], ...] = (
    compare_adult_nodes,
    compare_occupation_nodes,
    compare_occupation_reached,
    compare_quality,
    compare_suite,
    compare_optima,
)


def main() -> int:
    """Compare, print, and say whether all agrees."""
    backend.warm()
    into = Comparison()
    for compare in IN_EVERY_CLONE + (SHARED_ONLY if ADULT.is_dir() else ()):
        compare(into)
    sys.stdout.write(into.table() + "\n")
    if not ADULT.is_dir():
        sys.stdout.write("The tables of Adult are not here (set HALFTONE_SHARED): LEFT OUT.\n")
    sys.stdout.writelines(f"DIFFERS  {failure}\n" for failure in into.failures)
    return bool(into.failures)


if __name__ == "__main__":
    sys.exit(main())
