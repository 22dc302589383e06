"""What is said of a release beside earlier ones: the policy's points, and sentences for people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from anonymiser import story
from anonymiser.errors import InputError
from anonymiser.gate import JOINED, Check
from anonymiser.joining.compare import Change, Earlier, Finding
from anonymiser.policy import HOUSE_RULE, Policy
from anonymiser.risk.composition import Dropped, Nesting

__all__ = [
    "JOINT_POINTS",
    "NO_EARLIER",
    "FirstRelease",
    "answer",
    "aside",
    "budget_points",
    "causes",
    "changed",
    "detail",
    "how_it_lies",
    "joint_points",
    "points_without_ledger",
    "spent_in_words",
]

NO_EARLIER: Final = "Your vault knows of no earlier release that somebody could hold together with this one."
_NESTED, _DIFFERENCE, _UNLINKED = "Nested in earlier releases", "People who came or left", "Releases not compared"
_TABLES, _BUDGETS = "Counts beside earlier ones", "Privacy budgets together"
JOINT_POINTS: Final = frozenset({JOINED, _NESTED, _DIFFERENCE, _UNLINKED, _TABLES, _BUDGETS})
"""Names of the points about earlier releases."""
_OWN: Final = "POLICY"
_NAMED: Final = 2
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class FirstRelease:
    """The owner's statement that these people were in no earlier release.

    Attributes
    ----------
    stated_by : str
        Who states it.

    Raises
    ------
    InputError
        Nobody does.
    """

    stated_by: str

    def __post_init__(self) -> None:
        if not self.stated_by.strip():
            raise InputError("Say who states that these people were in no earlier release: a name is missing.")


def joint_points(finding: Finding, policy: Policy) -> tuple[Check, ...]:
    """The policy's points about earlier releases."""
    source, override = policy.joint_k.source, policy.may_override
    budgets = budget_points(policy, finding.budgets, finding.unbudgeted)
    if not finding.earlier and not finding.unlinked:
        return (Check(JOINED, True, NO_EARLIER, source, override), *budgets)
    found = []
    if finding.earlier:
        met = not finding.small
        found.append(Check(JOINED, met, _joined_sentence(finding), source, override))
        if policy.nested:
            found.append(Check(_NESTED, finding.nests, _nested_sentence(finding), _OWN, override))
        if finding.joined.by_difference:
            met = not finding.small_by_difference
            found.append(Check(_DIFFERENCE, met, _difference_sentence(finding), source, override))
    if finding.subtracted is not None:
        found.append(Check(_TABLES, not finding.subtracted.cells, _tables_sentence(finding), source, override))
    if finding.unlinked:
        sentence = (
            f"{_releases(len(finding.unlinked))} of a table like this one cannot be compared: nothing in the two "
            "tables identifies the same people. Give a column of identifiers the role of a direct identifier in both."
        )
        found.append(Check(_UNLINKED, False if policy.is_open else None, sentence, source, override))
    return (*found, *budgets)


def budget_points(policy: Policy, budgets: tuple[float, ...], unbudgeted: int = 0) -> tuple[Check, ...]:
    """The point about privacy budgets: where the policy has a limit, or several releases spend one.

    Parameters
    ----------
    policy : Policy
    budgets : tuple of float
        Of the new release and of the earlier ones of the same people; empty where the new one has none.
    unbudgeted : int
        Earlier ones without a budget.
    """
    limit = policy.budget
    if not budgets or (limit is None and len(budgets) == 1 and not unbudgeted):
        return ()
    told = spent_in_words(budgets, unbudgeted)
    if limit is None:
        told += " Whether that is small enough is yours to judge."
        return (Check(_BUDGETS, None, told, HOUSE_RULE, policy.may_override),)
    met = math.fsum(budgets) <= limit.value + _ROUNDING
    told += f" Asked for: at most ε = {limit.value:g}."
    return (Check(_BUDGETS, met, told, limit.source, policy.may_override),)


def spent_in_words(budgets: tuple[float, ...], unbudgeted: int = 0) -> str:
    """What counts with noise spend, this release and the earlier ones of the same people."""
    told = f"This release spends a privacy budget of ε = {budgets[0]:g}"
    if len(budgets) > 1:
        earlier = _releases(len(budgets) - 1)
        told += f"; with {earlier} of the same people, whoever received them, ε = {math.fsum(budgets):g} in all"
    if unbudgeted:
        told += f". {_capital(_releases(unbudgeted))} of them {_have(unbudgeted)} none: no sum of budgets covers that"
    return f"{told}."


def points_without_ledger(
    policy: Policy, first: FirstRelease | None = None, *, budget: float | None = None
) -> tuple[Check, ...]:
    """The same where no vault is open: an open release then needs the owner's statement that there was none before."""
    return (*_without_ledger(policy, first), *budget_points(policy, () if budget is None else (budget,)))


def _without_ledger(policy: Policy, first: FirstRelease | None) -> tuple[Check, ...]:
    source = policy.joint_k.source
    if first is not None:
        stated = "The owner states that these people were in no earlier release; no vault was open to check it."
        return (Check(JOINED, True, stated, source, policy.may_override),)
    if policy.is_open:
        sentence = (
            "Open your vault, so that this release can be compared with every earlier one of the same people; "
            "or state that there was none."
        )
        return (Check(JOINED, False, sentence, source, policy.may_override),)
    unknown = "Not compared with earlier releases of the same people: no vault was open. Nor can later ones be."
    return (Check(JOINED, None, unknown, source, policy.may_override),)


