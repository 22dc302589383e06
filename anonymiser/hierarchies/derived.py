"""Columns computed from others: the body mass index from weight and height."""

from __future__ import annotations

from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from anonymiser.errors import ColumnError
from anonymiser.hierarchies.cuts import MOST_EDGES, numbers_of
from anonymiser.hierarchies.intervals import IntervalLevel, IntervalSpec
from anonymiser.hierarchies.numbers import parse_numbers
from anonymiser.hierarchies.spec import Spec
from anonymiser.microdata import Column, Microdata, smallest_dtype

__all__ = ["Derived", "bmi_levels", "derive_bmi"]

_WHO_EDGES: Final = (18.5, 25.0, 30.0)
_WHO_LABELS: Final = (
    "underweight (under 18.5)",
    "normal (18.5 to <25)",
    "overweight (25 to <30)",
    "obese (30 or more)",
)
_KG: Final = (2.0, 650.0)
_METRES: Final = (0.4, 2.75)
_CM_PER_M: Final = 100


class Derived(Spec):
    """A column computed from others; a recipe stores it beside the hierarchies.

    Attributes
    ----------
    name : str
        Of the new column.
    kind : "bmi"
    inputs : tuple of str
        Names of the columns: weight, height.

    Raises
    ------
    ColumnError
        There are not two inputs.
    """

    name: str
    kind: Literal["bmi"] = "bmi"
    inputs: tuple[str, ...]

    @model_validator(mode="after")
    def _two(self) -> Self:
        if len(self.inputs) != 2:  # noqa: PLR2004 (weight and height)
            raise ColumnError(f"'{self.name}' is computed from two columns: weight and height.")
        return self

    def compute(self, microdata: Microdata) -> Column:
        """The new column.

        Raises
        ------
        ColumnError
            A column it is computed from does not exist.
        """
        weight, height = self.inputs
        return derive_bmi(microdata, weight, height, name=self.name)


def derive_bmi(microdata: Microdata, weight: str, height: str, *, name: str = "bmi") -> Column:
    """Body mass index, kg/m², cut off (not rounded) after one decimal, so that no class changes.

    Missing where weight or height is missing, no number or absurd (weight 2–650 kg, height
    0.4–2.75 m or 40–275 cm: metres and centimetres are told apart record by record).

    Parameters
    ----------
    microdata : Microdata
    weight, height : str
        Names of the columns.
    name : str
        Of the new column.

    References
    ----------
    WHO (2000). Obesity: preventing and managing the global epidemic. Technical Report Series 894.

    Examples
    --------
    >>> people = Microdata.from_columns({"w": ["74.2", "60", "60"], "h": ["1.73", "172", None]})
    >>> derive_bmi(people, "w", "h").values
    ('24.7', '20.2')
    """
    kilograms = _within(microdata.column(weight), _KG)
    tall = _within(microdata.column(height), (_METRES[0], _METRES[1] * _CM_PER_M))
    metres = np.where(tall > _METRES[1], tall / _CM_PER_M, tall)
    metres[metres < _METRES[0]] = np.nan  # between 2.75 and 40: neither metres nor centimetres
    index = kilograms / metres**2
    tenths = np.floor(np.round(index * 10, 6))
    known = ~np.isnan(tenths)
    found, first, place = np.unique(tenths[known].astype(np.int64), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    codes = np.full(len(tenths), len(found), dtype=smallest_dtype(len(found)))
    codes[known] = rank[place]
    return Column(name, tuple(f"{value // 10}.{value % 10}" for value in found[order].tolist()), codes)


def bmi_levels(column: Column, min_count: int = 5) -> IntervalSpec:
    """Exact, 1 kg/m², the four classes of the WHO, hidden.

    The ends of the level of 1 kg/m² are folded until they hold ``min_count`` records.
    """
    numbers = numbers_of(column)
    units = numbers.multiples(1, min_count) if numbers.spread(min_count) < MOST_EDGES else ()
    fine = IntervalLevel(name="1 kg/m²", edges=tuple(sorted({*units, *_WHO_EDGES})))
    who = IntervalLevel(name="BMI class", edges=_WHO_EDGES, labels=_WHO_LABELS)
    return IntervalSpec(levels=(fine, who), decimal_mark=numbers.mark)


def _within(column: Column, limits: tuple[float, float]) -> npt.NDArray[np.float64]:
    """The number of each record, NaN if missing or outside the limits."""
    numbers = np.r_[parse_numbers(column.values, numbers_of(column).mark), np.nan]
    numbers[~((numbers >= limits[0]) & (numbers <= limits[1]))] = np.nan
    of_record: npt.NDArray[np.float64] = numbers[column.codes]
    return of_record
