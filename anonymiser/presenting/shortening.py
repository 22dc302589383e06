"""Names and sentences cut to what a slide has room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

__all__ = ["short", "some"]

_NAMES: Final = 3
_LONG: Final = 46


def some(names: Sequence[str], most: int = _NAMES) -> list[str]:
    """The first few names, and how many more there are."""
    told = [short(name, 28) for name in names]
    return told if len(told) <= most + 1 else [*told[:most], f"{len(told) - most:,}\u00a0more"]


def short(text: str, longest: int = _LONG) -> str:
    """One line of at most so many characters."""
    one_line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return one_line if len(one_line) <= longest else f"{one_line[: longest - 1].rstrip()}…"
