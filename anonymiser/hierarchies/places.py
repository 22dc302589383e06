"""Tables of places that ship with Halftone (``data/README.md`` says where they are from)."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

__all__ = ["place_table"]


@cache
def place_table(name: str) -> dict[str, dict[str, str]]:
    """The rows of a table under ``data/`` by their first column.

    >>> place_table("uk_postcode_areas")["LS"]["region"]
    'Yorkshire and The Humber'
    """
    text = (files(__package__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {next(iter(row.values())): row for row in rows}
