"""The Adult table, where it is: HALFTONE_SHARED names the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anonymiser.cli.inputs import load_table
from anonymiser.cli.quick import QuickOptions, quick_recipe
from anonymiser.project import Project

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HALFTONE_SHARED", ROOT.parent / "shared"))
ADULT = SHARED / "data" / "adult"
NINE = "sex,age,race,marital-status,education,native-country,workclass,occupation,salary-class"
EIGHT = "sex,age,race,marital-status,education,native-country,workclass,salary-class"

needs_adult = [
    pytest.mark.shared,
    pytest.mark.skipif(not ADULT.is_dir(), reason="needs the Adult table: set HALFTONE_SHARED"),
]


def adult(k: int, *, qi: str = NINE, sensitive: str | None = None, require: tuple[str, ...] = ()) -> Project:
    """Adult under ARX's hierarchies, nothing suppressed."""
    microdata = load_table(ADULT / "adult.csv", None)
    options = QuickOptions(qi=qi, hierarchies=ADULT, k=k, sensitive=sensitive, require=require)
    return Project(microdata, quick_recipe(microdata, options))
