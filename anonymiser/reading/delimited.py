"""CSV and its relatives, as text: nothing is ever taken for a number or a date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.csv as pacsv

from anonymiser.errors import ReadError
from anonymiser.microdata import MemorySource, Microdata, ReadReport
from anonymiser.reading.dialect import NO_DELIMITER, Dialect, find_dialect
from anonymiser.reading.encoding import Encoding, decode, find_encoding
from anonymiser.reading.given import CHUNK_BYTES, Given
from anonymiser.reading.header import check_names, number_columns, unnamed_notes
from anonymiser.reading.options import ReadOptions
from anonymiser.reading.scan import scan

__all__ = ["read_delimited"]

_SAMPLE: Final = 2**18
_BLOCK: Final = 2**20
_LARGE_BLOCK: Final = 2**26
"""Bytes that one row may take at most."""
_DELIMITER_WORDS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class _Layout:
    """How pyarrow has to read."""

    names: tuple[str, ...]
    dialect: Dialect

    def read(self, file: pa.NativeFile, block: int, handler: _RowCounter | None = None) -> pa.Table:
        return pacsv.read_csv(
            file,
            read_options=pacsv.ReadOptions(
                column_names=list(self.names),
                skip_rows=self.dialect.skip,
                skip_rows_after_names=int(self.dialect.header),
                block_size=block,
                use_threads=handler is None,  # row numbers are known to a single thread only
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=self.dialect.delimiter,
                quote_char=self.dialect.quote or False,
                double_quote=self.dialect.escape is None,
                escape_char=self.dialect.escape or False,
                newlines_in_values=self.dialect.quote is not None,
                invalid_row_handler=handler,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )


class _RowCounter:
    """Counts rows of the wrong length; what they hold is not kept."""

    def __init__(self) -> None:
        self.count = 0
        self.first: tuple[int, int] | None = None

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self.first = self.first or (row.number, row.actual_columns)
        self.count += 1
        return "skip"


def read_delimited(given: Given, options: ReadOptions) -> Microdata:
    """Read a text table whose layout and encoding are found in it.

    Raises
    ------
    ReadError
        Not text, no rows, rows of different length, or an encoding that does not fit.
    ColumnError
        Two columns have the same name.
    """
    scanned = scan(given)
    encoding = find_encoding(given, scanned, options.encoding)
    sample = _sample(given, encoding)
    dialect = find_dialect(sample, options, given.name)
    if dialect.header:
        names, unnamed = check_names(dialect.first, given.name)
    else:
        names, unnamed = check_names(number_columns(len(dialect.first)), given.name)[0], ()
    only_header = dialect.header and dialect.rows == 1 and given.size <= _SAMPLE
    table = None if only_header else _read(given, encoding, _Layout(names, dialect))
    if table is None or not table.num_rows:
        raise ReadError(f"{given.name} has column names but no rows. Choose a file with at least one row.")
    _refuse_open_quote(given, encoding, dialect, table)
    notes = (
        *_layout_notes(encoding, dialect),
        *_lines_above_notes(sample, dialect),
        *unnamed_notes(unnamed, len(names)),
        *_line_break_notes(scanned.line_breaks - dialect.skip, table.num_rows),
    )
    report = ReadReport(
        "text table",
        encoding=encoding.shown,
        delimiter=None if dialect.delimiter == NO_DELIMITER else dialect.delimiter,
        quote=dialect.quote,
        header=dialect.header,
        unnamed=unnamed,
        notes=notes,
    )
    return Microdata(given.name, MemorySource(table), scanned.fingerprint, report)


def _sample(given: Given, encoding: Encoding) -> str:
    """The first lines, whole as far as line breaks tell."""
    head = given.head[encoding.mark :]
    long = given.size > CHUNK_BYTES
    text = head.decode(encoding.codec, "ignore")
    if not text.strip():
        raise ReadError(f"{given.name} begins with nothing but blank lines. Choose another file.")
    if len(text) > _SAMPLE:
        cut = text.rfind("\n", 0, _SAMPLE) + 1
        return text[:cut] if cut else text
    return text[: text.rfind("\n") + 1] or text if long else text


def _read(given: Given, encoding: Encoding, layout: _Layout) -> pa.Table:
    data = decode(given, encoding)
    for block in (_BLOCK, _LARGE_BLOCK):
        data.seek(0)
        try:
            return layout.read(data, block)
        except pa.ArrowInvalid as error:
            cause = str(error)
        if "straddl" not in cause:
            break
    else:
        raise ReadError(
            f"{given.name}: a row is longer than {_LARGE_BLOCK // 2**20} MB, or the last has no end. "
            "Look for a quote that is not closed."
        )
    counter = _RowCounter()
    data.seek(0)
    try:
        layout.read(data, _LARGE_BLOCK, counter)
    except pa.ArrowInvalid:
        counter.first = None
    if counter.first is None:
        raise ReadError(f"{given.name} cannot be read as a table of cells. Export it again as CSV.")
    number, cells = counter.first
    others = counter.count - 1
    more = f"; {others:,} more {'row differs' if others == 1 else 'rows differ'} as well" if others else ""
    raise ReadError(
        f"{given.name}: row {number + layout.dialect.skip:,} (the column names are row 1) has {cells:,} "
        f"{'cell' if cells == 1 else 'cells'}, but there are {len(layout.names):,} columns{more}. "
        "Look for a cell that holds the delimiter and is not quoted, or for a quote that is not closed."
    )


def _refuse_open_quote(given: Given, encoding: Encoding, dialect: Dialect, table: pa.Table) -> None:
    """Refuse a last cell that swallowed lines because its quote is never closed."""
    if dialect.quote is None or "\n" not in (table.column(table.num_columns - 1)[-1].as_py() or ""):
        return
    with given.open() as file:
        file.seek(max(given.size - 64, 0) // 2 * 2)
        tail = file.read().decode(encoding.codec, "ignore")
    if not re.search(re.escape(dialect.quote) + r"\s*$", tail):
        raise ReadError(f"{given.name}: a quote in row {table.num_rows + 1:,} is not closed. Close or remove it.")


def _layout_notes(encoding: Encoding, dialect: Dialect) -> tuple[str, ...]:
    cells = _DELIMITER_WORDS.get(dialect.delimiter, f"'{dialect.delimiter}'")
    layout = "one column" if dialect.delimiter == NO_DELIMITER else f"cells separated by {cells}"
    notes = [f"A text table in {encoding.shown}, {layout}."]
    if encoding.note:
        notes.append(encoding.note)
    if not dialect.header:
        notes.append("The first row looks like data, so the columns are numbered. Say so if it holds their names.")
    return tuple(notes)


def _lines_above_notes(sample: str, dialect: Dialect) -> tuple[str, ...]:
    left_out = sum(bool(line.strip()) for line in sample.splitlines()[: dialect.skip])
    if not left_out:
        return ()
    return (f"{left_out} {'line' if left_out == 1 else 'lines'} above the table, not part of it, left out.",)


def _line_break_notes(line_breaks: int, rows: int) -> tuple[str, ...]:
    inside = line_breaks - rows - 1
    if inside <= 0:
        return ()
    lines = "1 line more than rows" if inside == 1 else f"{inside:,} lines more than rows"
    return (f"The file has {lines}: line breaks inside quoted cells, or empty lines.",)
