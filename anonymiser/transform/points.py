"""Records as points from 0 to 1 along each quasi-identifier, for methods that need distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.transform.base import Draft, DraftColumn
from anonymiser.transform.spans import scale_of

__all__ = ["BLANK", "Points", "points_of"]

BLANK: Final = 2.0
"""Coordinate of a missing value: as far from every other value as the two ends are, which is 1."""


@dataclass(frozen=True, eq=False)
class Points:
    """Where records lie.

    Attributes
    ----------
    at : (attributes, records) float32 array
        From 0 to 1; 2 for a missing value. Numbers lie by size, categories by their place in the order of their
        hierarchy, in which like stands beside like. Quasi-identifiers with one value are left out.
    weights : (attributes,) float32 array
        They sum to the number of attributes.
    """

    at: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]

    @property
    def rows(self) -> int:
        """Records."""
        return int(self.at.shape[1])


def points_of(draft: Draft, weights: Sequence[tuple[str, float]] = ()) -> Points:
    """The points of a draft.

    Parameters
    ----------
    draft : Draft
    weights : sequence of (column, weight)
        Of some columns; the others weigh 1.

    Raises
    ------
    InputError
        A weight is for no quasi-identifier that leaves, or all are 0.
    """
    columns = [column for column in draft.visible_qis if scale_of(column).size > 1]
    given = dict(weights)
    unknown = given.keys() - {column.name for column in draft.visible_qis}
    if unknown:
        raise InputError(f"'{min(unknown)}' has a weight and is no quasi-identifier that leaves. Take the weight away.")
    own = np.array([given.get(column.name, 1.0) for column in columns], dtype=np.float32)
    if own.size and not own.any():
        raise InputError("Every quasi-identifier weighs 0, so all records are alike. Give at least one a weight.")
    at = np.empty((len(columns), draft.rows), dtype=np.float32)
    for row, column in zip(at, columns, strict=True):
        row[:] = _along(column)[column.codes]
    return Points(at, own * (own.size / own.sum()) if own.size else own)


def _along(column: DraftColumn) -> npt.NDArray[np.float32]:
    """Coordinate of each code, that of a missing value last."""
    scale = scale_of(column)
    where = scale.position[:-1].astype(np.float64) if column.numbers is None else column.numbers
    known = where[np.unique(column.codes[column.codes < scale.known])]  # that occur
    span = float(known.max() - known.min()) if known.size else 0.0
    along = (where - known.min()) / span if span else np.zeros(where.size)
    return np.append(np.clip(along, 0.0, 1.0), BLANK).astype(np.float32)
