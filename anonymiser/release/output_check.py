"""The output check of a release: every file in it, before anything is written where it can be sent."""

from __future__ import annotations

from collections.abc import Mapping

from anonymiser.attributes import Role
from anonymiser.checking import Grid, GridColumn, NumberRules, Question, Review, check_source_order, review
from anonymiser.errors import PolicyError
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.tables import hidden_up_to
from anonymiser.release.writing import csv_name, parquet_name
from anonymiser.transform.released import ReleasedTable

__all__ = ["check_output"]


def check_output(files: Mapping[str, bytes], table: ReleasedTable, facts: ReleaseFacts) -> Review:
    """Look at every file of a release as a checker of research outputs would.

    Numbers that can be recounted from the released rows are exact; all others obey the small-number rule.

    Parameters
    ----------
    files : mapping of str to bytes
        What leaves, by name. The CSV file of records may be left out: its cells are the table's.
    table : ReleasedTable
        As it is written.
    facts : ReleaseFacts

    Raises
    ------
    PolicyError
        Something was found. The message says where, never which value.
    """
    records = facts.form is not ReleaseForm.TABLES
    exact_or_noisy = records or facts.budget is not None  # neither rounded: differences tell nothing new, or noise
    data = Grid(csv_name(facts), "", tuple(GridColumn(c.name, c.labels, c.codes) for c in table.columns))
    question = Question(
        rules=NumberRules(hidden_up_to(facts), facts.rounded_to, ours=True),
        counts=() if exact_or_noisy else ("people",),
        qis=facts.qi_names,
        pseudonyms=tuple(column.name for column in table.columns if column.role is Role.DIRECT),
        own=(facts.contact, facts.owner, facts.release_id, facts.version),
        data=data if records else None,
        skip=(csv_name(facts), parquet_name(facts)) if exact_or_noisy else (),
        counted=True,
    )
    found = review(files, question)
    order = tuple(check_source_order(csv_name(facts), table.source_rows)) if records else ()
    findings = (*found.findings, *order)
    if findings:
        more = f" {len(findings) - 1:,} more of the kind were found." if len(findings) > 1 else ""
        raise PolicyError(f"The output check stopped the release. Nothing was written. {findings[0].words}{more}")
    return found