def answer(finding: Finding) -> str:
    """What somebody learns who holds them together, in a sentence.

    Everything that is said of people here is counted in the owner's table, for the owner.
    """
    who, joined = _who(finding), finding.joined
    if joined.alone:
        return f"{who} can single out {story.people(joined.alone)}."
    if finding.small:
        return f"{who} can put {story.people(finding.small)} into groups smaller than {finding.limit}."
    if finding.small_by_difference:
        return f"{who} can tell apart {story.people(finding.small_by_difference)} who came or left in between."
    return f"{who} can single out nobody."


def detail(finding: Finding) -> str:
    """The numbers behind the answer."""
    joined, alone = finding.joined, finding.alone
    told = f"Smallest group: {joined.k:,} together, {alone.k:,} in this release alone."
    if not finding.small:
        return f"{told} Together, too, nobody is in a group smaller than {finding.limit}."
    which = "all" if finding.newly == finding.small else f"{finding.newly:,}"
    because = f", {which} of them only because of the join" if finding.newly else ""
    small = _capital(story.people(finding.small))
    return f"{told} {small} {_are(finding.small)} in groups smaller than {finding.limit} together{because}."


def causes(finding: Finding) -> tuple[str, ...]:
    """What each column of this release contributes, the most telling first."""
    return tuple(_without(one, finding.limit) for one in finding.causes if one.under < finding.small)


def aside(finding: Finding) -> str:
    """Releases that do not count, and why."""
    return (
        f"{_capital(_releases(finding.aside))} {'does' if finding.aside == 1 else 'do'} not count: about other people, "
        "or held by nobody who will hold this one."
    )


def how_it_lies(earlier: Earlier) -> str:
    """How the new release's groups lie in those of an earlier one."""
    return {
        Nesting.SAME: "the same groups",
        Nesting.COARSER: "nested: this one is coarser",
        Nesting.FINER: "nested: this one is finer",
        Nesting.CROSSING: "not nested: the groups cross",
    }[earlier.nesting]


def changed(change: Change) -> str:
    """How the people differ from those of an earlier table."""
    told = (
        f"{_capital(story.people(change.stayed))} {_are(change.stayed)} in both tables; {change.came:,} came and "
        f"{change.left:,} left."
    )
    if change.moved:
        told += f" {_capital(story.people(change.moved))} would be in another group of the earlier release today."
    if change.unknown:
        told += (
            f" {_capital(story.records(change.unknown))} {_have(change.unknown)} no identifier of their own and "
            "count as new."
        )
    return told


def _without(one: Dropped, limit: int) -> str:
    if not one.under:
        return f"Without {one.name}, nobody would be in a group smaller than {limit}."
    return f"Without {one.name}, {story.people(one.under)} would be in groups smaller than {limit}."


def _who(finding: Finding) -> str:
    if len(finding.earlier) == 1:
        return "Someone who holds both releases"
    return f"Someone who holds this and the {len(finding.earlier):,} earlier releases"


def _joined_sentence(finding: Finding) -> str:
    number, joined = len(finding.earlier), finding.joined
    if not finding.small:
        if not joined.people:
            return f"Joined with {_releases(number)}: nobody is in both."
        return (
            f"Joined with {_releases(number)}, the smallest group has {story.people(joined.k)}; "
            f"asked for: at least {finding.limit}."
        )
    told = answer(finding).removesuffix(".")
    if joined.alone:
        told += f"; {story.people(finding.small)} {_are(finding.small)} in groups smaller than {finding.limit}"
    best = finding.causes[0] if finding.causes else None
    if best is not None and best.under < finding.small:
        told += f". Most of it comes from {best.name}"
    return f"{told}."


def _nested_sentence(finding: Finding) -> str:
    crossing = [one for one in finding.earlier if one.nesting is Nesting.CROSSING]
    if not crossing:
        return "Each group lies inside one group of every earlier release, or holds whole ones."
    return f"Its groups cross those of {_releases(len(crossing))}: make it nest."


def _difference_sentence(finding: Finding) -> str:
    joined = finding.joined
    told = f"{_capital(story.people(joined.by_difference))} came or left since an earlier release"
    if not finding.small_by_difference:
        return f"{told}; none of them can be told apart into a group smaller than {finding.limit}."
    return (
        f"{told}; comparing the two tells {story.people(finding.small_by_difference)} of them apart into groups "
        f"smaller than {finding.limit}. Wait until more people came or left, or choose a coarser setting."
    )


def _tables_sentence(finding: Finding) -> str:
    subtracted, small = finding.subtracted, f"1 to {finding.counts_up_to} people"
    if subtracted is None or not subtracted.cells:
        return f"Subtracting its counts from those of an earlier release, or those from its own, never leaves {small}."
    cells = "1 cell" if subtracted.cells == 1 else f"{subtracted.cells:,} cells"
    where = f" (most of them by {story.listing(subtracted.columns)})" if subtracted.columns else ""
    return (
        f"Subtracting counts from those of an earlier release leaves {small} in {cells}{where}, as far as rounding "
        "lets it be seen. Choose its bands, or coarser ones that hold whole ones of it, and the same people."
    )


def _releases(number: int) -> str:
    return "1 earlier release" if number == 1 else f"{number:,} earlier releases"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
