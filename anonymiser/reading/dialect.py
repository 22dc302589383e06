"""How a text table is laid out: what stands between cells and around them, and whether it has a header.

DuckDB's sniffer decides about quoting and header. It left rows out where a later line looked more
regular than the header, so the delimiter comes from the header first. It sees shapes only (letters
are x, digits 1): it reads from disk, where no personal data may be left behind.
"""

from __future__ import annotations

import csv
import io
import re
import string
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from anonymiser.errors import ReadError
from anonymiser.reading.options import ReadOptions

__all__ = ["Dialect", "find_dialect"]

DELIMITERS: Final = ",;\t|"
NO_DELIMITER: Final = "\x1f"
"""Stands between the cells of a table of one column: it is never in a text."""
_SHAPES: Final = str.maketrans(string.ascii_letters + "23456789", "x" * 52 + "1" * 8)
_OTHER_LETTERS: Final = re.compile(r"[^\W_\x00-\x7f]")
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"')
_VALUE: Final = re.compile(
    r"[^@\s]+@[^@\s]+\.\w+|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d+\.\d+|\d{7,}"
)
"""What no column is called: an e-mail address, a date, a postcode, a number with decimals or many digits."""
_ROWS_COMPARED: Final = 2_000


@dataclass(frozen=True)
class Dialect:
    """The layout of a text table.

    Attributes
    ----------
    delimiter : str
        ``NO_DELIMITER`` for one column.
    quote, escape : str or None
        ``escape`` None: a quote inside a quoted cell is doubled.
    skip : int
        Lines above the table.
    header : bool
        Whether the first row holds the columns' names.
    first : tuple of str
        The cells of the first row.
    rows : int
        Rows in the sample, the first with them; counted up to some thousand.
    """

    delimiter: str
    quote: str | None
    escape: str | None
    skip: int
    header: bool
    first: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class _Sniffed:
    delimiter: str
    quote: str
    escape: str
    skip: int
    header: bool
    columns: int


def find_dialect(sample: str, options: ReadOptions, file: str) -> Dialect:
    """Find the layout from the first lines.

    Parameters
    ----------
    sample : str
        The first lines, whole.
    options : ReadOptions
    file : str
        Name for messages.

    Raises
    ------
    ReadError
        The lines do not agree on a layout, or the first row has no end.
    """
    skip = _blank_lines(sample)
    delimiter = options.delimiter
    if sep := _SEP_LINE.match(sample):
        skip, delimiter = 1, delimiter or sep[1]
    if delimiter is None:
        delimiter, skip = _find_delimiter(sample, skip, file)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise ReadError("The delimiter must be one character, such as a comma. Choose another.")
    table = _without_lines(sample, skip)
    sniffed = _sniff(table, delimiter)
    quote = _find_quote(table, sniffed, options.quote)
    escape = "\\" if quote and sniffed and sniffed.escape == "\\" else None
    rows = _rows(table, delimiter, quote, escape, file)
    header = options.header
    if header is None:
        header = (sniffed is None or sniffed.header) and not _is_data(rows)
    return Dialect(delimiter, quote, escape, skip, header, tuple(rows[0]), len(rows))


def _blank_lines(sample: str) -> int:
    return len(sample[: len(sample) - len(sample.lstrip("\r\n"))].splitlines())


def _without_lines(sample: str, lines: int) -> str:
    return "".join(sample.splitlines(keepends=True)[lines:]) if lines else sample


def _find_delimiter(sample: str, skip: int, file: str) -> tuple[str, int]:
    """The delimiter of the first line, and the lines to leave out above it."""
    table = _without_lines(sample, skip)
    first = _QUOTED.sub("", table[: 2**16]).split("\n", 1)[0]
    counts = Counter(c for c in first if c in DELIMITERS)
    if len(counts) == 1:
        return next(iter(counts)), skip
    sniffed = _sniff(table, None)
    if counts:
        found = sniffed.delimiter if sniffed and not sniffed.skip else ""
        return (found if found in counts else counts.most_common(1)[0][0]), skip
    if sniffed is None or sniffed.columns == 1:
        return NO_DELIMITER, skip
    above = table.splitlines()[: sniffed.skip]
    if above and not all(line.startswith("#") for line in above) and above[-1].strip():
        raise ReadError(
            f"{file}: line {skip + 1} has one cell, but lines below it have {sniffed.columns}. "
            "Remove what stands above the row of column names, or choose the delimiter."
        )
    return sniffed.delimiter, skip + sniffed.skip


def _sniff(table: str, delimiter: str | None) -> _Sniffed | None:
    """What DuckDB makes of the shapes of the lines; None when it finds no layout."""
    fixed = "" if delimiter is None else ", delim = $delimiter"
    query = f"""
        SELECT Delimiter, Quote, Escape, SkipRows, HasHeader, len(Columns)
        FROM sniff_csv($path, sample_size = -1{fixed})
    """  # noqa: S608 - only a parameter's name is inserted
    with TemporaryDirectory(prefix="halftone-") as folder, duckdb.connect() as connection:
        path = Path(folder) / "shapes.csv"
        path.write_text(_shapes(table), encoding="utf-8", newline="")
        parameters = {"path": str(path)} | ({} if delimiter is None else {"delimiter": delimiter})
        try:
            row = connection.execute(query, parameters).fetchone()
        except duckdb.Error:
            return None
    if row is None or len(row[0]) != 1:
        return None
    return _Sniffed(*row)


def _shapes(table: str) -> str:
    """The same with x for every letter and 1 for every digit but 0."""
    plain = table.translate(_SHAPES)
    return plain if plain.isascii() else _OTHER_LETTERS.sub("x", plain)


def _find_quote(table: str, sniffed: _Sniffed | None, chosen: str | None) -> str | None:
    if chosen is not None:
        return chosen or None
    if sniffed is not None and sniffed.quote in {'"', "'"}:
        return sniffed.quote
    # Without a single quote here, one may come later; with some that are no quoting, they are text.
    return '"' if sniffed is None or '"' not in table else None


def _rows(table: str, delimiter: str, quote: str | None, escape: str | None, file: str) -> list[list[str]]:
    reader = csv.reader(
        io.StringIO(table, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        escapechar=escape,
        doublequote=escape is None,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) > _ROWS_COMPARED:
                break
    except csv.Error:
        if not rows:
            raise ReadError(
                f"{file}: the row of column names has no end. Look for a quote that is not closed."
            ) from None
    return rows


def _is_data(rows: list[list[str]]) -> bool:
    """Whether the first row is a person and no header: its cells are values, or come again below."""
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    if any(_VALUE.fullmatch(cell) for cell in first):
        return True
    below = [{row[i].strip() for row in rest if i < len(row)} for i in range(len(first))]
    again = sum(bool(cell) and cell in values for cell, values in zip(first, below, strict=True))
    repeated = first in ([cell.strip() for cell in row] for row in rest)  # files put one after another
    return not repeated and again >= min(2, len(first))
