"""Every sentence that a person reads about risk: pure functions from measures to words.

Counts come before percentages, and nothing here claims more than the numbers say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser.assessment import Assessment
from anonymiser.gate import Check
from anonymiser.policy import Policy
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.wording import (
    listing,
    move_buys,
    move_costs,
    others,
    outcome,
    people,
    percent,
    records,
    share,
    worst_off,
)

__all__ = [
    "CLAIMS",
    "NextStep",
    "Point",
    "Verdict",
    "attack",
    "counted",
    "histogram_caption",
    "how_k_is_counted",
    "known",
    "listing",
    "loss_caption",
    "move_buys",
    "move_costs",
    "next_step",
    "others",
    "outcome",
    "people",
    "percent",
    "points",
    "records",
    "setting",
    "share",
    "short_name",
    "trade_off_caption",
    "verdict",
    "worst_off",
]

CLAIMS = (
    (
        "At these settings, on these columns, each person shares their row with at least k − 1 others. "
        "Whether identification is sufficiently remote is your recorded judgement."
    ),
    "Evidence for your data protection impact assessment, not legal advice.",
    "k says nothing of what a group shares: a group in which everybody has the same illness tells it of each of them.",
    "Being in this file at all tells something of a person: whatever everybody in it has in common.",
    "k-anonymity is not differential privacy: somebody who knows more columns than these can narrow a group down.",
)
"""What may be said of a release, and what it does not promise."""

_ONE = 1


@dataclass(frozen=True)
class Verdict:
    """One sentence for the top of a page.

    Attributes
    ----------
    safe : bool
    headline, detail : str
    """

    safe: bool
    headline: str
    detail: str


@dataclass(frozen=True)
class Point:
    """A point of the policy for a badge: checks of one kind together.

    Attributes
    ----------
    name : str
    met : bool or None
        None: not checked yet.
    sentences : tuple of str
        What was found, each with who asks for it.
    """

    name: str
    met: bool | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class NextStep:
    """What to do now: the page, the words on its button, and why."""

    page: str
    label: str
    sentence: str


def counted(number: int, assessment: Assessment) -> str:
    """Records, told as people where each is a person."""
    return records(number) if assessment.over_people else people(number)


def known(plans: Sequence[AttributePlan]) -> list[str]:
    """What an attacker knows of a person, in words: visible quasi-identifiers with their level."""
    return [plan.name if plan.level == 0 else f"{plan.name} ({plan.level_name})" for plan in plans if plan.leaves]


def verdict(assessment: Assessment, found: Sequence[Check], policy: Policy) -> Verdict:
    """Whether the table can be shared at this setting, in one sentence."""
    failing = [check for check in found if check.met is False]
    waiting = sum(check.met is None for check in found)
    if not failing:
        headline = "Every requirement that Halftone checks is met."
        detail = f"Everybody who is released shares their row with at least {others(assessment.k - 1)}."
        if assessment.suppressed:
            gone = share(assessment.suppressed, assessment.rows)
            detail += f" {gone} of the records {_is(assessment.suppressed)} left out."
        if waiting:
            detail += f" {waiting} of the policy's points cannot be checked yet."
        return Verdict(True, headline, detail)
    if not assessment.kept:
        return Verdict(False, "Nothing would be left to share.", "Every record would be deleted at this setting.")
    told = [point for point in points(found) if point.met is not None]
    names = [point.name[0].lower() + point.name[1:] for point in told if point.met is False]
    detail = (
        f"{len(names)} of {len(told)} checked points {'fails' if len(names) == _ONE else 'fail'}: {listing(names)}."
    )
    return Verdict(False, f"Not yet: {_why_not(assessment, failing, int(policy.k.value))}", detail)


def points(found: Sequence[Check]) -> tuple[Point, ...]:
    """The checks as badges: those of every sensitive column as one, those not checked yet as one."""
    kinds: dict[tuple[str, bool | None], list[str]] = {}
    for check in found:
        name = "Sensitive values" if check.name.startswith("Different values of") else check.name
        source = f" Asked for by: {check.source}." if check.source else ""
        column = f"{check.name.removeprefix('Different values of ')}: " if name != check.name else ""
        kinds.setdefault((name, check.met), []).append(f"{column}{check.sentence}{source}")
    failing = {name for name, met in kinds if met is False}
    told: dict[str, Point] = {}
    for (name, met), sentences in kinds.items():
        before = told[name].sentences if name in told else ()
        worst = False if name in failing else met
        told[name] = Point(name, worst, (*before, *sentences))
    return tuple(told.values())


def next_step(answer: Verdict) -> NextStep:
    """Where a reader of the verdict goes from here."""
    if answer.safe:
        return NextStep("release", "Prepare the release", "The checked points hold: see what exactly would leave.")
    return NextStep("tune", "Make it safe", "Blur the columns that point at a person until nobody stands out.")


def _why_not(assessment: Assessment, failing: Sequence[Check], k: int) -> str:
    """The failing point that says most to a person."""
    if not assessment.suppressed and assessment.unique_records_raw:
        alone = assessment.unique_records_raw
        if alone == assessment.rows > _ONE:
            return f"all {counted(alone, assessment)} can be singled out."
        return f"{counted(alone, assessment)} of {assessment.rows:,} can be singled out."
    if not assessment.suppressed and assessment.records_below_k:
        small = counted(assessment.records_below_k, assessment)
        return f"{small} of {assessment.rows:,} {_is(assessment.records_below_k)} in groups smaller than {k}."
    return failing[0].sentence


def _is(number: int) -> str:
    return "is" if number == _ONE else "are"


def short_name(policy: Policy) -> str:
    """A policy's name without how its release is shared, where that stands beside it.

    >>> from anonymiser.policy import RESEARCHERS
    >>> short_name(RESEARCHERS)
    'University researchers'
    """
    return policy.name.removesuffix(f" ({policy.model.value})")


def attack(assessment: Assessment, recipe: Recipe) -> str:
    """What somebody who knows the quasi-identifiers of a person would find."""
    facts = known(recipe.qis)
    if not facts:
        return "No column that points at a person would leave: everybody looks the same."
    knows = f"Someone who knows Alex's {listing(facts)}"
    if not assessment.kept:
        return f"{knows} would find nothing: no record is released."
    if assessment.k <= _ONE and assessment.over_people:
        return (
            f"{knows} would find the rows of one person only, for {records(assessment.unique_records)} of "
            f"{assessment.kept:,}: if Alex is that person, they are all Alex's."
        )
    if assessment.k <= _ONE:
        return (
            f"{knows} would find exactly one row for {people(assessment.unique_records)} of "
            f"{assessment.kept:,}: if Alex is one of them, that row is Alex's."
        )
    if assessment.over_people:
        guess = f"a guess at whose they are is right at most 1 time in {assessment.k:,}"
        return f"{knows}, and nothing else, would find rows of at least {people(assessment.k)}: {guess}."
    guess = f"a guess is right at most 1 time in {assessment.k:,}"
    return f"{knows}, and nothing else, would find at least {assessment.k:,} rows: {guess}."


def histogram_caption(assessment: Assessment, k: int) -> str:
    """What the class-size histogram shows, in words."""
    groups = f"{assessment.classes_raw:,} group" + ("" if assessment.classes_raw == _ONE else "s")
    below = assessment.records_below_k
    who = f"{counted(below, assessment)} {_is(below)} in groups" if below else "Nobody is in a group"
    smaller = f"{who} smaller than {k}"
    return (
        f"People who look alike form a group: {groups} here. {smaller}; what stands above the line is too small. "
        "Counted before anything is deleted."
    )


def loss_caption(assessment: Assessment, recipe: Recipe) -> str:
    """Which column loses most, in words."""
    pairs = sorted(zip(assessment.loss_by_attribute, (a.name for a in recipe.qis), strict=True), reverse=True)
    if not pairs or not pairs[0][0]:
        return "No detail is lost: every column is exact."
    worst, name = pairs[0]
    return f"0 % is exact, 100 % is hidden. Most is lost in {name}: {100 * worst:.0f} %."


def how_k_is_counted(assessment: Assessment, recipe: Recipe) -> tuple[str, ...]:
    """Four steps from the table to k, with the table's own numbers."""
    facts = known(recipe.qis) or ["nothing"]
    small = f"The smallest group has {people(assessment.k)}: so k = {assessment.k}."
    if assessment.suppressed:
        small += (
            f" Groups that fail a requirement ({records(assessment.suppressed)}) are left out of the release first."
        )
    best = (
        "k = 1 means that somebody stands alone."
        if assessment.k == _ONE
        else "k = 0 means that nothing is left to release."
        if not assessment.kept
        else "k = 0 means that a group holds only rows of nobody known: they may be one person's."
        if not assessment.k
        else (f"Nobody stands alone: the best guess at who a row belongs to is 1 in {assessment.k}.")
    )
    rows = "1 row makes" if assessment.rows == _ONE else f"{assessment.rows:,} rows make"
    grouped = f"{assessment.classes_raw:,} group{'' if assessment.classes_raw == _ONE else 's'}"
    return (
        f"Take what an outsider may know of a person: {listing(facts)}.",
        f"Put the rows that agree in all of it into one group: {rows} {grouped}."
        + (" Count each person of a group once, however many rows are that person's." * assessment.over_people),
        small,
        best,
    )


def setting(plans: Sequence[AttributePlan], levels: Sequence[int]) -> str:
    """The levels of the quasi-identifiers in words; those that are exact are not listed."""
    blurred = [
        f"{plan.name}: {plan.hierarchy.level_names[level]}" for plan, level in zip(plans, levels, strict=True) if level
    ]
    if not blurred:
        return "every column exact"
    return "; ".join(blurred) + ("; the rest exact" if len(blurred) < len(plans) else "")


def trade_off_caption(settings: int, meeting: int, k: int, limit: int) -> str:
    """What the picture of every setting shows, in words."""
    them = f"{meeting:,} of {settings:,} settings meet" if meeting else f"None of {settings:,} settings meets"
    return (
        f"{them} the requirements with groups of at least {k} and at most {records(limit)} deleted. "
        "Each setting is scored as if its failing records were deleted; crosses would have to delete more than that."
    )
