"""The dictionary as Markdown, web page, CSV and workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time

from anonymiser.release import markdown
from anonymiser.release.cells import safe_text
from anonymiser.release.dictionary import Dictionary, DictionaryField, is_tables
from anonymiser.release.facts import ReleaseForm
from anonymiser.release.payload import Payload

__all__ = ["add_dictionary"]

LISTED_ROWS = 400
"""Of a table beside the records; with more the file itself says it."""
_ABOUT = ("what", "this release")
_COLUMNS = ("column", "meaning", "role", "level", "what was done", "type", "different values", "share missing")
_LABELS = ("column", "label", "records")


def add_dictionary(dictionary: Dictionary, payload: Payload) -> None:
    """Put ``DATA_DICTIONARY`` into the payload, in four formats that say the same."""
    text = _markdown(dictionary)
    payload.add("DATA_DICTIONARY.md", text)
    payload.add("DATA_DICTIONARY.html", markdown.web_page(f"Data dictionary: {dictionary.facts.title}", text))
    payload.add("DATA_DICTIONARY.csv", _csv(dictionary))
    payload.add("DATA_DICTIONARY.xlsx", _workbook(dictionary))


def _about(dictionary: Dictionary) -> list[tuple[str, str]]:
    facts = dictionary.facts
    counts = "rounded counts" if facts.budget is None else "counts with noise"
    what = f"rows of {counts}" if is_tables(facts) else "records"
    lines = [
        ("Title", facts.title),
        ("Release", facts.release_id),
        ("Date", facts.created.isoformat()),
        ("From", f"{facts.owner} ({facts.contact})"),
        ("For", f"{facts.recipient}; {facts.model}"),
        ("Purpose", facts.purpose),
        ("Holds", f"{dictionary.rows:,} {what}, made from {facts.input_rows:,} records"),
    ]
    if facts.form is ReleaseForm.SAMPLE:
        lines.append(("Sample", f"a random sample of {100 * facts.sample_fraction:g} % of the records"))
    if not is_tables(facts):
        lines.append(("Order", "The order of the records is random and means nothing."))
    if facts.version:
        lines.append(("Made with", f"Halftone {facts.version}"))
    return lines


def _markdown(dictionary: Dictionary) -> str:
    facts = dictionary.facts
    parts = [f"# Data dictionary: {markdown.plain(facts.title)}\n"]
    parts.append(markdown.table(_ABOUT, _about(dictionary)))
    counted = "" if is_tables(facts) else " Counts are of released records: anyone can count them again."
    parts.append(f"## Columns\n\nText is UTF-8. An empty cell is a missing value.{counted}\n")
    parts.append(markdown.table(_COLUMNS, (_row(dictionary, field) for field in dictionary.fields)))
    for field in dictionary.fields:
        if field.labels:
            parts.append(f"### {markdown.plain(field.name)}\n")
            rows = ((label.label, "" if label.records is None else f"{label.records:,}") for label in field.labels)
            parts.append(markdown.table(_LABELS[1:], rows))
    for extra in dictionary.extra:
        parts.append(f"## Beside the records: `data/{extra.name}.csv`\n\n{markdown.plain(extra.title)}\n")
        if len(extra.rows) <= LISTED_ROWS:
            parts.append(markdown.table(extra.header, extra.rows))
    if facts.measures:
        parts.append("## Measures\n")
        parts.append(
            markdown.table(("measure", "value", "meaning"), ((m.name, m.value, m.meaning) for m in facts.measures))
        )
    for heading, lines in (
        ("Requirements checked", facts.checked),
        ("Requirements not checked", facts.unchecked),
        ("What may be said, and its limits", facts.claims),
    ):
        if lines:
            parts.append(f"## {heading}\n\n{markdown.bullets(lines)}")
    return "\n".join(parts)


def _row(dictionary: Dictionary, field: DictionaryField) -> tuple[str, ...]:
    return (
        field.name,
        field.meaning,
        field.role,
        field.level,
        field.method,
        field.kind.value,
        f"{field.different:,}" if field.different else "",
        dictionary.share_missing(field),
    )


def _flat(dictionary: Dictionary) -> Iterator[tuple[str, ...]]:
    """A row a label; a column whose labels are not listed has one row."""
    for field in dictionary.fields:
        row = _row(dictionary, field)
        if not field.labels:
            yield (*row, "", "")
        for label in field.labels:
            yield (*row, label.label, "" if label.records is None else str(label.records))


def _csv(dictionary: Dictionary) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_LABELS[1:]))
    writer.writerows([safe_text(cell) for cell in row] for row in _flat(dictionary))
    return file.getvalue()


def _workbook(dictionary: Dictionary) -> bytes:
    """Three sheets of text: no formula, no link, no time of writing."""
    import xlsxwriter  # no page waits for it

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {"title": dictionary.facts.title, "created": datetime.combine(dictionary.facts.created, time(), UTC)}
    )
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    labels = (
        (field.name, label.label, "" if label.records is None else str(label.records))
        for field in dictionary.fields
        for label in field.labels
    )
    sheets = (
        ("About", _ABOUT, _about(dictionary)),
        ("Columns", _COLUMNS, (_row(dictionary, field) for field in dictionary.fields)),
        ("Labels", _LABELS, labels),
    )
    for name, names, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(names) - 1, 24)
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(names):
            sheet.write_string(0, column, text, head)
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, safe_text(cell), wrap)
    book.close()
    return file.getvalue()
