"""Every technical limit, written once. Privacy thresholds stand in ``policy.py``."""

from __future__ import annotations

from typing import Final

MAX_COLUMNS: Final = 2_000
"""More columns than this is a matrix, not a table about people."""
MAX_QIS: Final = 32
"""Quasi-identifiers in one recipe; past a dozen no table is safe anyway."""
MAX_UNPACKED_BYTES: Final = 8 * 2**30
"""What an Excel or Parquet file may unpack to."""
MAX_EXPANSION: Final = 200
"""How many times larger than itself a compressed file may unpack (zip bombs are 1,000 and more)."""
MAX_NAMED_VALUES: Final = 5
"""Values of the data named beside an error on a page; none are ever logged."""
PREVIEW_ROWS: Final = 100
"""Rows in any preview."""
MISSING: Final = "missing"
"""Label of a missing value below the top level."""
HIDDEN: Final = "*"
"""Label of the top level of every hierarchy (shown as "hidden")."""
