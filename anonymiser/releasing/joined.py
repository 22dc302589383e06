"""A release beside the earlier ones of the same people: the points of the gate, and its own entry in the ledger."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass

from anonymiser.audit import Trail
from anonymiser.gate import Check
from anonymiser.joining.joint import find
from anonymiser.joining.people import extract_of
from anonymiser.joining.settings import setting_of
from anonymiser.joining.words import FirstRelease, joint_points, points_without_ledger
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.release.ledger import Ledger
from anonymiser.release.ledger_book import Entry
from anonymiser.releasing.particulars import Particulars
from anonymiser.releasing.recorded import check_recorded
from anonymiser.transform.released import ReleasedTable

__all__ = ["Compared", "compared"]


@dataclass(frozen=True, eq=False)
class Compared:
    """What came of the comparison.

    Attributes
    ----------
    points : tuple of Check
    commit : context manager or None
        Enters the release into the ledger together with what happens inside; None without a ledger.
    budget_before : float
        Privacy budget that earlier releases of the same people have spent, where this one has one.
    """

    points: tuple[Check, ...]
    commit: AbstractContextManager[None] | None
    budget_before: float = 0.0


def compared(
    project: Project,
    table: ReleasedTable,
    particulars: Particulars,
    policy: Policy,
    remembered: Ledger | FirstRelease | None,
    *,
    trail: Trail,
) -> Compared:
    """Compare a table that is about to leave with every earlier release, and prepare its own entry.

    Parameters
    ----------
    project : Project
    table : ReleasedTable
    particulars : Particulars
    policy : Policy
    remembered : Ledger, FirstRelease or None
        The owner's ledger; or her statement that there was no earlier release; or neither.
    trail : Trail
        With the owner's key.

    Raises
    ------
    SealError, OutputError
        The ledger was changed or is an older copy, or cannot be read.
    """
    if not isinstance(remembered, Ledger):
        return Compared(points_without_ledger(policy, remembered, budget=project.recipe.budget), None)
    ledger, setting = remembered, setting_of(table, project.microdata.rows)
    book = ledger.read()
    check_recorded(trail, ledger, book)
    finding = find(
        project,
        ledger,
        policy=policy,
        recipient=particulars.recipient,
        setting=setting,
        release_id=particulars.release_id,
    )
    extract = extract_of(project, ledger.person_key, book.extracts)
    entry = Entry(
        release_id=particulars.release_id,
        created=particulars.created,
        recipient=particulars.recipient.strip(),
        policy=policy.name,
        is_open=policy.is_open,
        form=project.recipe.form.value,
        recipe_json=project.recipe.to_json(),
        extract=extract.name,
        class_of=setting.class_of,
        columns=setting.columns,
        labels=setting.labels,
    )
    commit = ledger.entering(entry, extract, head=book.head)
    return Compared(joint_points(finding, policy), commit, math.fsum(finding.budgets[1:]))
