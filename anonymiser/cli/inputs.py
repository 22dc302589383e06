"""What the commands are given: a table, a recipe, lists of columns and levels."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from anonymiser.errors import InputError, RecipeError
from anonymiser.microdata import Microdata
from anonymiser.reading import read
from anonymiser.recipe import Recipe

__all__ = ["columns_named", "levels_named", "load_recipe", "load_table", "passphrase_in", "read_bytes"]

_WHOLE: Final = re.compile(r"[0-9]{1,9}")


def load_table(file: Path, sheet: str | None = None) -> Microdata:
    """Read the table.

    Raises
    ------
    ReadError, ColumnError
        It cannot be read.
    InputError
        A sheet is asked for, and the file has none.
    """
    microdata = read(file, sheet=sheet)
    if sheet is not None and (microdata.report is None or microdata.report.sheet is None):
        raise InputError(f"{microdata.name} is no workbook, so it has no sheets. Leave out --sheet.")
    return microdata


def read_bytes(file: Path) -> bytes:
    """The bytes of a small file that was named on the command line.

    Raises
    ------
    InputError
        It does not exist or cannot be read.
    """
    try:
        return file.read_bytes()
    except (OSError, ValueError):
        raise InputError(f"The file {file.name} does not exist or cannot be read. Check its name.") from None


def load_recipe(file: Path) -> Recipe:
    """Read a recipe, or the one inside a saved project.

    Raises
    ------
    InputError
        The file does not exist or cannot be read.
    RecipeError
        It holds no recipe that can be used.
    """
    text = read_bytes(file)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise RecipeError(f"{file.name} is not JSON. Choose a recipe that Halftone saved.") from None
    if isinstance(document, dict) and isinstance(document.get("recipe"), dict):
        return Recipe.from_json(json.dumps(document["recipe"]))
    return Recipe.from_json(text)


def passphrase_in(file: Path) -> str:
    """The passphrase that a file holds: its text, without the line break at the end.

    Raises
    ------
    InputError
        The file does not exist, or holds no text.
    """
    try:
        return read_bytes(file).decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise InputError(f"The file {file.name} is not text. Put the passphrase into it as one line.") from None


def columns_named(option: str, text: str, known: Sequence[str]) -> tuple[str, ...]:
    """The columns that an option lists, separated by commas.

    A name that holds a comma is put in double quotes, as in CSV.

    Parameters
    ----------
    option : str
        For messages.
    text : str
    known : sequence of str
        The table's columns.

    Raises
    ------
    InputError
        A name is unknown, empty or given twice.

    Examples
    --------
    >>> columns_named("--qi", 'sex, "age, in years"', ["sex", "age, in years"])
    ('sex', 'age, in years')
    """
    names = _items(text)
    for name in names:
        if not name:
            raise InputError(f"{option} holds an empty name. Separate the columns by single commas.")
        if name not in known:
            raise InputError(f"{option}: the table has no column '{name}'. The command profile lists its columns.")
        if names.count(name) > 1:
            raise InputError(f"{option} names the column '{name}' twice. Name each column once.")
    return names


def levels_named(text: str, qis: Sequence[str]) -> dict[str, int]:
    """The levels that ``--levels`` gives, such as ``age=2,sex=0``.

    Raises
    ------
    InputError
        No level, one that is no whole number, or one for a column that is no quasi-identifier.

    Examples
    --------
    >>> levels_named("age=2,sex=0", ["sex", "age", "zip"])
    {'age': 2, 'sex': 0}
    """
    levels: dict[str, int] = {}
    for item in _items(text):
        name, equals, level = (part.strip() for part in item.rpartition("="))
        if not equals or not name:
            raise InputError(f"--levels: '{item}' is not of the form column=level. Write for example age=2.")
        if name not in qis:
            raise InputError(f"--levels: '{name}' is not one of the columns of --qi.")
        if name in levels:
            raise InputError(f"--levels gives the column '{name}' twice. Give each column one level.")
        if not _WHOLE.fullmatch(level):
            raise InputError(f"--levels: the level of '{name}' is not a whole number from 0 up.")
        levels[name] = int(level)
    return levels


def _items(text: str) -> tuple[str, ...]:
    """Entries of one line of CSV, without surrounding blanks; none for a blank line."""
    if not text.strip():
        return ()
    try:
        return tuple(item.strip() for item in next(csv.reader([text], skipinitialspace=True)))
    except csv.Error:
        raise InputError("A list of columns holds a character that no list can hold.") from None
