"""Rules for tables of counts: small cells, rounding, totals, 0 % and 100 %, differences between tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from anonymiser.checking.findings import Finding, NumberRules, Rule, many
from anonymiser.checking.grids import EXTREME, SHARES, Grid, GridColumn, count_of, is_total, plain_name
from anonymiser.checking.recount import Recount, split_by_recount

__all__ = ["check_counts", "check_differences", "check_extremes", "check_shares"]

_BEHIND: Final = re.compile(r".*\(\s*(\d+(?:\.\d+)?)\s*%?\s*\)$")
_TABLE: Final = "table"
_MOST_TABLES: Final = 300
"""Differences are looked for between so many tables at most: beyond, pairs would be too many."""


@dataclass(frozen=True)
class _Cell:
    """A count: its keys, whether it is a total, and the number (None: hidden)."""

    row: int
    keys: tuple[str, ...]
    total: bool
    count: int | None


def check_counts(grid: Grid, names: Sequence[str], rules: NumberRules, recount: Recount) -> Iterator[Finding]:
    """Look at a table of counts.

    Parameters
    ----------
    grid : Grid
    names : sequence of str
        Its columns of counts.
    rules : NumberRules
    recount : Recount
        Counts that equal those of the released rows are exact and may stand.
    """
    exact, leftover = split_by_recount(grid, recount) or ([False] * grid.rows, [])
    if leftover:
        yield Finding(
            Rule.LEFTOVER, grid.file, grid.name, _row(leftover[0]),
            f"{many(len(leftover), 'label')} listed that no released row has. Leave out what does not occur.",
        )  # fmt: skip
    if all(exact) and any(exact):
        return
    crossed = len(names) > 1
    for name in names:
        column = next(column for column in grid.columns if column.name == name)
        yield from _small(grid, column, exact, rules)
    for part in _tables(grid):
        if crossed:
            yield from _cross(grid, part, names)
        else:
            cells = _cells(grid, part, names[0])
            yield from _totals(grid, cells)
            yield from _all_in_one(grid, cells)


def check_extremes(grid: Grid) -> Iterator[Finding]:
    """A smallest or largest value is one person's: no column and no row of a summary may be called so."""
    for column in grid.columns:
        if EXTREME.fullmatch(plain_name(column.name)):
            yield Finding(
                Rule.EXTREME, grid.file, grid.name, f"column {grid.columns.index(column) + 1}",
                "A smallest or largest value is one person's value. Leave it out, or show a percentile.",
            )  # fmt: skip
    if grid.columns and grid.rows <= _MOST_TABLES:
        for row, text in enumerate(grid.columns[0].cells):
            if EXTREME.fullmatch(plain_name(text)) and len(text.split()) == 1:
                yield Finding(
                    Rule.EXTREME, grid.file, grid.name, _row(row),
                    "A smallest or largest value is one person's value. Leave it out, or show a percentile.",
                )  # fmt: skip


def check_shares(grid: Grid) -> Iterator[Finding]:
    """A share of 0 % or 100 % tells something of everybody in the group."""
    for place, column in enumerate(grid.columns, start=1):
        name = plain_name(column.name)
        behind = [_BEHIND.fullmatch(text) for text in column.values]
        if "missing" in name or not (SHARES.search(name) or "%" in column.name or (behind and all(behind))):
            continue
        numbers = [_BEHIND.sub(r"\1", re.sub(r"\s*%", "", cell)) for cell in column.cells]
        shown = [float(text) for text in numbers if re.fullmatch(r"\d+(\.\d+)?", text)]
        per_cent = "percent" in name or any("%" in text for text in (column.name, *column.values))
        whole = 1.0 if shown and max(shown) <= 1 and not per_cent else 100.0
        bad = sum(value in {0.0, whole} for value in shown)
        if bad:
            yield Finding(
                Rule.ALL_OR_NONE, grid.file, grid.name, f"column {place}",
                f"0 % or 100 % is shown in {many(bad, 'cell')}: that tells something of everybody in "
                "the group. Merge or hide.",
            )  # fmt: skip


