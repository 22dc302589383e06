"""The output check: every file that is about to leave, table by table."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from anonymiser.checking.counts import check_counts, check_differences, check_extremes, check_shares
from anonymiser.checking.envelope import check_envelope
from anonymiser.checking.findings import Finding, LookedAt, NumberRules, Review
from anonymiser.checking.grids import Grid, Kind, kind_of
from anonymiser.checking.magnitudes import check_contributions, check_ranked
from anonymiser.checking.prose import CONTACTS, check_json, check_prose
from anonymiser.checking.recount import Recount, split_by_recount
from anonymiser.checking.rows import check_cells, check_order, check_rows, identifier_in
from anonymiser.checking.unpack import Unpacked, unpack
from anonymiser.errors import ReadError

__all__ = ["Question", "review"]

_QUASI: Final = "quasi-identifier;"
_PSEUDONYM: Final = "pseudonym;"
_NOISY: Final = "count; noisy."
_UNREAD: Final = "could not be read"


@dataclass(frozen=True)
class Question:
    """What a check is told beforehand; everything may be left out.

    Attributes
    ----------
    rules : NumberRules
    counts, totals : tuple of str
        Columns of counts; columns of totals or means.
    largest : tuple of str
        Columns with the largest contributions to the totals.
    contributions : Grid or None
        The rows that were added up.
    qis, pseudonyms : tuple of str
        Columns that point at people together; columns that are different in every row on purpose.
    own : collection of str or None
        What the owner says about herself in documents.
    data : Grid or None
        The rows that leave, where they are known already; files of data are then not read again.
    skip : collection of str
        Files of which only what stands around the rows is looked at.
    built : tuple of bytes
        Files that the program itself brings along; a file that equals one of them is known, and not looked into.
    counted : bool
        Whether the groups were counted already against what is promised, so that they are not judged again.
    """

    rules: NumberRules = field(default_factory=NumberRules)
    counts: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    largest: tuple[str, ...] = ()
    contributions: Grid | None = None
    qis: tuple[str, ...] = ()
    pseudonyms: tuple[str, ...] = ()
    own: Collection[str] | None = None
    data: Grid | None = None
    skip: Collection[str] = field(default_factory=frozenset)
    built: tuple[bytes, ...] = ()
    counted: bool = False


@dataclass(frozen=True)
class _Table:
    grid: Grid
    kind: Kind
    numbers: tuple[str, ...]


def review(files: Mapping[str, bytes], question: Question | None = None) -> Review:
    """Look at files that are about to leave.

    Parameters
    ----------
    files : mapping of str to bytes
        By name, as the recipient will see them.
    question : Question, optional

    Raises
    ------
    InputError
        A column that was named is nowhere, or the contributions do not fit the table.
    """
    asked = question or Question()
    unpacked, waiting = _unpacked(files, asked)
    findings: list[Finding] = []
    looked: list[LookedAt] = []
    tables = [_table(grid, asked) for found in unpacked.values() for grid in found.grids]
    if asked.data is not None:
        tables.append(_Table(asked.data, Kind.ROWS, ()))
    qis, pseudonyms, noisy = _described(files)
    qis, pseudonyms = asked.qis or qis, asked.pseudonyms or pseudonyms
    rows = [table.grid for table in tables if table.kind is Kind.ROWS]
    recount = Recount.of(asked.data) if asked.data is not None else _recount(rows)
    for name, content in files.items():
        if content in asked.built or unpacked[name].seen == _UNREAD:
            continue
        findings += check_envelope(name, content)
        if name.endswith(".json"):
            findings += check_json(name, content, recount)
    for name, found in unpacked.items():
        findings += found.findings
        findings += check_prose(name, _sentences(found, tables), asked.rules, asked.own)
        if asked.own is None and identifier_in(found.text, prose=True) in CONTACTS:
            waiting.append(f"{name} names an address or a telephone number: see that it is the owner's own.")
    for table in tables:
        looked.append(LookedAt(table.grid.file, table.grid.name or "table", _taken_as(table)))
        if table.kind is Kind.COUNTS and table.grid.file in noisy:
            findings += check_cells(table.grid)
            waiting.append(
                f"{table.grid.file}: its description says that its counts have noise under a privacy budget; they were "
                "not looked at further. How large the budget is, is for you to judge."
            )
            continue
        findings += _of_table(table, asked, recount, (qis, pseudonyms))
        waiting += _open_questions(table, asked, recount, qis)
    counted = [
        (t.grid, t.numbers) for t in tables if t.kind is Kind.COUNTS and t.grid.sheet and t.grid.file not in noisy
    ]
    findings += check_differences(counted, asked.rules)
    seen = [LookedAt(name, "", found.seen or "not looked into") for name, found in unpacked.items()]
    return Review(tuple(_once(findings)), tuple(seen + looked), tuple(dict.fromkeys(waiting)))


def _unpacked(files: Mapping[str, bytes], asked: Question) -> tuple[dict[str, Unpacked], list[str]]:
    unpacked: dict[str, Unpacked] = {}
    waiting: list[str] = []
    for name, content in files.items():
        if content in asked.built:
            unpacked[name] = Unpacked(seen="as Halftone builds it")
            continue
        if name in asked.skip:
            unpacked[name] = Unpacked(seen="data")
            continue
        try:
            unpacked[name] = unpack(name, content)
        except ReadError as error:
            unpacked[name] = Unpacked(seen=_UNREAD)
            waiting.append(str(error))
            continue
        if not unpacked[name].seen:
            sealed = name.endswith((".age", ".zip", ".tar", ".gz"))
            waiting.append(f"{name} is {'sealed: check what is in it' if sealed else 'of an unknown kind'}.")
        elif unpacked[name].seen.startswith("picture"):
            waiting.append(f"{name} is a picture: what it shows is for you to judge.")
    return unpacked, waiting


def _table(grid: Grid, asked: Question) -> _Table:
    kind, numbers = kind_of(grid, asked.counts, asked.totals)
    return _Table(grid, kind, numbers)


def _of_table(
    table: _Table, asked: Question, recount: Recount, known: tuple[Sequence[str], Collection[str]]
) -> Iterator[Finding]:
    grid = table.grid
    yield from check_cells(grid)
    if table.kind is Kind.ROWS:
        qis = [name for name in known[0] if grid.column(name) is not None]
        yield from check_rows(grid, qis, known[1], counted=asked.counted)
        yield from check_order(grid)
        return
    yield from check_extremes(grid)
    yield from check_shares(grid)
    if table.kind is Kind.COUNTS:
        yield from check_counts(grid, table.numbers, asked.rules, recount)
    elif table.kind is Kind.TOTALS:
        if asked.contributions is not None:
            yield from check_contributions(grid, table.numbers, asked.contributions, asked.rules)
        elif asked.largest:
            yield from check_ranked(grid, table.numbers, asked.largest, asked.rules)


def _open_questions(table: _Table, asked: Question, recount: Recount, qis: Sequence[str]) -> Iterator[str]:
    where = table.grid.file + (f", {table.grid.name}" if table.grid.name else "")
    if table.kind is Kind.ESTIMATES:
        yield f"{where} holds estimates: that at least 10 degrees of freedom are left (ACRO) is for you to see."
    if table.kind is Kind.TOTALS and asked.contributions is None and not asked.largest:
        yield f"{where} holds totals or means: whether one contributor dominates needs the contributions."
    if table.kind is Kind.COUNTS and table.grid.sheet and not _is_recount(table.grid, recount):
        yield f"{where}: tables published earlier, from which this one could be subtracted, are not known here."
    if table.kind is Kind.ROWS and not qis:
        yield f"{where}: which columns an outsider may know is not said, so all of them were counted."


def _is_recount(grid: Grid, recount: Recount) -> bool:
    found = split_by_recount(grid, recount)
    return found is not None and all(found[0])


def _taken_as(table: _Table) -> str:
    if table.kind is Kind.ROWS:
        return f"{table.kind.value}: {table.grid.rows:,} rows"
    return str(table.kind.value)


def _sentences(found: Unpacked, tables: Sequence[_Table]) -> str:
    """Text of a file and of those of its tables that hold words."""
    words = [t.grid for t in tables if t.kind is Kind.WORDS and any(t.grid is grid for grid in found.grids)]
    cells = (f"{column.name}: {text}" for grid in words for column in grid.columns for text in column.values)
    return "\n".join((found.text, *cells))


def _described(files: Mapping[str, bytes]) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """Quasi-identifiers, pseudonyms and files of noisy counts as a data package of Halftone's describes them."""
    where = next((name for name in files if name.endswith("datapackage.json")), "")
    try:
        resources = json.loads(files[where])["resources"] if where else []
        fields = [(one["path"], field) for one in resources for field in one["schema"]["fields"]]
        told = [(str(path), str(one["name"]), str(one.get("description", ""))) for path, one in fields]
    except (ValueError, KeyError, TypeError, RecursionError):
        return (), (), frozenset()
    folder = where.removesuffix("datapackage.json")
    noisy = {folder + path.removesuffix(".csv") for path, _, words in told if words.startswith(_NOISY)}
    return (
        tuple(name for _, name, words in told if words.startswith(_QUASI)),
        tuple(name for _, name, words in told if words.startswith(_PSEUDONYM)),
        frozenset(f"{stem}{ending}" for stem in noisy for ending in (".csv", ".parquet")),
    )


def _recount(rows: Sequence[Grid]) -> Recount:
    merged: dict[str, Mapping[str, frozenset[int]]] = {}
    for grid in rows:
        merged.update(Recount.of(grid).columns)
    return Recount(merged)


def _once(findings: Sequence[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))
