"""Fill a payload: the data, its documents, the proof that it keeps its promises, the search for what must not leave."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anonymiser.checking import Review
from anonymiser.errors import PolicyError
from anonymiser.release.cells import as_it_leaves, safe_text
from anonymiser.release.datapackage import DataFile, croissant, data_package
from anonymiser.release.dictionary import Dictionary, dictionary_of_records, dictionary_of_tables
from anonymiser.release.dictionary_files import add_dictionary
from anonymiser.release.documents import add_documents
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.keys import ReleaseKey
from anonymiser.release.leaks import RawColumn, refuse_leaks
from anonymiser.release.order import row_order
from anonymiser.release.output_check import check_output
from anonymiser.release.payload import Payload
from anonymiser.release.pseudonyms import PseudonymRequest, pseudonym_column
from anonymiser.release.sampling import sample
from anonymiser.release.tables import TABLE_FIELDS, frequency_tables, write_tables
from anonymiser.release.traces import local_places, refuse_traces, texts_in
from anonymiser.release.verify import Proof, prove_records, prove_tables
from anonymiser.release.writing import csv_name, extra_csv, parquet_name, write_records
from anonymiser.transform.released import DroppedColumn, ReleasedTable

__all__ = ["Commission", "Contents", "Forbidden", "Progress", "fill", "search"]

Progress = Callable[[float, str], None]
"""Told the fraction that is done, from 0 to 1, and what is under way."""


@dataclass(frozen=True, eq=False)
class Commission:
    """What to make a payload from."""

    table: ReleasedTable
    facts: ReleaseFacts
    key: ReleaseKey
    pseudonyms: Sequence[PseudonymRequest]
    progress: Progress


@dataclass(frozen=True, eq=False)
class Forbidden:
    """What must not be found in anything that leaves.

    Attributes
    ----------
    raw : iterable of RawColumn
    secrets : iterable of bytes
    """

    raw: Iterable[RawColumn]
    secrets: Iterable[bytes]


@dataclass(frozen=True, eq=False)
class Contents:
    """What a payload was filled with.

    Attributes
    ----------
    table : ReleasedTable
        As it leaves.
    proof : Proof
    left_out : int
        Records of a sample that were left out because their group became too small in it.
    """

    table: ReleasedTable
    proof: Proof
    left_out: int


def fill(payload: Payload, commission: Commission) -> Contents:
    """Write data and documents, and prove that the data is what was promised.

    Raises
    ------
    PolicyError
        The written file does not keep a promise.
    ColumnError
        Pseudonyms cannot be made, or names clash.
    """
    facts, progress = commission.facts, commission.progress
    progress(0.0, "Shuffling the records")
    make = _fill_tables if facts.form is ReleaseForm.TABLES else _fill_records
    contents, dictionary, columns = make(payload, commission)
    progress(0.6, "Writing the documentation")
    add_dictionary(dictionary, payload)
    add_documents(contents.table, facts, contents.left_out, payload)
    file = DataFile(payload.sha256(csv_name(facts))[1], columns)
    payload.add("datapackage.json", data_package(dictionary, file))
    if facts.open_release:
        payload.add("croissant.json", croissant(dictionary, file))
    return contents


def search(
    payload: Payload,
    contents: Contents,
    facts: ReleaseFacts,
    forbidden: Forbidden,
    beside: Mapping[str, str],
) -> Review:
    """Look through everything that is about to leave.

    Parameters
    ----------
    payload : Payload
        Filled.
    contents : Contents
    facts : ReleaseFacts
    forbidden : Forbidden
    beside : mapping of str to str
        Files that leave outside the seal.

    Raises
    ------
    PolicyError
        A raw value, a key or a folder of this machine was found, or the output check found something.
    """
    data = (csv_name(facts), parquet_name(facts))
    cells = "\n".join(text for column in contents.table.columns for text in (column.name, *column.labels))
    files = {name: payload.read(name) for name in payload.names if name != csv_name(facts)}
    files |= {name: text.encode() for name, text in beside.items()}
    refuse_traces(
        {**files, "the data": cells.encode()}, forbidden.secrets, local_places(payload.folder, payload.folder.parent)
    )
    documents = {
        name: "\n".join(part.decode("utf-8", errors="ignore") for part in texts_in(name, content))
        for name, content in files.items()
        if name not in data
    }
    refuse_leaks(forbidden.raw, contents.table, facts, documents)
    if facts.form is ReleaseForm.TABLES:
        files[csv_name(facts)] = payload.read(csv_name(facts))
    return check_output(files, contents.table, facts)


def _fill_records(payload: Payload, commission: Commission) -> tuple[Contents, Dictionary, int]:
    table, facts, key, progress = commission.table, commission.facts, commission.key, commission.progress
    rows, left_out = np.arange(table.rows, dtype=np.int64), 0
    if facts.form is ReleaseForm.SAMPLE:
        rows, left_out = sample(table, facts, key)
        if not rows.size:
            raise PolicyError("In the sample every group is too small. Draw a larger share, or choose coarser levels.")
    made = tuple(pseudonym_column(request, table.source_rows, key) for request in commission.pseudonyms)
    whole = dataclasses.replace(table, columns=(*made, *table.columns))
    leaving = as_it_leaves(whole, rows[row_order(rows.size, key.step("row order"))])
    for extra in table.extra:
        payload.add(f"data/{extra.name}.csv", extra_csv(extra))
    write_records(leaving, facts, payload, lambda part: progress(0.05 + 0.35 * part, "Writing the records"))
    progress(0.4, "Counting the groups again in the written file")
    proof = prove_records(payload, leaving, facts)
    return Contents(leaving, proof, left_out), dictionary_of_records(leaving, facts), len(leaving.columns)


def _fill_tables(payload: Payload, commission: Commission) -> tuple[Contents, Dictionary, int]:
    table, facts, key = commission.table, commission.facts, commission.key
    kept = tuple(column for column in table.columns if safe_text(column.name) in facts.qi_names)
    others = tuple(
        DroppedColumn(c.name, "not a quasi-identifier: not in the tables") for c in table.columns if c not in kept
    )
    counted = dataclasses.replace(table, columns=kept, dropped=(*table.dropped, *others), extra=())
    every = np.arange(table.rows, dtype=np.int64)
    leaving = as_it_leaves(counted, every, every_label=facts.budget is not None)
    noise = None if facts.budget is None else key.step("noise on counts")
    tables = frequency_tables(leaving, facts, noise)
    write_tables(tables, facts, payload)
    proof = prove_tables(payload, leaving, facts)
    dictionary = dictionary_of_tables(tables, leaving, facts, proof.rows)
    return Contents(leaving, proof, 0), dictionary, len(TABLE_FIELDS)
