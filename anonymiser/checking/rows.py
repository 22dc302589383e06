"""Rules for rows about people: formulas, identifiers, rows that are alone, the order of the rows."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from stdnum import luhn
from stdnum.gb import nhs

from anonymiser.checking.findings import Finding, Rule, many
from anonymiser.checking.formulas import is_formula
from anonymiser.checking.grids import Grid, GridColumn

__all__ = ["check_cells", "check_order", "check_rows", "check_source_order", "identifier_in"]

_TELLING: Final = (
    ("e-mail addresses", re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[A-Za-z]{2,}")),
    (
        "National Insurance numbers",
        re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:[ -]?\d{2}){3}[ -]?[A-D]\b", re.IGNORECASE),
    ),
    ("UK telephone numbers", re.compile(r"(?<![\w.])(?:\+44|0044|\(?0[1-3578])[\d ()-]{7,13}\d(?!\w|\.\d)")),
    (
        "full UK postcodes",
        re.compile(r"\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE),
    ),
    ("NHS numbers", re.compile(r"\b\d{3}[ -]\d{3}[ -]\d{4}\b|\b\d{10}\b")),
    ("card numbers", re.compile(r"\b[2-6](?:[ -]?\d){12,18}\b")),
)
_WRITTEN: Final = ("full UK postcodes", "NHS numbers")
_CHECKSUM: Final = re.compile(
    r"\b(?:[0-9a-f]{4}\s+){7,}[0-9a-f]{4}\b|\b[0-9a-f]{32,}\b|\b\d{4}-\d{2}-\d{2}(?:-[0-9a-f]{6})?\b"
)
"""A fingerprint in groups of four digits, a hash, a day or a release's id that begins with it: by chance a part of one
reads like a telephone number."""
_CHECKSUMS: Final = {"NHS numbers": nhs.is_valid, "card numbers": luhn.is_valid}
_DIGITS: Final = 10
_MOST_VALUES: Final = 20_000
"""Different values of a column that are looked at one by one; of more, evenly spread ones."""
_FEW: Final = 20
"""With fewer rows neither an order nor a share says anything."""
_CHANCE: Final = -20.0
"""Natural logarithm of the chance of an order that is taken for none."""
_MOSTLY: Final = 0.5
_A_GLANCE: Final = 1_000
_A_NUMBER: Final = re.compile(r"\s*[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?\s*")


def identifier_in(text: str, *, prose: bool = False) -> str | None:
    """What an identifier in a text looks like, in words; None where none is seen.

    In sentences, which hold checksums and release ids too, postcodes and NHS numbers count only as they are written
    for a reader: in capitals, with spaces.

    >>> identifier_in("call 020 7946 0018"), identifier_in("QQ123456C"), identifier_in("aged 40 to 59")
    ('UK telephone numbers', None, None)
    >>> identifier_in("Release 2026-03-01-123456", prose=True)
    """
    if prose:
        text = _CHECKSUM.sub(" ", text)
    for what, pattern in _TELLING:
        for found in pattern.finditer(text):
            digits = re.sub(r"\D", "", found.group())
            if prose and what in _WRITTEN and (" " not in found.group() or found.group() != found.group().upper()):
                continue
            if what.startswith("UK tel") and not _DIGITS <= len(digits) <= _DIGITS + 4:
                continue
            check = _CHECKSUMS.get(what)
            if check is None or (check(digits) and digits.strip("0")):
                return what
    return None


def check_cells(grid: Grid) -> Iterator[Finding]:
    """Cells that a spreadsheet would compute."""
    if not grid.sheet:
        return
    for place, column in enumerate(grid.columns, start=1):
        bad = [code for code, text in enumerate(column.values) if is_formula(text)]
        if bad or is_formula(column.name):
            rows = np.flatnonzero(np.isin(column.codes, bad))
            where = f"column {place}" + (f", row {rows[0] + 1:,}" if rows.size else ", its name")
            yield Finding(
                Rule.FORMULA, grid.file, grid.name, where,
                f"{many(max(int(rows.size), 1), 'cell')} beginning like a formula: a spreadsheet "
                "would compute it. Put an apostrophe before it.",
            )  # fmt: skip


def check_rows(
    grid: Grid, qis: Sequence[str] = (), pseudonyms: Collection[str] = (), *, counted: bool = False
) -> Iterator[Finding]:
    """Identifiers by their pattern, columns that tell everybody apart, and rows that are alone.

    Parameters
    ----------
    grid : Grid
    qis : sequence of str
        Columns that point at people together; every column where they are not known.
    pseudonyms : collection of str
        Columns that are keyed pseudonyms: different in every row on purpose.
    counted : bool
        Whether the groups were counted elsewhere, against what is promised: then nothing is said of rows that are
        alone, of numbers that differ in every row, or of a column of postcodes that counts towards the groups.
    """
    for place, column in enumerate(grid.columns, start=1):
        if column.name in pseudonyms:
            continue
        what, share = _looks(column)
        if counted and column.name in qis and what == _WRITTEN[0]:
            continue
        if what is not None:
            yield Finding(
                Rule.IDENTIFIER, grid.file, grid.name, f"column {place}",
                f"{max(1, round(100 * share))} % of its values look like {what}. Take the column out.",
            )  # fmt: skip
        elif column.name not in qis and _is_fingerprint(column, grid.rows) and not (counted and _is_numeric(column)):
            yield Finding(
                Rule.IDENTIFIER, grid.file, grid.name, f"column {place}",
                f"It has {len(column.values):,} different values in {grid.rows:,} rows: each is a fingerprint. "
                "Take the column out, or put it into bands.",
            )  # fmt: skip
    columns = [c for c in grid.columns if (c.name in qis if qis else c.name not in pseudonyms)]
    alone = 0 if counted else _alone(columns)
    if alone:
        whose = "the columns that point at people" if qis else "all columns"
        yield Finding(
            Rule.ALONE, grid.file, grid.name, "",
            f"{many(alone, 'row')} of {grid.rows:,} alone: nobody else has the same values in {whose}. Blur or delete.",
        )  # fmt: skip


def check_order(grid: Grid) -> Iterator[Finding]:
    """Rows sorted by a column, or numbered: where somebody stood in the input can be seen."""
    if grid.rows < _FEW:
        return
    for place, column in enumerate(grid.columns, start=1):
        if _is_index(column):
            yield Finding(
                Rule.ORDER, grid.file, grid.name, f"column {place}",
                "It numbers the rows one by one, as an index does. Take it out.",
            )  # fmt: skip
        elif _log_chance(column) < _CHANCE and _is_sorted(column):
            yield Finding(
                Rule.ORDER, grid.file, grid.name, f"column {place}",
                "The rows are sorted by it, so that their order says more than the column. Shuffle the rows.",
            )  # fmt: skip


def check_source_order(file: str, rows: npt.NDArray[np.integer]) -> Iterator[Finding]:
    """Rows that follow each other as they did in the input.

    Parameters
    ----------
    file : str
    rows : (n,) integer array
        Row of the input behind each row.
    """
    if rows.size < _FEW:
        return
    neighbours = float(np.mean(np.diff(rows.astype(np.int64)) == 1))
    if neighbours > max(0.05, 5 / rows.size):  # of a shuffled table about 1 in n
        yield Finding(
            Rule.ORDER, file, "", "",
            f"{100 * neighbours:.0f} % of the rows follow each other as they did in the input. Shuffle the rows.",
        )  # fmt: skip


def _looks(column: GridColumn) -> tuple[str | None, float]:
    """What identifiers the values look like, and the share of the values looked at."""
    step = max(1, len(column.values) // _MOST_VALUES)
    seen = [identifier_in(text) for text in column.values[::step]]
    found = [what for what in seen if what is not None]
    if not found:
        return None, 0.0
    what = max(set(found), key=found.count)
    share = found.count(what) / len(seen)
    by_chance = what in _CHECKSUMS and share < _MOSTLY  # one number in ten has a right checksum
    return (None, 0.0) if by_chance else (what, share)


def _is_fingerprint(column: GridColumn, rows: int) -> bool:
    return rows >= _FEW and len(column.values) > _MOSTLY * rows


def _is_numeric(column: GridColumn) -> bool:
    """Whether most values are numbers: whether they may leave exact is for the policy to say."""
    numbers = sum(_A_NUMBER.fullmatch(text) is not None for text in column.values)
    return numbers > _MOSTLY * len(column.values)


def _alone(columns: Sequence[GridColumn]) -> int:
    """Rows that share their values with no other."""
    if not columns:
        return 0
    group = np.zeros(columns[0].codes.size, dtype=np.int64)
    for column in columns:
        group = np.unique(group * (len(column.values) + 1) + column.codes, return_inverse=True)[1].astype(np.int64)
    return int(np.count_nonzero(np.bincount(group) == 1)) if group.size else 0


def _is_sorted(column: GridColumn) -> bool:
    """Whether the rows go up or down by a column: by number where all are numbers; empty cells are smallest."""
    try:
        keys = np.array([float(text.replace(",", "")) for text in column.values])
    except ValueError:
        keys = np.array(column.values, dtype=object)
    rank = np.zeros(len(column.values) + 1, dtype=np.int64)
    rank[np.argsort(keys, kind="stable")] = np.arange(1, len(column.values) + 1)
    for codes in (column.codes[:_A_GLANCE], column.codes):
        steps = np.diff(rank[codes])
        if not (np.all(steps >= 0) or np.all(steps <= 0)):
            return False
    return True


def _is_index(column: GridColumn) -> bool:
    if len(column.values) != column.codes.size or not all(text.isdigit() for text in column.values[:_FEW]):
        return False
    try:
        numbers = np.array([int(column.values[code]) for code in column.codes], dtype=np.int64)
    except (ValueError, OverflowError):
        return False
    return bool(np.all(np.diff(numbers) == 1))


def _log_chance(column: GridColumn) -> float:
    """Logarithm of the chance that rows in random order are sorted by a column: ∏ nᵢ! / n!."""
    counts = np.bincount(column.codes)
    return sum(math.lgamma(n + 1) for n in counts.tolist()) - math.lgamma(column.codes.size + 1)
