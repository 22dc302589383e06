"""Small drafts for tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymiser.attributes import Role
from anonymiser.hierarchies.base import Hierarchy, hidden
from anonymiser.transform.base import DraftColumn
from anonymiser.transform.start import level_cover


def column_of(name: str, values: Sequence[str | None], hierarchy: Hierarchy | None = None) -> DraftColumn:
    """A quasi-identifier at level 0; without a hierarchy itself and ``*``, a number where all values are."""
    known = list(dict.fromkeys(value for value in values if value is not None))
    blank = None in values
    built = hierarchy or Hierarchy.from_groups(name, known, (hidden(len(known)),), ("exact", "*"), missing=blank)
    labels = built.leaves[: len(built.leaves) - built.missing]
    codes = np.array([len(labels) if value is None else labels.index(value) for value in values], dtype=np.uint16)
    cover = level_cover(built, 0, np.bincount(codes, minlength=len(built.leaves)))
    if not built.missing:
        first = np.append(np.arange(len(labels)), 0)
        cover = type(cover)(cover.penalty[first], cover.share[first], cover.levels[first], cover.support[first])
    number = all(value.lstrip("-").isdigit() for value in labels)
    return DraftColumn(
        name,
        Role.QUASI,
        "category",
        "exact",
        "",
        tuple(labels),
        codes,
        cover,
        built,
        numbers=np.array([float(value) for value in labels]) if number else None,
        ordered=number,
        is_qi=True,
        size=built.size,
    )
