"""Optimal levels, the whole lattice as a table, its frontier, what a single move buys, and who disappears."""

from __future__ import annotations

from anonymiser.search.fairness import Removal, fair_optimum, removal_by_group
from anonymiser.search.frontier import Risk, frontier, risk_of
from anonymiser.search.lattice_table import LatticeTable, tabulate
from anonymiser.search.objective import By
from anonymiser.search.optimum import LARGEST, Finding, Optimum, Searcher, optimum
from anonymiser.search.steps import Move, NextSteps, Standing, cheapest_move
from anonymiser.search.whole import measure_lattice

__all__ = [
    "LARGEST",
    "By",
    "Finding",
    "LatticeTable",
    "Move",
    "NextSteps",
    "Optimum",
    "Removal",
    "Risk",
    "Searcher",
    "Standing",
    "cheapest_move",
    "fair_optimum",
    "frontier",
    "measure_lattice",
    "optimum",
    "removal_by_group",
    "risk_of",
    "tabulate",
]
