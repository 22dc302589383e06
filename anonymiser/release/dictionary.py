"""The data dictionary as one model, from the records that leave and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anonymiser.attributes import Role
from anonymiser.release.cells import CellType, cell_type
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.tables import TABLE_FIELDS, FrequencyTable
from anonymiser.transform.base import ExtraTable
from anonymiser.transform.released import ReleasedColumn, ReleasedTable

__all__ = ["Dictionary", "DictionaryField", "LabelCount", "dictionary_of_records", "dictionary_of_tables"]

LISTED_LABELS = 200
"""With more labels a list is no help; the data has them all."""


@dataclass(frozen=True)
class LabelCount:
    """A label and the released records that have it; None where it is not counted."""

    label: str
    records: int | None


@dataclass(frozen=True)
class DictionaryField:
    """One column of the data file.

    Attributes
    ----------
    name, meaning, role, level, method : str
    kind : CellType
    labels : tuple of LabelCount
        Empty when there are too many to list.
    different : int
        Number of different labels.
    missing : int or None
        Records with an empty cell.
    """

    name: str
    meaning: str
    role: str
    level: str
    method: str
    kind: CellType
    labels: tuple[LabelCount, ...] = ()
    different: int = 0
    missing: int | None = None


@dataclass(frozen=True)
class Dictionary:
    """What a reader of the data has to know.

    Attributes
    ----------
    facts : ReleaseFacts
    rows : int
        Rows of the data file.
    fields : tuple of DictionaryField
    extra : tuple of ExtraTable
        Tables that stand beside the data, such as the probabilities with which values were changed.
    """

    facts: ReleaseFacts
    rows: int
    fields: tuple[DictionaryField, ...]
    extra: tuple[ExtraTable, ...] = ()

    def share_missing(self, field: DictionaryField) -> str:
        """Share of empty cells in words; empty where it says nothing."""
        if field.missing is None or not self.rows:
            return ""
        return f"{100 * field.missing / self.rows:.1f} %"


def dictionary_of_records(table: ReleasedTable, facts: ReleaseFacts) -> Dictionary:
    """Describe each column of the records, with counts that anyone can recount from them."""
    return Dictionary(facts, table.rows, tuple(_field(column) for column in table.columns), table.extra)


def dictionary_of_tables(
    tables: tuple[FrequencyTable, ...], table: ReleasedTable, facts: ReleaseFacts, rows: int
) -> Dictionary:
    """Describe the columns of the long table and the attributes in it; counts are in the data only."""
    meanings = {
        "table": "number of the frequency table that the row belongs to",
        "first_attribute": "what is counted",
        "first_value": "value of the first attribute; empty in the row of the total",
        "second_attribute": "what it is crossed with; empty in a table of one attribute",
        "second_value": "value of the second attribute",
        "cell": '"group" for a count, "total" for the sum of the counts shown in that table',
        "people": f"{_shown(facts)} number of people; empty where it is hidden",
    }
    fields = [
        DictionaryField(
            name,
            meanings[name],
            "count" if name == "people" else "label",
            _shown(facts) if name == "people" else "exact",
            facts.counts_in_words if name == "people" else "Written by Halftone.",
            CellType.INTEGER if name in ("table", "people") else CellType.TEXT,
        )
        for name in TABLE_FIELDS
    ]
    by_name = {column.name: column for column in table.columns}
    for single in (one for one in tables if len(one.attributes) == 1):
        column = by_name[single.attributes[0]]
        labels = tuple(LabelCount(label, None) for label in single.values[0])
        fields.append(
            DictionaryField(
                f"attribute {column.name}",
                column.concept,
                column.role.value,
                column.level,
                column.method,
                CellType.TEXT,
                labels,
                len(labels),
            )
        )
    return Dictionary(facts, rows, tuple(fields))


def _shown(facts: ReleaseFacts) -> str:
    return "rounded" if facts.budget is None else "noisy"


def is_tables(facts: ReleaseFacts) -> bool:
    """Whether counts leave and no records."""
    return facts.form is ReleaseForm.TABLES


def _field(column: ReleasedColumn) -> DictionaryField:
    counts = np.bincount(column.codes, minlength=len(column.labels) + 1)
    listed = len(column.labels) <= LISTED_LABELS and column.role is not Role.DIRECT
    return DictionaryField(
        column.name,
        column.concept,
        "pseudonym" if column.role is Role.DIRECT else column.role.value,
        column.level,
        column.method,
        cell_type(column.labels),
        tuple(LabelCount(label, int(n)) for label, n in zip(column.labels, counts, strict=False)) if listed else (),
        len(column.labels),
        int(counts[-1]),
    )
