"""``open``: check a release, decrypt it, and write what was inside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import passphrase_in
from anonymiser.cli.printing import print_line
from anonymiser.release.opening import OpeningKey, open_release

__all__ = ["open_command"]


def open_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder release_<id>, or the one it is in.")],
    *,
    out: Annotated[Path, typer.Option(help="A folder that does not exist, or an empty one.")],
    identity: Annotated[Path | None, typer.Option(help="File of your age private key.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="File with the passphrase.")] = None,
    fingerprint: Annotated[str | None, typer.Option(help="As the owner told it to you.")] = None,
) -> int:
    """Verify a release and open it.

    The signature and every hash are checked; nothing is written if a check fails.
    """
    passphrase = None if passphrase_file is None else passphrase_in(passphrase_file)
    result = open_release(folder, out, OpeningKey(identity, passphrase), fingerprint=fingerprint)
    print_line(f"Release {result.release_id} is whole: {len(result.files)} files, each as it was signed.")
    if fingerprint is None:
        print_line(f"Signed by {result.fingerprint}. Compare this with what the owner told you.")
    for name in result.files:
        print_line(name)
    return 0
