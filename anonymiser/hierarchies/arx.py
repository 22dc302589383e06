"""Hierarchies as ARX's CSV files: one row a value, level 0 first, no header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from anonymiser.errors import HierarchyError, InputError, ReadError
from anonymiser.hierarchies.base import Hierarchy
from anonymiser.hierarchies.tables import TableSpec, rows_of
from anonymiser.limits import HIDDEN

__all__ = ["hierarchies_in_folder", "read_arx_csv", "write_arx_csv"]

_DELIMITERS = (";", ",", "\t")


def read_arx_csv(source: Path | str, attribute: str) -> TableSpec:
    """Read a hierarchy.

    Parameters
    ----------
    source : Path or str
        A file, or the text of one. Entries are separated by ``;``, ``,`` or tabs.
    attribute : str
        For error messages.

    Raises
    ------
    ReadError
        The file cannot be read as text.
    HierarchyError
        It is empty, its rows are not equally long, or a value stands in two of them.
    """
    text = _read(source, attribute) if isinstance(source, Path) else source
    rows = _rows(text.removeprefix("\ufeff"), attribute)
    try:
        return TableSpec(rows=rows)
    except HierarchyError as error:
        raise HierarchyError(f"Hierarchy of '{attribute}': {error}", error.values) from None


def write_arx_csv(hierarchy: Hierarchy) -> str:
    """The text of ARX's CSV file for a hierarchy. Missing values have no row."""
    file = io.StringIO()
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(rows_of(hierarchy))
    return file.getvalue()


def hierarchies_in_folder(folder: Path, attributes: Iterable[str]) -> dict[str, TableSpec]:
    """Read the hierarchies of some attributes from a folder.

    A file is named ``<anything>_<attribute>.csv`` or ``<attribute>.csv``; the longest matching
    attribute name wins. Other files are left alone.

    Raises
    ------
    InputError
        There is no such folder, or an attribute has two files.
    """
    if not folder.is_dir():
        raise InputError("The folder of hierarchies does not exist. Check its name.")
    names = sorted(attributes, key=len, reverse=True)
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ".csv" or path.name.startswith(".") or not path.is_file():
            continue
        attribute = next((name for name in names if path.stem == name or path.stem.endswith(f"_{name}")), None)
        if attribute is None:
            continue
        if attribute in files:
            raise InputError(
                f"Two files could be the hierarchy of '{attribute}': {files[attribute].name} and {path.name}. "
                "Keep one in the folder."
            )
        files[attribute] = path
    return {attribute: read_arx_csv(path, attribute) for attribute, path in files.items()}


def _read(path: Path, attribute: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"The hierarchy of '{attribute}' cannot be read from {path.name}: {error.strerror}.") from None
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError(f"{path.name} is not a text file. Export the hierarchy of '{attribute}' as CSV.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _rows(text: str, attribute: str) -> tuple[tuple[str, ...], ...]:
    """Split by the delimiter that gives equal rows; if none does, by the one that gives most entries."""
    tables = [_split(text, delimiter, attribute) for delimiter in _DELIMITERS if delimiter in text]
    if not tables:
        raise HierarchyError(
            f"The hierarchy of '{attribute}' is empty or has one column only. "
            "It needs a value and its levels in each row, separated by semicolons."
        )
    return max(tables, key=_likeness)


def _likeness(rows: tuple[tuple[str, ...], ...]) -> tuple[bool, bool, int]:
    widths = {len(row) for row in rows}
    return len(widths) == 1 and widths != {1}, all(row[-1] == HIDDEN for row in rows), max(widths, default=0)


def _split(text: str, delimiter: str, attribute: str) -> tuple[tuple[str, ...], ...]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return tuple(tuple(map(str.strip, row)) for row in reader if row)
    except csv.Error:
        raise HierarchyError(f"The hierarchy of '{attribute}' is not a CSV file. Export it again as CSV.") from None
