"""Optimal levels, the whole lattice as a table, its frontier, what a single move buys, and who disappears."""

from __future__ import annotations

from anonymiser.search.fairness import Fairness, Removal, fair_optimum, fair_searcher, removal_by_group
from anonymiser.search.frontier import Axis, along, frontier
from anonymiser.search.lattice_table import LatticeTable, tabulate
from anonymiser.search.objective import By
from anonymiser.search.optimum import LARGEST, Finding, Optimum, Searcher, optimum
from anonymiser.search.standings import Cancelled, RolledUp, Standing, Standings, Tabulated
from anonymiser.search.steps import Move, cheapest_move, moves, neighbours, path
from anonymiser.search.whole import measure_lattice

__all__ = [
    "LARGEST",
    "Axis",
    "By",
    "Cancelled",
    "Fairness",
    "Finding",
    "LatticeTable",
    "Move",
    "Optimum",
    "Removal",
    "RolledUp",
    "Searcher",
    "Standing",
    "Standings",
    "Tabulated",
    "along",
    "cheapest_move",
    "fair_optimum",
    "fair_searcher",
    "frontier",
    "measure_lattice",
    "moves",
    "neighbours",
    "optimum",
    "path",
    "removal_by_group",
    "tabulate",
]
