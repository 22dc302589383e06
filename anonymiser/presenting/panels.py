"""The panels, drawn from a project: no row, no small count, only labels that many people share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from anonymiser import story
from anonymiser.attributes import Role
from anonymiser.figures import losses, size_bins
from anonymiser.policy import Policy
from anonymiser.presenting import notes
from anonymiser.presenting.deck import Bar, Card, Chart, Deck, Panel, Table, people_shown
from anonymiser.presenting.facts import Facts, facts_of
from anonymiser.presenting.groups import groups_of
from anonymiser.presenting.shortening import short, some
from anonymiser.privacy.people import class_sizes
from anonymiser.project import Project
from anonymiser.releasing.outline import outline

__all__ = ["deck_of"]

_ROWS: Final = 9
_KNOWN: Final = 4
_TELLABLE: Final = 260
"""Characters of a sentence that can be read from a slide."""


def deck_of(project: Project, title: str = "", policy: Policy | None = None) -> Deck:
    """Ten panels on the current recipe.

    Parameters
    ----------
    project : Project
    title : str
        Of the data; made from the file's name where it is left out.
    policy : Policy, optional
        The project's own where it is left out.
    """
    chosen = policy or project.policy
    facts = facts_of(project, chosen)
    made = (_problem, _data, _recipients, _method, _counting, _before_after, _risk, _use, _sharing, _decision)
    name = title or Path(project.microdata.name).stem.replace("_", " ").strip() or "Records"
    return Deck(name[:1].upper() + name[1:], story.short_name(chosen), tuple(make(facts) for make in made))


def _problem(facts: Facts) -> Panel:
    before, recipe = facts.before, facts.project.recipe
    alone = before.unique_records_raw
    direct = sum(plan.role is Role.DIRECT for plan in recipe.attributes)
    each = "records" if before.over_people else "people"
    if alone > facts.hide:
        many = f"all {alone:,}" if alone == before.rows else f"{people_shown(alone, facts.hide)} of {before.rows:,}"
        message = f"As it is, {many} {each} could be singled out."
    else:
        message = "As it is, the table would show far more about people than anybody needs."
    knows = story.listing(some([plan.name for plan in recipe.qis])) or "nothing"
    return Panel(
        "The problem",
        message,
        points=(
            "Taking the names away is not enough: what is left still points at people.",
            f"Somebody who knows a person's {knows} would find that person's row, and read the rest of it.",
            "We answer for what happens to it after we have handed it over.",
        ),
        cards=(
            Card(f"{before.rows:,}", f"{each} in the table"),
            Card(f"{len(recipe.attributes) - len(recipe.derived):,}", "columns about each"),
            Card(f"{direct:,}", "columns that name a person"),
        ),
        notes=notes.PROBLEM,
    )


def _data(facts: Facts) -> Panel:
    plans = facts.project.recipe.attributes
    kinds = (
        ("Point at one person", (Role.DIRECT,), "Never leave"),
        ("Point at people together", (Role.QUASI,), "Blurred, and counted in groups"),
        ("An acquaintance may know", (Role.OBSERVABLE, Role.OBSERVABLE_SENSITIVE), "In bands, or dropped"),
        ("Would harm if known", (Role.SENSITIVE,), "Only what the recipient needs"),
        ("The rest", (), "As the recipient needs it"),
    )
    told = {role for _, roles, _ in kinds for role in roles}
    rows = []
    for what, roles, then in kinds:
        names = [p.name for p in plans if (p.role in roles if roles else p.role not in told)]
        if names:
            rows.append((what, f"{len(names):,}", story.listing(some(names)), then))
    direct = sum(plan.role is Role.DIRECT for plan in plans)
    together = sum(plan.role is Role.QUASI for plan in plans)
    return Panel(
        "The data",
        _pointing(direct, together),
        table=Table(
            ("What the columns do", "How many", "Such as", "What we do"), tuple(rows), (0.25, 0.13, 0.36, 0.26)
        ),
        notes=notes.DATA,
    )


def _recipients(facts: Facts) -> Panel:
    policy = facts.policy
    others = [p for p in facts.project.policies.values() if p.name != policy.name]
    rows = tuple(
        (
            ("▸ " if p is policy else "") + short(story.short_name(p)),
            p.model.value,
            f"at least {p.k.value:g}",
            f"{100 * p.suppression.value:g} % of the rows",
            "none" if p.is_open else "in bands" if p.distinct_l or p.ordered_t else "allowed",
        )
        for p in (policy, *others[:4])
    )
    how = "anyone may read it" if policy.is_open else "sealed, and under an agreement"
    return Panel(
        "The recipients",
        f"{short(story.short_name(policy))}: {how}, in groups of at least {facts.k}.",
        table=Table(
            ("Recipient", "How it is shared", "Smallest group", "Deleted at most", "Sensitive columns"),
            rows,
            (0.26, 0.26, 0.16, 0.18, 0.14),
            note=f"Smallest group: {policy.k.source}. Share that may be deleted: {policy.suppression.source}.",
        ),
        notes=notes.OPEN_RECIPIENT if policy.is_open else notes.SEALED_RECIPIENT,
    )


def _method(facts: Facts) -> Panel:
    plan, methods = outline(facts.project), bool(facts.project.recipe.methods)
    rows = [(short(c.name), c.level, _plain(c.words)) for c in plan.leaving]
    more = len(rows) - _ROWS
    note = f"{len(plan.staying):,} columns stay here." + (f" {more + 1:,} more leave." if more > 0 else "")
    if more > 0:
        rows = rows[: _ROWS - 1]
    return Panel(
        "The method",
        f"Names stay here; the rest {'will be' if facts.fails else 'is'} "
        f"{'blurred or changed' if methods else 'blurred'} until people look alike.",
        table=Table(
            ("Column that leaves", "How fine", "What is done to it"), tuple(rows), (0.34, 0.26, 0.4), note=note
        ),
        notes=notes.method(changed=methods),
    )


def _counting(facts: Facts) -> Panel:
    assessment, recipe = facts.assessment, facts.project.recipe
    steps = story.how_k_is_counted(assessment, recipe)[:3]
    known = story.listing(some(story.known(recipe.qis), _KNOWN)) or "nothing"
    if len(steps[0]) > _TELLABLE:
        steps = (f"Take what an outsider may know of a person: {known}.", *steps[1:])
    message = (
        f"People who look alike form a group; the smallest has {assessment.k:,}."
        if assessment.kept and not facts.fails
        else "People who look alike form a group; the smallest counts."
    )
    return Panel(
        "How k is counted",
        message,
        points=steps,
        table=groups_of(facts),
        notes=notes.counting(assessment.k),
        numbered=True,
    )


def _before_after(facts: Facts) -> Panel:
    before, after = facts.before, facts.assessment
    kept = after
    if not facts.project.recipe.methods:
        sizes, groups = np.unique(class_sizes(facts.project.classes())[facts.passing], return_counts=True)
        kept = replace(after, sizes=np.column_stack((sizes, groups)).astype(np.int64))
    bins = [b for b in size_bins(kept) if b.people and b.safe]
    bars = tuple(
        Bar(b.label, 0 if b.people <= facts.hide else round(b.people / 5) * 5, people_shown(b.people, facts.hide))
        for b in bins
    )
    if facts.fails:
        message = "Not yet: at this setting the table may not leave."
    else:
        message = f"Before, the smallest group has {before.k:,}. After, at least {after.k:,}."
        if before.k <= 1:
            message = f"Before, people stand alone. Now nobody is in a group smaller than {after.k:,}."
    alone = people_shown(before.unique_records_raw, facts.hide) if before.unique_records_raw else "nobody"
    return Panel(
        "Before and after",
        message,
        cards=(
            Card(f"{alone} → nobody" if not after.unique_records else alone, "people alone in their group"),
            Card(f"100 % → {100 * after.detail_kept:.0f} %", "detail kept"),
            Card(f"{after.suppressed:,}", "rows deleted"),
        ),
        points=() if bars else ("Groups smaller than the policy asks for are not shown: there is no other yet.",),
        chart=Chart(
            bars,
            "People in the group",
            "People in groups of this size",
            "Everybody who is released, by how many people are in their group.",
        )
        if bars
        else None,
        notes=notes.BEFORE_AFTER,
    )


def _risk(facts: Facts) -> Panel:
    after = facts.assessment
    sentence = story.attack(after, facts.project.recipe)
    if len(sentence) > _TELLABLE:
        known = story.listing(some(story.known(facts.project.recipe.qis), _KNOWN))
        sentence = f"Someone who knows Alex's {known} would find at least {after.k:,} rows, and have to guess."
    rows = tuple(
        (point.name, {True: "met", False: "fails", None: "for you to judge"}[point.met])
        for point in story.points(facts.checks)
    )
    if facts.fails:
        message = "Not yet: a requirement of the policy fails."
        found = (
            "some people can still be found" if after.records_below_k > after.suppressed else "it is not safe enough"
        )
        sentence = f"At this setting {found}. It will not leave like this."
    else:
        message = f"Somebody who knows these columns guesses right at most 1 time in {after.k:,}."
    return Panel(
        "The risk",
        message,
        points=(sentence, story.CLAIMS[2]),
        table=Table(("What is asked for", "Result"), rows[:_ROWS], (0.66, 0.34)),
        notes=notes.RISK if not facts.fails else notes.NOT_YET,
    )


def _use(facts: Facts) -> Panel:
    after, recipe = facts.assessment, facts.project.recipe
    found = losses(after, recipe)
    bars = tuple(
        Bar(f"{short(b.name, 24)} ({b.level})", b.loss, f"{100 * b.loss:.0f} %", b.loss >= 1) for b in found[:10]
    )
    worst = max(found, key=lambda bar: bar.loss, default=None)
    message = f"{100 * after.detail_kept:.0f} % of the detail is kept."
    if worst is not None and worst.loss:
        message = f"{100 * after.detail_kept:.0f} % of the detail is kept; most is lost in {short(worst.name, 28)}."
    kept = [p for p in recipe.attributes if p.leaves and not p.is_qi]
    scale = "0 % lost is exact, 100 % is hidden" + ("; deleted rows count as lost." if after.suppressed else ".")
    points = [f"{scale} Only columns that point at people are blurred to make groups."]
    if kept:
        are, names = "it is" if len(kept) == 1 else "they are", story.listing(some([p.name for p in kept], 5))
        points.append(f"To study, as {are} released: {names}.")
    return Panel(
        "The use",
        message,
        points=tuple(points),
        chart=Chart(bars, "", "Detail lost", "How much detail each column that points at people loses.", longest=1.0)
        if any(bar.length for bar in bars)
        else None,
        notes=notes.USE,
    )


def _sharing(facts: Facts) -> Panel:
    plan = outline(facts.project)
    cards = (
        Card(plan.amount, "would leave" if facts.fails else "leave"),
        Card(f"{len(plan.leaving):,}", "columns in it"),
        Card(f"{len(plan.staying):,}", "columns that stay here"),
    )
    if facts.policy.is_open:
        return Panel(
            "The sharing",
            "Anyone may read it; nobody can change it unnoticed.",
            points=(
                "The files leave as they are, with a dictionary that explains every column.",
                "A signature shows whether something was changed on the way.",
                "Whoever uses them agrees not to look for people.",
                "What is published once cannot be taken back: no requirement may be set aside.",
            ),
            cards=cards,
            notes=notes.OPEN_SHARING,
            numbered=True,
        )
    return Panel(
        "The sharing",
        "One sealed file, and the words that open it by another way.",
        points=(
            "The package is encrypted: to the recipient's key, or under six fresh words.",
            "The words are told by telephone, never in the message with the package.",
            "A signature shows that it comes from us and that nothing was changed.",
            "Once opened, the agreement protects it: purpose, people, place, end.",
        ),
        cards=cards,
        notes=notes.SEALED_SHARING,
        numbered=True,
    )


def _decision(facts: Facts) -> Panel:
    verdict = story.verdict(facts.assessment, facts.checks, facts.policy)
    safe = verdict.safe
    claim = story.CLAIMS[0].replace("k − 1 others", story.others(facts.assessment.k - 1))
    points = [claim if safe else "Nothing leaves until every requirement is met.", story.CLAIMS[1]]
    waiting = [check.sentence for check in facts.checks if check.met is None]
    if waiting:
        points.append(f"Not checked here: {short(waiting[0], 150)}")
    return Panel(
        "The decision",
        f"{verdict.headline} The decision is ours." if safe else "Not yet: this setting does not meet the policy.",
        points=tuple(points),
        cards=(
            Card(f"{facts.assessment.k:,}", "in the smallest group") if safe else Card("not yet", "ready to leave"),
            Card(f"{100 * facts.assessment.detail_kept:.0f} %", "of the detail kept"),
            Card(
                "anyone" if facts.policy.is_open else "sealed",
                "who can open it" if facts.policy.is_open else "to the recipient",
            ),
        ),
        notes=notes.DECISION if safe else notes.NOT_YET,
    )


def _plain(words: str) -> str:
    return "Blurred" if words.startswith("Blurred") else words.rstrip(".")


def _pointing(direct: int, together: int) -> str:
    """How many columns name a person by themselves, and how many together."""
    if not direct:
        return f"No column names a person outright; {together:,} do so together."
    columns = "1 column names" if direct == 1 else f"{direct:,} columns name"
    return f"{columns} a person outright; {together:,} more do so together."
