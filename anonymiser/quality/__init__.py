"""What to know about a table before it is released: findings per column, with counts and no values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from anonymiser.microdata import Microdata
from anonymiser.quality.days import dates
from anonymiser.quality.finding import Finding, FindingKind, Severity
from anonymiser.quality.formats import damaged_text, duplicate_ids, mixed_formats
from anonymiser.quality.numbers import decimal_endings, impossible, lost_zeros, mangled, not_numbers, spreadsheet_errors
from anonymiser.quality.rows import row_findings
from anonymiser.quality.values import blanks, constants, missing_codes, missing_values, nearly_unique
from anonymiser.reading.look import Look, look, looks
from anonymiser.suggest import Suggestion, suggest_role

__all__ = ["Finding", "FindingKind", "Severity", "all_findings", "findings"]

_CHECKS: tuple[Callable[[Look, Suggestion], Iterator[Finding]], ...] = (
    mangled,
    spreadsheet_errors,
    dates,
    missing_codes,
    missing_values,
    mixed_formats,
    duplicate_ids,
    decimal_endings,
    lost_zeros,
    not_numbers,
    impossible,
    damaged_text,
    nearly_unique,
    constants,
    blanks,
)
_ORDER = tuple(Severity)[::-1]


def findings(microdata: Microdata, name: str, suggestion: Suggestion | None = None) -> tuple[Finding, ...]:
    """What there is to know about one column, the most serious first.

    Parameters
    ----------
    microdata : Microdata
        Of more than 200,000 rows a sample is looked at, and the sentences say so.
    name : str
    suggestion : Suggestion, optional
        What the column is about; found out otherwise.

    Raises
    ------
    ColumnError
        No such column.

    Examples
    --------
    >>> table = Microdata.from_columns({"phone": ["4.47701E+11", "07700 900876"]})
    >>> print(findings(table, "phone")[0].sentence)  # doctest: +ELLIPSIS
    1 of 2 cells is a long number that a spreadsheet shortened to the form 9.99999E+99; ...
    """
    seen = look(microdata, name)
    return _sorted([*_unnamed(microdata, name), *_of_column(seen, suggestion or suggest_role(seen))])


def all_findings(microdata: Microdata, suggestions: Sequence[Suggestion] = ()) -> tuple[Finding, ...]:
    """What there is to know about the rows and about every column, the most serious first."""
    known = {suggestion.name: suggestion for suggestion in suggestions}
    found = list(row_findings(microdata))
    for seen in looks(microdata):
        found.extend(_unnamed(microdata, seen.name))
        found.extend(_of_column(seen, known.get(seen.name) or suggest_role(seen)))
    return _sorted(found)


def _of_column(seen: Look, suggestion: Suggestion) -> Iterator[Finding]:
    for check in _CHECKS:
        yield from check(seen, suggestion)


def _unnamed(microdata: Microdata, name: str) -> Iterator[Finding]:
    if microdata.report is not None and name in microdata.report.unnamed:
        sentence = "The column has no name in the file; this one was made up. Give it one that says what it holds."
        yield Finding(name, FindingKind.UNNAMED, microdata.rows, sentence, Severity.CHECK)


def _sorted(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))
