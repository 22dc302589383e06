"""The columns' names: kept as they are, made up where there is none, refused where one stands twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from anonymiser.errors import ColumnError, ReadError
from anonymiser.limits import MAX_COLUMNS, MAX_NAMED_VALUES

__all__ = ["check_names", "check_width", "number_columns", "unnamed_notes"]


def check_names(names: Sequence[str], file: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names to use, and those of them that are made up.

    >>> check_names(["sex", " ", "age "], "people.csv")
    (('sex', 'column 2', 'age'), ('column 2',))

    Raises
    ------
    ReadError
        More columns than ``MAX_COLUMNS``.
    ColumnError
        Two columns have the same name.
    """
    check_width(len(names), file)
    stripped = [name.strip() for name in names]
    doubled = [name for name, count in Counter(stripped).items() if count > 1 and name]
    if doubled:
        named = ", ".join(f"'{name}'" for name in doubled[:MAX_NAMED_VALUES])
        more = f" and {len(doubled) - MAX_NAMED_VALUES} more" if len(doubled) > MAX_NAMED_VALUES else ""
        raise ColumnError(f"{file} has more than one column called {named}{more}. Give each column a name of its own.")
    taken = set(stripped)
    unnamed = []
    for place, name in enumerate(stripped):
        if not name:
            stripped[place] = _free_name(f"column {place + 1}", taken)
            unnamed.append(stripped[place])
    return tuple(stripped), tuple(unnamed)


def check_width(columns: int, file: str) -> None:
    """Refuse a matrix that is no table about people.

    Raises
    ------
    ReadError
        More columns than ``MAX_COLUMNS``.
    """
    if columns > MAX_COLUMNS:
        raise ReadError(
            f"{file} has {columns:,} columns; at most {MAX_COLUMNS:,} can be read. Keep the columns you mean to share."
        )


def number_columns(count: int) -> tuple[str, ...]:
    """Names for a table without a header."""
    return tuple(f"column {place + 1}" for place in range(count))


def unnamed_notes(unnamed: Sequence[str], columns: int) -> tuple[str, ...]:
    """What to know about the columns whose name is made up, if there are any."""
    if not unnamed:
        return ()
    if len(unnamed) == 1:
        return (f"One column has no name in the file; it is called '{unnamed[0]}' here.",)
    named = f"{len(unnamed)} columns have no name in the file; they are called '{unnamed[0]}' and so on here."
    if 2 * len(unnamed) < columns:
        return (named,)
    return (named, "If the first row is a title, delete what stands above the row of column names and load it again.")


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += " (no name)"
    taken.add(name)
    return name
