"""JSON lines: one flat object a row; numbers keep the digits they are written with."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from anonymiser.errors import ReadError
from anonymiser.microdata import MemorySource, Microdata, ReadReport
from anonymiser.reading.encoding import decode, find_encoding
from anonymiser.reading.given import Given
from anonymiser.reading.header import check_names, check_width, unnamed_notes
from anonymiser.reading.options import ReadOptions
from anonymiser.reading.scan import scan

__all__ = ["read_json_lines"]

_WORDS = {True: "true", False: "false"}


def read_json_lines(given: Given, options: ReadOptions) -> Microdata:
    """Read one object a line; a key that a line leaves out is a missing value.

    Raises
    ------
    ReadError
        A line is no object, an object holds lists or objects, or there are no rows.
    """
    scanned = scan(given)
    encoding = find_encoding(given, scanned, options.encoding)
    columns: dict[str, list[str | None]] = {}
    rows = 0
    with io.TextIOWrapper(decode(given, encoding), encoding="utf-8-sig", newline="\n") as lines:
        for number, record in _records(lines, given.name):
            for key, value in record.items():
                if key not in columns:
                    columns[key] = [None] * rows
                    check_width(len(columns), given.name)
                columns[key].append(_text(value, key, number, given.name))
            rows += 1
            for column in columns.values():
                if len(column) < rows:
                    column.append(None)
    if not rows or not columns:
        raise ReadError(f"{given.name} holds no rows. Choose a file with at least one object a line.")
    names, unnamed = check_names(list(columns), given.name)
    table = pa.table([pa.array(column, pa.string()) for column in columns.values()], names=list(names))
    notes = (f"JSON lines in {encoding.shown}, one object a row.", *unnamed_notes(unnamed, len(names)))
    report = ReadReport("JSON lines", encoding=encoding.shown, unnamed=unnamed, notes=notes)
    return Microdata(given.name, MemorySource(table), scanned.fingerprint, report)


def _records(lines: io.TextIOWrapper, file: str) -> Iterator[tuple[int, dict[str, Any]]]:
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        try:
            record = decoder.decode(text)
        except _DoubledKeyError:
            raise ReadError(f"{file}: line {number:,} names a key twice. Keep one value a key.") from None
        except (ValueError, RecursionError):
            raise ReadError(
                f"{file}: line {number:,} is not JSON. Halftone reads JSON lines: one object on each line."
            ) from None
        if not isinstance(record, dict):
            raise ReadError(f"{file}: line {number:,} is not a JSON object. Write one object, {{…}}, on each line.")
        yield number, record


class _DoubledKeyError(Exception):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _DoubledKeyError
    return record


def _text(value: Any, key: str, number: int, file: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _WORDS[value]
    raise ReadError(f"{file}: line {number:,} holds a list or an object in '{key}'. Keep one value a key.")
