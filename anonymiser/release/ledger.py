"""The ledger of releases, beside the owner's vault: encrypted, whole or not at all, one writer at a time.

It is what makes it possible to compare a release with every earlier one of the same people. It holds no identifier:
people are known in it by keyed ids, and what the releases showed of each group is readable with the vault's key only.

The file is ``halftone-ledger-1``, a line feed, a nonce of 12 bytes and the contents under AES-256-GCM. The key is
derived from the owner's master key: the ledger needs no passphrase of its own, and a new passphrase of the vault leaves
it as it is. How often it was written is remembered apart from it (:mod:`anonymiser.release.ledger_memory`): an older
copy in its place, or none, is refused until the owner says that there is no newer one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymiser import autosave
from anonymiser.errors import InputError, OutputError, SealError
from anonymiser.release.files import plain_words, sync_folder, write_whole
from anonymiser.release.keys import OwnerKeys, derive
from anonymiser.release.ledger_book import Book, Entry, Extract, Withdrawal, book_of, bytes_of
from anonymiser.release.ledger_memory import LedgerMemory

__all__ = ["Ledger", "ledger_beside"]

_MAGIC: Final = b"halftone-ledger-1\n"
_NONCE: Final = 12
_MOST_BYTES: Final = 2**31 - 1
"""The largest message that AES-GCM takes here; some hundred releases of a million people."""


def ledger_beside(vault: Path, keys: OwnerKeys) -> Ledger:
    """The ledger that belongs to a vault: the file of the same name ending in ``.ledger``."""
    path = vault.with_suffix(".ledger")
    return Ledger(path, keys, LedgerMemory(path, keys, autosave.home()))


class Ledger:
    """The releases that an owner made.

    Parameters
    ----------
    path : Path
    keys : OwnerKeys
        From the vault.
    memory : LedgerMemory, optional
        What is remembered of it elsewhere.
    """

    def __init__(self, path: Path, keys: OwnerKeys, memory: LedgerMemory | None = None) -> None:
        self.path = path
        self.memory = memory
        self._key = derive(keys.master, "ledger")
        self._person_key = derive(keys.master, "person")
        self._kept: tuple[object, Book] | None = None

    @property
    def person_key(self) -> bytes:
        """Key of the ids of people: never used for anything that leaves."""
        return self._person_key

    def read(self) -> Book:
        """Everything in it; an empty book where nothing was ever entered.

        Raises
        ------
        SealError
            It belongs to another vault, or was changed; or it is older than what is remembered of it.
        OutputError
            The file cannot be read.
        """
        known = self._remembered()  # first: a writer may be quicker than we are
        book = self._read()
        if book.serial < known:
            with self._locked():  # it may just have been taken back, because its release failed
                return self._current()
        return book

    def _current(self) -> Book:
        """The same while nobody else writes."""
        book = self._read()
        if book.serial < self._remembered():
            raise self.rolled_back()
        return book

    def _remembered(self) -> int:
        return 0 if self.memory is None else self.memory.read()

    def rolled_back(self) -> SealError:
        """What is said of a copy that is older than what is remembered."""
        what = "is an older copy" if self.path.exists() else "is gone"
        return SealError(
            f"The ledger of releases '{self.path.name}' {what}: your vault remembers a later one, and releases that "
            "it had would be overlooked. Put back the newest copy. If there is none, say so: "
            "'python -m anonymiser ledger accept' names the releases that are missing and goes on."
        )

    def _read(self) -> Book:
        signature = self._signature()
        if self._kept is None or self._kept[0] != signature:
            content = self._content()
            self._kept = (signature, Book() if content is None else self._opened(content))
        return self._kept[1]

    @contextmanager
    def entering(self, entry: Entry, extract: Extract, *, head: str) -> Iterator[None]:
        """Enter a release for as long as what is done inside succeeds.

        The entry is on disk before the inside runs: a machine that stops in between leaves a release too many in the
        ledger, never one too few. Where the inside raises, the ledger is again what it was. Nobody else can write
        meanwhile.

        Parameters
        ----------
        entry : Entry
        extract : Extract
            The table that it was made from.
        head : str
            That of the book with which the release was compared.

        Raises
        ------
        OutputError
            Another release was entered since, or the file cannot be written.
        InputError
            The release's id was used before, for another release.
        SealError
            The ledger was changed.
        """
        with self._locked():
            before = self._content()
            book = self._current()
            if book.head != head:
                raise OutputError(
                    "Another release was made while this one was prepared. Check again how they join, and repeat."
                )
            self._write(_with_entry(book, entry, extract))
            try:
                self._note(book.serial + 1)
                yield
            except BaseException:
                with suppress(OutputError):
                    self._note(book.serial)
                self._restore(before)
                raise

    def withdraw(self, release_id: str, withdrawal: Withdrawal) -> None:
        """Say that a release does not count any more; it stays in the ledger, with the reason.

        Raises
        ------
        InputError
            There is no such release, it is withdrawn already, or reason or name are missing.
        SealError, OutputError
            The ledger was changed, or cannot be written.
        """
        if not (withdrawal.reason.strip() and withdrawal.stated_by.strip()):
            raise InputError("A release is withdrawn with a reason and the name of who says so. Give both.")
        with self._locked():
            book = self._current()
            found = [entry for entry in book.entries if entry.release_id == release_id]
            if not found:
                raise InputError("The ledger has no release with this id. List what it has first.")
            if found[0].withdrawn is not None:
                raise InputError("This release is withdrawn already.")
            changed = [replace(e, withdrawn=withdrawal) if e is found[0] else e for e in book.entries]
            self._write(replace(book, entries=tuple(changed)))
            self._note(book.serial + 1)

    def accept(self, newest: int = 0) -> None:
        """Go on with a copy that is older than what is remembered, because there is no newer one.

        Parameters
        ----------
        newest : int
            How often it was written at least, by the audit trail. From now on the copy counts as newer than all.

        Raises
        ------
        SealError, OutputError
            It was changed, or cannot be written.
        """
        with self._locked():
            book = self._read()
            serial = max(newest, book.serial, self._remembered())
            self._write(replace(book, serial=serial))
            self._note(serial + 1)

    def _note(self, serial: int) -> None:
        if self.memory is not None:
            self.memory.note(serial)

    def _signature(self) -> tuple[int, int, int] | None:
        """Changes whenever the file does: a page asks again and again what it holds."""
        with suppress(OSError):
            found = self.path.stat()
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    def _content(self) -> bytes | None:
        try:
            if self.path.stat().st_size > _MOST_BYTES:
                raise self._damaged()
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise plain_words(error, "reading the ledger of releases") from error

    def _opened(self, content: bytes) -> Book:
        start = len(_MAGIC) + _NONCE
        if not content.startswith(_MAGIC) or len(content) <= start:
            raise self._damaged()
        try:
            plain = AESGCM(self._key).decrypt(content[len(_MAGIC) : start], content[start:], _MAGIC)
        except InvalidTag as error:
            raise SealError(
                f"The ledger of releases '{self.path.name}' belongs to another vault, or it was changed. "
                "Use the backup copy that was made together with this vault."
            ) from error
        try:
            return book_of(plain, hashlib.sha256(content).hexdigest())
        except (ValueError, KeyError, TypeError, OverflowError, pa.ArrowException) as error:
            raise self._damaged() from error

    def _damaged(self) -> SealError:
        return SealError(
            f"'{self.path.name}' is not a ledger of releases, or it is damaged. Use your backup copy: without it "
            "Halftone cannot tell what earlier releases showed."
        )

    def _write(self, book: Book) -> None:
        plain, nonce = bytes_of(replace(book, serial=book.serial + 1)), os.urandom(_NONCE)
        if len(plain) > _MOST_BYTES - 1024:
            raise OutputError("The ledger of releases is full. Begin another vault for another group of people.")
        sealed = AESGCM(self._key).encrypt(nonce, plain, _MAGIC)
        try:
            write_whole(self.path, _MAGIC + nonce + sealed, mode=0o600)
        except OSError as error:
            raise plain_words(error, "writing the ledger of releases") from error

    def _restore(self, content: bytes | None) -> None:
        try:
            if content is None:
                self.path.unlink(missing_ok=True)
                sync_folder(self.path.parent)
            else:
                write_whole(self.path, content, mode=0o600)
        except OSError as error:
            raise OutputError(
                "The release was not made, but the ledger of releases could not be put back and lists it. "
                "Withdraw it there."
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait for other writers; the system frees the lock of a process that died."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise plain_words(error, "writing the ledger of releases") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            with suppress(OSError):
                os.close(handle)


def _with_entry(book: Book, entry: Entry, extract: Extract) -> Book:
    """The book with one more entry; the very same release made again takes its own place."""
    others = tuple(known for known in book.entries if known.release_id != entry.release_id)
    for known in book.entries:
        if known.release_id == entry.release_id and not known.is_same_as(entry):
            raise InputError(
                "The release's id was used before, for another release. Choose a new one: pseudonyms depend on it."
            )
    extracts = book.extracts if extract.name in book.extracts else {**book.extracts, extract.name: extract}
    return replace(book, entries=(*others, entry), extracts=extracts)
