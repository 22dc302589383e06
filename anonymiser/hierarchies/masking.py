"""Masking characters from either end."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import model_validator

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies.base import Grouping, Hierarchy, hidden
from anonymiser.hierarchies.spec import Spec
from anonymiser.microdata import Column

__all__ = ["MaskSpec", "mask_for"]

_MOST_STEPS = 12


class MaskSpec(Spec):
    """Exact value, more and more characters masked, hidden.

    Attributes
    ----------
    side : "right" or "left"
        The end that is masked first.
    steps : tuple of int
        How many characters are masked at each level, increasing. A shorter value is masked whole.
    character : str
        One character to stand for a masked one.

    Raises
    ------
    HierarchyError
        The steps do not increase, or the character is not one.

    Examples
    --------
    >>> from anonymiser.microdata import Microdata
    >>> zipcode = Microdata.from_columns({"zip": ["28001", "28013"]}).column("zip")
    >>> MaskSpec(steps=(1, 2)).build(zipcode).labels
    (('28001', '28013'), ('2800*', '2801*'), ('280**',), ('*',))
    """

    kind: Literal["mask"] = "mask"
    side: Literal["right", "left"] = "right"
    steps: tuple[int, ...]
    character: str = "*"

    @model_validator(mode="after")
    def _increases(self) -> Self:
        if list(self.steps) != sorted(set(self.steps)) or any(step < 1 for step in self.steps):
            raise HierarchyError(
                "The numbers of masked characters are whole, positive and increasing, such as 1, 2, 3."
            )
        if len(self.character) != 1:
            raise HierarchyError("A masked character is shown as one character, such as '*'.")
        return self

    @property
    def level_names(self) -> tuple[str, ...]:
        """``exact``, ``last 2 characters hidden`` and the like, ``hidden``."""
        end = "last" if self.side == "right" else "first"
        names = (f"{end} character hidden" if step == 1 else f"{end} {step} characters hidden" for step in self.steps)
        return ("exact", *names, "hidden")

    def build(self, column: Column, *, strict: bool = True) -> Hierarchy:  # noqa: ARG002 (nothing is listed)
        """Place every value of a column, in alphabetical order."""
        text = pa.array(column.values, pa.string())
        order = pc.array_sort_indices(text if self.side == "right" else pc.utf8_reverse(text)).to_numpy()
        groups = [self._group(step, text.take(order)) for step in self.steps]
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return Hierarchy.from_groups(
            column.name,
            column.values,
            [*(Grouping(codes[place], labels) for codes, labels in groups), hidden(len(text))],
            self.level_names,
            missing=column.n_missing > 0,
            order=order.astype(np.intp),
        )

    def unseen(self, column: Column) -> tuple[str, ...]:  # noqa: ARG002 - the Protocol
        """Nothing: every value has a place."""
        return ()

    def _group(self, step: int, text: pa.Array) -> Grouping:
        masked = pc.min_element_wise(pc.utf8_length(text), pa.scalar(step, pa.int32()))
        if self.side == "right":
            kept = pc.utf8_slice_codeunits(text, 0, -step)
            label = pc.binary_join_element_wise(kept, pc.binary_repeat(self.character, masked), "")
        else:
            kept = pc.utf8_slice_codeunits(text, step)
            label = pc.binary_join_element_wise(pc.binary_repeat(self.character, masked), kept, "")
        encoded = label.dictionary_encode()
        return Grouping(encoded.indices.to_numpy(), encoded.dictionary.to_pylist())


def mask_for(column: Column, side: Literal["right", "left"] = "right") -> MaskSpec:
    """One character a step, up to the length of the longest value but one (at most 12 steps)."""
    longest = max(map(len, column.values), default=1)
    count = max(longest - 1, 1)
    steps = sorted({round(i * count / min(count, _MOST_STEPS)) for i in range(1, min(count, _MOST_STEPS) + 1)})
    return MaskSpec(side=side, steps=tuple(steps))
