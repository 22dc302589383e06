"""Scalable l-diversity: similar people together, sensitive values retained or replaced at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from anonymiser.errors import InputError
from anonymiser.methods import Pram, ScalableDiversity
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress
from anonymiser.transform.merging import merge_failing, starting_size
from anonymiser.transform.mondrian import Verdict, least_group, partition, records_of, verdict_of
from anonymiser.transform.points import points_of
from anonymiser.transform.pram import apply as randomised
from anonymiser.transform.spans import with_partition

__all__ = ["apply"]

_LEVEL: Final = "span of its group"
_METHOD: Final = "Scalable l-diversity: the span of the values in a group of similar records."


def apply(
    draft: Draft,
    spec: ScalableDiversity,
    requirements: Sequence[PrivacyModel],
    generator: np.random.Generator,
    progress: Progress,
) -> Draft:
    """Replace values at random, group similar records, merge groups that still break a requirement.

    The replacement does not depend on the groups, so that it can be estimated back; the matrix, the estimates and
    their standard errors stand in tables beside the main one.

    Raises
    ------
    InputError
        There are fewer records than a group needs, or a column is not a sensitive one that leaves.
    """
    k = least_group(draft, requirements)
    sensitive = {column.name for column in draft.sensitive}
    for name in spec.names:
        if name not in sensitive:
            raise InputError(f"'{name}' is no sensitive column that leaves. Name one that is.")
    changed = randomised(draft, Pram(names=spec.names, keep=spec.keep), requirements, generator, progress)
    changed = changed.with_columns(
        *(replace(column, method=spec.sentence()) for column in changed.columns if column.name in spec.names)
    )
    progress(0.3, "Grouping similar records")
    begin = starting_size(k, requirements)
    group = partition(records_of(draft), begin, Verdict(draft, ()), relaxed=False, progress=progress)
    group = merge_failing(points_of(changed), group, k, verdict_of(changed, requirements))
    made = with_partition(changed, group, level=_LEVEL, method=_METHOD)
    sentences = (f"{spec.sentence()} Each group has at least {k:,} records.",)
    counts = (*changed.record[-1].changed, ("groups", int(group.max()) + 1))
    return replace(made, record=(*draft.record, MethodRecord(spec.method, spec.title, sentences, counts)))
