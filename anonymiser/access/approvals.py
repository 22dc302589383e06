"""The approval of a second person for what is to be published: asked for, given and looked up in the audit trail.

An approval is an entry of the record of who did what, so it is signed and chained like any other. It holds for one
recipe, one policy and one table: change any of them, and it is another release, which nobody has approved.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from anonymiser.audit import TRAIL_FILE, Entry, Event, Trail, read_entries, recipe_fingerprint, setting_of
from anonymiser.errors import InputError, OutputError, PolicyError
from anonymiser.figures import cards
from anonymiser.gate import Check
from anonymiser.policy import Policy
from anonymiser.project import Project

__all__ = [
    "Approval",
    "Request",
    "approval_for",
    "approve",
    "ask",
    "check_approval",
    "decline",
    "release_key",
    "requests",
]

_EVENTS: Final = (Event.ASKED, Event.APPROVED, Event.DECLINED)
_MARKS: Final = tuple(f'"event":"{event.value}"'.encode() for event in _EVENTS)
_NOBODY: Final = "(not authenticated)"


@dataclass(frozen=True)
class Approval:
    """Who approved what, and why.

    Attributes
    ----------
    author, approver : str
    reason : str
    time : datetime
    """

    author: str
    approver: str
    reason: str
    time: datetime


@dataclass(frozen=True)
class Request:
    """What somebody wants to publish, without a value of the data.

    Attributes
    ----------
    key : str
        Of recipe, policy and table.
    author : str
    time : datetime
    table, recipient, note : str
        The table's fingerprint; for whom; what the author says.
    checks : tuple of (name, met, sentence)
    figures : tuple of (label, value, meaning)
    columns : tuple of (name, level)
        What leaves.
    answer : Event or None
        APPROVED or DECLINED; None while nobody answered.
    approver, reason : str
    """

    key: str
    author: str
    time: datetime
    table: str
    recipient: str
    note: str
    checks: tuple[tuple[str, bool | None, str], ...]
    figures: tuple[tuple[str, str, str], ...]
    columns: tuple[tuple[str, str], ...]
    answer: Event | None = None
    approver: str = ""
    reason: str = ""


def release_key(project: Project, policy: Policy | None = None) -> str:
    """What an approval holds for: SHA-256 of recipe, policy and the table's fingerprint."""
    recipe = recipe_fingerprint(project.recipe, policy or project.policy)
    return hashlib.sha256(f"{recipe}\n{project.microdata.fingerprint}".encode()).hexdigest()


def ask(trail: Trail, project: Project, note: str = "", checks: Sequence[Check] | None = None) -> str:
    """Ask for approval of the current setting; returns its key.

    Parameters
    ----------
    trail : Trail
    project : Project
    note : str
        What the second person should know.
    checks : sequence of Check, optional
        The policy's points as they were found, those about earlier releases included.

    Raises
    ------
    PolicyError
        A point of the policy fails: then there is nothing to approve.
    OutputError
        It cannot be written.
    """
    found = project.checks() if checks is None else checks
    if any(check.met is False for check in found):
        raise PolicyError("A requirement of the policy fails: see the checklist. Nobody can approve that.")
    setting, policy = setting_of(project), project.policy
    details = {
        "checks": [[check.name, check.met, check.sentence] for check in found],
        "figures": [[card.label, card.value, card.meaning] for card in cards(project.assess(), policy)],
        "columns": [[plan.name, plan.level_name] for plan in project.recipe.attributes if plan.leaves],
    }
    content = json.dumps(details, ensure_ascii=False, indent=1).encode()
    key = release_key(project)
    _keep(_place(trail, key), content)
    trail.append(
        Event.ASKED,
        {
            "approval": key,
            "details": hashlib.sha256(content).hexdigest(),
            "table": project.microdata.fingerprint,
            "recipe": recipe_fingerprint(project.recipe),
            "recipient": policy.recipient or policy.name,
            "k": setting.k,
            "deleted": setting.deleted,
            "loss": round(setting.loss, 4),
            "reason": note,
        },
    )
    return key


def approve(trail: Trail, key: str, reason: str) -> None:
    """Approve what somebody else asked for.

    Raises
    ------
    PolicyError
        Nobody asked, it is one's own, or nobody vouches for one's name.
    InputError
        No reason.
    OutputError
        It cannot be written.
    """
    _answer(trail, key, reason, Event.APPROVED)


