"""Excel workbooks: one sheet, its cells as the sheet shows them."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, Final

import openpyxl
import pyarrow as pa

from anonymiser.errors import ReadError
from anonymiser.limits import MAX_NAMED_VALUES
from anonymiser.microdata import MemorySource, Microdata, ReadReport
from anonymiser.reading.given import Given
from anonymiser.reading.guard import check_expansion
from anonymiser.reading.header import check_names, check_width, number_columns, unnamed_notes
from anonymiser.reading.options import ReadOptions
from anonymiser.reading.scan import fingerprint

__all__ = ["read_excel"]

Row = list[str | None]

_ZEROS: Final = re.compile(r"0+")
_SHOWN_DIGITS: Final = 15
_DAMAGED = "{} is a damaged workbook. Open it in Excel, save it again, or export the sheet as CSV."


def read_excel(given: Given, options: ReadOptions) -> Microdata:
    """Read one sheet of a workbook.

    Raises
    ------
    ReadError
        Damaged, a bomb, no such sheet, or no rows.
    ColumnError
        Two columns have the same name.
    """
    _check_archive(given)
    try:
        sheet, sheets, rows, empty_formulas = _load(given, options.sheet)
    except (ReadError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a damaged part leads to
        raise ReadError(_DAMAGED.format(given.name)) from None
    above = _rows_above(rows)
    rows = rows[above:]
    if not rows:
        raise ReadError(f"The sheet '{sheet}' of {given.name} is empty. Choose another sheet.")
    width = max(len(row) for row in rows)
    header = options.header is not False
    if header:
        names, unnamed = check_names([cell or "" for cell in _padded(rows[0], width)], given.name)
    else:
        names, unnamed = check_names(number_columns(width), given.name)[0], ()
    people = [_padded(row, width) for row in rows[int(header) :]]
    if not people:
        raise ReadError(f"The sheet '{sheet}' of {given.name} has column names but no rows. Choose another sheet.")
    table = pa.table([pa.array(column, pa.string()) for column in zip(*people, strict=True)], names=list(names))
    notes = (*_notes(sheet, sheets, above, empty_formulas), *unnamed_notes(unnamed))
    report = ReadReport("Excel workbook", header=header, sheet=sheet, sheets=sheets, unnamed=unnamed, notes=notes)
    return Microdata(given.name, MemorySource(table), fingerprint(given), report)


def _check_archive(given: Given) -> None:
    try:
        with given.open() as file, zipfile.ZipFile(file) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ReadError(_DAMAGED.format(given.name)) from None
    check_expansion(given.name, given.size, unpacked)


def _load(given: Given, chosen: str | None) -> tuple[str, tuple[str, ...], list[Row], int]:
    """The sheet's name, all sheets' names, its rows without empty ones, and formulas without a result."""
    with given.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of charts and validations that it leaves out
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            sheets = tuple(sheet.title for sheet in book.worksheets)
            sheet = _choose(book, sheets, chosen, given.name)
            sheet.reset_dimensions()
            rows = [row for row in _text_rows(sheet, given.name) if row]
        finally:
            book.close()
    return sheet.title, sheets, rows, _empty_formulas(given, sheet.title)


def _choose(book: Any, sheets: tuple[str, ...], chosen: str | None, file: str) -> Any:
    if not sheets:
        raise ReadError(f"{file} has no sheet with cells. Export the table as CSV.")
    if chosen is None:
        return next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), book.worksheets[0])
    if chosen not in sheets:
        named = ", ".join(f"'{name}'" for name in sheets[: 4 * MAX_NAMED_VALUES])
        raise ReadError(f"{file} has no sheet '{chosen}'. Its sheets are {named}.")
    return book[chosen]


def _text_rows(sheet: Any, file: str) -> Iterator[Row]:
    """Each row as text, without the empty cells at its end."""
    for cells in sheet.iter_rows():
        row = [None if cell.value is None else _text(cell) for cell in cells]
        while row and not (row[-1] or "").strip():
            row.pop()
        check_width(len(row), file)
        yield row


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return value.isoformat(sep=" ") if isinstance(value, dt.datetime) else str(value)


def _number_text(value: float, number_format: str) -> str:
    """A number with all its digits: never rounded, never in powers of ten while 15 digits hold it.

    >>> _number_text(447700900876.0, "General"), _number_text(7, "000")
    ('447700900876', '007')
    """
    if value == int(value) and abs(value) < 10**_SHOWN_DIGITS:
        digits = str(abs(int(value)))
        width = len(number_format) if _ZEROS.fullmatch(number_format) else 0
        return ("-" if value < 0 else "") + digits.zfill(width)
    return f"{value:.{_SHOWN_DIGITS}g}".replace("e", "E")


def _empty_formulas(given: Given, title: str) -> int:
    """Formulas without a stored result: a program wrote them, and Excel never calculated them."""
    with given.open() as file, zipfile.ZipFile(file) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        if not any(b"<f>" in archive.read(part) or b"<f " in archive.read(part) for part in parts):
            return 0
    with given.open() as values, given.open() as formulas, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = openpyxl.load_workbook(values, read_only=True, data_only=True)
        written = openpyxl.load_workbook(formulas, read_only=True)
        try:
            pairs = zip(shown[title].iter_rows(), written[title].iter_rows(), strict=False)
            return sum(
                a.value is None and b.data_type == "f"
                for row, formula_row in pairs
                for a, b in zip(row, formula_row, strict=False)
                if b.value is not None
            )
        finally:
            shown.close()
            written.close()


def _rows_above(rows: list[Row]) -> int:
    """Rows of a title: one cell each, above a row of several."""
    return next((i for i, row in enumerate(rows) if sum(bool(cell) for cell in row) > 1), 0)


def _padded(row: Row, width: int) -> Row:
    return row + [None] * (width - len(row))


def _notes(sheet: str, sheets: tuple[str, ...], above: int, empty_formulas: int) -> tuple[str, ...]:
    notes = [f"An Excel workbook; the sheet '{sheet}' was read."]
    if len(sheets) > 1:
        notes.append(f"It has {len(sheets)} sheets: choose another if this is not the one.")
    if above:
        notes.append(f"{above} {'row' if above == 1 else 'rows'} above the column names were left out.")
    if empty_formulas:
        notes.append(
            f"{empty_formulas:,} formulas have no stored result and were read as missing. "
            "Open the workbook in Excel and save it to calculate them."
        )
    return tuple(notes)
