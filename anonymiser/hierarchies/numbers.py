"""Numbers that stand in a table as text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Mark", "parse_numbers", "show_number"]

Mark = Literal[".", ","]

_LARGEST: Final = 1e15
_GROUPED: Final = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$"
_PLAIN: Final = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"


def parse_numbers(values: Sequence[str], mark: Mark = ".") -> npt.NDArray[np.float64]:
    """The number that each text stands for, NaN where it stands for none.

    Past 10^15 nothing is measured, and neighbouring numbers are no longer told apart: long
    numbers are names of things, and stand for no number here.

    Parameters
    ----------
    values : sequence of str
    mark : "." or ","
        What separates the decimals; the other one may separate thousands.

    Examples
    --------
    >>> parse_numbers(["6.5", "007", "1,234", "a lot"]).tolist()
    [6.5, 7.0, 1234.0, nan]
    >>> parse_numbers(["6,5"], ",").tolist()
    [6.5]
    """
    text = pa.array(values, pa.string())
    try:
        numbers = pc.cast(text, pa.float64()) if mark == "." else None
    except pa.ArrowInvalid:
        numbers = None
    if numbers is None:
        numbers = _parse_untidy(text, mark)
    result: npt.NDArray[np.float64] = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
    return np.where(np.abs(result) <= _LARGEST, result, np.nan)


def _parse_untidy(text: pa.Array, mark: Mark) -> pa.Array:
    if mark == ",":
        text = pc.replace_substring(pc.replace_substring(pc.replace_substring(text, ".", "\0"), ",", "."), "\0", ",")
    grouped = pc.match_substring_regex(text, _GROUPED)
    text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    text = pc.replace_substring_regex(text, r"^\+", "")
    return pc.cast(pc.if_else(pc.match_substring_regex(text, _PLAIN), text, None), pa.float64())


def show_number(number: float) -> str:
    """A number without needless digits.

    >>> show_number(65.0), show_number(0.05), show_number(1e6)
    ('65', '0.05', '1000000')
    """
    return f"{Decimal(repr(float(number))).normalize() + 0:f}"
