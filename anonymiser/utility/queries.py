"""How wrong counts are that someone computes from the release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anonymiser.engine.frequency import FrequencySet

__all__ = ["QueryError", "query_error"]

_QUERIES: Final = 200
_MOST_COLUMNS: Final = 3
_SELECTIVITY: Final = 0.1
_SANITY: Final = 0.001

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class QueryError:
    """Relative errors of random counts: from 0 (exact); lower is better.

    Attributes
    ----------
    median, mean, worst : float
    queries : int
    """

    median: float
    mean: float
    worst: float
    queries: int


def query_error(
    finest: FrequencySet,
    classes: FrequencySet,
    released: npt.NDArray[np.bool_] | None,
    rng: np.random.Generator,
    *,
    queries: int = _QUERIES,
) -> QueryError:
    """Ask both tables "how many people have …?" and compare.

    A query takes one to three columns and, of each, a run of neighbouring values (in the order of
    the hierarchy), so long that a tenth of the domain is asked for. From the release it is answered
    as an analyst would: records of a class are spread evenly over the cells that its labels stand
    for. Suppressed records are not in the answer.

    Parameters
    ----------
    finest : FrequencySet
        At level 0.
    classes : FrequencySet
        At the released node, over the same hierarchies.
    released : (classes,) bool array or None
        Which classes are released; None for all.
    rng : numpy Generator
    queries : int

    Returns
    -------
    QueryError
        |answer − truth| / max(truth, 0.1 % of the records): rare groups do not outweigh the others.

    Raises
    ------
    ValueError
        ``finest`` is not at level 0.

    References
    ----------
    Xiao, Tao (2006), Anatomy: simple and effective privacy preservation.
    """
    if any(finest.node):
        raise ValueError("the truth is counted at level 0")
    varied = [j for j, h in enumerate(finest.hierarchies) if len(h.leaves) > 1]
    if not varied or not finest.rows:
        return QueryError(0.0, 0.0, 0.0, 0)
    truth_codes = _codes(finest, varied)
    label_codes = _codes(classes, varied)
    truth_size = finest.counts.astype(np.float64)
    size = classes.counts.astype(np.float64) if released is None else np.where(released, classes.counts, 0.0)
    floor = max(1.0, _SANITY * finest.rows)
    errors = np.empty(queries)
    for number in range(queries):
        exact, guess = truth_size, size
        for j, low, high in _random_query(finest, varied, rng):
            inside = np.zeros(len(finest.hierarchies[j].leaves))
            inside[low:high] = 1.0
            code = classes.hierarchies[j].maps[classes.node[j]]
            below = np.bincount(code)
            exact = exact * inside[truth_codes[j]]
            guess = guess * (np.bincount(code, weights=inside) / below)[label_codes[j]]
        truth = float(exact.sum())
        errors[number] = abs(float(guess.sum()) - truth) / max(truth, floor)
    return QueryError(float(np.median(errors)), float(errors.mean()), float(errors.max()), queries)


def _random_query(finest: FrequencySet, varied: Sequence[int], rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Attribute, first leaf and the one after the last, of each column asked about."""
    number = int(rng.integers(1, min(_MOST_COLUMNS, len(varied)) + 1))
    chosen = rng.choice(len(varied), size=number, replace=False)
    result = []
    for j in (varied[i] for i in chosen):
        leaves = len(finest.hierarchies[j].leaves)
        length = max(1, round(leaves * _SELECTIVITY ** (1.0 / number)))
        low = int(rng.integers(0, leaves - length + 1))
        result.append((j, low, low + length))
    return result


def _codes(classes: FrequencySet, attributes: Sequence[int]) -> dict[int, npt.NDArray[np.int64]]:
    layout = classes.layout
    hidden = np.zeros(classes.classes, dtype=np.int64)
    return {j: layout.codes(classes.keys, j).astype(np.int64) if layout.bits[j] else hidden for j in attributes}
