"""Whether the release still teaches what the original does: one column guessed from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["PredictiveTask", "predictive_task"]

_FOLDS: Final = 5
_MOST_ROWS: Final = 20_000
_STEPS: Final = 500

Codes = npt.NDArray[np.integer]


@dataclass(frozen=True)
class PredictiveTask:
    """Share of records guessed rightly, from 0 to 1; higher is better.

    Attributes
    ----------
    original, released : float
        By a model that learns from the original and from the released columns.
    baseline : float
        By always guessing the commonest value: a release below it teaches nothing.
    rows : int
        Records that were used.
    """

    original: float
    released: float
    baseline: float
    rows: int

    @property
    def kept(self) -> float | None:
        """Share of what the original teaches beyond the baseline, at most 1; None where it teaches nothing."""
        gain = self.original - self.baseline
        return min(1.0, max(0.0, (self.released - self.baseline) / gain)) if gain > 0 else None


def predictive_task(
    original: Sequence[Codes], released: Sequence[Codes], target: Codes, rng: np.random.Generator
) -> PredictiveTask | None:
    """Guess a column by logistic regression on one-hot columns, five-fold cross-validated.

    The folds are the same for both tables, and are drawn from at most 20,000 records.

    Parameters
    ----------
    original, released : sequences of (rows,) integer arrays
        The other columns as codes. Suppressed records stay, with a code of their own in every
        column; missing values are a code as well.
    target : (rows,) integer array
        The column that is guessed, as it is in the original; negative where it is missing: those
        records are left out.
    rng : numpy Generator

    Returns
    -------
    PredictiveTask or None
        None where the column does not hold two values five times each.
    """
    chosen = np.flatnonzero(target >= 0)
    if chosen.size > _MOST_ROWS:
        chosen = np.sort(rng.choice(chosen, size=_MOST_ROWS, replace=False))
    _, place, counts = np.unique(target[chosen], return_inverse=True, return_counts=True)
    frequent = counts >= _FOLDS
    chosen, guessed = chosen[frequent[place]], place[frequent[place]]
    if np.count_nonzero(frequent) < 2:  # noqa: PLR2004 - one value needs no guessing
        return None
    seed = int(rng.integers(2**31))
    before, after = (_accuracy([c[chosen] for c in table], guessed, seed) for table in (original, released))
    return PredictiveTask(before, after, float(counts.max() / guessed.size), int(guessed.size))


def _accuracy(columns: Sequence[Codes], target: Codes, seed: int) -> float:
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.model_selection import StratifiedKFold, cross_val_predict  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
    from sklearn.preprocessing import OneHotEncoder  # type: ignore[import-untyped]

    features = np.stack(columns, axis=1) if columns else np.zeros((target.size, 1), dtype=np.int64)
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression(max_iter=_STEPS))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    guess = cross_val_predict(model, features, target, cv=folds)
    return float((guess == target).mean())
