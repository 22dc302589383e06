"""From exceptions to exit codes: one line for a person, no traceback, no value of the data."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from typer import Abort, TyperException

from anonymiser.errors import AnonymiserError, PolicyError

__all__ = ["ExitCode", "guarded", "one_line"]

_DEBUG: Final = "HALFTONE_DEBUG"
_INTERRUPTED: Final = 130
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class ExitCode(IntEnum):
    """What the process says to its caller."""

    DONE = 0
    NOT_MET = 1
    """A requirement or the recipient's policy is not met."""
    REFUSED = 2
    """Bad input, or a package that cannot be opened or written."""
    FAULT = 3
    """A fault of Halftone; its kind is named, its content may hold values of the data and is not shown."""


def one_line(text: str) -> str:
    r"""Text for the error output: one line, without characters that could steer a terminal.

    >>> one_line("There is no\n column 'a\x1b[2Jb'.")
    "There is no column 'a [2Jb'."
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def guarded(run: Callable[[], Any]) -> int:
    """Run a command and return its exit code.

    With ``HALFTONE_DEBUG`` set, faults keep their traceback and warnings are shown.
    """
    debug = bool(os.environ.get(_DEBUG))
    try:
        with warnings.catch_warnings():
            if not debug:
                warnings.simplefilter("ignore")
            result = run()
            sys.stdout.flush()
        return int(result or ExitCode.DONE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: say no more
        return int(ExitCode.DONE)
    except (Exception, KeyboardInterrupt) as error:
        message, code = _outcome(error)
        if debug and code == ExitCode.FAULT:
            raise
        sys.stderr.write(f"{one_line(message)}\n")
        return int(code)


def _outcome(error: BaseException) -> tuple[str, int]:
    """What to say of an exception, and with which exit code."""
    if isinstance(error, AnonymiserError):
        return str(error), ExitCode.NOT_MET if isinstance(error, PolicyError) else ExitCode.REFUSED
    if isinstance(error, TyperException):
        return f"{error.format_message().rstrip('.')}. Add --help to see how the command is used.", ExitCode.REFUSED
    if isinstance(error, Abort | KeyboardInterrupt):
        return "Stopped.", _INTERRUPTED
    if isinstance(error, MemoryError | OSError):
        return _of_machine(error), ExitCode.REFUSED
    kind = type(error).__name__  # what it says may hold values of the data
    return f"Internal error ({kind}). Set {_DEBUG}=1 to see where it arose.", ExitCode.FAULT


def _of_machine(error: MemoryError | OSError) -> str:
    if isinstance(error, MemoryError):
        return "There is not enough memory for this table."
    if error.errno in _FULL:
        return "The disk is full. Free some space and repeat."
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return f"A file cannot be read or written: {reason}."