def check_differences(grids: Iterable[tuple[Grid, Sequence[str]]], rules: NumberRules) -> Iterator[Finding]:
    """Two tables of the same cells whose difference is a small count: subtracting them shows a few people.

    Counts that are rounded in both tables are no exact difference, and are left alone.
    """
    every = []
    for grid, names in grids:
        for part in _tables(grid):
            for name in names:
                cells = _cells(grid, part, name)
                keyed = {cell.keys: cell for cell in cells if cell.count is not None}
                every.append((grid, name, keyed))
    for (one, name, first), (two, other, second) in combinations(every[:_MOST_TABLES], 2):
        alike = len(next(iter(first), ())) == len(next(iter(second), ()))
        left, right = (first, second) if alike else (_grand(first), _grand(second))
        shared = left.keys() & right.keys()
        close = [keys for keys in shared if _is_close(left[keys].count, right[keys].count, rules)]
        if close and (one is not two or name != other):
            row = min(left[keys].row for keys in close)
            yield Finding(
                Rule.DIFFERENCE, one.file, one.name, _row(row),
                f"In {many(len(close), 'cell')} the difference from the same cell in {_where(two)} is 1 to "
                f"{rules.hide_up_to}: whoever subtracts one table from the other sees these few people. "
                "Round both, or publish one.",
            )  # fmt: skip


def _grand(cells: dict[tuple[str, ...], _Cell]) -> dict[tuple[str, ...], _Cell]:
    """The grand total alone, so that tables of different columns can be compared."""
    found = [cell for cell in cells.values() if cell.total and all(is_total(key) or not key for key in cell.keys)]
    return dict.fromkeys([()], found[0]) if found else {}


def _is_close(one: int | None, two: int | None, rules: NumberRules) -> bool:
    if one is None or two is None or not 1 <= abs(one - two) <= rules.hide_up_to:
        return False
    return rules.round_to == 1 or bool(one % rules.round_to or two % rules.round_to)


def _tables(grid: Grid) -> list[list[int]]:
    """Rows of each table in a long list of tables; one list of all rows where there is one table."""
    column = grid.column(_TABLE)
    if column is None:
        return [list(range(grid.rows))]
    rows = defaultdict(list)
    for row, text in enumerate(column.cells):
        rows[text].append(row)
    return list(rows.values())


def _small(grid: Grid, column: GridColumn, exact: Sequence[bool], rules: NumberRules) -> Iterator[Finding]:
    numbers = [count_of(text) for text in column.cells]
    place = f"column {grid.columns.index(column) + 1}"
    small = [row for row, n in enumerate(numbers) if n is not None and rules.is_small(n) and not exact[row]]
    if small:
        yield Finding(
            Rule.SMALL_COUNT, grid.file, grid.name, f"{place}, {_row(small[0])}",
            f"{many(len(small), 'count')} of 0 to {rules.hide_up_to} shown. Hide small counts, 0 among them.",
        )  # fmt: skip
    if rules.round_to == 1:
        return
    odd = [
        row
        for row, n in enumerate(numbers)
        if n is not None and n > rules.hide_up_to and n % rules.round_to and not exact[row]
    ]
    if odd:
        yield Finding(
            Rule.NOT_ROUNDED, grid.file, grid.name, f"{place}, {_row(odd[0])}",
            f"{many(len(odd), 'count')} not rounded to the nearest {rules.round_to}. Round every count.",
        )  # fmt: skip


def _cells(grid: Grid, rows: Sequence[int], name: str) -> list[_Cell]:
    """The counts of one table with their keys: the columns that are no counts and differ within it."""
    numbers = next(column for column in grid.columns if column.name == name).cells
    texts = [column.cells for column in grid.columns if column.name != name and plain_name(column.name) != _TABLE]
    texts = [cells for cells in texts if len({cells[row] for row in rows}) > 1]
    found = []
    for row in rows:
        keys = tuple(cells[row] for cells in texts)
        found.append(_Cell(row, keys, any(is_total(key) for key in keys), count_of(numbers[row])))
    return found


