"""One file of a finished folder, to hand over."""

from __future__ import annotations

import zipfile
from pathlib import Path

from anonymiser.release.files import plain_words

__all__ = ["bundle"]


def bundle(folder: Path) -> Path:
    """One ``.zip`` of a finished folder, beside it, for a download; an earlier one is replaced.

    What is in the folder is sealed already or open on purpose, so nothing is compressed or encrypted again.

    Raises
    ------
    OutputError
        It cannot be written; nothing is left behind.
    """
    path = folder.with_suffix(".zip")
    part = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    _store(archive, file, file.relative_to(folder.parent).as_posix())
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise plain_words(error, "packing the download") from error
    return path


def _store(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name)  # of 1980: no time of this machine
    entry.external_attr = 0o644 << 16
    entry.file_size = file.stat().st_size
    with file.open("rb") as source, archive.open(entry, "w") as target:
        while block := source.read(1 << 20):
            target.write(block)
