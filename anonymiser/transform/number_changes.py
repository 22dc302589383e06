"""What an analyst of the numbers finds changed in a draft: means, variances, correlations, and sdcMicro's measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymiser.transform.base import Draft
from anonymiser.transform.number_columns import same_columns, values_of
from anonymiser.transform.start import Start
from anonymiser.utility.numbers import (
    compare_statistics,
    eigenvalue_loss,
    il1,
    il1s,
    il_correlations,
    il_variables,
)

__all__ = ["ColumnMoments", "NumberChanges", "number_changes"]


@dataclass(frozen=True)
class ColumnMoments:
    """Mean and variance (n − 1) of one column's known numbers, of the input and of what leaves; NaN without any."""

    name: str
    mean: float
    mean_after: float
    variance: float
    variance_after: float


@dataclass(frozen=True)
class NumberChanges:
    """How far the numbers moved, record for record, over the records that leave.

    Attributes
    ----------
    columns : tuple of ColumnMoments
        Columns that were numbers and still are, changed or not.
    il1s, il1, eigenvalue_loss, il_correlations, il_variables : float
        As in ``utility.numbers``, over these columns; NaN or infinite where they have no value.
    correlations : float
        Mean change of the correlations of two columns.
    """

    columns: tuple[ColumnMoments, ...]
    il1s: float
    il1: float
    eigenvalue_loss: float
    il_correlations: float
    il_variables: float
    correlations: float


def number_changes(start: Start, draft: Draft) -> NumberChanges | None:
    """Compare the numbers that leave with those of the input; None where no column of numbers is left.

    Means and variances before are of all records of the input, after of the records that leave; the other measures
    compare each record that leaves with itself.
    """
    kept = np.arange(draft.rows) if draft.suppressed is None else np.flatnonzero(~draft.suppressed)
    pairs = [
        (before, after)
        for before, after in same_columns(start.draft, draft)
        if before.leaves and after.leaves and before.numbers is not None and after.numbers is not None
    ]
    if not pairs or not kept.size:
        return None
    whole = [values_of(before) for before, _ in pairs]
    shown = [values_of(after)[kept] for _, after in pairs]
    x, y = np.column_stack(whole)[draft.source_rows[kept]], np.column_stack(shown)
    return NumberChanges(
        columns=tuple(
            ColumnMoments(before.name, *_moments(one, other))
            for (before, _), one, other in zip(pairs, whole, shown, strict=True)
        ),
        il1s=il1s(x, y),
        il1=il1(x, y),
        eigenvalue_loss=eigenvalue_loss(x, y),
        il_correlations=il_correlations(x, y),
        il_variables=il_variables(x, y),
        correlations=compare_statistics(x, y).correlations,
    )


def _moments(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> tuple[float, float, float, float]:
    one, other = before[~np.isnan(before)], after[~np.isnan(after)]
    return _mean(one), _mean(other), _variance(one), _variance(other)


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def _variance(values: npt.NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else float("nan")
