"""Rules for tables of totals and means: who dominates a total, and who can work out another's share of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from anonymiser.checking.findings import Finding, NumberRules, Rule, many
from anonymiser.checking.grids import Grid, is_hidden, is_total, plain_name
from anonymiser.errors import InputError

__all__ = ["check_contributions", "check_ranked", "is_dominated", "is_within_p"]


def is_dominated(total: float, contributions: Sequence[float], n: int, k: float) -> bool:
    """Whether the n largest contributions make up more than k % of a total.

    References
    ----------
    A. Hundepool et al.: Handbook on Statistical Disclosure Control, 4.2, (n, k)-dominance rule.

    Examples
    --------
    >>> is_dominated(100_000, [50_000, 49_000], 1, 90), is_dominated(100_000, [50_000, 49_000], 2, 90)
    (False, True)
    """
    largest = sorted((abs(value) for value in contributions), reverse=True)[:n]
    return sum(largest) > k / 100 * abs(total)


def is_within_p(total: float, contributions: Sequence[float], p: float) -> bool:
    """Whether the second largest contributor can estimate the largest one to within p %.

    References
    ----------
    A. Hundepool et al.: Handbook on Statistical Disclosure Control, 4.2, p % rule: X − x₂ − x₁ < p/100 · x₁.

    Examples
    --------
    >>> is_within_p(100_000, [50_000, 49_000], 10), is_within_p(110_000, [52_000, 50_000], 10)
    (True, False)
    """
    ranked = [*sorted((abs(value) for value in contributions), reverse=True), 0.0, 0.0]
    return abs(total) - ranked[1] - ranked[0] < p / 100 * ranked[0]


def check_ranked(grid: Grid, totals: Sequence[str], largest: Sequence[str], rules: NumberRules) -> Iterator[Finding]:
    """A table whose own columns hold the largest contributions to each total.

    Raises
    ------
    InputError
        A rule needs more contributions than there are columns, or a cell is no number.
    """
    needed = max([n for n, _ in rules.dominance] + [2])
    if len(largest) < needed:
        raise InputError(f"--contributions names {len(largest)} columns; the rules need the {needed} largest.")
    ranked = [[_number(cell, name) for cell in _cells(grid, name)] for name in largest]
    for name in totals:
        sums = [_number(cell, name) for cell in _cells(grid, name)]
        lines = [
            (row, total, [values[row] or 0.0 for values in ranked])
            for row, total in enumerate(sums)
            if total is not None
        ]
        yield from _found(grid, name, lines, rules, people=False)
    place = ", ".join(str([plain_name(c.name) for c in grid.columns].index(plain_name(name)) + 1) for name in largest)
    yield Finding(
        Rule.DOMINANCE, grid.file, grid.name, f"columns {place}",
        "The largest contributions stand in the table itself: each is one contributor's value. Take them out "
        "before it leaves.",
    )  # fmt: skip


def check_contributions(grid: Grid, totals: Sequence[str], source: Grid, rules: NumberRules) -> Iterator[Finding]:
    """A table of totals or means beside the rows that were added up.

    Parameters
    ----------
    grid : Grid
    totals : sequence of str
        Its columns of totals or means. The source has columns of the same names.
    source : Grid
        A row a contributor. Columns that both have say which cell a row belongs to.
    rules : NumberRules

    Raises
    ------
    InputError
        The two share no column of labels, or the source has no such numbers.
    """
    given = {plain_name(name) for name in totals}
    keys = [c.name for c in grid.columns if plain_name(c.name) not in given and source.column(c.name) is not None]
    for name in totals:
        if source.column(name) is None:
            raise InputError(f"The contributions have no column '{name}'. Give it the same name as in the table.")
    if not keys:
        raise InputError("The table and its contributions share no column of labels. Give one the same name in both.")
    of_rows = list(zip(*(_cells(source, name) for name in keys), strict=True))
    for name in totals:
        values = [_number(cell, name) for cell in _cells(source, name)]
        shown = _cells(grid, name)
        lines = []
        for row, line in enumerate(zip(*(_cells(grid, key) for key in keys), strict=True)):
            mine = [
                value
                for value, labels in zip(values, of_rows, strict=True)
                if value is not None and all(is_total(a) or a == b for a, b in zip(line, labels, strict=True))
            ]
            if _number(shown[row], name) is not None:
                lines.append((row, sum(abs(value) for value in mine), mine))
        yield from _found(grid, name, lines, rules, people=True)


def _found(
    grid: Grid, name: str, lines: Sequence[tuple[int, float, list[float]]], rules: NumberRules, *, people: bool
) -> Iterator[Finding]:
    place = f"column {[plain_name(c.name) for c in grid.columns].index(plain_name(name)) + 1}"
    broken: dict[str, list[int]] = defaultdict(list)
    for row, total, values in lines:
        if people and 0 < len(values) <= rules.hide_up_to:
            broken[
                f"made from {rules.hide_up_to} contributors or fewer"
            ].append(row)  # fmt: skip
        for n, k in rules.dominance:
            if is_dominated(total, values, n, k):
                who = "the largest contributor makes" if n == 1 else f"the {n} largest contributors make"
                broken[f"{who} up more than {k:g} %"].append(row)
        if is_within_p(total, values, rules.p):
            broken[
                f"the second largest contributor can work out the largest to within {rules.p:g} %"
            ].append(row)  # fmt: skip
    for what, rows in broken.items():
        rule = Rule.SMALL_COUNT if what.startswith("made from") else Rule.DOMINANCE
        yield Finding(
            rule, grid.file, grid.name, f"{place}, row {rows[0] + 1:,}",
            f"{many(len(rows), 'cell')}: {what}. Hide or merge.",
        )  # fmt: skip


def _cells(grid: Grid, name: str) -> list[str]:
    column = grid.column(name)
    if column is None:
        raise InputError(f"The table {grid.file} has no column '{name}'.")
    return column.cells


def _number(text: str, name: str) -> float | None:
    """A number of a cell; None where it is hidden."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        if is_hidden(text):
            return None
        raise InputError(f"The column '{name}' holds something that is no number.") from None
