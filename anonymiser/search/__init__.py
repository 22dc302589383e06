"""Optimal levels."""

from __future__ import annotations

from anonymiser.search.optimum import Optimum, optimum

__all__ = ["Optimum", "optimum"]
