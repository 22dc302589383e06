"""The sentences of the attack page: counts before percentages, and no value where none may be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from anonymiser.attacking.presence import Shared, Uniform, UniformGroup
from anonymiser.attacking.search import Learnt, Together, Trial, WorstColumns
from anonymiser.figures import Card
from anonymiser.recipe import Recipe, ReleaseForm
from anonymiser.risk.attack import AttackOnRecord, ExposedRecord, Precision, Spread
from anonymiser.risk.attempt import Attempt
from anonymiser.risk.intruder import IntruderTrial
from anonymiser.story import Verdict, listing, people, records, share

__all__ = [
    "MASK",
    "answer",
    "attempts_table",
    "cards",
    "columns_sentence",
    "columns_table",
    "curve_caption",
    "exposed_table",
    "form_note",
    "guess",
    "learnt_table",
    "methods_note",
    "presence_sentences",
    "sample_note",
    "trial_sentence",
    "trial_table",
    "uniform_sentence",
    "uniform_table",
]

MASK: Final = "•••"
"""In place of a value in presentation mode."""

_HUNDRED: Final = 100
_ROUNDING: Final = 1e-9

Table = dict[str, list[str]]


def answer(found: AttackOnRecord, known: Sequence[str], k: int, near: Sequence[str] = ()) -> Verdict:
    """How many rows match one person, before and after, in words.

    Parameters
    ----------
    found : AttackOnRecord
    known : sequence of str
        What is known, in words.
    k : int
        Rows that the recipient's policy asks for.
    near : sequence of str
        Known columns that a method changed at random: rows there are near, they do not fit.
    """
    if not known:
        return Verdict(True, "Who knows nothing of Alex finds nobody.", "Choose what is known of Alex on the left.")
    knows = f"Someone who knows Alex's {listing(known)}"
    if found.of_people:
        return _answer_of_people(found, knows, k, near)
    before = "only Alex's row" if found.before == 1 else records(found.before)
    detail = f"{knows} finds {before} in your table. "
    if not found.released:
        detail += "Alex's own row is deleted from the release"
        detail += f": the {records(found.after)} that fit are other people's." if found.after else "."
        return Verdict(True, "Alex is not in the release.", detail)
    if near:
        return _answer_of_near(found, detail, k)
    if found.after == 1:
        headline = "In the release, one row fits Alex: it is Alex's."
        detail += "The release hides nothing from somebody who knows that much."
        return Verdict(False, headline, detail)
    headline = f"In the release, Alex's row is one of {found.after:,} that fit."
    detail += f"Picking one row of the release at random is right 1 time in {found.after:,}."
    if found.after < k:
        detail += f" This recipient's policy asks for {k:,}."
    return Verdict(found.after >= k, headline, detail)


def _answer_of_near(found: AttackOnRecord, detail: str, k: int) -> Verdict:
    """The same where values were changed at random: rows as near as the own one, or nearer."""
    if found.after == 1:
        headline = "In the release, nobody else's row is as near to Alex as Alex's own."
        return Verdict(False, headline, detail + "Whoever looks for the nearest row may well find it.")
    others = found.after - 1
    whose = f"{people(others)} have a row" if others > 1 else "1 person has a row"
    headline = f"In the release, {whose if found.of_people else _rows(others)} as near to Alex as Alex's own."
    detail += f"Picking the nearest row is right at most 1 time in {found.after:,}."
    if found.after < k:
        detail += f" This recipient's policy asks for {k:,} that look alike."
    return Verdict(found.after >= k, headline, detail)


def _rows(others: int) -> str:
    return "1 other row is" if others == 1 else f"{others:,} other rows are"


def _answer_of_people(found: AttackOnRecord, knows: str, k: int, near: Sequence[str]) -> Verdict:
    """The same where one person may have several rows: people count."""
    before = "rows of Alex only" if found.before == 1 else f"rows of {people(found.before)}"
    detail = f"{knows} finds {before} in your table. "
    if not found.released:
        detail += "Alex's own row is deleted from the release"
        detail += f": the rows that fit are of {people(found.after)}." if found.after else "."
        return Verdict(True, "This row of Alex is not in the release.", detail)
    if near:
        return _answer_of_near(found, detail, k)
    if found.after == 1:
        return Verdict(False, "In the release, every row that fits is Alex's.", detail + "The release hides nothing.")
    headline = f"In the release, Alex is one of {found.after:,} people whose rows fit."
    detail += f"Picking one of them at random is right 1 time in {found.after:,}."
    if found.after < k:
        detail += f" This recipient's policy asks for {k:,}."
    return Verdict(found.after >= k, headline, detail)


def cards(found: AttackOnRecord, alone: Precision, near: Sequence[str] = ()) -> tuple[Card, ...]:
    """The figures on top: rows that fit, before and after, and everybody else who stands as alone."""
    found_there = "are as near to Alex as Alex's own, or nearer." if near else "fit: what the recipient would find."
    gone = "" if found.released else " Alex's own row is not among them."
    what = "People" if found.of_people else "Rows"
    return (
        Card(f"{what} in your table", f"{found.before:,}", "fit what is known of Alex. 1: it is Alex's."),
        Card(f"{what} in the release", f"{found.after:,}", f"{found_there}{gone}"),
        Card(
            "Rows singled out" if found.of_people else "People singled out",
            f"{alone.released:,}",
            f"with the release, of {alone.people:,} known as well as Alex. With your table: {alone.original:,}.",
        ),
    )


def methods_note(recipe: Recipe, near: Sequence[str] = ()) -> str:
    """How rows of a release with methods are counted; empty without methods.

    Parameters
    ----------
    recipe : Recipe
    near : sequence of str
        Known columns that a method changed at random.
    """
    if not recipe.methods:
        return ""
    told = f"Counted on the release as it leaves, after: {listing([spec.title for spec in recipe.methods])}."
    if near:
        return (
            f"{told} Nobody can look up what was changed at random ({listing(near)}): there a row counts that is as "
            "near to what is known as the person's own, or nearer. How often the nearest row is the right one stands "
            "on the methods page."
        )
    return f"{told} A row fits where every range or label covers what is known; an emptied cell fits everybody."


def guess(spread: Spread, *, hide: bool = False) -> str:
    """The likeliest sensitive value among some records, with its odds."""
    if not spread.labels:
        return "does not leave"
    if spread.likeliest is None:
        return "nothing is known"
    value = MASK if hide else spread.labels[spread.likeliest]
    count, of = spread.odds
    unknown = 0 if spread.missing is None else spread.counts[spread.missing]
    if unknown:
        known = of - unknown
        return f"{value}: {'all ' if count == known else f'{count:,} of '}{known:,} known; {unknown:,} unknown"
    if count == of:
        return f"{value}: certain" if of == 1 else f"{value}: certain, all {of:,}"
    return f"{value}: {count:,} of {of:,}"


def _of_hundred(spread: Spread, *, hide: bool) -> str:
    """As :func:`guess`, out of a hundred where there are more."""
    if spread.likeliest is None or spread.records <= _HUNDRED:
        return guess(spread, hide=hide)
    count, of = spread.odds
    value = MASK if hide else spread.labels[spread.likeliest]
    shown = round(_HUNDRED * count / of)
    if shown in (0, _HUNDRED):  # neither nobody nor everybody, unless it is so
        return guess(spread, hide=hide)
    return f"{value}: {shown} of {_HUNDRED}"


def learnt_table(spreads: Sequence[Learnt], *, hide: bool, of_people: bool = False) -> Table:
    """For each sensitive column, the best guess with the table, with the release, and of anybody.

    Rows are counted, which is said where one person may have several.
    """
    rows = ", in rows" if of_people else ""
    return {
        "Sensitive column": [one.before.attribute for one in spreads],
        f"With your table{rows}": [guess(one.before, hide=hide) for one in spreads],
        f"With the release{rows}": [guess(one.after, hide=hide) for one in spreads],
        "Of anybody": [_of_hundred(one.everybody, hide=hide) for one in spreads],
    }


def curve_caption(points: Sequence[tuple[str, Precision]], varied: Sequence[str], k: int | None) -> str:
    """What the chart of precision shows, in words; ``k`` is None where it has no meaning."""
    if not points:
        return "Choose a column that is known more or less precisely."
    (vague, first), (exact, last) = points[0], points[-1]
    return (
        f"Knowing {listing(varied)} ever better ({vague}, then {exact}): people singled out "
        f"{_from_to(first.original, last.original)} of {last.people:,} in your table, and "
        f"{_from_to(first.released, last.released)} in the release. {_all_the_while(k)}"
        "Wider bands in the release bring the dashed line down."
    )


def _all_the_while(k: int | None) -> str:
    return "" if k is None else f"k is {k:,} all the while: it counts the quasi-identifiers only. "


def _from_to(first: int, last: int) -> str:
    return f"stay at {last:,}" if first == last else f"go from {first:,} to {last:,}"


def exposed_table(found: Sequence[ExposedRecord]) -> Table:
    """The most exposed records: numbers only, never a value."""
    return {
        "Record": [f"{one.row + 1:,}" for one in found],
        "Match in your table": [f"{one.before:,}" for one in found],
        "Match in the release": [f"{one.after:,}" for one in found],
    }


def columns_table(found: Sequence[Together]) -> Table:
    """Combinations of columns with the people that they single out."""
    return {
        "Columns": [" + ".join(one.before.attributes) for one in found],
        "Alone in your table": [share(one.before.unique_records, one.before.rows) for one in found],
        "Alone in the release": [share(one.after.unique_records, one.after.rows) for one in found],
        f"There in groups under {found[0].after.k}" if found else "In small groups": [
            share(one.after.records_below_k, one.after.rows) for one in found
        ],
    }


def columns_sentence(found: WorstColumns) -> str:
    """Which few columns are enough to single out half of the people."""
    if not found.identifying:
        return "No column, pair or triple singles out half of the people in your table."
    least = found.identifying[0]
    size = len(least.attributes)
    same = sum(len(one.attributes) == size for one in found.identifying)
    what = ("column" if size == 1 else "pair" if size == 2 else "triple") + ("" if same == 1 else "s")  # noqa: PLR2004 - a pair is two
    enough = "is enough" if same == 1 else "are enough"
    return (
        f"{same} {what} {enough} to single out half of the people in your table; the worst, "
        f"{listing(least.attributes)}, singles out {share(least.unique_records, least.rows)} of {least.rows:,}."
    )


def form_note(form: ReleaseForm) -> str:
    """That the release is counted record by record, where it leaves in another shape; empty otherwise."""
    if form is ReleaseForm.MICRODATA:
        return ""
    return f"Counted as if every record left on its own; this recipe makes it leave as: {form.value}."


def sample_note(people_asked: int, rows: int) -> str:
    """That a large table is asked about a sample of people."""
    return f"The table has {rows:,} rows: this is counted for a random sample of {people(people_asked)} of them."


def trial_sentence(trial: Trial) -> str:
    """What a motivated intruder achieved."""
    before, after = trial.before, trial.after
    return (
        f"Looking for {people(after.people)}: with your table {share(before.right, before.people)} were picked "
        f"correctly, with the release {share(after.right, after.people)}. {_interval(after)}"
    )


def _interval(one: IntruderTrial) -> str:
    low, high = _bounds(one)
    return f"From so many people, the release's true rate lies between {low} % and {high} % (95 % interval)."


def _bounds(one: IntruderTrial) -> tuple[str, str]:
    """The interval in per cent, rounded outwards: never narrower than it is."""
    low, high = (1000 * bound for bound in one.interval)
    return f"{math.floor(low) / 10:.1f}", f"{math.ceil(high) / 10:.1f}"


def trial_table(trial: Trial) -> Table:
    """A trial in figures, with the table and with the release."""
    sides = (trial.before, trial.after)
    bounds = ["{} % to {} %".format(*_bounds(one)) for one in sides]
    return {
        "With": ["your table", "the release"],
        "Picked the right row": [share(one.right, one.people) for one in sides],
        "95 % interval": bounds,
        "Expected": [f"{one.expected_right:,.1f}" for one in sides],
        "Only one row fitted": [f"{one.certain:,}" for one in sides],
        "… and it was theirs": [f"{one.certain_right:,}" for one in sides],
        "Nothing fitted": [f"{one.people - one.found_something:,}" for one in sides],
    }


def attempts_table(found: Sequence[Attempt]) -> Table:
    """What people tried, newest first."""
    newest = tuple(reversed(found))
    return {
        "When": [f"{one.on:%d %B %Y}" for one in newest],
        "Who tried": [one.who for one in newest],
        "Sources": [one.sources for one in newest],
        "Hours": [f"{one.hours:g}" for one in newest],
        "Looked for": [f"{one.people:,}" for one in newest],
        "Claimed": [f"{one.claimed:,}" for one in newest],
        "Confirmed": [f"{one.confirmed:,}" for one in newest],
        "Release for": [one.recipient for one in newest],
    }


def presence_sentences(shared: Sequence[Shared], home: str | None, *, hide: bool) -> tuple[str, ...]:
    """What follows from being in the file, whichever row is whose."""
    said = ["Whoever is known to be in the file is known to be whatever puts people into it: a customer, a patient."]
    if home is not None:
        where = "the country" if hide else home
        said.append(
            f"Nobody's country of birth in the file is {where}, the only country that people live in there: being in "
            "it says 'born abroad'."
        )
    for one in shared:
        value = MASK if hide else one.value
        who = f"{one.records:,} of {one.known:,} have"
        if one.records == one.known:
            who = f"All {one.known:,} whose value is known have" if one.unknown else "Everybody in the file has"
        column = "" if one.leaves else " The column does not leave, and presence says it all the same."
        said.append(f"{who} the same {one.attribute}: {value}.{column}")
    return tuple(said)


def uniform_sentence(one: Uniform) -> str:
    """How many groups of the release give a sensitive value away."""
    found = one.found
    name = found.attribute
    who = records if one.over_people else people
    if not found.classes:
        most = f"at most {math.ceil(1000 * found.largest_share - _ROUNDING) / 10:g} % of a group share a value"
        return f"{name}: no group tells it ({most}; told from {100 * found.threshold:.0f} % on)."
    groups = "1 group" if found.classes == 1 else f"{found.classes:,} groups"
    return (
        f"{name}: {groups} of the release, {who(found.records)}, share one value in at least "
        f"{100 * found.threshold:.0f} % of each group; for {who(found.completely)} it is certain."
    )


def uniform_table(found: Sequence[Uniform], *, hide: bool) -> Table:
    """The groups that give a value away, the most certain first: who they are and what it is."""
    told = [(one.found.attribute, group) for one in found for group in one.groups]
    return {
        "Column": [name for name, _ in told],
        "Value": [MASK if hide else group.value for _, group in told],
        "How sure": [_sure(group) for _, group in told],
        "Group": [MASK if hide else ", ".join(group.labels) or "everybody" for _, group in told],
    }


def _sure(group: UniformGroup) -> str:
    whose = " who answered" if group.known < group.records else ""
    if group.having == group.known:
        return f"certain: all {group.having:,}{whose}"
    return f"{group.having:,} of {group.known:,}{whose}"
