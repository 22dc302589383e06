"""Made-up people to try Halftone on, and the programs that make them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["CUSTOMERS"]

CUSTOMERS: Final = Path(__file__).with_name("customers.csv")
"""A thousand customers of the insurer, as ``sample_data.customers`` makes them."""
