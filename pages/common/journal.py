"""What the pages write into the record of who did what.

A step of a slider is not written. A setting is, when the page is left with another one than before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser import autosave
from anonymiser.audit import Anchor, Event, Scalar, Trail, public_hex, setting_of, what_changed
from anonymiser.errors import AnonymiserError
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.release.audit_witness import remember, remembered, witness_of
from anonymiser.release.keys import OwnerKeys
from pages.common import access, state
from pages.common.desk import desk, signing_key

__all__ = ["must", "note", "opened", "settle", "settled_with_reason", "trail", "vault_opened", "vault_s_memory"]


@dataclass
class _Noted:
    """What the record knows of a project."""

    recipe: Recipe
    page: str
    scenarios: tuple[str, ...]


_NOTED: Final[WeakKeyDictionary[Project, _Noted]] = WeakKeyDictionary()


def trail() -> Trail:
    """The record, as the person at the screen writes to it; with the owner's key while her vault is open."""
    return Trail(access.actor()).signed_by(signing_key())


def must(event: Event, **fields: Scalar) -> None:
    """Write an entry; what cannot be noted must not happen.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    trail().append(event, fields)


def note(event: Event, **fields: Scalar) -> None:
    """Write an entry; where that fails, the work goes on and the sidebar says so."""
    try:
        must(event, **fields)
    except AnonymiserError as error:
        state.unrecorded(str(error))
    else:
        state.unrecorded("")


def vault_opened(keys: OwnerKeys, *, made: bool) -> None:
    """Note that the owner's vault was opened; from now on it remembers how far the record goes.

    Raises
    ------
    OutputError, TamperedError
        It cannot be noted, or what the vault remembers was changed: then the vault stays closed.
    """
    must(Event.VAULT, public_key=public_hex(keys.signing.public_key()), made=made)
    remember(witness_of(keys, autosave.home()), keys, trail().signed_by(keys.signing).snapshot())


def vault_s_memory() -> tuple[Anchor, ...]:
    """What the open vault remembers of the record."""
    keys = desk().keys
    found = None if keys is None else remembered(witness_of(keys, autosave.home()), keys)
    return () if found is None else (found,)


def opened(project: Project, *, sample: bool) -> None:
    """Note that a table was opened: its fingerprint and size, never its name or a row."""
    table = project.microdata
    note(Event.LOADED, table=table.fingerprint, rows=table.rows, columns=len(table.names), sample=sample)
    _NOTED[project] = _Noted(project.recipe, "", ())


def settle(project: Project, page: str) -> None:
    """Note what was changed on the page that was left; a change of roles at once."""
    noted = _NOTED.setdefault(project, _Noted(project.recipe, page, ()))
    left, noted.page = noted.page != page, page
    if project.recipe != noted.recipe and (left or _roles(project.recipe) != _roles(noted.recipe)):
        _changed(project, noted)
    names = tuple(scenario.name for scenario in project.scenarios)
    if names != noted.scenarios:
        for scenario in project.scenarios:
            if scenario.name not in noted.scenarios:
                k = _figure(project, scenario.recipe)
                note(Event.KEPT, name=scenario.name, k=k, table=project.microdata.fingerprint, reason=scenario.note)
        noted.scenarios = names


def settled_with_reason(project: Project, reason: str) -> None:
    """Note the current setting and why it is so."""
    _changed(project, _NOTED.setdefault(project, _Noted(project.recipe, "", ())), reason)


def _changed(project: Project, noted: _Noted, reason: str = "") -> None:
    event = Event.ROLES if _roles(project.recipe) != _roles(noted.recipe) else Event.SETTING
    try:
        fields = what_changed(setting_of(project, noted.recipe), setting_of(project))
    except AnonymiserError:  # no column points at a person: there is nothing to count
        fields = {"changed": "no column is counted at one of the two settings"}
    note(event, table=project.microdata.fingerprint, **fields, reason=reason)
    noted.recipe = project.recipe


def _figure(project: Project, recipe: Recipe) -> int | None:
    try:
        return setting_of(project, recipe).k
    except AnonymiserError:
        return None


def _roles(recipe: Recipe) -> tuple[tuple[str, str], ...]:
    return tuple((plan.name, plan.role.value) for plan in recipe.attributes)
