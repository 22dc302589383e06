"""pMSE: whether a model can tell the records of the release from those of the original."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError

__all__ = ["PropensityScore", "propensity_score"]

_FEWEST: Final = 5
"""Values of fewer records, in both tables together, count as one: the model could only learn them by heart."""
_STEPS: Final = 2_000

Codes = npt.NDArray[np.integer]


@dataclass(frozen=True)
class PropensityScore:
    """How well the two tables can be told apart; 0 is best.

    Attributes
    ----------
    pmse : float
        Mean of (p̂ − c)² over the records of both tables, from 0 (not at all) to c(1 − c) (always).
    expected : float
        What it comes to on average where the release is drawn from the original's distribution.
    deviation : float
        Its standard deviation there.
    parameters : int
        Of the model, the constant included.
    records : int
        Of both tables.
    """

    pmse: float
    expected: float
    deviation: float
    parameters: int
    records: int

    @property
    def ratio(self) -> float | None:
        """Of what is found to what is expected; 1 is as good as such a draw. None without a model."""
        return self.pmse / self.expected if self.expected else None

    @property
    def standardised(self) -> float | None:
        """Standard deviations beyond what is expected; None without a model."""
        return (self.pmse - self.expected) / self.deviation if self.deviation else None


def propensity_score(original: Sequence[Codes], released: Sequence[Codes]) -> PropensityScore:
    """Tell the tables apart by an unpenalised logistic regression on the values of their columns.

    Parameters
    ----------
    original, released : sequences of (rows,) and (released rows,) integer arrays
        One a column, as codes of one list of values: compare a column that was coarsened at the level
        at which it leaves in both, otherwise a label that only one table has tells them apart at once.
        Suppressed records are not among the released ones; a missing value is a code.

    Raises
    ------
    InputError
        A table is empty, or they do not have the same columns.

    Notes
    -----
    N records, c the released ones' share, p̂ the model's probability that a record is released, k its
    parameters: pMSE = Σ (p̂ − c)² / N. For a release drawn from the original's own distribution (with
    replacement, say, or from a right model fitted to it) E = (k − 1)(1 − c)²c / N, with the standard
    deviation √(2(k − 1)) (1 − c)²c / N. Records that were changed one by one are paired with their
    originals and come out below E: a ratio below 1 is no mistake.

    References
    ----------
    Woo, Reiter, Oganian, Karr (2009), Global measures of data utility for microdata masked for
    disclosure limitation. Snoke, Raab, Nowok, Dibben, Slavković (2018), General and specific utility
    measures for synthetic data.
    """
    before, after = ({column.size for column in table} for table in (original, released))
    if len(original) != len(released) or len(before) != 1 or len(after) != 1 or 0 in before | after:
        raise InputError("Two tables with the same columns and at least one record each are needed.")
    both = [_pooled(np.concatenate(pair)) for pair in zip(original, released, strict=True)]
    is_released = np.repeat([0, 1], [before.pop(), after.pop()])
    rows, place = np.unique(np.stack(both, axis=1), axis=0, return_inverse=True)
    weights = np.stack([np.bincount(place.ravel(), weights=is_released == side) for side in (0, 1)])
    records, share = is_released.size, float(is_released.mean())
    design = _dummies(rows)
    rank = int(np.linalg.matrix_rank(design.T @ (design * weights.sum(axis=0)[:, None]))) if design.size else 0
    chance = _fitted(design, weights.astype(np.float64)) if rank else np.full(len(rows), share)
    pmse = float((weights.sum(axis=0) * (chance - share) ** 2).sum()) / records
    unit = (1 - share) ** 2 * share / records
    return PropensityScore(pmse, rank * unit, math.sqrt(2 * rank) * unit, rank + 1, records)


def _pooled(codes: Codes) -> npt.NDArray[np.int64]:
    """Codes from 0 without gaps, rare ones as one."""
    _, place, counts = np.unique(codes, return_inverse=True, return_counts=True)
    number = np.where(counts >= _FEWEST, np.arange(counts.size), counts.size)[place]
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def _dummies(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """A column for each value but the first of each attribute, less its mean: the constant stands apart."""
    parts = [
        (column[:, None] == np.arange(1, column.max() + 1)).astype(np.float64) for column in rows.T if column.max() > 0
    ]
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(rows), 0))


def _fitted(design: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probability of each distinct record that it is a released one."""
    from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model: Any = LogisticRegression(C=np.inf, max_iter=_STEPS, tol=1e-8)
    target = np.repeat([0, 1], len(design))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # where a value tells them apart the best fit is at infinity
        model.fit(np.concatenate([design, design]), target, sample_weight=weights.ravel())
    found: npt.NDArray[np.float64] = model.predict_proba(design)[:, 1]
    return found