def decline(trail: Trail, key: str, reason: str) -> None:
    """Decline what somebody asked for; an earlier approval of the same is void."""
    _answer(trail, key, reason, Event.DECLINED)


def _answer(trail: Trail, key: str, reason: str, event: Event) -> None:
    asked = next((request for request in requests(trail) if request.key == key), None)
    if asked is None:
        raise PolicyError("Nobody asks for this approval any more. Look at the list again.")
    if not trail.actor.authenticated:
        raise PolicyError("Only somebody who is signed in can approve: a typed name proves nothing.")
    if asked.author.casefold() == trail.actor.label.casefold():
        raise PolicyError("You asked for this yourself. Somebody else has to look at it.")
    if not reason.strip():
        raise InputError("Say why: the reason is kept with your name.")
    trail.append(event, {"approval": key, "table": asked.table, "author": asked.author, "reason": reason.strip()})


def requests(trail: Trail) -> tuple[Request, ...]:
    """What was asked for, the newest first, each with the last answer to it."""
    found: dict[str, Request] = {}
    for entry in _entries(trail):
        key = str(entry.fields.get("approval"))
        if entry.event is Event.ASKED:
            asked = _request(trail, key, entry)
            found.pop(key, None)
            if asked is not None:
                found[key] = asked
        elif key in found and _counts(entry, found[key].author):
            found[key] = _answered(found[key], entry)
    return tuple(reversed(found.values()))


def approval_for(trail: Trail, key: str) -> Approval | None:
    """The approval that stands for a release; None where nobody but its author has approved it."""
    asked = next((request for request in requests(trail) if request.key == key), None)
    if asked is None or asked.answer is not Event.APPROVED:
        return None
    return Approval(asked.author, asked.approver, asked.reason, asked.time)


def check_approval(trail: Trail, project: Project, policy: Policy) -> Approval:
    """The approval without which nothing is published.

    Raises
    ------
    PolicyError
        Nobody else has approved exactly this setting of exactly this table.
    """
    found = approval_for(trail, release_key(project, policy))
    if found is None:
        raise PolicyError(
            "An open release needs the approval of a second person, and nobody has approved this setting of this "
            "table. Ask for it on the release page; any change afterwards needs a new one."
        )
    return found


def _counts(entry: Entry, author: str) -> bool:
    return not entry.actor.endswith(_NOBODY) and entry.actor.casefold() != author.casefold()


def _answered(asked: Request, entry: Entry) -> Request:
    return Request(
        **{**vars(asked), "answer": entry.event, "approver": entry.actor, "reason": str(entry.fields.get("reason"))}
    )


def _request(trail: Trail, key: str, entry: Entry) -> Request | None:
    """A request with its checklist; None where what is kept of it is not what was signed."""
    try:
        content = _place(trail, key).read_bytes()
        if hashlib.sha256(content).hexdigest() != entry.fields.get("details"):
            return None
        details = json.loads(content)
    except (OSError, ValueError):
        return None
    fields = entry.fields
    return Request(
        key=key,
        author=entry.actor,
        time=entry.time,
        table=str(fields.get("table")),
        recipient=str(fields.get("recipient")),
        note=str(fields.get("reason") or ""),
        checks=tuple((name, met, sentence) for name, met, sentence in details["checks"]),
        figures=tuple((label, value, meaning) for label, value, meaning in details["figures"]),
        columns=tuple((name, level) for name, level in details["columns"]),
    )


def _entries(trail: Trail) -> Iterator[Entry]:
    """Entries about approvals whose signature fits."""
    try:
        content = (trail.folder / TRAIL_FILE).read_bytes()
    except OSError:
        return
    wanted: Sequence[bytes] = [line for line in content.splitlines() if any(mark in line for mark in _MARKS)]
    for entry in read_entries(b"\n".join(wanted)):
        if entry.event in _EVENTS and entry.is_genuine:
            yield entry


def _place(trail: Trail, key: str) -> Path:
    return trail.folder.parent / "approvals" / f"{key}.json"


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".request-")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError:
        raise OutputError("The request could not be kept: the disk is full or the folder cannot be written.") from None
