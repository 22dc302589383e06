"""What analysts show to viewers: the figures of a table, never its rows.

It stays in the memory of the server, as long as it is shown; a viewer gets a project of their own on it, at the setting
of that moment, which they cannot change.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import streamlit as st

from anonymiser.access import Right
from anonymiser.audit import Event
from anonymiser.errors import AccessError
from anonymiser.microdata import Microdata
from anonymiser.policy import Policy
from anonymiser.project import Project, Scenario
from anonymiser.recipe import Recipe
from pages.common import access, journal

__all__ = ["Shown", "levels", "newest", "share", "stop"]


@dataclass(frozen=True)
class _Shared:
    """One table at one setting."""

    by: str
    microdata: Microdata
    recipe: Recipe
    policies: dict[str, Policy]
    scenarios: tuple[Scenario, ...]


class Shown(Project):
    """A project that can be looked at."""

    def __init__(self, shared: _Shared | None, microdata: Microdata) -> None:
        super().__init__(microdata, None if shared is None else shared.recipe)
        if shared is not None:
            self.policies |= shared.policies
            self.scenarios = list(shared.scenarios)
        self.by = "" if shared is None else shared.by

    def change(self, recipe: Recipe) -> None:
        """Refuse: a viewer's role does not let them."""
        if recipe != self.recipe:
            access.require(Right.TUNE)
            raise AccessError("This setting is shown to you as it is. Open the table yourself to change it.")


_LOCK: Final = threading.Lock()
_SHARED: Final[dict[str, _Shared]] = {}
"""By the table's fingerprint; of this process."""


def newest(sample: Microdata) -> Shown:
    """What was shown last; the built-in sample where nothing is."""
    with _LOCK:
        last = next(reversed(_SHARED.values()), None)
    return Shown(last, sample if last is None else last.microdata)


@access.needs(Right.TUNE)
def share(project: Project) -> None:
    """The button with which viewers get to see the figures, or no longer do."""
    if not access.is_on():
        return
    key = project.microdata.fingerprint
    with _LOCK:
        now = _SHARED.get(key)
    if now is not None and now.recipe == project.recipe:
        st.button("Stop showing viewers", key="unshare", on_click=_stop, args=(project,), width="stretch")
        return
    label = "Show viewers the figures" if now is None else "Show viewers this setting"
    st.button(label, key="share", on_click=_show, args=(project,), width="stretch", help="Never a row.")


def stop(fingerprint: str) -> None:
    """Show a table to nobody any more."""
    with _LOCK:
        _SHARED.pop(fingerprint, None)


def levels(project: Project) -> None:
    """How each column leaves, for those who cannot move the sliders."""
    st.markdown("**How much detail stays**")
    plans = project.recipe.qis
    st.dataframe(
        {"Column": [plan.name for plan in plans], "Level": [plan.level_name for plan in plans]}, hide_index=True
    )
    st.caption("Your role shows the answer. Analysts move the sliders.")


def _show(project: Project) -> None:
    access.require(Right.TUNE)
    made = _Shared(
        access.person().name, project.microdata, project.recipe, dict(project.policies), tuple(project.scenarios)
    )
    with _LOCK:
        _SHARED.pop(project.microdata.fingerprint, None)
        _SHARED[project.microdata.fingerprint] = made
    journal.note(Event.SHARED, table=project.microdata.fingerprint)


def _stop(project: Project) -> None:
    access.require(Right.TUNE)
    stop(project.microdata.fingerprint)
    journal.note(Event.UNSHARED, table=project.microdata.fingerprint)
