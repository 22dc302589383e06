"""Take a tar stream apart, into one folder and nowhere else."""

from __future__ import annotations

import hashlib
import re
import tarfile
import unicodedata
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import IO

from anonymiser.errors import TamperedError

__all__ = ["checked_name", "refuse_collisions", "unpack"]

_MOST_FILES = 200
_BLOCK = 1 << 18
_UNWANTED = re.compile(r"[\\:\x00-\x1f\x7f]")


def checked_name(name: str, where: str) -> str:
    """A relative path that stays below its folder on every system.

    Raises
    ------
    TamperedError
        It is absolute, climbs out, or has characters that some system takes for a folder or a drive.
    """
    parts = name.split("/")
    if not name or _UNWANTED.search(name) or any(part in ("", ".", "..") or part != part.strip(" .") for part in parts):
        raise TamperedError(f"'{where}' holds a file name that would be written elsewhere. Do not use this release.")
    return PurePosixPath(name).as_posix()


def refuse_collisions(names: Iterable[str], where: str) -> None:
    """Refuse names that some systems take for one: they differ in case or in the form of an accent only.

    Raises
    ------
    TamperedError
        Two such names, or a file where another name needs a folder.
    """
    seen: set[str] = set()
    for name in names:
        plain = unicodedata.normalize("NFKC", name).casefold()
        if plain in seen:
            raise TamperedError(f"'{where}' holds two files of one name. Do not use this release.")
        seen.add(plain)
    for plain in seen:
        if any(str(parent) in seen for parent in PurePosixPath(plain).parents):
            raise TamperedError(f"'{where}' holds a file and a folder of one name. Do not use this release.")


def unpack(stream: IO[bytes], folder: Path, where: str) -> dict[str, tuple[int, str]]:
    """Write each file of a tar stream into a folder.

    Parameters
    ----------
    stream : binary file
    folder : Path
    where : str
        Name of the archive, for messages.

    Returns
    -------
    dict of str to (int, str)
        Size and SHA-256 of each file.

    Raises
    ------
    TamperedError
        It is no tar stream; it holds anything but plain files, a name that leads elsewhere or is there already; or
        something follows its end.
    """
    found: dict[str, tuple[int, str]] = {}
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=2, bufsize=_BLOCK) as archive:
            for member in archive:
                name = _checked_member(member, found, where)
                found[name] = _write(archive, member, folder / name)
            ahead = archive.fileobj  # what the library has read beyond the end already, and what follows
            rest = b"".join(block.strip(b"\0") for block in iter(lambda: ahead.read(_BLOCK), b""))
    except (OSError, TamperedError):
        raise
    except Exception as error:  # a hostile archive makes the library raise anything
        raise TamperedError(f"'{where}' is damaged. Ask for the release again.") from error
    if rest:
        raise TamperedError(f"Something was added to the end of '{where}'. Do not use this release.")
    return found


def _checked_member(member: tarfile.TarInfo, found: Collection[str], where: str) -> str:
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        raise TamperedError(f"'{where}' holds something that is no plain file. Do not use this release.")
    name = checked_name(member.name, where)
    refuse_collisions([*found, name], where)
    if len(found) == _MOST_FILES:
        raise TamperedError(f"'{where}' holds too many files. Do not use this release.")
    return name


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> tuple[int, str]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    source = archive.extractfile(member)
    with path.open("xb") as target, ThreadPoolExecutor(1) as pool:
        hashing = pool.submit(digest.update, b"")
        while source and (block := source.read(_BLOCK)):
            target.write(block)
            hashing.result()
            hashing = pool.submit(digest.update, block)
            size += len(block)
    if size != member.size:
        raise tarfile.ReadError
    return size, digest.hexdigest()
