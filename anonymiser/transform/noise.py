"""Noise on the numbers of a draft."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymiser.methods.noise import Noise
from anonymiser.privacy import PrivacyModel
from anonymiser.transform.base import Draft, MethodRecord, Progress
from anonymiser.transform.noise_numbers import Noise as Law
from anonymiser.transform.noise_numbers import add_noise, within
from anonymiser.transform.number_columns import changed_cells, number_columns, values_of, with_values, without_k

__all__ = ["apply"]


def apply(
    draft: Draft,
    spec: Noise,
    requirements: Sequence[PrivacyModel],  # noqa: ARG001 - the Protocol
    generator: np.random.Generator,
    progress: Progress,  # noqa: ARG001 - the Protocol
) -> Draft:
    """Numbers with noise; see `Method`."""
    columns = number_columns(draft, spec.names, spec.title)
    table = np.column_stack([values_of(column) for column in columns])
    law = Law(spec.size, spec.distribution == "laplace", spec.correlated, spec.keep_spread)
    noisy = within(add_noise(table, law, generator), spec.lowest, spec.highest)
    done = [
        with_values(column, noisy[:, j], spec.decimals, level="with noise", method=spec.sentence())
        for j, column in enumerate(columns)
    ]
    changed = tuple(
        (f"cells of '{before.name}' changed", changed_cells(before, after))
        for before, after in zip(columns, done, strict=True)
    )
    record = MethodRecord(spec.method, spec.title, (spec.sentence(),), changed)
    no_k = without_k(draft, columns, "changed by noise")
    return draft.with_columns(*done).with_record(record, no_k=no_k)
