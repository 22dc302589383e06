"""A table as a checker sees it: names, texts and nothing that it knows beforehand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "EXTREME",
    "SHARES",
    "Grid",
    "GridColumn",
    "Kind",
    "count_of",
    "is_hidden",
    "is_total",
    "kind_of",
    "plain_name",
]

_COUNT_NAMES: Final = frozenset(
    [
        "count",
        "counts",
        "n",
        "people",
        "persons",
        "patients",
        "customers",
        "records",
        "number",
        "frequency",
        "freq",
        "cases",
        "respondents",
        "individuals",
        "participants",
        "population",
    ]
)
_MAGNITUDE: Final = re.compile(r"(total|sum|mean|average|avg)(_|$)|_(total|sum|mean|average)$")
EXTREME: Final = re.compile(
    r"(min|max|minimum|maximum|lowest|highest)(_.*)?|.*_(min|max|minimum|maximum)|"
    r"smallest|largest|youngest|oldest|shortest|tallest|[pq](0|100)"
)
SHARES: Final = re.compile(r"(per_?cent|percentage|pct|proportion|share|rate)")
_TOTALS: Final = frozenset(("total", "totals", "all", "overall", "sum", "everybody", "everyone", "grand total"))
_HIDDEN: Final = frozenset(
    (
        *("", "*", "-", "–", "—", "c", "[c]", "(c)", "x", "[x]", "#", ":", ".", "..", "…"),
        *("hidden", "suppressed", "redacted", "[redacted]", "na", "n/a", "n.a.", "nan", "null"),
    )
)
_WHOLE: Final = re.compile(r"\d{1,15}(?:\.0+)?|\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+")
_WITH_SHARE: Final = re.compile(r"\s*\(\s*\d+(?:[.,]\d+)?\s*%?\s*\)$")
"""A share behind a count: 3 (12.5 %)."""
_BELOW: Final = re.compile(r"(<|≤|<=|under|below|up to|fewer than|less than)\s*\d+|\d+\s*(to|-|–)\s*\d+")
_CODE: Final = re.compile(r"\W*[a-z]{0,4}[\W_]?\d{3,}\W*", re.IGNORECASE)
_STATISTICS: Final = frozenset(
    ("mean", "median", "average", "sd", "std", "count", "n", "min", "max", "minimum", "maximum", "range", "variance")
)
_ESTIMATES: Final = frozenset(
    (
        *("estimate", "estimates", "coef", "coefficient", "coefficients", "beta", "std_error", "std_err"),
        *("standard_error", "p_value", "pvalue", "pr_t", "pr_z", "t_value", "z_value", "statistic", "odds_ratio"),
        *("hazard_ratio", "conf_low", "conf_high", "ci_lower", "ci_upper"),
    )
)
_SUBJECT: Final = {"column", "variable", "field", "attribute", "what", "measure"}
_SAID: Final = {"meaning", "description", "label", "definition", "this_release", "value"}
_SENTENCE: Final = 30
"""Characters of a cell, on average, from which a column is taken for sentences."""
_A_NUMBER: Final = re.compile(r"-?[\d,]+(\.\d+)?\s?%?")
_MOST_ROWS: Final = 500
"""A cross table of more rows than this is taken for rows about people."""


class Kind(Enum):
    """What a table is taken for."""

    COUNTS = "a table of counts"
    TOTALS = "a table of totals or means"
    ROWS = "rows about people"
    WORDS = "a table of words"
    ESTIMATES = "a table of estimates or probabilities"


@dataclass(frozen=True, eq=False)
class GridColumn:
    """A column: its different texts, and which one stands in each row.

    Attributes
    ----------
    name : str
    values : tuple of str
    codes : (rows,) integer array
        Index into ``values``; ``len(values)`` is an empty cell.
    """

    name: str
    values: tuple[str, ...]
    codes: npt.NDArray[np.integer]

    @classmethod
    def of(cls, name: str, cells: Sequence[str]) -> GridColumn:
        """From the cells, top to bottom."""
        place: dict[str, int] = {}
        for cell in cells:
            if cell:
                place.setdefault(cell, len(place))
        codes = np.array([place.get(cell, len(place)) for cell in cells], dtype=np.int64)
        return cls(name, tuple(place), codes)

    @property
    def cells(self) -> list[str]:
        """The texts, top to bottom."""
        texts = (*self.values, "")
        return [texts[code] for code in self.codes]


@dataclass(frozen=True, eq=False)
class Grid:
    """A table in a file.

    Attributes
    ----------
    file, name : str
        The name is empty where the file has one table only.
    columns : tuple of GridColumn
    sheet : bool
        Whether a spreadsheet program reads it (CSV, workbook), so that a cell could be computed.
    """

    file: str
    name: str
    columns: tuple[GridColumn, ...]
    sheet: bool = True

    @classmethod
    def of(
        cls, file: str, name: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, sheet: bool = True
    ) -> Grid:
        """From rows of cells; short rows are filled with empty cells."""
        width = len(head)
        filled = [[*row[:width], *[""] * (width - len(row))] for row in rows]
        columns = [GridColumn.of(text, [row[j].strip() for row in filled]) for j, text in enumerate(head)]
        return cls(file, name, tuple(columns), sheet)

    @property
    def rows(self) -> int:
        """Rows below the head."""
        return int(self.columns[0].codes.size) if self.columns else 0

    def column(self, name: str) -> GridColumn | None:
        """A column by its name, whatever its case."""
        wanted = plain_name(name)
        return next((column for column in self.columns if plain_name(column.name) == wanted), None)


def plain_name(text: str) -> str:
    """A name for comparison.

    >>> plain_name(" Min. Age ")
    'min_age'
    """
    return "_".join(re.findall(r"[^\W_]+", text.casefold()))


def is_hidden(text: str) -> bool:
    """Whether a cell says that its count is not shown.

    >>> is_hidden("[c]"), is_hidden("<8"), is_hidden("0")
    (True, True, False)
    """
    return text.strip().casefold() in _HIDDEN or bool(_BELOW.fullmatch(text.strip().casefold()))


def count_of(text: str) -> int | None:
    """A whole number of a cell; None where it shows none.

    >>> count_of("1,204"), count_of("5.0"), count_of("<8"), count_of("1 204 (12.5%)")
    (1204, 5, None, 1204)
    """
    found = _WHOLE.fullmatch(_WITH_SHARE.sub("", text.strip()))
    return int(re.sub(r"\D", "", found.group().split(".")[0])) if found else None


def is_total(text: str) -> bool:
    """Whether a label names a total."""
    return plain_name(text).replace("_", " ") in _TOTALS


def kind_of(grid: Grid, counts: Sequence[str] = (), totals: Sequence[str] = ()) -> tuple[Kind, tuple[str, ...]]:
    """What a table is, and which columns hold its numbers.

    Parameters
    ----------
    grid : Grid
    counts, totals : sequence of str
        Columns that the user named; only those that the table has are used.

    Returns
    -------
    Kind
    tuple of str
        Names of the columns with counts, or with totals and means.
    """
    named = [c.name for c in grid.columns if plain_name(c.name) in {plain_name(name) for name in counts}]
    if named:
        return Kind.COUNTS, tuple(named)
    summed = [c.name for c in grid.columns if plain_name(c.name) in {plain_name(name) for name in totals}]
    if summed:
        return Kind.TOTALS, tuple(summed)
    return _guess(grid)


def _guess(grid: Grid) -> tuple[Kind, tuple[str, ...]]:
    """By the names of the columns and what is in them."""
    numbers = [c for c in grid.columns if _is_counting(c)]
    by_name = [c for c in numbers if plain_name(c.name) in _COUNT_NAMES]
    if by_name and len(by_name) < len(grid.columns) and _told_apart(grid, by_name):
        return Kind.COUNTS, tuple(c.name for c in by_name)
    if not grid.sheet or _is_words(grid) or _is_estimates(grid):
        return Kind.ESTIMATES if grid.sheet and _is_estimates(grid) else Kind.WORDS, ()
    if _is_cross_table(grid, numbers):
        return Kind.COUNTS, tuple(c.name for c in grid.columns[1:])
    if _is_summary(grid):
        return Kind.TOTALS, tuple(c.name for c in grid.columns[1:] if _is_number(c))
    means = [c.name for c in grid.columns if _is_magnitude(c) and _is_number(c)]
    if means and len(means) < len(grid.columns) and _labels_rows(grid):
        return Kind.TOTALS, tuple(means)
    return Kind.ROWS, ()


def _is_summary(grid: Grid) -> bool:
    """Whether the first column names statistics."""
    return sum(plain_name(text) in _STATISTICS for text in grid.columns[0].values) > 1


def _is_magnitude(column: GridColumn) -> bool:
    """Whether a column is called a total, a mean or a share."""
    name = plain_name(column.name)
    return bool(_MAGNITUDE.search(name) or SHARES.search(name)) or "%" in column.name


def _is_estimates(grid: Grid) -> bool:
    """Whether the columns are those of a model's estimates, or the last one holds probabilities."""
    names = [plain_name(column.name) for column in grid.columns]
    if sum(name in _ESTIMATES for name in names) > 1:
        return True
    shares = [re.fullmatch(r"[01](\.\d+)?", text) for text in grid.columns[-1].values]
    return names[-1] == "probability" and bool(shares) and all(shares)


