"""Optimal levels, the whole lattice as a table, its frontier, and what a single move buys."""

from __future__ import annotations

from anonymiser.search.lattice_table import LatticeTable, tabulate
from anonymiser.search.objective import By
from anonymiser.search.optimum import Optimum, optimum
from anonymiser.search.whole import measure_lattice

__all__ = ["By", "LatticeTable", "Optimum", "measure_lattice", "optimum", "tabulate"]
