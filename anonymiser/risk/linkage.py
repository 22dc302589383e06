"""Record linkage and interval disclosure: what perturbed records still give away.

An intruder who knows people's true values looks for the nearest released record. Linkage by distance needs no
assumption about groups, so it says something where k does not: after noise, swapping, PRAM or microaggregation.

References
----------
Pagliuca, Seri (1999), Some results of individual ranking method on the system of enterprise accounts annual survey.
Domingo-Ferrer, Torra (2001), A quantitative comparison of disclosure control methods for microdata.
Mateo-Sanz, Sebé, Domingo-Ferrer (2004), Outlier protection in continuous microdata masking (intervals of standard
deviations, sdcMicro's ``dRisk``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from anonymiser.risk.wilson import wilson_interval

__all__ = ["KnownColumn", "LinkKind", "Linkage", "interval_disclosure", "link", "near_in_rank", "near_in_value"]

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
_COMPARISONS = 200_000_000
_FEWEST = 200


class LinkKind(Enum):
    """How a column tells released records from each other."""

    NUMBER = "a number: squared distance in units of the spread"
    VALUE = "a value that may have changed: 0 where it is the same, else 1"
    TRUE = "a value that is true where it is there: another one cannot be the same person"


@dataclass(frozen=True, eq=False)
class KnownColumn:
    """One column that the intruder knows.

    Attributes
    ----------
    name : str
    kind : LinkKind
    true : (people,) array
        Each person's true value: float64 for numbers (NaN for missing), else int64 codes.
    released : (records,) array
        The same of the released records, in the same codes.
    blank : int
        The code of a missing value.
    """

    name: str
    kind: LinkKind
    true: npt.NDArray[np.generic]
    released: npt.NDArray[np.generic]
    blank: int = -1


@dataclass(frozen=True)
class Linkage:
    """How often the nearest record is the right one.

    Attributes
    ----------
    people : int
        Looked for.
    linked : float
        Of these, how many were found: one over the number of equally near records where their own is among them.
    certain : int
        How many were nearest to one record only, their own.
    interval : (float, float) or None
        Of the share, 95 %, where the people are a sample; None where everybody was looked for.
    columns : tuple of str
        What the intruder knows.
    """

    people: int
    linked: float
    certain: int
    interval: tuple[float, float] | None
    columns: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share linked correctly, from 0 to 1; 0 where nobody was looked for."""
        return self.linked / self.people if self.people else 0.0


