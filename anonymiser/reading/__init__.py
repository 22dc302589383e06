"""Read a file into Microdata: CSV and its relatives, Excel, Parquet, JSON lines.

Every cell stays text: ``007`` and identifiers of twenty digits come out as they went in.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from anonymiser.microdata import Microdata, ReadReport
from anonymiser.reading.delimited import read_delimited
from anonymiser.reading.given import Given
from anonymiser.reading.json_lines import read_json_lines
from anonymiser.reading.kinds import Kind, recognise
from anonymiser.reading.options import ReadOptions
from anonymiser.reading.parquet import read_parquet

__all__ = ["ReadOptions", "ReadReport", "read"]


def read(
    source: str | Path | bytes,
    *,
    name: str | None = None,
    sheet: str | None = None,
    options: ReadOptions | None = None,
) -> Microdata:
    r"""Read a table from a file on this machine, or from an upload's bytes.

    Parameters
    ----------
    source : str, Path or bytes
        Where the file is, or its bytes.
    name : str, optional
        What to call it; the file's own name otherwise.
    sheet : str, optional
        Sheet of a workbook; the first visible one otherwise.
    options : ReadOptions, optional
        Choices that replace what would be found in the file.

    Returns
    -------
    Microdata
        With ``report`` saying what was found.

    Raises
    ------
    ReadError
        The file is not a table that can be read.
    ColumnError
        Two columns have the same name, or one holds no single values.

    Examples
    --------
    >>> table = read("id;born\n007;01/02/1990\n008;13/02/1990\n".encode("utf-16"), name="people.csv")
    >>> table.column("id").values
    ('007', '008')
    >>> table.report.notes
    ('A text table in UTF-16, cells separated by semicolons.',)
    """
    choices = options or ReadOptions()
    if sheet is not None:
        choices = replace(choices, sheet=sheet)
    given = Given.of(source, name)
    kind, note = recognise(given)
    if kind is Kind.TEXT:
        table = read_delimited(given, choices)
    elif kind is Kind.EXCEL:
        from anonymiser.reading.excel import read_excel  # its library takes a quarter of a second to load

        table = read_excel(given, choices)
    elif kind is Kind.PARQUET:
        table = read_parquet(given)
    else:
        table = read_json_lines(given, choices)
    if note is None or table.report is None:
        return table
    return replace(table, report=replace(table.report, notes=(note, *table.report.notes)))
