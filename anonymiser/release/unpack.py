"""Take a tar stream apart, into one folder and nowhere else."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import unicodedata
from collections import deque
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import IO, cast

from anonymiser.errors import TamperedError
from anonymiser.release.streams import Forward

__all__ = ["checked_name", "refuse_collisions", "unpack"]

_MOST_FILES = 200
_MOST_WAITING = 8
_SYNC_FROM = 1 << 24
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


def unpack(stream: Forward, folder: Path, where: str) -> dict[str, tuple[int, str]]:
    """Write each file of a tar stream into a folder.

    Parameters
    ----------
    stream : Forward
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
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as archive:
            for member in archive:
                name = _checked_member(member, found, where)
                found[name] = _write(stream, member.size, folder / name)
            rest = any(bytes(piece).strip(b"\0") for piece in stream.pieces())
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


def _write(stream: Forward, wanted: int, path: Path) -> tuple[int, str]:
    """The next bytes of the stream as a file, hashed while a second thread writes them."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size, waiting = hashlib.sha256(), 0, deque[Future[int]]()
    with path.open("xb") as target, ThreadPoolExecutor(1) as writing, ThreadPoolExecutor(1) as syncing:
        synced: Future[None] | None = None
        for piece in stream.pieces(wanted):
            waiting.append(writing.submit(target.write, piece))
            digest.update(piece)
            size += len(piece)
            if len(waiting) > _MOST_WAITING:
                waiting.popleft().result()
            if size >= _SYNC_FROM and (synced is None or synced.done()):  # the disk begins now, not when all is there
                synced = syncing.submit(os.fsync, target.fileno())
        for one in waiting:
            one.result()
    if size != wanted:
        raise tarfile.ReadError
    return size, digest.hexdigest()
