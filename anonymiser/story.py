"""Every sentence that a person reads about risk: pure functions from numbers to words.

Counts come before percentages, and nothing here claims more than the numbers say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anonymiser.assessment import Assessment
from anonymiser.gate import Check
from anonymiser.policy import Policy
from anonymiser.recipe import AttributePlan, Recipe

__all__ = [
    "CLAIMS",
    "NextStep",
    "Point",
    "Verdict",
    "attack",
    "exposed",
    "histogram_caption",
    "how_k_is_counted",
    "listing",
    "loss_caption",
    "move_buys",
    "move_costs",
    "next_step",
    "odds",
    "outcome",
    "people",
    "points",
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


def people(number: int) -> str:
    """A count of people.

    >>> people(1), people(14), people(1234)
    ('1 person', '14 people', '1,234 people')
    """
    return "1 person" if number == _ONE else f"{number:,} people"


def records(number: int) -> str:
    """A count of records.

    >>> records(1), records(0)
    ('1 record', '0 records')
    """
    return "1 record" if number == _ONE else f"{number:,} records"


def counted(number: int, assessment: Assessment) -> str:
    """Records, told as people where each is a person."""
    return records(number) if assessment.over_people else people(number)


def others(number: int) -> str:
    """A count of other people.

    >>> others(1), others(4)
    ('1 other', '4 others')
    """
    return "1 other" if number == _ONE else f"{number:,} others"


def share(part: int, whole: int) -> str:
    """A count with its percentage, never "0.00 %" for a real count.

    >>> share(14, 1000), share(1, 100_000), share(0, 10), share(10, 10)
    ('14 (1.4 %)', '1 (under 0.1 %)', '0', '10 (100 %)')
    """
    if not part or not whole:
        return f"{part:,}"
    percent = 100 * part / whole
    if percent < 0.1:  # noqa: PLR2004 - one decimal is shown
        return f"{part:,} (under 0.1 %)"
    shown = min(percent, 99.9) if part < whole else 100.0
    return f"{part:,} ({shown:.1f} %)".replace(".0 %", " %")


def listing(words: Sequence[str]) -> str:
    """Words joined as in speech.

    >>> listing(["sex"]), listing(["sex", "age", "zip"])
    ('sex', 'sex, age and zip')
    """
    if len(words) <= _ONE:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def odds(k: int) -> str:
    """The best guess of someone who knows these columns and no others.

    >>> odds(11)
    'at most 1 in 11 for someone who knows these columns and no others'
    >>> odds(1)
    'certain for at least one person'
    """
    if k <= _ONE:
        return "certain for at least one person" if k == _ONE else "nothing is released"
    return f"at most 1 in {k:,} for someone who knows these columns and no others"


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


def exposed(assessment: Assessment, k: int) -> str:
    """Who is exposed, as a count of people."""
    if assessment.unique_records_raw and not assessment.suppressed:
        return (
            f"{counted(assessment.unique_records_raw, assessment)} of {assessment.rows:,} can be singled out; "
            f"{counted(assessment.records_below_k, assessment)} are in groups smaller than {k}."
        )
    if assessment.records_below_k and not assessment.suppressed:
        return (
            f"{counted(assessment.records_below_k, assessment)} of {assessment.rows:,} are in groups smaller than {k}."
        )
    if assessment.suppressed:
        gone = counted(assessment.suppressed, assessment)
        return f"{gone} would be left out of the release; nobody else is in so small a group."
    return f"Nobody is in a group smaller than {k}."


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


def outcome(group: int, deleted: int, rows: int, detail: float) -> str:
    """What a setting comes to: smallest group, rows deleted, detail kept.

    >>> outcome(11, 14, 1000, 0.62)
    'smallest group 11, 14 (1.4 %) of the rows deleted, 62 % of the detail kept'
    >>> outcome(0, 10, 10, 0.0)
    'nothing left: every group is too small'
    """
    if not group:
        return "nothing left: every group is too small"
    gone = f"{share(deleted, rows)} of the rows deleted" if deleted else "no row deleted"
    return f"smallest group {group:,}, {gone}, {100 * detail:.0f} % of the detail kept"


def move_buys(made_safe: int, group_gained: int) -> str:
    """What a move does for privacy.

    >>> move_buys(40, 2), move_buys(-1, 0), move_buys(0, 0)
    ('40 records safe; smallest group +2', '1 more record fails', 'no record safe yet')
    """
    told = []
    if made_safe > 0:
        told.append(f"{records(made_safe)} safe")
    elif made_safe < 0:
        told.append("1 more record fails" if made_safe == -_ONE else f"{-made_safe:,} more records fail")
    if group_gained:
        told.append(f"smallest group {group_gained:+,}".replace("-", "−"))
    return "; ".join(told) or "no record safe yet"


def move_costs(detail_gained: float) -> str:
    """What a move does to the detail that is kept, in percentage points.

    >>> move_costs(-0.052), move_costs(0.1), move_costs(0.0)
    ('5.2 points of detail lost', '10.0 points of detail gained', 'no detail')
    """
    points_of = 100 * abs(detail_gained)
    if points_of < 0.05:  # noqa: PLR2004 - one decimal is shown
        return "no detail"
    return f"{points_of:.1f} points of detail {'gained' if detail_gained > 0 else 'lost'}"


def trade_off_caption(settings: int, meeting: int, k: int, limit: int) -> str:
    """What the picture of every setting shows, in words."""
    them = f"{meeting:,} of {settings:,} settings meet" if meeting else f"None of {settings:,} settings meets"
    return (
        f"{them} the requirements with groups of at least {k} and at most {records(limit)} deleted. "
        "Each setting is scored as if its failing records were deleted; crosses would have to delete more than that."
    )


def worst_off(group: str | None, gone: int, rows: int, times: float, *, smallest: int) -> str:
    """Which group loses most of its rows, compared with everybody.

    >>> worst_off("degree", 3, 12, 5.0, smallest=10)
    "Worst off: 'degree' would lose 3 of 12 rows, 5.0 times its share."
    >>> worst_off(None, 0, 0, 0.0, smallest=10)
    'No group of 10 rows or more loses any.'
    """
    if group is None:
        return f"No group of {smallest} rows or more loses any."
    return f"Worst off: '{group}' would lose {gone:,} of {rows:,} rows, {times:.1f} times its share."
