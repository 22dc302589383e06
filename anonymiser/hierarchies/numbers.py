"""Numbers that stand in a table as text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Mark", "parse_numbers", "show_number"]

Mark = Literal[".", ","]

_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$"
_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


def parse_numbers(values: Sequence[str], mark: Mark = ".") -> npt.NDArray[np.float64]:
    """The number that each text stands for, NaN where it stands for none.

    Parameters
    ----------
    values : sequence of str
    mark : "." or ","
        What separates the decimals; the other one may separate thousands.

    Examples
    --------
    >>> parse_numbers(["6.5", "007", "1,234", "a lot"]).tolist()
    [6.5, 7.0, 1234.0, nan]
    """
    text = pd.Series(values, dtype="str")
    if mark == ",":
        text = text.str.translate(str.maketrans(".,", ",."))
    grouped = text.str.match(_THOUSANDS)
    if grouped.any():
        text = text.mask(grouped, text.str.replace(",", ""))
    numbers = pd.to_numeric(text.where(text.str.match(_PLAIN)), errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def show_number(number: float) -> str:
    """A number without needless digits.

    >>> show_number(65.0), show_number(0.05), show_number(1e6)
    ('65', '0.05', '1000000')
    """
    return f"{Decimal(repr(float(number))).normalize() + 0:f}"
