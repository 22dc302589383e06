"""A recipient's policy by its name, or by enough of it."""

from __future__ import annotations

from collections.abc import Iterable

from anonymiser.errors import InputError
from anonymiser.policy import Policy

__all__ = ["policy_named"]


def policy_named(text: str, policies: Iterable[Policy]) -> Policy:
    """The policy whose name, or whose recipient, is or holds the text; capitals do not matter.

    Parameters
    ----------
    text : str
        The whole name, its beginning, or a word that only one of them has.
    policies : iterable of Policy

    Raises
    ------
    InputError
        None or several fit.

    Examples
    --------
    >>> from anonymiser.policy import POLICIES
    >>> policy_named("researchers", POLICIES.values()).name
    'University researchers (restricted, under agreement)'
    """
    known = tuple(policies)
    wanted = " ".join(text.split()).casefold()
    for fits in (_is, _begins, _holds):
        found = [policy for policy in known if wanted and fits(policy, wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            break
    said = "is more than one recipient's name" if found else "is no recipient's name"
    names = "; ".join(policy.name for policy in known)
    raise InputError(f"'{text}' {said}. The recipients are: {names}.")


def _names(policy: Policy) -> tuple[str, str]:
    return policy.name.casefold(), policy.recipient.casefold()


def _is(policy: Policy, wanted: str) -> bool:
    return wanted in _names(policy)


def _begins(policy: Policy, wanted: str) -> bool:
    return any(name.startswith(wanted) for name in _names(policy))


def _holds(policy: Policy, wanted: str) -> bool:
    return any(wanted in name for name in _names(policy))
