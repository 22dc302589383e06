"""The owner's vault on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from anonymiser.cli.inputs import passphrase_in
from anonymiser.errors import InputError
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger, ledger_beside
from anonymiser.release.vault import open_vault

__all__ = ["OpenedVault", "opened_vault"]


@dataclass(frozen=True, eq=False)
class OpenedVault:
    """What an open vault gives.

    Attributes
    ----------
    keys : OwnerKeys
    ledger : Ledger
    passphrase : str
    """

    keys: OwnerKeys
    ledger: Ledger
    passphrase: str = field(repr=False)


def opened_vault(path: Path | None, passphrase_file: Path | None) -> OpenedVault | None:
    """The vault of ``--vault``, opened with the passphrase in a file; None where none is named.

    Raises
    ------
    InputError
        Only one of the two is given, or a file is not there.
    SealError
        The passphrase does not open it.
    """
    if path is None and passphrase_file is None:
        return None
    if path is None or passphrase_file is None:
        raise InputError("A vault is opened with --vault FILE and --vault-passphrase-file FILE together.")
    if not path.is_file():
        raise InputError(f"There is no vault '{path.name}'. Make one on the release page, or name another file.")
    passphrase = passphrase_in(passphrase_file)
    keys = open_vault(path, passphrase)
    return OpenedVault(keys, ledger_beside(path, keys), passphrase)
