"""The columns that a method names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

__all__ = ["Names", "listed"]


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"columns named twice: {', '.join(doubled)}")
    return names


Names = Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(_once)]
"""At least one column, each once."""


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["age"]), listed(["age", "weight", "height"])
    ("'age'", "'age', 'weight' and 'height'")
    """
    quoted = [f"'{name}'" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
