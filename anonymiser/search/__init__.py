"""Optimal levels, the whole lattice as a table, its frontier, and what a single move buys."""

from __future__ import annotations

from anonymiser.search.objective import By
from anonymiser.search.optimum import Optimum, optimum

__all__ = ["By", "Optimum", "optimum"]
