"""What page and command line ask: the finding for a project, the points of the gate, the setting that nests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from anonymiser.gate import Check, checks
from anonymiser.joining.compare import Finding, compare
from anonymiser.joining.nest import nearest
from anonymiser.joining.settings import Setting, setting_of
from anonymiser.joining.words import FirstRelease, joint_points, points_without_ledger
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipe import Recipe
from anonymiser.release.ledger import Ledger

__all__ = ["find", "joint_checks", "make_it_nest", "points_of", "recipient_of"]

_KEPT: Final = 24


@dataclass(eq=False)
class _Memory:
    """What was worked out for one project."""

    findings: OrderedDict[Hashable, Finding] = field(default_factory=OrderedDict)
    settings: OrderedDict[Recipe, Setting] = field(default_factory=OrderedDict)
    nested: tuple[Hashable, Recipe | None] | None = None


_MEMORY: WeakKeyDictionary[Project, _Memory] = WeakKeyDictionary()


def recipient_of(policy: Policy) -> str:
    """Who gets a release under a policy, unless the owner writes another name."""
    return policy.recipient or policy.name


def find(
    project: Project,
    ledger: Ledger,
    *,
    policy: Policy | None = None,
    recipient: str = "",
    recipe: Recipe | None = None,
    setting: Setting | None = None,
    release_id: str = "",
) -> Finding:
    """What a release would tell together with the earlier ones that count; kept for the next call.

    Parameters
    ----------
    project : Project
    ledger : Ledger
    policy : Policy, optional
        The project's own where it is left out.
    recipient : str
        Who gets it; whom the policy names where it is left out.
    recipe : Recipe, optional
        Another setting than the project's.
    setting : Setting, optional
        Its groups, where they are known already.
    release_id : str
        Its id, where it has one: the same release made before does not count.

    Raises
    ------
    SealError, OutputError
        The ledger was changed, or cannot be read.
    """
    chosen, wanted = policy or project.policy, recipe or project.recipe
    who = recipient or recipient_of(chosen)
    book = ledger.read()
    memory = _MEMORY.setdefault(project, _Memory())
    key = (wanted, chosen, who, release_id, book.head, ledger.path)
    known = memory.findings.get(key)
    if known is None or setting is not None:
        groups = setting or _setting(project, wanted)
        known = compare(
            project,
            groups,
            book=book,
            key=ledger.person_key,
            policy=chosen,
            recipient=who,
            release_id=release_id,
        )
        memory.findings[key] = known
        while len(memory.findings) > _KEPT:
            memory.findings.popitem(last=False)
    return known


def points_of(
    project: Project, ledger: Ledger | None, first: FirstRelease | None = None, *, policy: Policy | None = None
) -> tuple[Check, ...]:
    """The points about earlier releases for the project's setting, with or without a ledger."""
    chosen = policy or project.policy
    if ledger is None:
        return points_without_ledger(chosen, first, budget=project.recipe.budget)
    return joint_points(find(project, ledger, policy=chosen), chosen)


def joint_checks(
    project: Project, ledger: Ledger | None, first: FirstRelease | None = None, *, policy: Policy | None = None
) -> tuple[Check, ...]:
    """Every point of a policy for the project's setting, those about earlier releases included."""
    chosen = policy or project.policy
    return checks(project.recipe, project.assess(), chosen, points_of(project, ledger, first, policy=chosen))


def make_it_nest(project: Project, ledger: Ledger, *, policy: Policy | None = None) -> Recipe | None:
    """The nearest coarser setting that nests in every earlier release that counts and meets the whole policy.

    Returns
    -------
    Recipe or None
        The project's own where it nests already; None where no setting that shows anything does.
    """
    chosen = policy or project.policy
    counted = [one.entry for one in find(project, ledger, policy=chosen).earlier]
    memory, key = _MEMORY[project], (project.recipe, chosen, ledger.read().head, ledger.path)
    if memory.nested is not None and memory.nested[0] == key:
        return memory.nested[1]

    def allowed(recipe: Recipe) -> bool:
        if any(check.met is False for check in checks(recipe, project.assess(recipe), chosen, ())):
            return False
        found = find(project, ledger, policy=chosen, recipe=recipe)
        return found.nests and all(check.met is not False for check in joint_points(found, chosen))

    memory.nested = (key, nearest(project, counted, allowed))
    return memory.nested[1]


def _setting(project: Project, recipe: Recipe) -> Setting:
    settings = _MEMORY[project].settings
    if recipe not in settings:
        settings[recipe] = setting_of(project.released(recipe), project.microdata.rows)
        while len(settings) > _KEPT // 4:
            settings.popitem(last=False)
    return settings[recipe]
