"""A recipient's policy by its name, or by enough of it; the answers about the recipient."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from anonymiser.cli.inputs import read_bytes
from anonymiser.cli.printing import print_line
from anonymiser.errors import InputError
from anonymiser.policy import POLICIES, Policy
from anonymiser.recipe import Recipe
from anonymiser.recipients import Answers, conclusions, policy_for, questions_for, unanswered

__all__ = ["answers_in", "policy_named", "tell_answers"]


def answers_in(file: Path, policy: Policy) -> Answers:
    """The answers about a recipient that a file holds.

    Raises
    ------
    InputError
        It cannot be read, or the answers are about a release of the other model.
    """
    answers = Answers.from_json(read_bytes(file))
    if policy_for(answers, POLICIES, policy) is not policy:
        said = "anyone" if answers.anyone else "not just anyone"
        raise InputError(
            f"{file.name} says that {said} may get it, but the policy '{policy.name}' is for a release that is "
            f"{policy.model.value}. Name another --recipient, or mend the answer."
        )
    return answers


def tell_answers(answers: Answers, policy: Policy, recipe: Recipe) -> None:
    """Print what follows from the answers, and what is still open."""
    for found in conclusions(answers, policy, recipe):
        print_line(f"{found.what}: {found.value}. {found.because}")
    asked, missing = questions_for(policy.model), unanswered(answers, policy.model)
    print_line(f"{len(asked) - len(missing)} of {len(asked)} questions answered.")
    for question in missing:
        print_line(f"Still open: {question.words}")


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
