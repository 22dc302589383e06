"""``audit verify``: whether the record of who did what is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymiser.audit import HEAD_FILE, anchor_of, fingerprint_of_key, verdict_in_words, verify
from anonymiser.cli.inputs import read_bytes
from anonymiser.cli.printing import print_line
from anonymiser.errors import InputError, TamperedError

__all__ = ["audit_app"]

audit_app = typer.Typer(
    help="Check the record of who did what: audit verify FILE [--head H] [--fingerprint F] [--release DIR].",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@audit_app.callback()
def _audit() -> None:
    """Check the record of who did what: audit verify FILE [--head H] [--fingerprint F] [--release DIR]."""


@audit_app.command("verify")
def verify_command(
    file: Annotated[Path, typer.Argument(help="The record, audit.jsonl.")],
    *,
    head: Annotated[
        Path | None, typer.Option(help="The signed head; otherwise audit.head.sig beside the file.")
    ] = None,
    fingerprint: Annotated[str | None, typer.Option(help="Of a key that has to vouch for it.")] = None,
    release: Annotated[list[Path] | None, typer.Option(help="A release made from it; may be repeated.")] = None,
) -> int:
    """Find edits, deletions, a cut end, another order and a forgery that was chained anew.

    Exit code 2 and one line that says which and where.
    """
    beside = file.with_name(HEAD_FILE) if head is None else head
    statement = read_bytes(beside) if head is not None or beside.is_file() else None
    anchors = []
    for folder in release or []:
        anchor = anchor_of(folder)
        if anchor is None:
            raise InputError(f"The folder {folder.name} is no release that says how the record stood. Check its name.")
        anchors.append(anchor)
    found = verify(read_bytes(file), statement, fingerprint=fingerprint, anchors=anchors)
    told = verdict_in_words(found)
    if not found.whole:
        raise TamperedError(told)
    if fingerprint is None and found.keys:
        told += f" Signed last by {fingerprint_of_key(found.keys[-1])}."
    print_line(" ".join((told, *found.notes)))
    return 0
