"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from anonymiser.errors import OutputError

__all__ = ["plain_words", "staging", "sync_folder", "write_whole"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def plain_words(error: OSError, doing: str) -> OutputError:
    """What the operating system said, as an error with a next step and without a path of the machine."""
    if error.errno in _FULL:
        return OutputError(
            f"The disk is full: {doing} stopped and nothing was left behind. Free some space and repeat."
        )
    if error.errno in _REFUSED:
        return OutputError(
            f"{doing[:1].upper()}{doing[1:]} is not allowed in that folder. Choose one that you may write to."
        )
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return OutputError(
        f"{doing[:1].upper()}{doing[1:]} failed ({reason}) and nothing was left behind. Choose another folder."
    )


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that it appears complete and on disk, or not at all.

    Raises
    ------
    OSError
        The file cannot be written; the earlier one, if any, is untouched.
    """
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)  # created with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)


@contextmanager
def staging(out: Path, doing: str, commit: AbstractContextManager[object] | None = None) -> Iterator[Path]:
    """Fill a hidden folder beside ``out``; it becomes ``out`` when all went well and vanishes otherwise.

    Parameters
    ----------
    out : Path
        A folder that does not exist yet, or an empty one.
    doing : str
        What is under way ("writing the release"), for the error's words.
    commit : context manager, optional
        What has to happen together with it: entered when everything is written, left with the error where the folder
        could not appear. Where it raises, nothing is left behind.

    Yields
    ------
    Path
        A folder with mode 0700 on the same file system.

    Raises
    ------
    OutputError
        ``out`` holds something already (nothing was written), or writing failed (nothing is left).
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100  a symbolic link stays what it is
    _refuse_used(out)
    stage = None
    made = [parent for parent in out.parents if not parent.exists()]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        yield stage
        for folder, _, _ in os.walk(stage):
            sync_folder(Path(folder))
        with commit or nullcontext():
            _refuse_used(out)  # someone else may have been quicker
            stage.rename(out)
        sync_folder(out.parent)
    except OSError as error:
        raise plain_words(error, doing) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()  # only while it is empty


def _refuse_used(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OutputError(f"'{out.name}' exists and is not a folder. Choose another name.")
    try:
        used = out.exists() and any(out.iterdir())
    except OSError as error:
        raise plain_words(error, "looking into the folder") from error
    if used:
        raise OutputError(f"The folder '{out.name}' is not empty. Choose a new one: nothing is ever overwritten.")
