"""``open``: check a release, decrypt it, and write what was inside."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import passphrase_in
from anonymiser.cli.printing import print_line
from anonymiser.release.fingerprints import in_words
from anonymiser.release.opening import OpeningKey, open_release

__all__ = ["open_command"]


def open_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder release_<id>, or the one it is in.")],
    *,
    out: Annotated[Path, typer.Option(help="A folder that does not exist, or an empty one.")],
    identity: Annotated[Path | None, typer.Option(help="File of your age private key.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="File with the passphrase.")] = None,
    expect: Annotated[
        str | None,
        typer.Option("--expect", "--fingerprint", help="The fingerprint that the owner told you: words or digits."),
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="Refuse an older one: a day (2026-11-22), or the folder of an earlier release.")
    ] = None,
) -> int:
    """Verify a release and open it.

    The signature and every hash are checked; nothing is written if a check fails. Nothing is remembered: tell it the
    fingerprint, and the release that came before, each time.
    """
    passphrase = None if passphrase_file is None else passphrase_in(passphrase_file)
    key = OpeningKey(identity, passphrase)
    result = open_release(folder, out, key, fingerprint=expect, after=None if after is None else _after(after))
    print_line(
        f"Release {result.release_id} of {result.made.date().isoformat()} is whole: {len(result.files)} files, each as "
        "it was signed."
    )
    if expect is None:
        print_line(f"Signed by {result.fingerprint}. Compare this with what the owner told you.")
        print_line(f"In words: {in_words(result.fingerprint)}.")
    else:
        print_line("Signed with the key whose fingerprint you gave.")
    for name in result.files:
        print_line(name)
    return 0


def _after(text: str) -> Path | date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Path(text)
