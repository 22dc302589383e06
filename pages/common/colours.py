"""What a colour means in the pictures of settings; shapes say the same, and each is readable on both backgrounds."""

from __future__ import annotations

from typing import Final

__all__ = ["FAILS", "HERE", "MEETS"]

MEETS: Final = "#1f8f6f"
FAILS: Final = "#8b969c"
HERE: Final = "#d9730d"
