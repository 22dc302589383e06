"""A transition matrix of the owner's own: with which probability each value is released as each value."""

from __future__ import annotations

import csv
import io
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from anonymiser.errors import InputError

__all__ = ["Transition", "transition_from_csv"]

_DIGITS: Final = 4
_ROUNDING: Final = 1e-9
_MOST_BYTES: Final = 1_000_000


class Transition(BaseModel):
    """Probabilities of post-randomisation, as they are published: with at most four digits after the point.

    Attributes
    ----------
    values : tuple of str
        The values as they would be released, each once; at least two.
    rows : tuple of tuple of float
        For each true value the probabilities with which it is released as each value; every row adds up to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    values: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    @model_validator(mode="after")
    def _a_matrix(self) -> Self:
        size = len(self.values)
        if size < 2 or len(set(self.values)) < size:  # noqa: PLR2004 - one value cannot change
            raise ValueError("a transition matrix needs at least two values, each once")
        if len(self.rows) != size or any(len(row) != size for row in self.rows):
            raise ValueError(f"a transition matrix of {size} values needs {size} rows of {size} probabilities")
        for number, row in enumerate(self.rows, start=1):
            if not all(0 <= p <= 1 for p in row):
                raise ValueError(f"row {number} of the transition matrix has a number that is no probability (0 to 1)")
            if any(abs(p - round(p, _DIGITS)) > _ROUNDING for p in row):
                raise ValueError(
                    f"row {number} of the transition matrix has more than {_DIGITS} digits after the point; it is "
                    "published with four"
                )
            if abs(sum(row) - 1.0) > _ROUNDING:
                raise ValueError(f"row {number} of the transition matrix adds up to {sum(row):.4g} and not to 1")
        return self


def transition_from_csv(content: bytes) -> Transition:
    r"""A transition matrix from a CSV file: values in the first row and the first column, probabilities between.

    Rows are true values, columns released ones, in any order; the first cell is not read.

    Raises
    ------
    InputError
        It is no such file, in words without a value of it.

    Examples
    --------
    >>> transition_from_csv(b"true,yes,no\nyes,0.9,0.1\nno,0.2,0.8\n").rows
    ((0.9, 0.1), (0.2, 0.8))
    """
    if len(content) > _MOST_BYTES:
        raise InputError("The transition matrix is larger than a megabyte. At most 100 values are randomised.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The transition matrix is no text in UTF-8. Save it as CSV UTF-8.") from None
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        cells = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if any(row)]
    except csv.Error:
        raise InputError("The transition matrix is no CSV file: a quotation mark is not closed.") from None
    if not cells:
        raise InputError("The transition matrix is empty. It needs the values in its first row and first column.")
    values, named = tuple(cells[0][1:]), {row[0]: row[1:] for row in cells[1:]}
    if len(named) != len(cells) - 1 or set(named) != set(values):
        raise InputError("The transition matrix needs the same values in its first row and first column, each once.")
    try:
        rows = tuple(tuple(float(cell.replace(",", ".")) for cell in named[value]) for value in values)
        return Transition(values=values, rows=rows)
    except ValueError as error:
        first = error.errors(include_url=False, include_input=False)[0]["msg"] if hasattr(error, "errors") else None
        said = "a cell between is no number" if first is None else str(first).removeprefix("Value error, ")
        raise InputError(f"The transition matrix cannot be used: {said}.") from None
