"""How far a ledger of releases went, remembered apart from it: an older copy in its place would hide a release.

The note lies in the folder of the audit trail, under AES-256-GCM with a key derived from the vault's. It is written
after the ledger, and taken back before it: what is remembered is never ahead of what was written.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymiser.audit import folder_of
from anonymiser.errors import TamperedError
from anonymiser.release.files import plain_words, write_whole
from anonymiser.release.keys import OwnerKeys, derive

__all__ = ["LedgerMemory"]

_MAGIC: Final = b"halftone-ledger-memory-1\n"
_NONCE: Final = 12
_NUMBER: Final = 8
_MOST_BYTES: Final = 4096


class LedgerMemory:
    """What the vault remembers of one ledger.

    Parameters
    ----------
    ledger : Path
    keys : OwnerKeys
        From the vault.
    home : Path
        The owner's folder, in which the audit trail is.

    Attributes
    ----------
    place : str
        Stands for the path of the ledger; nobody can tell that from it.
    """

    def __init__(self, ledger: Path, keys: OwnerKeys, home: Path) -> None:
        self.place = derive(keys.master, "ledger place", str(ledger.resolve())).hex()[:16]
        self._path = folder_of(home) / f"ledger-{self.place}.seal"
        self._cipher = AESGCM(derive(keys.master, "ledger memory", self.place))

    def read(self) -> int:
        """How often the ledger was written; 0 where nothing is remembered.

        Raises
        ------
        TamperedError
            The note was changed.
        OutputError
            It cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                content = file.read(_MOST_BYTES)
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise plain_words(error, "reading what the vault remembers of the ledger") from error
        body = content.removeprefix(_MAGIC)
        try:
            return int.from_bytes(self._cipher.decrypt(body[:_NONCE], body[_NONCE:], _MAGIC), "big")
        except (InvalidTag, ValueError) as error:
            raise TamperedError(
                f"'{self._path.name}', in which the vault remembers the ledger of releases, was changed. Put back your "
                "backup copy of the folder, or remove the file and say why with 'ledger accept'."
            ) from error

    def note(self, serial: int) -> None:
        """Remember how often it was written.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, serial.to_bytes(_NUMBER, "big"), _MAGIC)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, _MAGIC + nonce + sealed, mode=0o600)
        except OSError as error:
            raise plain_words(error, "remembering the ledger of releases in the vault") from error
