"""Work for one project in the background: one piece of a kind at a time, results kept, stopped by hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser.engine import backend
from anonymiser.errors import AnonymiserError
from anonymiser.project import Project

__all__ = ["Task", "cancel", "drop", "latest", "result", "start", "under_way", "was_cancelled"]

_KEPT: Final = 3
"""Results of each kind."""
_FIRST_THE_PAGE: Final = 0.3
"""Seconds before the kernels are compiled, where they are not there yet."""


@dataclass(eq=False)
class Task:
    """A piece of work while it runs.

    Attributes
    ----------
    kind : str
        What it does; a project has one of a kind at a time.
    key : hashable
        What its result depends on.
    preparing : bool
        Whether it waits for the compiled kernels, which takes some seconds once.
    cancelled : bool
        Whether it is to stop and leave no result.
    ended : bool
        Whether it is to stop with what it has found.
    on_cancel : function
        Told when it is stopped.
    """

    kind: str
    key: Hashable
    preparing: bool = False
    cancelled: bool = False
    ended: bool = False
    on_cancel: Callable[[], None] = lambda: None
    done: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether it has ended."""
        return self.done.wait(seconds)

    def cancel(self) -> None:
        """Stop it; what was found before stays."""
        self.cancelled = True
        self.on_cancel()

    def end(self) -> None:
        """Stop it with what it has found so far."""
        self.ended = True


@dataclass(eq=False)
class _Shelf:
    """What was found of one kind."""

    results: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    running: Task | None = None
    cancelled: Hashable = None

    def keep(self, key: Hashable, found: object) -> None:
        self.results[key] = found
        self.results.move_to_end(key)
        while len(self.results) > _KEPT:
            self.results.popitem(last=False)


_SHELVES: WeakKeyDictionary[Project, dict[str, _Shelf]] = WeakKeyDictionary()


def _shelf(project: Project, kind: str) -> _Shelf:
    return _SHELVES.setdefault(project, {}).setdefault(kind, _Shelf())


def start(project: Project, task: Task, work: Callable[[], object | None]) -> Task | None:
    """Begin a piece of work; None where its result is there, the running piece where it runs already.

    Another piece of its kind is stopped. What it returns is kept, unless it is None; an error of
    Halftone's is kept too and raised by `result`.
    """
    shelf = _shelf(project, task.kind)
    if task.key in shelf.results:
        return None
    if shelf.running is not None:
        if shelf.running.key == task.key:
            return shelf.running
        shelf.running.cancel()
    shelf.running, shelf.cancelled = task, None
    task.preparing = not backend.may_search()

    def run() -> None:
        try:
            if task.preparing:  # compiling would hold up the page that says so
                task.done.wait(_FIRST_THE_PAGE)
            backend.warm_in_background().join()
            task.preparing = False
            found = None if task.cancelled else work()
            if found is not None and not task.cancelled:
                shelf.keep(task.key, found)
        except AnonymiserError as error:
            shelf.keep(task.key, error)
        finally:
            if shelf.running is task:
                shelf.running = None
            task.done.set()

    threading.Thread(target=run, name=f"halftone-{task.kind}", daemon=True).start()
    return task


def result(project: Project, kind: str, key: Hashable) -> object | None:
    """What was found under a key; None where nothing was.

    Raises
    ------
    AnonymiserError
        The work ended with this error.
    """
    found = _shelf(project, kind).results.get(key)
    if isinstance(found, AnonymiserError):
        raise found
    return found


def latest(project: Project, kind: str, fits: Callable[[Hashable], bool]) -> object | None:
    """The latest result under a key that fits; None where there is none."""
    kept = list(_shelf(project, kind).results.items())
    return next((found for key, found in reversed(kept) if fits(key) and not isinstance(found, AnonymiserError)), None)


def under_way(project: Project, kind: str, key: Hashable) -> Task | None:
    """The running piece of work under a key."""
    running = _shelf(project, kind).running
    return running if running is not None and running.key == key else None


def cancel(project: Project, kind: str) -> None:
    """Stop what runs; what was found before stays."""
    shelf = _shelf(project, kind)
    if shelf.running is not None:
        shelf.cancelled = shelf.running.key
        drop(project, kind)


def drop(project: Project, kind: str) -> None:
    """Stop what runs, to begin it again later."""
    shelf = _shelf(project, kind)
    if shelf.running is not None:
        shelf.running.cancel()
        shelf.running = None


def was_cancelled(project: Project, kind: str, key: Hashable) -> bool:
    """Whether the work under a key was stopped by hand."""
    return _shelf(project, kind).cancelled == key
