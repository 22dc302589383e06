"""How a table comes into a session: the sample, one that is opened, one that is shown; and what wakes with it."""

from __future__ import annotations

import atexit
import gc
import threading
from functools import cache

from anonymiser import autosave
from anonymiser.access import Right
from anonymiser.engine import backend, preparing
from anonymiser.microdata import Microdata
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.risk import warm as attacks
from anonymiser.trying import warm as methods
from pages.common import access, changes, journal, shared, state

__all__ = [
    "continue_earlier_work",
    "discard_earlier_work",
    "has_earlier_work",
    "open_sample",
    "open_table",
    "show_newest",
    "start",
    "warm",
]


def start() -> None:
    """Open the built-in sample in a new session."""
    if state.opened() is None:
        access.require(Right.SEE)
        if access.may(Right.TUNE):
            _begin(Project(read(state.SAMPLE)), sample=True)
        else:
            show_newest()


def open_table(microdata: Microdata, *, sample: bool = False) -> None:
    """Begin with a table; earlier work on the same file is offered again.

    Raises
    ------
    AnonymiserError
        The table cannot be planned, or the person may not open tables; the project of before stays.
    """
    access.require(Right.TUNE)
    _begin(Project(microdata), sample=sample)


def open_sample() -> None:
    """Begin with the built-in table of made-up customers."""
    open_table(read(state.SAMPLE), sample=True)


def show_newest() -> None:
    """For a viewer: what was shown last."""
    sample = read(state.SAMPLE)
    shown = shared.newest(sample)
    _begin(shown, sample=shown.microdata is sample)


def _begin(begun: Project, *, sample: bool) -> None:
    gc.unfreeze()
    state.begin(begun, sample=sample)
    gc.collect()
    gc.freeze()  # Streamlit collects garbage after every run: what stays need not be looked at again
    journal.opened(begun, sample=sample)


def has_earlier_work() -> bool:
    """Whether earlier work on this very file is kept and not yet decided on."""
    return state.earlier_work() is not None and access.may(Right.TUNE)


def continue_earlier_work() -> None:
    """Take over the earlier work. For callbacks only."""
    text = state.earlier_work(take=True)
    if text is not None:
        changes.apply_recipe(text)


def discard_earlier_work() -> None:
    """Forget the earlier work."""
    state.earlier_work(take=True)
    autosave.forget(state.project().microdata.fingerprint)


@cache
def warm() -> None:
    """Load the compiled kernels in the background, once: after the first page, so that it need not wait."""
    counting = backend.warm_in_background()
    threading.Thread(target=_warm_rest, args=(counting,), name="halftone-rest", daemon=True).start()
    atexit.register(gc.unfreeze)  # DuckDB complains at the end of objects that were never collected


def _warm_rest(counting: threading.Thread) -> None:
    counting.join()  # the sliders' kernels come first
    compiled, _ = [preparing.begin(part) for part in (attacks.PART, methods.PART)]
    compiled()
    attacks.warm()
