"""Texts that a spreadsheet would compute."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_formula"]

_STARTS_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER: Final = r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?\s?%?"
_HARMLESS: Final = re.compile(rf"{_NUMBER}(?:\s?(?:to|–|—|…)\s?{_NUMBER})?")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute a text; numbers and ranges of numbers are none.

    References
    ----------
    OWASP: CSV Injection.

    Examples
    --------
    >>> is_formula("=1+1"), is_formula("-5.2"), is_formula("-5+1"), is_formula("＝1")
    (True, False, True, True)
    """
    return bool(_STARTS_FORMULA.match(text)) and not _HARMLESS.fullmatch(text)
