"""Local suppression in a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anonymiser.errors import InputError
from anonymiser.methods.suppression import LocalSuppression
from anonymiser.privacy import KAnonymity, PrivacyModel
from anonymiser.transform.base import Cover, Draft, DraftColumn, MethodRecord, Progress
from anonymiser.transform.number_columns import columns_named
from anonymiser.transform.suppressed_cells import class_sizes, empty_any, empty_own, match_counts

__all__ = ["apply"]

_COUNTED = 20_000  # records among which matches with blanks are counted for the report


def apply(
    draft: Draft,
    spec: LocalSuppression,
    requirements: Sequence[PrivacyModel],
    generator: np.random.Generator,  # noqa: ARG001 - nothing is drawn
    progress: Progress,
) -> Draft:
    """Cells of the quasi-identifiers emptied until every group has k people; see `Method`."""
    k = spec.k or max((m.k for m in requirements if isinstance(m, KAnonymity)), default=1)
    if k < 2:  # noqa: PLR2004 - one person is no group
        raise InputError("Local suppression needs to know how many people a group has to have: require k of 2 or more.")
    if k > draft.rows:
        raise InputError(f"Groups of {k:,} need at least {k:,} records; there are {draft.rows:,}.")
    columns = draft.visible_qis
    if not columns:
        raise InputError("Local suppression works on quasi-identifiers, and none leaves.")
    names = [column.name for column in columns]
    columns_named(draft, spec.important, spec.title)
    keep = [names.index(name) for name in spec.important if name in names]
    blank = max(len(column.labels) for column in columns)
    codes = np.stack([np.where(c.codes == c.missing, blank, c.codes).astype(np.int64) for c in columns])
    progress(0.1, spec.title)
    after = (empty_own if spec.reading == "own" else empty_any)(codes, blank, k, keep)
    done = [_emptied(column, after[j], codes[j], blank, spec) for j, column in enumerate(columns)]
    changed = [
        (f"cells of '{column.name}' emptied", int(np.count_nonzero(after[j] != codes[j])))
        for j, column in enumerate(columns)
    ]
    if draft.rows <= _COUNTED:
        changed.append(("smallest group if an empty cell may be anything", int(match_counts(after, blank).min())))
    changed.append(("smallest group if an empty cell is a value of its own", int(class_sizes(after).min())))
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), tuple(changed))
    return draft.with_columns(*done).with_record(record)


def _emptied(
    column: DraftColumn, after: np.ndarray, before: np.ndarray, blank: int, spec: LocalSuppression
) -> DraftColumn:
    if (after == before).all():
        return column
    codes = np.where(after == blank, column.missing, after).astype(column.codes.dtype)
    cover = column.cover
    hidden = Cover(  # whoever sees an empty cell knows nothing of the value
        np.append(cover.penalty[:-1], 1.0),
        np.append(cover.share[:-1], 1.0),
        np.append(cover.levels[:-1], -1),
        np.append(cover.support[:-1], float(codes.size)),
    )
    changed = replace(column, codes=codes, cover=hidden, method=f"{column.method} {spec.sentence()}".strip())
    if column.hierarchy is not None and len(column.hierarchy.labels[column.at]) == len(column.labels):
        return replace(changed, hierarchy=None, at=0)  # its hierarchy knows no missing value
    return changed
