"""``ledger list``, ``ledger withdraw`` and ``ledger accept``: the releases that a vault remembers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.printing import print_line
from anonymiser.cli.vault import OpenedVault, opened_vault
from anonymiser.errors import InputError
from anonymiser.release.ledger_book import Withdrawal

__all__ = ["ledger_app"]

_HELP = "The releases that your vault remembers: ledger list, ledger withdraw ID, ledger accept."
_Vault = Annotated[Path, typer.Option("--vault", help="Your vault.")]
_Words = Annotated[Path, typer.Option("--vault-passphrase-file", help="The passphrase of the vault.")]

ledger_app = typer.Typer(help=_HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@ledger_app.command("list")
def list_command(*, vault: _Vault, vault_passphrase_file: _Words) -> int:
    """List the releases, oldest first; no value of the data."""
    from anonymiser.joining.picture import ledger_table

    table = ledger_table(_opened(vault, vault_passphrase_file).ledger.read())
    if not table["Release"]:
        print_line("The vault remembers no release.")
    for row in zip(*table.values(), strict=True):
        print_line("; ".join(f"{name.lower()}: {cell}" for name, cell in zip(table, row, strict=True)))
    return 0


@ledger_app.command("withdraw")
def withdraw_command(
    release_id: Annotated[str, typer.Argument(help="The release's id.")],
    *,
    vault: _Vault,
    vault_passphrase_file: _Words,
    reason: Annotated[str, typer.Option(help="Why it does not count: it never left, or was destroyed unused.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
) -> int:
    """Take a release out of the count; it stays in the ledger, with the reason."""
    from anonymiser.audit import Event, Scalar, Trail

    today, opened = datetime.now(tz=UTC).date().isoformat(), _opened(vault, vault_passphrase_file)
    stated = Withdrawal(reason.strip(), by.strip(), today)
    opened.ledger.withdraw(release_id, stated)
    said: dict[str, Scalar] = {"release": release_id, "stated_by": stated.stated_by, "reason": stated.reason}
    Trail().signed_by(opened.keys.signing).append(Event.WITHDRAWN, said)
    print_line("It does not count any more.")
    return 0


@ledger_app.command("accept")
def accept_command(
    *,
    vault: _Vault,
    vault_passphrase_file: _Words,
    reason: Annotated[str, typer.Option(help="Why there is no newer copy, such as a disk that broke.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
) -> int:
    """Go on with an older copy of the ledger: after a backup was put back and the newest one is lost."""
    from anonymiser.audit import Trail
    from anonymiser.releasing.recorded import accept

    opened = _opened(vault, vault_passphrase_file)
    lost = accept(Trail().signed_by(opened.keys.signing), opened.ledger, reason=reason, stated_by=by)
    print_line("This copy of the ledger counts from now on.")
    for entry in lost:
        told = f"{entry.fields.get('release')} of {entry.time.date().isoformat()} for {entry.fields.get('recipient')}"
        print_line(f"Not in it: release {told}. Nothing is compared with it: consider what it showed yourself.")
    return 0


def _opened(vault: Path, passphrase_file: Path) -> OpenedVault:
    opened = opened_vault(vault, passphrase_file)
    if opened is None:
        raise InputError("Name the vault with --vault and its passphrase with --vault-passphrase-file.")
    return opened
