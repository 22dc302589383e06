"""``profile``: what a table holds, and which columns point at a person."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import load_table
from anonymiser.cli.printing import Section, print_json, print_line, print_sections
from anonymiser.microdata import Microdata
from anonymiser.quality import Finding, all_findings
from anonymiser.reading.look import Look, looks
from anonymiser.suggest import Suggestion, suggest

__all__ = ["profile_command"]


def profile_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    as_json_object: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """List columns with suggested roles and findings.

    Each role comes with its reasons. No value of the data is shown.
    """
    microdata = load_table(file, sheet)
    suggestions = suggest(microdata)
    findings = all_findings(microdata, suggestions)
    if as_json_object:
        print_json(_as_json(microdata, suggestions, findings))
    else:
        _print(microdata, suggestions, findings)
    return 0


def _as_json(microdata: Microdata, suggestions: Sequence[Suggestion], findings: Sequence[Finding]) -> dict[str, object]:
    report = microdata.report
    columns = [
        _column(suggestion, look, [f for f in findings if f.column == suggestion.name])
        for suggestion, look in zip(suggestions, looks(microdata), strict=True)
    ]
    return {
        "file": microdata.name,
        "kind": report.kind if report else None,
        "encoding": report.encoding if report else None,
        "delimiter": report.delimiter if report else None,
        "sheet": report.sheet if report else None,
        "notes": list(report.notes) if report else [],
        "rows": microdata.rows,
        "columns": columns,
        "findings": [_finding(finding) for finding in findings if finding.column is None],
    }


def _column(suggestion: Suggestion, look: Look, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "name": suggestion.name,
        "type": _type(suggestion),
        "role": suggestion.role.value,
        "about": suggestion.concept.value,
        "reasons": list(suggestion.reasons),
        "date_format": suggestion.date_format,
        "different_values": look.distinct,
        "missing": look.missing,
        "rows_looked_at": look.rows,
        "findings": [_finding(finding) for finding in findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.kind.value,
        "count": finding.count,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
    }


def _type(suggestion: Suggestion) -> str:
    if suggestion.date_format is not None or suggestion.dates is not None:
        return "date"
    return "number" if suggestion.numeric else "text"


def _print(microdata: Microdata, suggestions: Sequence[Suggestion], findings: Sequence[Finding]) -> None:
    rows, columns = microdata.rows, len(microdata.names)
    print_line(f"{microdata.name}: {rows:,} records, {columns:,} columns.")
    for note in microdata.report.notes if microdata.report else ():
        print_line(note)
    roles = tuple((s.name, _type(s), s.role.value) for s in suggestions)
    reasons = tuple((s.name, " ".join(s.reasons)) for s in suggestions)
    sections = [
        Section("Suggested roles, for you to check", ("column", "type", "role"), roles),
        Section("Why", ("column", "reasons"), reasons),
    ]
    if findings:
        found = tuple((f.column or "the whole table", f.severity.value, f.sentence) for f in findings)
        sections.append(Section("What to look at", ("column", "how much it matters", "what"), found))
    print_sections(sections)
