"""Post-randomisation of columns of a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from anonymiser.errors import InputError
from anonymiser.methods.pram import Pram
from anonymiser.methods.transition import Transition
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, DraftColumn, ExtraTable, MethodRecord, Progress
from anonymiser.transform.number_columns import changed_cells, columns_named, without_k
from anonymiser.transform.randomised import (
    estimate_counts,
    invariant_matrix,
    randomise,
    retention_matrix,
    rounded_matrix,
)

__all__ = ["apply"]

_MOST_VALUES = 100
_COUNTS_TO = 10  # the matrix is published: it may follow from rounded counts only


def apply(
    draft: Draft,
    spec: Pram,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,
) -> Draft:
    """Values drawn anew with the matrix's probabilities, missing ones stay; see `Method`."""
    columns = columns_named(draft, spec.names, spec.title)
    done, tables = [], []
    for place, column in enumerate(columns):
        progress(place / len(columns), f"{spec.title}: {column.name}")
        values = _values(column, spec)
        matrix = _matrix(column, values, spec)
        drawn = randomise(_places(column, values), matrix, generator)
        codes = np.append(values, len(column.labels)).astype(column.codes.dtype)[drawn]
        after = replace(column, codes=codes, level="randomised", method=spec.sentence())
        done.append(after)
        number = next(i for i, c in enumerate(draft.columns, start=1) if c.name == column.name)
        tables += _tables(after, number, values, matrix)
    changed = tuple(
        (f"cells of '{before.name}' changed", changed_cells(before, after))
        for before, after in zip(columns, done, strict=True)
    )
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), changed)
    no_k = without_k(draft, columns, "randomised")
    return draft.with_columns(*done).with_record(record, no_k=no_k, extra=(*draft.extra, *tables))


def _values(column: DraftColumn, spec: Pram) -> npt.NDArray[np.int64]:
    """Codes that occur, the missing one left out; with a matrix of the owner's own, those that it names."""
    found = np.unique(column.codes).astype(np.int64)
    found = found[found < len(column.labels)]
    if found.size > _MOST_VALUES:
        raise InputError(
            f"{spec.title} publishes a table of all values against all values, and '{column.name}' has {found.size:,}. "
            f"Choose a coarser level with at most {_MOST_VALUES}."
        )
    return found if spec.matrix is None else _named(column, found, spec.matrix)


def _named(column: DraftColumn, occurring: npt.NDArray[np.int64], matrix: Transition) -> npt.NDArray[np.int64]:
    place = {label: code for code, label in enumerate(column.labels)}
    strange = sum(value not in place for value in matrix.values)
    if strange:
        raise InputError(
            f"The transition matrix names {strange:,} of its {len(matrix.values):,} values that '{column.name}' does "
            "not have at its level. Write the values as they would be released."
        )
    named = np.array([place[value] for value in matrix.values], dtype=np.int64)
    lacking = int(np.setdiff1d(occurring, named).size)
    if lacking:
        raise InputError(
            f"The transition matrix lacks {lacking:,} of the {occurring.size:,} values of '{column.name}'. Each "
            "needs a row and a column."
        )
    return named


def _places(column: DraftColumn, values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    to = np.full(len(column.labels) + 1, values.size, dtype=np.int64)
    to[values] = np.arange(values.size)
    return to[column.codes]


def _matrix(column: DraftColumn, values: npt.NDArray[np.int64], spec: Pram) -> npt.NDArray[np.float64]:
    if spec.matrix is not None:
        return np.array(spec.matrix.rows, dtype=np.float64)  # published as it is: it has four digits at most
    keep = retention_matrix(values.size, spec.keep) if values.size else np.ones((0, 0))
    if spec.invariant and values.size > 1:
        counts = np.bincount(_places(column, values), minlength=values.size + 1)[:-1]
        rounded = np.maximum((counts + _COUNTS_TO // 2) // _COUNTS_TO, 1) * _COUNTS_TO
        return rounded_matrix(invariant_matrix(rounded, keep, spec.strength))
    return rounded_matrix(keep) if values.size else keep


def _tables(
    column: DraftColumn, number: int, values: npt.NDArray[np.int64], matrix: npt.NDArray[np.float64]
) -> list[ExtraTable]:
    """The matrix, which leaves; and the counts estimated back, which anybody with both can work out."""
    texts = [column.labels[value] for value in values]
    name = f"pram_{number}_{re.sub(r'[^a-z0-9]+', '_', column.name.lower()).strip('_') or 'column'}"
    cells = tuple(
        (source, target, f"{matrix[i, j]:.4f}") for i, source in enumerate(texts) for j, target in enumerate(texts)
    )
    header = (f"true value of {column.name}", f"released value of {column.name}", "probability")
    title = f"With which probability each true value of '{column.name}' was released as each value."
    tables = [ExtraTable(name, title, header, cells, released=True)]
    counts = np.bincount(_places(column, values), minlength=values.size + 1)[:-1]
    found = estimate_counts(counts, matrix)
    if found is not None:
        estimates, errors = (each.tolist() for each in found)
        rows = tuple(
            (text, f"{count}", f"{estimate:.1f}", f"{error:.1f}")
            for text, count, estimate, error in zip(texts, counts.tolist(), estimates, errors, strict=True)
        )
        about = f"People with each value of '{column.name}', estimated back without bias from the randomised ones."
        tables.append(ExtraTable(f"{name}_estimate", about, (column.name, "after", "estimate", "standard error"), rows))
    return tables
