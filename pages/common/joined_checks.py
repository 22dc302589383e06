"""The policy's points with those about earlier releases, for every page: compared here, or remembered from there.

The pages on which a press must be answered at once never compare: they show what was compared at this very setting
before, as long as the ledger is the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser import autosave, gate
from anonymiser.errors import AnonymiserError
from anonymiser.gate import Check
from anonymiser.joining import words
from anonymiser.joining.joint import find, points_of
from anonymiser.joining.words import FirstRelease
from anonymiser.project import Project
from anonymiser.release.ledger import Ledger, ledger_beside
from pages.common.desk import desk

__all__ = ["at_once", "checks", "comes_first", "remembered", "soon", "state_first", "stated"]

_FEW: Final = 50_000
"""Rows up to which a page compares by itself before it answers; it takes some tenths of a second."""
_STATED: WeakKeyDictionary[Project, FirstRelease] = WeakKeyDictionary()
_LEDGERS: WeakKeyDictionary[Project, Ledger] = WeakKeyDictionary()
_FOUND: WeakKeyDictionary[Project, tuple[Hashable, dict[Hashable, tuple[Check, ...]]]] = WeakKeyDictionary()
"""With the ledger as it is: by setting and policy, or by policy and budget where there is nothing to compare with."""


def remembered(project: Project) -> Ledger | FirstRelease | None:
    """The ledger of the open vault; else what the owner stated of earlier releases; else nothing."""
    keys = desk().keys
    if keys is None:
        return _STATED.get(project)
    if project not in _LEDGERS:
        _LEDGERS[project] = ledger_beside(autosave.home() / "vault.json", keys)
    return _LEDGERS[project]


def stated(project: Project) -> FirstRelease | None:
    """The owner's statement that there was no earlier release, where she made it."""
    return _STATED.get(project)


def state_first(project: Project, first: FirstRelease | None) -> None:
    """Make that statement, or take it back."""
    if first is None:
        _STATED.pop(project, None)
    else:
        _STATED[project] = first


def checks(project: Project) -> tuple[Check, ...]:
    """Every point of the policy, earlier releases compared where the vault is open."""
    known = remembered(project)
    if not isinstance(known, Ledger):
        return _with(project, points_of(project, None, known))
    stamp = _stamp(known)  # before: who releases meanwhile makes this one old
    finding, points = find(project, known), points_of(project, known)
    before = _FOUND.get(project)
    found = before[1] if before is not None and before[0] == stamp else {}
    alone = not (finding.earlier or finding.unlinked or finding.aside)
    found[_any_setting(project) if alone else (project.recipe, project.policy)] = points
    _FOUND[project] = stamp, found
    return _with(project, points)


def at_once(project: Project) -> tuple[Check, ...]:
    """The same, without comparing: earlier releases count as not compared where that was not done at this setting."""
    known = remembered(project)
    if isinstance(known, FirstRelease):
        return checks(project)
    if isinstance(known, Ledger) and project in _FOUND:
        stamp, found = _FOUND[project]
        points = found.get(_any_setting(project)) or found.get((project.recipe, project.policy))
        if points and stamp == _stamp(known):
            return _with(project, points)
    return project.checks()


def soon(project: Project) -> tuple[Check, ...]:
    """The same, comparing where the vault is open and the table small; where that fails, the release page says why."""
    if project.microdata.rows <= _FEW and isinstance(remembered(project), Ledger):
        try:
            return checks(project)
        except AnonymiserError:
            return project.checks()
    return at_once(project)


def comes_first(found: tuple[Check, ...]) -> bool:
    """Whether all that stops a release is how it joins with earlier ones, or that nothing was compared yet."""
    failing = {check.name for check in found if check.met is False}
    return bool(failing) and failing <= words.JOINT_POINTS


def _any_setting(project: Project) -> Hashable:
    return project.policy, project.recipe.budget


def _with(project: Project, joint: tuple[Check, ...]) -> tuple[Check, ...]:
    return gate.checks(project.recipe, project.assess(), project.policy, joint)


def _stamp(ledger: Ledger) -> Hashable:
    """Another one after each release that is made or withdrawn."""
    try:
        found = ledger.path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
