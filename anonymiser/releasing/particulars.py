"""What the owner says about a release, and the gate that it has to pass."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from anonymiser import story
from anonymiser.errors import InputError, PolicyError
from anonymiser.gate import Check
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.recipients import Answers, terms_of
from anonymiser.release.facts import CC_BY_4, Licence

__all__ = ["Override", "Particulars", "complete", "draft", "pass_gate", "stopped_by"]

_TERMS: Final = (
    "Use the data for the purpose above and for nothing else.",
    "Do not try to find out who a row belongs to, and do not join the rows with other data about people.",
    "Do not pass the data on. Keep it on an encrypted disk, where only the people named in the agreement can reach it.",
    "If you recognise somebody, or if the data is lost or seen by others, say so at once.",
    "Delete the data when the agreement ends, and confirm it in writing.",
)
_OPEN_TERMS: Final = ("Do not try to find out who the people are, and do not join the data with other data to do so.",)


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the owner says about one release; everything else follows from the project.

    Attributes
    ----------
    release_id : str
        Letters, digits, ``-`` and ``_``. Pseudonyms and row order depend on it: never use one twice.
    title, purpose : str
    owner, contact : str
        Who answers for the release, and how to reach them.
    recipient : str
    terms : tuple of str
    created : datetime.date
    licence : Licence
        For an open release.
    decrypt_page : bool
        Whether a sealed release carries a page that opens it in a browser, without anything to install.
    reidentification : bool
        Whether the private archive gets the table that leads from pseudonyms back to people.
    """

    release_id: str
    title: str
    purpose: str
    owner: str
    contact: str
    recipient: str
    created: date
    terms: tuple[str, ...] = ()
    licence: Licence = CC_BY_4
    decrypt_page: bool = True
    reidentification: bool = False


@dataclass(frozen=True)
class Override:
    """A decision to release although a point of the policy fails.

    Attributes
    ----------
    reason : str
    decided_by : str
    second_person : str
        Someone else, who agrees.
    """

    reason: str
    decided_by: str
    second_person: str


def draft(project: Project, created: date, policy: Policy | None = None) -> Particulars:
    """Particulars to begin with: a fresh id, and what was answered about the recipient.

    Parameters
    ----------
    project : Project
    created : datetime.date
        The day of the release.
    policy : Policy, optional
        The project's own where it is left out.
    """
    chosen = policy or project.policy
    answers = project.answers.get(chosen.name, Answers())
    stem = Path(project.microdata.name).stem
    words = re.sub(r"[\W_]+", " ", stem).strip() or "Records"
    purpose = "For anyone to use." if chosen.is_open else "The study that the data sharing agreement describes."
    return Particulars(
        release_id=f"{created.isoformat()}-{secrets.token_hex(3)}",
        title=words[:1].upper() + words[1:],
        purpose=answers.purpose or purpose,
        owner=answers.owner,
        contact=answers.contact,
        recipient=answers.recipient or chosen.recipient or chosen.name,
        created=created,
        terms=_OPEN_TERMS if chosen.is_open else (*_TERMS, *terms_of(answers)),
    )


def stopped_by(found: Sequence[Check], policy: Policy, override: Override | None = None) -> tuple[Check, ...]:
    """The failing points that still stop a release.

    Parameters
    ----------
    found : sequence of Check
    policy : Policy
    override : Override, optional
        Lets those points through that the policy lets be overridden.
    """
    failing = tuple(check for check in found if check.met is False)
    if override is None or not policy.may_override or policy.is_open:
        return failing
    return tuple(check for check in failing if not check.may_override)


def pass_gate(found: Sequence[Check], policy: Policy, override: Override | None) -> None:
    """Stop a release of which a point fails.

    Raises
    ------
    PolicyError
        A point fails that is not, or cannot be, overridden.
    """
    failing = stopped_by(found, policy)
    if not failing:
        return
    if override is not None:
        _check_override(override, policy)
    stopping = stopped_by(found, policy, override)
    if stopping:
        told = " ".join(f"{check.name}: {check.sentence}" for check in stopping)
        raise PolicyError(f"The release was not made, because a requirement of the policy fails. {told}")


def _check_override(override: Override, policy: Policy) -> None:
    if policy.is_open or not policy.may_override:
        raise PolicyError("This policy cannot be overridden: once it is published, nobody can take it back.")
    if not override.reason.strip():
        raise PolicyError("An override needs a reason: why may it leave although a requirement fails?")
    names = {override.decided_by.strip().casefold(), override.second_person.strip().casefold()}
    if "" in names or len(names) == 1:
        raise PolicyError("An override needs two people: who decides, and somebody else who agrees.")


def complete(particulars: Particulars) -> None:
    """Stop a release of which the recipient would not know whose it is and what for.

    Raises
    ------
    InputError
        Something is empty.
    """
    wanted = {
        "a title": particulars.title,
        "a purpose": particulars.purpose,
        "the owner": particulars.owner,
        "a contact": particulars.contact,
        "the recipient": particulars.recipient,
    }
    empty = [name for name, text in wanted.items() if not text.strip()]
    if empty:
        raise InputError(f"Still missing for the release: {story.listing(empty)}. The recipient needs them.")
