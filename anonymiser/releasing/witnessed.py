"""A release in the record of who did what: that it was begun, by whom, who approved it, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from anonymiser import autosave
from anonymiser.access import check_approval, load_rules
from anonymiser.audit import Event, Scalar, Trail, Witness, recipe_fingerprint, setting_of
from anonymiser.errors import AnonymiserError, OutputError, PolicyError
from anonymiser.policy import Policy
from anonymiser.project import Project
from anonymiser.release.audit_witness import remember, witness_of
from anonymiser.release.keys import OwnerKeys
from anonymiser.releasing.particulars import Override, Particulars

__all__ = ["witnessed"]


@contextmanager
def witnessed(
    trail: Trail,
    project: Project,
    particulars: Particulars,
    policy: Policy,
    *,
    people: Override | str | None = None,
    keys: OwnerKeys | None = None,
) -> Iterator[Witness]:
    """Note that a release begins; what is yielded goes into it, and notes its end before it can be seen.

    Parameters
    ----------
    trail : Trail
        Where people have roles, an open release needs somebody else's approval.
    project : Project
    particulars : Particulars
    policy : Policy
    people : Override or str, optional
        A decision to release although a point fails; or the name of whoever else looked at an open release, which
        nobody checked.
    keys : OwnerKeys, optional
        From the owner's vault, which then remembers how far the record goes.

    Raises
    ------
    PolicyError
        An open release that nobody else has approved, where people have roles; or the second person is the first.
    OutputError
        The record cannot be written: then nothing is released.
    """
    about: dict[str, Scalar] = {
        "release": particulars.release_id,
        "recipient": particulars.recipient,
        "open": policy.is_open,
        "table": project.microdata.fingerprint,
        "recipe": recipe_fingerprint(project.recipe),
    }
    trail.append(Event.EXPORTING, about)
    try:
        vouched = _second(trail, project, policy, people, particulars.owner)
        k = setting_of(project).k
        yield Witness(
            trail.snapshot(),
            lambda manifest: _exported(trail, {**about, "manifest": manifest, "k": k, **vouched}, keys),
        )
    except AnonymiserError as error:
        with suppress(OutputError):  # the first failure is the one to be told
            kind = type(error).__name__
            trail.append(Event.FAILED, {"what": f"the release {particulars.release_id}", "kind": kind, **about})
        raise


def _exported(trail: Trail, fields: dict[str, Scalar], keys: OwnerKeys | None) -> None:
    trail.append(Event.EXPORTED, fields)
    if keys is not None:
        remember(witness_of(keys, autosave.home()), keys, trail.snapshot())


def _second(
    trail: Trail, project: Project, policy: Policy, people: Override | str | None, owner: str
) -> dict[str, Scalar]:
    """Who else answers for it, and whether anybody vouches for that name."""
    if policy.is_open and (trail.actor.authenticated or load_rules(autosave.home()) is not None):
        found = check_approval(trail, project, policy)
        return {"second_person": found.approver, "second_authenticated": True, "reason": found.reason}
    if isinstance(people, Override):
        told = f"{people.reason.strip()} (decided by {people.decided_by.strip()})"
        return {"second_person": people.second_person.strip(), "second_authenticated": False, "reason": told}
    if isinstance(people, str) and people.strip():
        if people.strip().casefold() in {trail.actor.name.casefold(), owner.strip().casefold()}:
            raise PolicyError("The second person is whoever makes the release. Somebody else has to look at it.")
        return {"second_person": people.strip(), "second_authenticated": False}
    return {}
