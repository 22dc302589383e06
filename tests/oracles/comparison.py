"""Numbers side by side: how many were compared, and how far apart the furthest are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

EXACT = 0.0
REAL = 1e-9
FLOORED = 1e-8
"""ARX floors the loss and the entropy of each attribute to 10 decimals."""


@dataclass
class Line:
    """One measure of one oracle."""

    allowed: float
    values: int = 0
    largest: float = 0.0
    where: str = ""


@dataclass
class Comparison:
    """What was compared so far."""

    lines: dict[tuple[str, str], Line] = field(default_factory=dict)

    def add(self, oracle: str, measure: str, found: float | None, expected: float, allowed: float, where: str) -> None:
        """Compare one number; a difference is relative, or absolute where that is smaller."""
        line = self.lines.setdefault((oracle, measure), Line(allowed))
        line.values += 1
        apart = difference(found, expected)
        if apart > line.largest or not line.where:
            line.largest, line.where = max(apart, line.largest), where

    @property
    def failures(self) -> list[str]:
        """Measures that differ by more than is allowed."""
        return [
            f"{oracle} {measure}: {line.largest:.3g} at {line.where}, allowed {line.allowed:.0e}"
            for (oracle, measure), line in self.lines.items()
            if not line.largest <= line.allowed
        ]

    def values_of(self, oracle: str) -> int:
        """Numbers compared with one oracle."""
        return sum(line.values for (name, _), line in self.lines.items() if name == oracle)

    def table(self) -> str:
        """A table to print."""
        head = ("oracle", "measure", "values", "largest difference", "allowed")
        rows = [
            (
                oracle,
                measure,
                f"{line.values:,}",
                f"{line.largest:.2g}",
                "exact" if not line.allowed else f"{line.allowed:.0e}",
            )
            for (oracle, measure), line in self.lines.items()
        ]
        widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
        texts = [
            "  ".join(
                cell.ljust(width) if i < 2 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in (head, *rows)
        ]
        total = sum(line.values for line in self.lines.values())
        return "\n".join(
            [texts[0], "-" * len(texts[0]), *texts[1:], f"{total:,} values, {len(self.failures)} failures"]
        )


def difference(found: float | None, expected: float) -> float:
    """The smaller of the absolute and the relative difference; infinite where a number is missing."""
    if found is None:
        return math.inf
    if found == expected:
        return 0.0
    apart = abs(found - expected)
    return min(apart, apart / abs(expected)) if expected and math.isfinite(apart) else apart