def _told_apart(grid: Grid, counts: Sequence[GridColumn]) -> bool:
    """Whether the other columns name each row: in a table of counts no cell stands twice."""
    keys = [c for c in grid.columns if not any(c is count for count in counts)]
    group = np.zeros(grid.rows, dtype=np.int64)
    for column in keys:
        group = np.unique(group * (len(column.values) + 1) + column.codes, return_inverse=True)[1].astype(np.int64)
    return np.unique(group).size == grid.rows


def _is_words(grid: Grid) -> bool:
    """A codebook, or a short list of sentences."""
    names = {plain_name(column.name) for column in grid.columns}
    if names & _SUBJECT and names & _SAID:
        return True
    if not grid.rows:
        return True
    longest = max(sum(map(len, column.cells)) / grid.rows for column in grid.columns)
    return grid.rows <= _MOST_ROWS and longest > _SENTENCE


def _is_counting(column: GridColumn) -> bool:
    """Whole numbers and marks of hidden ones, with at least one number."""
    whole = [count_of(text) is not None for text in column.values]
    return any(whole) and all(w or is_hidden(text) for w, text in zip(whole, column.values, strict=True))


def _is_number(column: GridColumn) -> bool:
    return bool(column.values) and all(_A_NUMBER.fullmatch(text) or is_hidden(text) for text in column.values)


def _labels_rows(grid: Grid) -> bool:
    """Whether the first column names each row, and is no list of codes of people."""
    first = grid.columns[0]
    if not len(first.values) == grid.rows > 0 or grid.rows > _MOST_ROWS:
        return False
    if any(is_total(column.name) for column in grid.columns[1:]):
        return True
    plain = all(_A_NUMBER.fullmatch(text) for text in first.values)
    return not plain and not all(_CODE.fullmatch(text) and not is_hidden(text) for text in first.values)


def _is_cross_table(grid: Grid, numbers: Sequence[GridColumn]) -> bool:
    others = grid.columns[1:]
    return (
        bool(others)
        and len(numbers) >= len(others)
        and _labels_rows(grid)
        and all(any(column is number for number in numbers) for column in others)
    )
