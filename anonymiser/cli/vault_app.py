"""``vault``: another passphrase, and a backup."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import passphrase_in
from anonymiser.cli.printing import print_line
from anonymiser.errors import AnonymiserError, OutputError

__all__ = ["vault_app"]

vault_app = typer.Typer(
    help="Change the passphrase of your vault, or back it up.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Vault = Annotated[Path, typer.Argument(metavar="VAULT", help="The vault, vault.json in your Halftone folder.")]


@vault_app.command("passphrase")
def passphrase_command(
    vault: _Vault,
    *,
    passphrase_file: Annotated[Path, typer.Option(help="File with the passphrase as it is now.")],
    new_passphrase_file: Annotated[Path, typer.Option(help="File with the new one.")],
) -> int:
    """Wrap the same keys under another passphrase."""
    from anonymiser.audit import Event, Trail
    from anonymiser.release.vault import change_passphrase

    old, new = passphrase_in(passphrase_file), passphrase_in(new_passphrase_file)
    try:
        keys = change_passphrase(vault, old, new)
    except AnonymiserError as error:
        with suppress(OutputError):  # the first failure is the one to be told
            what = "changing the vault's passphrase"
            Trail().append(Event.FAILED, {"what": what, "kind": type(error).__name__})
        raise
    try:
        Trail().signed_by(keys.signing).append(Event.REWRAPPED)
    except OutputError as error:
        raise OutputError(
            "The passphrase was changed, but that could not be written into the audit trail. See that Halftone's "
            "folder can be written."
        ) from error
    print_line("The vault has its new passphrase. Its keys, and so its fingerprint, are the same.")
    print_line(
        "Earlier backups, and private archives that were sealed under the old passphrase, still need the old one."
    )
    return 0


@vault_app.command("backup")
def backup_command(
    vault: _Vault,
    *,
    passphrase_file: Annotated[Path, typer.Option(help="File with the passphrase, which is tried.")],
    out: Annotated[Path, typer.Option(help="The .zip to write; it must not exist.")],
) -> int:
    """Copy the vault and the ledger beside it, encrypted as they are."""
    from anonymiser.release.files import plain_words, write_whole
    from anonymiser.release.fingerprints import in_words
    from anonymiser.release.vault import IF_LOST, back_up, open_vault

    if out.exists():
        raise OutputError(f"'{out.name}' exists. Choose another name: a backup is never overwritten.")
    keys = open_vault(vault, passphrase_in(passphrase_file))
    try:
        write_whole(out, back_up(vault), mode=0o600)
    except OSError as error:
        raise plain_words(error, "writing the backup") from None
    print_line(
        f"Wrote {out.name}, encrypted as the vault is. It opens; its fingerprint is: {in_words(keys.fingerprint)}."
    )
    print_line("Keep it elsewhere, apart from its passphrase. To restore it, unpack it where the vault was.")
    for line in IF_LOST:
        print_line(line)
    return 0