def link(columns: tuple[KnownColumn, ...], own: npt.NDArray[np.integer], generator: np.random.Generator) -> Linkage:
    """Look for the nearest record of each person, or of a random sample of them where the table is large.

    Parameters
    ----------
    columns : tuple of KnownColumn
    own : (people,) integer array
        Each person's released record; −1 where none was released (they are looked for in vain).
    generator : numpy Generator
        Draws the sample; needs no secret.

    Returns
    -------
    Linkage
        Ties count fractionally. About 200 million comparisons are made, of at least 200 people.
    """
    from anonymiser.risk import linkage_kernels

    names = tuple(column.name for column in columns)
    total = own.size
    records = columns[0].released.size if columns else 0
    if not total or not records:
        return Linkage(total, 0.0, 0, None, names)
    most = max(_FEWEST, _COMPARISONS // (records * len(columns)))
    everybody = most >= total
    people = np.arange(total) if everybody else np.sort(generator.choice(total, size=most, replace=False))
    numbers = [column for column in columns if column.kind is LinkKind.NUMBER]
    values = [column for column in columns if column.kind is not LinkKind.NUMBER]
    scale = [_spread(column) for column in numbers]
    credit, ties = np.zeros(people.size), np.zeros(people.size, dtype=np.int64)
    linkage_kernels.nearest(
        _stacked([c.true.astype(np.float64) / s for c, s in zip(numbers, scale, strict=True)], total, np.float64),
        _stacked([c.released.astype(np.float64) / s for c, s in zip(numbers, scale, strict=True)], records, np.float64),
        _stacked([c.true for c in values], total, np.int32),
        _stacked([c.released for c in values], records, np.int32),
        np.array([c.blank for c in values], dtype=np.int32),
        np.array([c.kind is LinkKind.TRUE for c in values], dtype=np.bool_),
        people.astype(np.int64),
        own[people].astype(np.int64),
        credit,
        ties,
    )
    linked = float(credit.sum())
    interval = None
    if not everybody:
        low, high = math.floor(linked), min(math.ceil(linked), people.size)
        interval = (wilson_interval(low, people.size)[0], wilson_interval(high, people.size)[1])
    return Linkage(people.size, linked, int(np.count_nonzero((credit == 1.0) & (ties == 1))), interval, names)


def interval_disclosure(original: npt.ArrayLike, released: npt.ArrayLike, width: float = 0.05) -> float:
    """Share of records all of whose numbers lie within ± width·s of the released ones: sdcMicro's dRisk.

    Parameters
    ----------
    original, released : (records, columns) arrays
        Record for record; pairs with a missing number count as inside, as in sdcMicro.
    width : float
        In standard deviations (n − 1) of the released column.

    Returns
    -------
    float
        From 0 to 1.
    """
    outside = _outside(original, released, width)
    return float((~outside.any(axis=1)).mean()) if outside.size else 0.0


def near_in_value(original: npt.ArrayLike, released: npt.ArrayLike, width: float = 0.05) -> float:
    """Share of the known numbers that lie within ± width·s of the released ones, from 0 to 1.

    >>> near_in_value([1.0, 2.0, 9.0], [1.0, 5.0, 9.0])
    0.6666666666666667
    """
    x, y = (np.asarray(table, dtype=np.float64).reshape(-1, 1) for table in (original, released))
    known = ~(np.isnan(x) | np.isnan(y))[:, 0]
    return float(1.0 - _outside(x, y, width)[known].mean()) if known.any() else 0.0


def near_in_rank(original: npt.ArrayLike, released: npt.ArrayLike, width: float = 0.01) -> float:
    """Share of the known numbers whose rank is within a share of all records of the rank released, from 0 to 1.

    Equal numbers have their mean rank. Both ranks are taken among the original numbers, so that a released number says
    where in the original order it points.
    """
    x, y = (np.asarray(column, dtype=np.float64).reshape(-1) for column in (original, released))
    known = ~(np.isnan(x) | np.isnan(y))
    if not known.any():
        return 0.0
    ordered = np.sort(x[known])
    ranks = [
        (np.searchsorted(ordered, each[known]) + np.searchsorted(ordered, each[known], side="right")) / 2
        for each in (x, y)
    ]
    return float((np.abs(ranks[0] - ranks[1]) <= width * ordered.size).mean())


def _outside(original: npt.ArrayLike, released: npt.ArrayLike, width: float) -> npt.NDArray[np.bool_]:
    x, y = (np.asarray(table, dtype=np.float64) for table in (original, released))
    x, y = (table.reshape(table.shape[0], -1) for table in (x, y))
    reach = np.zeros(y.shape[1])
    for j, column in enumerate(y.T):
        known = column[~np.isnan(column)]
        reach[j] = width * known.std(ddof=1) if known.size > 1 else 0.0
    return (x < y - reach) | (x > y + reach)


def _spread(column: KnownColumn) -> float:
    known = column.true.astype(np.float64)
    known = known[~np.isnan(known)]
    spread = float(known.std()) if known.size else 0.0
    return spread if spread > 0 else 1.0


def _stacked(
    arrays: list[npt.NDArray[np.generic]] | list[Reals], length: int, dtype: type[np.generic]
) -> npt.NDArray[np.generic]:
    if not arrays:
        return np.zeros((0, length), dtype=dtype)
    return np.ascontiguousarray(np.stack([np.asarray(each) for each in arrays]).astype(dtype))
