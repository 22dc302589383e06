"""What was done to the data, and under which terms it may be used."""

from __future__ import annotations

from typing import Final

from anonymiser.attributes import Role
from anonymiser.release.budget import tables_of
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.markdown import bullets, plain, table
from anonymiser.release.payload import Payload
from anonymiser.release.tables import hidden_up_to
from anonymiser.transform.released import ReleasedTable

__all__ = ["add_documents", "transformations"]

_LAW: Final = """## The law

Data Protection Act 2018, section 171(1): "It is an offence for a person knowingly or recklessly to re-identify
information that is de-identified personal data without the consent of the controller responsible for de-identifying
the personal data." To process personal data that was re-identified in that way is an offence, too (subsection 5).

Section 171 names defences. Section 172 is one for whoever tests whether the de-identification holds: without intending
damage or distress to anyone, in the reasonable belief that it is justified in the public interest, and telling the
Information Commissioner or the controller without undue delay and, where feasible, within 72 hours. If you want to
test ours, ask us first.
"""
"""Subsection 1 is quoted, the rest told in short."""


def add_documents(released: ReleasedTable, facts: ReleaseFacts, left_out: int, payload: Payload) -> None:
    """Put ``TRANSFORMATIONS.md`` and ``TERMS.md`` into the payload; an open release also gets ``LICENCE``."""
    payload.add("TRANSFORMATIONS.md", transformations(released, facts, left_out))
    payload.add("TERMS.md", _terms(facts))
    if facts.open_release:
        payload.add("LICENCE", _licence(facts))


def transformations(released: ReleasedTable, facts: ReleaseFacts, left_out: int) -> str:
    """What was done, column by column, without a value of the data and without a seed."""
    columns = ((c.name, c.concept, c.level, c.method) for c in released.columns)
    parts = [
        f"# What was done to the data: {plain(facts.title)}\n",
        "## Columns that leave\n",
        table(("column", "meaning", "level", "what was done"), columns),
        "## Columns that do not leave\n",
        table(("column", "why"), ((d.name, d.reason) for d in released.dropped)) if released.dropped else "None.\n",
        *_methods(released),
        "## Records\n",
        bullets(_records(released, facts, left_out)),
    ]
    return "\n".join(parts)


def _methods(released: ReleasedTable) -> list[str]:
    """What methods beyond generalisation did, with their parameters; never a seed."""
    lines = [plain(sentence) for sentence in released.done]
    lines += [f"Beside the records stands `data/{extra.name}.csv`: {plain(extra.title)}" for extra in released.extra]
    return ["## Methods\n", bullets(lines)] if lines else []


def _records(released: ReleasedTable, facts: ReleaseFacts, left_out: int) -> list[str]:
    lines = [
        f"Records of the input: {facts.input_rows:,}.",
        f"Records deleted, because fewer people than required share their values: {released.suppressed:,}.",
    ]
    if released.not_drawn:
        lines.append(f"Records left out by a method, whoever they are: {released.not_drawn:,}.")
    if facts.form is ReleaseForm.TABLES:
        hide, rule = hidden_up_to(facts), facts.small_numbers
        if facts.budget is not None:
            return [lines[0], *_with_budget(facts, hide)]
        lines += [
            "No records leave, but counts of each quasi-identifier alone and of each pair.",
            f"Counts from 0 to {hide} are hidden: an empty cell does not tell whether anyone is in it.",
            f"All other counts are rounded to the nearest {rule.round_to}; totals are sums of the counts shown.",
            "A value that is hidden in the table of its own attribute is not named anywhere.",
        ]
        return lines
    if facts.form is ReleaseForm.SAMPLE:
        lines.append(f"A random sample of {100 * facts.sample_fraction:g} % was drawn from the others.")
    if left_out:
        lines.append(f"Records of the sample left out, because in it fewer people than required do so: {left_out:,}.")
    lines += [
        f"Records that leave: {released.rows:,}.",
        "Their order is random and has nothing to do with the input.",
        "Random steps are drawn from a secret key that the owner keeps.",
        "A text that a spreadsheet would compute has an apostrophe before it.",
    ]
    if any(column.role is Role.DIRECT for column in released.columns):
        lines.append(
            "Pseudonyms are keyed for this release and this recipient: they match those of no other release. For the "
            "owner they are personal data; for the recipient it depends on what else they can reach."
        )
    return lines


def _with_budget(facts: ReleaseFacts, hide: int) -> list[str]:
    assert facts.budget is not None  # noqa: S101 - asked by the caller
    return [
        "No records leave, but counts of each quasi-identifier alone and of each pair, over all records.",
        *facts.budget.sentences(tables_of(len(facts.qi_names)), facts.budget_before),
        f"Counts that come out as {hide} or less are hidden; totals are sums of the counts shown.",
        "The noise is drawn from a secret key that the owner keeps.",
    ]


def _terms(facts: ReleaseFacts) -> str:
    rule = facts.small_numbers
    parts = [
        f"# Terms of use: {plain(facts.title)}\n",
        (
            f"Release {plain(facts.release_id)} of {facts.created.isoformat()}, from {plain(facts.owner)} to "
            f"{plain(facts.recipient)}; {plain(facts.model)}.\n"
        ),
        f"Purpose: {plain(facts.purpose)}\n",
    ]
    if facts.terms:
        parts.append("## What you agree to\n\n" + bullets(facts.terms))
    if not facts.open_release:
        parts.append(
            "## What you publish from it\n\nIn anything that you publish, hide counts of people up to "
            f"{rule.hide_up_to} and round the others to the nearest {rule.round_to}; add up totals from rounded "
            f"counts. ({plain(rule.source)}.)\n"
        )
    parts.append(_LAW)
    if facts.claims:
        parts.append("## What is said about this release\n\n" + bullets(facts.claims))
    return "\n".join(parts)


def _licence(facts: ReleaseFacts) -> str:
    licence = facts.licence
    return (
        f"{facts.title}\n© {facts.created.year} {facts.owner}\n\n"
        f"This release may be used under the {licence.title} ({licence.spdx}).\nIts full text: {licence.url}\n"
    )
