"""``check``: the output check on anything that is about to leave."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from anonymiser.checking import Grid, NumberRules, Question, Review, review, unpack
from anonymiser.cli.exits import ExitCode
from anonymiser.cli.inputs import read_bytes
from anonymiser.cli.printing import print_json, print_line
from anonymiser.errors import InputError, ReadError
from anonymiser.release.package import decrypt_page

__all__ = ["check_command"]

_OPEN: Final = 10
"""What anyone may read hides counts of 1 to 10 (CMS)."""


def check_command(
    path: Annotated[Path, typer.Argument(help="A file, or a folder of files, that is about to leave.")],
    *,
    counts: Annotated[str | None, typer.Option(help="Columns that hold counts, separated by commas.")] = None,
    totals: Annotated[str | None, typer.Option(help="Columns that hold totals or means, separated by commas.")] = None,
    contributions: Annotated[
        str | None,
        typer.Option(help="The rows that were added up (a file), or columns with the largest contributions."),
    ] = None,
    qi: Annotated[str | None, typer.Option(help="Columns that point at people together; all if left out.")] = None,
    hide: Annotated[int, typer.Option(help="Counts from 0 to this must be hidden.")] = 7,
    rounded_to: Annotated[int, typer.Option("--round", help="Other counts must be multiples of this; 1: any.")] = 5,
    is_open: Annotated[bool, typer.Option("--open", help="For anyone to read: counts up to 10 are hidden.")] = False,
    nk: Annotated[
        list[str] | None, typer.Option(help="n:k, the n largest may make up k %; may be repeated; 2:90 if left out.")
    ] = None,
    p: Annotated[float, typer.Option(help="p % rule: how closely the largest contribution may be estimated.")] = 10.0,
    contact: Annotated[
        list[str] | None, typer.Option(help="Your own address or telephone number, which may stand in documents.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Look for what must not leave: small counts, dominated totals, identifiers, formulas, metadata.

    Exit code 0 if nothing is found, 1 if something is, 2 for bad input.
    """
    rules = NumberRules(max(hide, _OPEN) if is_open else hide, rounded_to, _dominance(nk), p)
    files = _files(path)
    source, largest = _contributions(contributions, totals)
    question = Question(
        rules=rules,
        counts=_names(counts),
        totals=_names(totals),
        largest=largest,
        contributions=source,
        qis=_names(qi),
        own=contact,
        built=(decrypt_page(),),
    )
    _usable(files, question)
    found = review(files, question)
    if as_json:
        print_json(_document(found, rules))
    else:
        _tell(found)
    return int(ExitCode.NOT_MET if found.findings else ExitCode.DONE)


def _files(path: Path) -> dict[str, bytes]:
    if path.is_symlink() or not path.exists():
        raise InputError(f"'{path.name}' is no file and no folder. Check the name.")
    if not path.is_dir():
        return {path.name: read_bytes(path)}
    found = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
    if not found:
        raise InputError(f"The folder '{path.name}' holds no file.")
    return {one.relative_to(path).as_posix(): read_bytes(one) for one in found}


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()


def _contributions(text: str | None, totals: str | None) -> tuple[Grid | None, tuple[str, ...]]:
    if text is None:
        return None, ()
    if totals is None:
        raise InputError("--contributions says what was added up: say which columns hold the totals, with --totals.")
    path = Path(text)
    if path.is_file():
        grids = unpack(path.name, read_bytes(path)).grids
        if not grids:
            raise InputError(f"{path.name} holds no table of contributions.")
        return grids[0], ()
    if path.suffix and "," not in text:
        raise InputError(f"The file {path.name} does not exist. Check its name.")
    return None, _names(text)


def _dominance(given: list[str] | None) -> tuple[tuple[int, float], ...]:
    if not given:
        return NumberRules().dominance
    rules = []
    for text in given:
        n, colon, k = text.partition(":")
        try:
            rules.append((int(n), float(k)))
        except ValueError:
            colon = ""
        if not colon:
            raise InputError(f"--nk: '{text}' is not of the form n:k. Write for example 2:90.")
    return tuple(rules)


def _usable(files: dict[str, bytes], question: Question) -> None:
    """Refuse what would check nothing: no file that can be read, or a column that no table has.

    Raises
    ------
    InputError
    """
    grids, seen, problem = [], False, "No file here is of a kind that can be checked."
    for name, content in files.items():
        try:
            found = unpack(name, content)
        except ReadError as error:
            problem = str(error)
            continue
        seen |= bool(found.seen)
        grids += found.grids
    if not seen:
        raise InputError(problem)
    for name in (*question.counts, *question.totals, *question.largest, *question.qis):
        if not any(grid.column(name) for grid in grids):
            raise InputError(f"No table has a column '{name}'. Check the name.")


def _tell(found: Review) -> None:
    for one in found.looked_at:
        where = f"{one.file}, {one.table}" if one.table else one.file
        print_line(f"Looked at  {where}: {one.taken_as}.")
    for finding in found.findings:
        print_line(f"FOUND      {finding.rule.value}. {finding.words}")
    for sentence in found.not_judged:
        print_line(f"Not judged {sentence}")
    print_line(found.words if not found.findings else f"{len(found.findings):,} found. It should not leave like this.")


def _document(found: Review, rules: NumberRules) -> dict[str, object]:
    return {
        "found": len(found.findings),
        "findings": [
            {"rule": f.rule.value, "file": f.file, "table": f.table, "place": f.place, "sentence": f.sentence}
            for f in found.findings
        ],
        "looked_at": [{"file": o.file, "table": o.table, "taken_as": o.taken_as} for o in found.looked_at],
        "not_judged": list(found.not_judged),
        "rules": {
            "hide_up_to": rules.hide_up_to,
            "round_to": rules.round_to,
            "dominance": [{"n": n, "k": k} for n, k in rules.dominance],
            "p": rules.p,
        },
    }
