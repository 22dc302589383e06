"""Rare values merged below the top."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.countries import CountrySpec
from anonymiser.hierarchies.dates import DateSpec
from anonymiser.hierarchies.flat import FlatSpec
from anonymiser.hierarchies.groups import GroupSpec
from anonymiser.hierarchies.intervals import IntervalSpec
from anonymiser.hierarchies.masking import MaskSpec
from anonymiser.hierarchies.postcodes import PostcodeSpec
from anonymiser.hierarchies.spec import Spec
from anonymiser.hierarchies.tables import TableSpec
from anonymiser.microdata import Column

__all__ = ["InnerSpec", "RareSpec", "rare_for"]

RARE: Final = "other (rare)"
_LEVEL: Final = "rare values merged"

InnerSpec = Annotated[
    CountrySpec | DateSpec | FlatSpec | GroupSpec | IntervalSpec | MaskSpec | PostcodeSpec | TableSpec,
    Field(discriminator="kind"),
]
"""Any rule but that of rare values."""


class RareSpec(Spec):
    """Another rule with one level more: below hidden, all but the kept groups become one.

    Attributes
    ----------
    kept : tuple of str
        Labels that stay, of the last level of ``inner`` below hidden (for a flat one: values).
        Missing values stay too.
    inner : any other rule
    label : str
        What the others become.

    Raises
    ------
    HierarchyError
        A kept label is also the label of the others.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> blood = Microdata.from_columns({"blood": ["0", "A", "B", "AB"]}).column("blood")
    >>> RareSpec(kept=("0", "A")).build(blood).labels[1]
    ('0', 'A', 'other (rare)')
    """

    kind: Literal["rare"] = "rare"
    kept: tuple[str, ...]
    inner: InnerSpec = FlatSpec()
    label: str = RARE

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.label in self.kept:
            raise HierarchyError("The label for rare values is also one of the values kept. Choose another label.")
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """Those of ``inner``, with ``rare values merged`` before the last."""
        return (*self.inner.level_names[:-1], _LEVEL, self.inner.level_names[-1])

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:
        """Place every value of a column."""
        whole = self.inner.build(column, strict=strict)
        size = len(whole.leaves) - whole.missing
        kept = {label: i for i, label in enumerate(self.kept)}
        below = whole.labels[-2]
        merged = np.array([kept.get(label, len(kept)) for label in below], dtype=np.intp)
        groups = [
            Grouping(codes[:size], labels) for codes, labels in zip(whole.maps[1:], whole.labels[1:], strict=True)
        ]
        groups.insert(len(groups) - 1, Grouping(merged[whole.maps[-2][:size]], [*self.kept, self.label]))
        if size == 0:
            groups = [hidden(0)] * len(groups)
        return Hierarchy.from_groups(column.name, whole.leaves[:size], groups, self.level_names, missing=whole.missing)

    def unseen(self, column: Column) -> tuple[str, ...]:
        """Values that ``inner`` does not know: rare ones are not listed, so a new one is rare."""
        return self.inner.unseen(column)


def rare_for(column: Column, threshold: int, inner: InnerSpec | None = None) -> RareSpec:
    """Keep the groups with at least ``threshold`` records, and merge the others.

    If the merged ones are fewer than ``threshold`` together, the smallest kept groups join them.
    """
    inner = inner or FlatSpec()
    hierarchy = inner.build(column, strict=False)
    labels = hierarchy.labels[-2]
    codes = hierarchy.maps[-2][hierarchy.encode(column.values)[:-1]]
    records = np.bincount(codes, weights=column.counts[:-1], minlength=len(labels))
    order = np.argsort(-records, kind="stable")
    count = int(np.count_nonzero(records >= max(threshold, 1)))
    merged = records[order[count:]].sum()
    while 0 < merged < threshold and count:
        count -= 1
        merged += records[order[count]]
    return RareSpec(kept=tuple(labels[i] for i in order[:count]), inner=inner)
