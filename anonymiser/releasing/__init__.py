"""From a project to a release: the gate, the words, the search for raw values; what page and command line share.

The gate is that of the recipient's policy. A point that fails stops the release, unless the policy lets it be
overridden, with a reason and a second person's name; for an open release nothing can be overridden.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from anonymiser.audit import Trail
from anonymiser.gate import checks
from anonymiser.joining.words import FirstRelease
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.ledger import Ledger
from anonymiser.release.package import ReleaseResult, make_release
from anonymiser.release.seal import Sealing, SealToKey, SealWithPassphrase
from anonymiser.releasing.bundle import bundle
from anonymiser.releasing.drawing import drawing
from anonymiser.releasing.joined import compared
from anonymiser.releasing.outline import ColumnOutline, Outline, counted, made_in_words, outline, why_not, with_form
from anonymiser.releasing.particulars import Override, Particulars, draft, pass_gate, stopped_by
from anonymiser.releasing.raw import can_be_pseudonym, must_not_leave, pseudonym_requests, with_pseudonyms
from anonymiser.releasing.recorded import note_entered
from anonymiser.releasing.witnessed import witnessed
from anonymiser.releasing.words import decisions, facts_of
from anonymiser.transform.released import DroppedColumn, ReleasedTable

__all__ = [
    "ColumnOutline",
    "FirstRelease",
    "Outline",
    "Override",
    "Particulars",
    "ReleaseResult",
    "bundle",
    "can_be_pseudonym",
    "draft",
    "facts_of",
    "made_in_words",
    "must_not_leave",
    "outline",
    "pseudonym_requests",
    "release",
    "stopped_by",
    "with_form",
    "with_pseudonyms",
]


def _silent(_fraction: float, _words: str) -> None:
    """Tell nobody."""


def release(
    project: Project,
    particulars: Particulars,
    sealing: Sealing,
    out: Path,
    *,
    keys: OwnerKeys | None = None,
    owner: SealToKey | SealWithPassphrase | None = None,
    override: Override | None = None,
    policy: Policy | None = None,
    remembered: Ledger | FirstRelease | None = None,
    trail: Trail | None = None,
    second_person: str = "",
    material: Callable[[Project], Mapping[str, bytes]] | None = None,
    progress: Callable[[float, str], None] = _silent,
) -> ReleaseResult:
    """Make the release of a project's current recipe, if its policy lets it out.

    Parameters
    ----------
    project : Project
    particulars : Particulars
        From :func:`draft`, completed.
    sealing : SealToKey, SealWithPassphrase or NotSealed
        NotSealed for an open release, and only for one.
    out : Path
        A folder that does not exist, or an empty one.
    keys : OwnerKeys, optional
        From the owner's vault; without them fresh ones are made, and the private archive keeps them.
    owner : SealToKey or SealWithPassphrase, optional
        How the private archive is sealed; otherwise under six words that only the result has.
    override : Override, optional
    policy : Policy, optional
        The project's own where it is left out.
    remembered : Ledger or FirstRelease, optional
        The ledger beside the owner's vault, which the release is compared with and entered into; or her statement that
        these people were in no earlier release. An open release needs one of them.
    trail : Trail, optional
        The record of who did what, as the person writes to it who makes the release; otherwise whoever is signed in to
        this machine. Where an identity provider vouches for them, an open release needs somebody else's approval.
    second_person : str
        Who else looked at an open release, where nobody vouches for names; never whoever makes it.
    material : callable, optional
        From the project to files for the private archive: slides, report and notebook.
    progress : callable
        Told the fraction that is done, from 0 to 1, and what is under way.

    Raises
    ------
    PolicyError
        A point of the policy fails, or the written files break a promise; nothing was written.
    InputError
        Particulars are missing, or the table cannot be released like this; nothing was written.
    SealError
        The recipient's key is none, or a passphrase is empty; nothing was written.
    OutputError
        ``out`` is not empty, or cannot be written; nothing is left behind.
    """
    chosen, progress = policy or project.policy, _by_percent(progress)
    progress(0.0, "Checking the policy")
    writer = (trail or Trail()).signed_by(keys.signing if keys else None)
    with (
        drawing(project, keys, particulars) as fresh,
        witnessed(writer, project, particulars, chosen, people=override or second_person, keys=keys) as witness,
    ):
        table = _explained(project.released(counted(project.recipe)), project, chosen)
        beside = compared(project, table, particulars, chosen, remembered, trail=writer)
        found = checks(project.recipe, project.assess(), chosen, beside.points)
        pass_gate(found, chosen, override)
        stated = remembered if isinstance(remembered, FirstRelease) else None
        reasons = decisions(project, chosen, found, sealing, override, first=stated, second_person=second_person)
        facts = facts_of(project, particulars, chosen, table, reasons, found=found, budget_before=beside.budget_before)
        made = make_release(
            table,
            facts,
            sealing,
            out,
            raw=must_not_leave(project),
            keys=keys,
            fresh=fresh,
            owner=owner,
            pseudonyms=pseudonym_requests(project),
            witness=witness,
            more=material(project) if material else None,
            commit=beside.commit,
            progress=progress,
        )
    if isinstance(remembered, Ledger):
        note_entered(writer, remembered, particulars.release_id)
    return made


def _by_percent(progress: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """Tell whole steps of a per cent, and new words: a large release has thousands of steps."""
    told = (-1, "")

    def tell(fraction: float, words: str) -> None:
        nonlocal told
        step = (int(100 * fraction), words)
        if step != told:
            told = step
            progress(fraction, words)

    return tell


def _explained(table: ReleasedTable, project: Project, policy: Policy) -> ReleasedTable:
    """The table with the policy's own reason for each column that stays."""
    reasons = {plan.name: why_not(plan, policy) for plan in project.recipe.attributes}
    return replace(table, dropped=tuple(DroppedColumn(column.name, reasons[column.name]) for column in table.dropped))
