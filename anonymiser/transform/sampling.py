"""A random sample of the records of a draft."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anonymiser.methods.suppression import Sampling
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress

__all__ = ["apply"]


def apply(
    draft: Draft,
    spec: Sampling,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,  # noqa: ARG001 - the Protocol
) -> Draft:
    """⌈share · records⌉ of the records, without replacement, in their order; see `Method`."""
    size = min(draft.rows, math.ceil(spec.share * draft.rows - 1e-9))
    rows = np.sort(generator.choice(draft.rows, size=size, replace=False)).astype(np.int64)
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), (("records left out", draft.rows - size),))
    left = draft.taken(rows)
    if left.partition is not None:  # a class of which nobody was drawn is none
        left = replace(left, partition=np.unique(left.partition, return_inverse=True)[1].astype(np.int64))
    return left.with_record(record)
