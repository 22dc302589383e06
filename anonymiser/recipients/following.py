"""What follows from the answers: the policy, the roles of columns, the terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from anonymiser.attributes import Role
from anonymiser.policy import Policy
from anonymiser.recipe import Recipe
from anonymiser.recipients.answers import Answers

__all__ = ["Conclusion", "conclusions", "policy_for", "roles_of", "terms_of"]

_NHS: Final = "NHS Digital and OpenSAFELY."
_SEALED: Final = "Protected until opened; after that, by the agreement."


@dataclass(frozen=True)
class Conclusion:
    """What follows from the answers: what, what it is, and why, or whose number it is."""

    what: str
    value: str
    because: str


def policy_for(answers: Answers, policies: Mapping[str, Policy], current: Policy) -> Policy:
    """The policy that fits: the current one, or where it is of the other model the strictest of the right one."""
    if answers.anyone is None or answers.anyone == current.is_open:
        return current
    fitting = [policy for policy in policies.values() if policy.is_open == answers.anyone]
    return max(fitting, key=lambda policy: policy.k.value, default=current)


def roles_of(answers: Answers, recipe: Recipe) -> dict[str, Role]:
    """The roles of columns that the recipient could look up: they count towards k; what harms stays sensitive, too."""
    known = set(answers.known_columns)
    becomes = {
        Role.INSENSITIVE: Role.QUASI,
        Role.OBSERVABLE: Role.QUASI,
        Role.SENSITIVE: Role.OBSERVABLE_SENSITIVE,
    }
    return {plan.name: becomes[plan.role] for plan in recipe.attributes if plan.name in known and plan.role in becomes}


def conclusions(answers: Answers, policy: Policy, recipe: Recipe) -> tuple[Conclusion, ...]:
    """What follows, each with its reason or its source."""
    k, known = int(policy.k.value), [plan.name for plan in recipe.qis]
    anyone = "anyone may get it" if policy.is_open else "only this recipient gets it"
    found = [
        Conclusion("Release", policy.model.value, f"Because {anyone}."),
        Conclusion("Smallest group", f"{k:,} people", _source(policy.k.source)),
        Conclusion("Small counts", f"hidden up to {policy.hide_counts_up_to}", "CMS." if policy.is_open else _NHS),
        Conclusion("Counts as known", ", ".join(known) or "nothing yet", "Together they must not point at one person."),
        Conclusion(
            "Sealed",
            "no, signed only" if policy.is_open else "yes, and signed",
            "Published, it needs no seal."
            if policy.is_open
            else "Protected until opened; after that, by the agreement.",
        ),
    ]
    if not policy.is_open:
        agreed = bool(answers.follow_up)
        found.append(
            Conclusion(
                "Pseudonyms",
                "may be made" if agreed else "none",
                "Follow-up is agreed." if agreed else "Nobody needs to recognise a person again.",
            )
        )
    return tuple(found)


def terms_of(answers: Answers) -> tuple[str, ...]:
    """Terms that follow from the answers; they leave with the release."""
    lines = [
        (answers.agreement, f"These terms are part of the agreement: {answers.agreement}."),
        (answers.kept_where, f"Keep the data only here: {answers.kept_where}."),
        (answers.publishes, f"What is published, and who checks it first: {answers.publishes}."),
        (answers.incident, f"If the data is lost or seen by others: {answers.incident}."),
        (answers.recall, f"If we call it back: {answers.recall}."),
    ]
    terms = [line.replace("..", ".") for answer, line in lines if answer]
    if answers.destroy_by is not None:
        certified = ", and send us a signed certificate that you did" if answers.certificate else ""
        terms.append(f"Destroy the data and every copy by {_day(answers.destroy_by)}{certified}.")
    return tuple(terms)


def _source(source: str) -> str:
    return f"{source[:1].upper()}{source[1:]}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
