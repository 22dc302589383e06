"""The tables that the risk tests measure, grouped without the reader and the recipe."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from anonymiser.engine.frequency import FrequencySet, build, build_members
from anonymiser.hierarchies.base import Hierarchy

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "oracles" / "small400"
SHARED = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared"))
ADULT = SHARED / "data" / "adult"

needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not ADULT.is_dir(), reason="needs the Adult table: set HALFTONE_SHARED"),
]

Encoded = tuple[list[Hierarchy], list[npt.NDArray[np.unsignedinteger]]]


def flat(name: str, values: Sequence[str | None]) -> tuple[Hierarchy, npt.NDArray[np.unsignedinteger]]:
    """A column under the two levels exact and hidden."""
    known = sorted({value for value in values if value is not None})
    levels = [known, ["*"] * len(known)]
    hierarchy = Hierarchy.from_levels(name, levels, ["exact", "hidden"], missing=None in values)
    leaves = [len(known) if value is None else hierarchy.index[value] for value in values]
    return hierarchy, np.array(leaves, dtype=np.uint32)


def encoded(columns: dict[str, Sequence[str | None]]) -> Encoded:
    pairs = [flat(name, values) for name, values in columns.items()]
    return [h for h, _ in pairs], [leaves for _, leaves in pairs]


def members(columns: dict[str, Sequence[str | None]]) -> tuple[FrequencySet, npt.NDArray[np.int32]]:
    return build_members(*encoded(columns))


def small400() -> dict[str, list[str]]:
    with (SMALL / "small400.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def adult() -> FrequencySet:
    """Adult under ARX's hierarchies, nothing generalised."""
    with (ADULT / "adult.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file, delimiter=";")
    hierarchies, leaves = [], []
    for j, name in enumerate(head):
        with (ADULT / f"adult_hierarchy_{name}.csv").open(encoding="utf-8") as file:
            levels = list(zip(*csv.reader(file, delimiter=";"), strict=True))
        hierarchy = Hierarchy.from_levels(name, levels, [str(i) for i in range(len(levels))], missing=False)
        hierarchies.append(hierarchy)
        leaves.append(np.array([hierarchy.index[row[j]] for row in rows], dtype=np.uint32))
    return build(hierarchies, leaves)
