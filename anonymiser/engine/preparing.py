"""Compiles kernels in processes of their own where none are kept from before, so that nothing else has to wait.

Compiling holds Python's lock: in the server's own process every page would stand still for as long.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

__all__ = ["Part", "are_kept", "begin"]

_ROOT: Final = Path(__file__).parents[2]
_CHILDREN: Final[list[subprocess.Popen[bytes]]] = []
_LOCK: Final = threading.Lock()


@dataclass(frozen=True)
class Part:
    """Kernels that are compiled together.

    Attributes
    ----------
    modules : tuple of str
        Where they are defined.
    entry : str
        "module:function" of what compiles them, without arguments.
    """

    modules: tuple[str, ...]
    entry: str

    @property
    def command(self) -> list[str]:
        """The process that compiles them and keeps the result on disk."""
        module, function = self.entry.split(":")
        return [sys.executable, "-c", f"from {module} import {function}; {function}()"]


def begin(part: Part) -> Callable[[], object]:
    """Compile a part in a process of its own unless its kernels are kept on disk; call what is returned to wait for it.

    Where that fails nothing is lost: whoever uses a kernel compiles it.
    """
    if all(are_kept(module) for module in part.modules):
        return lambda: None
    with _LOCK:
        if not _CHILDREN:
            atexit.register(_end)
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(part.command, cwd=_ROOT, stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603 - our own
        _CHILDREN.append(child)
    return child.wait


def are_kept(module: str) -> bool:
    """Whether the kernels of a module stand compiled on disk, younger than its source."""
    loaded = import_module(module)
    source = Path(str(loaded.__file__)).stat().st_mtime
    kernels = [kernel for kernel in vars(loaded).values() if _is_own_kernel(kernel, module)]
    folders = {Path(kernel.stats.cache_path) for kernel in kernels}
    names = f"{module.rsplit('.', 1)[-1]}.*.nbi"
    return any(index.stat().st_mtime >= source for folder in folders for index in folder.glob(names))


def _is_own_kernel(value: Any, module: str) -> bool:
    return hasattr(value, "py_func") and value.py_func.__module__ == module


def _end() -> None:
    for child in _CHILDREN:
        child.terminate()