def _totals(grid: Grid, cells: Sequence[_Cell]) -> Iterator[Finding]:
    """Each total must be the sum of the counts shown below it."""
    parts = [cell for cell in cells if not cell.total]
    for total in (cell for cell in cells if cell.total and cell.count is not None):
        below = [cell for cell in parts if _is_part(total.keys, cell.keys)]
        shown = sum(cell.count or 0 for cell in below)
        if below and shown != total.count:
            hidden = sum(cell.count is None for cell in below)
            yield Finding(
                Rule.TOTAL, grid.file, grid.name, _row(total.row),
                "A total is not the sum of the rounded counts shown: "
                + ("the difference is what was hidden. " if hidden else "it was made from others. ")
                + "Add up what is shown.",
            )  # fmt: skip
            return


def _is_part(total: tuple[str, ...], cell: tuple[str, ...]) -> bool:
    """Whether a cell is one of those that a total adds up."""
    return all(is_total(above) or not above or above == key for above, key in zip(total, cell, strict=True))


def _all_in_one(grid: Grid, cells: Sequence[_Cell]) -> Iterator[Finding]:
    """A group in which one cell has everybody."""
    width = max((len(cell.keys) for cell in cells), default=0)
    for place in range(width if width > 1 else 0):
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for cell in cells:
            if not cell.total and cell.count is not None:
                groups[(*cell.keys[:place], *cell.keys[place + 1 :])].append(cell.count)
        alone = [counts for counts in groups.values() if len(counts) > 1 and sum(n > 0 for n in counts) == 1]
        if alone:
            yield Finding(
                Rule.ALL_OR_NONE, grid.file, grid.name, "",
                f"In {many(len(alone), 'group')} one cell has everybody and the others are 0: who is in the group "
                "is in the cell. Merge categories, or hide the zeros.",
            )  # fmt: skip
            return


def _cross(grid: Grid, rows: Sequence[int], names: Sequence[str]) -> Iterator[Finding]:
    """The same for a cross table: totals to the right and at the foot, and lines with everybody in one cell."""
    by_name = {column.name: column.cells for column in grid.columns}
    keys = [column.cells for column in grid.columns if column.name not in names]
    lines = {row: [count_of(by_name[name][row]) for name in names] for row in rows}
    sums = [is_total(name) for name in names]
    foot = [row for row in rows if any(is_total(cells[row]) for cells in keys)]
    columns = {name: [lines[row][j] for row in rows if row not in foot] for j, name in enumerate(names)}
    wrong = [row for row in rows if not _adds_up(lines[row], sums)]
    wrong += [row for row in foot for j, name in enumerate(names) if not _same(lines[row][j], columns[name])]
    if wrong:
        yield Finding(
            Rule.TOTAL, grid.file, grid.name, _row(wrong[0]),
            f"{many(len(wrong), 'total')} not the sum of the rounded counts shown. Add up what is shown.",
        )  # fmt: skip
    inner = [[n for n, total in zip(lines[row], sums, strict=True) if not total] for row in rows if row not in foot]
    inner += [counts for name, counts in columns.items() if not is_total(name)]
    alone = [ns for ns in inner if len(ns) > 1 and None not in ns and sum(n > 0 for n in ns if n is not None) == 1]
    if alone:
        yield Finding(
            Rule.ALL_OR_NONE, grid.file, grid.name, "",
            f"In {many(len(alone), 'line')} one cell has everybody and the others are 0: who is in the line is in the "
            "cell. Merge categories, or hide the zeros.",
        )  # fmt: skip


def _adds_up(line: Sequence[int | None], sums: Sequence[bool]) -> bool:
    total = [n for n, is_sum in zip(line, sums, strict=True) if is_sum]
    parts = [n for n, is_sum in zip(line, sums, strict=True) if not is_sum]
    return len(total) != 1 or _same(total[0], parts)


def _same(total: int | None, parts: Sequence[int | None]) -> bool:
    return total is None or not parts or total == sum(n or 0 for n in parts)


def _row(row: int) -> str:
    return f"row {row + 1:,}"


def _where(grid: Grid) -> str:
    return f"{grid.file}, {grid.name}" if grid.name else grid.file
