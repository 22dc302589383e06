"""Excel workbooks: one sheet, its cells as the sheet shows them."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
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
_MERGED: Final = re.compile(rb'<mergeCell [^>]*ref="[A-Z]+(\d+):[A-Z]+(\d+)"')
_HIDDEN: Final = re.compile(rb'<(?:row|col) [^>]*hidden="(?:1|true)"')
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
        loaded = _load(given, options.sheet)
    except (ReadError, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a damaged part leads to
        raise ReadError(_DAMAGED.format(given.name)) from None
    sheet, above = loaded.title, _rows_above(loaded.rows)
    rows = loaded.rows[above:]
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
    notes = (*_notes(loaded, above), *unnamed_notes(unnamed, len(names)))
    sheets = loaded.sheets
    report = ReadReport("Excel workbook", header=header, sheet=sheet, sheets=sheets, unnamed=unnamed, notes=notes)
    return Microdata(given.name, MemorySource(table), fingerprint(given), report)


def _check_archive(given: Given) -> None:
    try:
        with given.open() as file, zipfile.ZipFile(file) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ReadError(_DAMAGED.format(given.name)) from None
    check_expansion(given.name, given.size, unpacked)


@dataclass(frozen=True)
class _Loaded:
    """A sheet's name, all sheets' names, its rows without empty ones, and what a reader should know of them."""

    title: str
    sheets: tuple[str, ...]
    rows: list[Row]
    faults: int
    empty_formulas: int
    merged: int
    hidden: bool


def _load(given: Given, chosen: str | None) -> _Loaded:
    with given.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of charts and validations that it leaves out
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            sheets = tuple(sheet.title for sheet in book.worksheets)
            for sheet in _choices(book, sheets, chosen, given.name):
                sheet.reset_dimensions()
                faults: list[str] = []
                rows = [row for row in _text_rows(sheet, given.name, faults) if row]
                if rows:
                    break
        finally:
            book.close()
    merged, hidden = _marks(given, sheet)
    return _Loaded(sheet.title, sheets, rows, len(faults), _empty_formulas(given, sheet.title), merged, hidden)


def _choices(book: Any, sheets: tuple[str, ...], chosen: str | None, file: str) -> list[Any]:
    """The sheet that is wanted, or those of which the first with cells is."""
    if not sheets:
        raise ReadError(f"{file} has no sheet with cells. Export the table as CSV.")
    if chosen is None:
        return [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets[:1]
    if chosen not in sheets:
        named = ", ".join(f"'{name}'" for name in sheets[: 4 * MAX_NAMED_VALUES])
        raise ReadError(f"{file} has no sheet '{chosen}'. Its sheets are {named}.")
    return [book[chosen]]


def _marks(given: Given, sheet: Any) -> tuple[int, bool]:
    """Cells that are merged over several rows, and whether rows or columns are hidden."""
    with given.open() as file, zipfile.ZipFile(file) as archive:
        content = archive.read(sheet._worksheet_path)  # noqa: SLF001 - read-only, openpyxl tells neither in public
    merged = sum(first != last for first, last in _MERGED.findall(content))
    return merged, _HIDDEN.search(content) is not None


def _text_rows(sheet: Any, file: str, faults: list[str]) -> Iterator[Row]:
    """Each row as text, without the empty cells at its end; what Excel could not calculate goes to ``faults``."""
    for cells in sheet.iter_rows():
        row = [None if cell.value is None else _text(cell) for cell in cells]
        for place, cell in enumerate(cells):
            if row[place] is not None and cell.data_type == "e":
                faults.append(str(cell.value))
                row[place] = None
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

    >>> _number_text(447700900876.0, "General"), _number_text(7, "000"), _number_text(12345678901234567890, "General")
    ('447700900876', '007', '12345678901234567890')
    """
    if isinstance(value, int) and abs(value) >= 10**_SHOWN_DIGITS:  # Excel itself never writes so many digits
        return str(value)
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


def _notes(loaded: _Loaded, above: int) -> tuple[str, ...]:
    notes = [f"An Excel workbook; the sheet '{loaded.title}' was read."]
    if len(loaded.sheets) > 1:
        notes.append(f"It has {len(loaded.sheets)} sheets: choose another if this is not the one.")
    if above:
        notes.append(f"{above} {'row' if above == 1 else 'rows'} above the column names, left out.")
    if loaded.merged:
        notes.append(
            f"{_cells(loaded.merged, 'is', 'are')} merged over several rows: only the first of these rows has the "
            "value, the others were read as missing. Split and fill them in Excel if each row should have it."
        )
    if loaded.hidden:
        notes.append("Rows or columns that are hidden in the sheet were read as well.")
    if loaded.faults:
        notes.append(
            f"{_cells(loaded.faults, 'holds', 'hold')} an error of Excel's, such as #DIV/0!, and counts as missing."
        )
    if loaded.empty_formulas:
        notes.append(
            f"{loaded.empty_formulas:,} formulas have no stored result and were read as missing. "
            "Open the workbook in Excel and save it to calculate them."
        )
    return tuple(notes)


def _cells(count: int, one: str, several: str) -> str:
    return f"1 cell {one}" if count == 1 else f"{count:,} cells {several}"
